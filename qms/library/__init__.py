"""The library as a whole: whether the texts, forms and registers that belong together agree (R01, R64)."""

from qms.library.check import loose, problems
from qms.library.naming import numbers
from qms.library.reading import Paper, check, of_files, own
from qms.library.shelf import Shelf, Structure
from qms.library.standing import structure

__all__ = [
    "Paper",
    "Shelf",
    "Structure",
    "check",
    "loose",
    "numbers",
    "of_files",
    "own",
    "problems",
    "structure",
]
