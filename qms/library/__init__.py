"""The library as a whole: whether the texts, forms and registers that belong together agree (R01, R64)."""

from qms.library.check import loose, problems
from qms.library.naming import numbers
from qms.library.reading import check
from qms.library.shelf import Shelf, Structure
from qms.library.standing import structure

__all__ = ["Shelf", "Structure", "check", "loose", "numbers", "problems", "structure"]
