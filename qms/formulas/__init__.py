"""Formulas over the answers of a form: pure, in Decimal, over a closed list of names and functions."""

from qms.formulas.errors import FormulaFailed, FormulaUnreadable
from qms.formulas.formula import Formula, parse
from qms.formulas.functions import NAMES as FUNCTIONS

__all__ = ["FUNCTIONS", "Formula", "FormulaFailed", "FormulaUnreadable", "parse"]
