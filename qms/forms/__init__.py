"""Forms, registers, scorecards and objective sheets: what they declare, and their blank sheets."""

from qms.forms.blank import Blank
from qms.forms.definition import Definition, Field, Limit, Option, Section, Step, Type, build, spoken

__all__ = [
    "Blank",
    "Definition",
    "Field",
    "Limit",
    "Option",
    "Section",
    "Step",
    "Type",
    "build",
    "spoken",
]
