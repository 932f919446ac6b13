"""Forms, registers, scorecards and objective sheets: what they declare, their blank sheets, their answers."""

from qms.forms import answers
from qms.forms.blank import Blank
from qms.forms.building import CLOSE, build
from qms.forms.definition import (
    NUMBERS,
    Authority,
    Check,
    Clock,
    Decision,
    Definition,
    Field,
    Kept,
    Level,
    Limit,
    Opening,
    Option,
    Seats,
    Section,
    Step,
    Type,
    spoken,
)
from qms.forms.sections import sections
from qms.forms.sheet import Amendment, Filling, Passage, filled
from qms.forms.wording import in_words

__all__ = [
    "CLOSE",
    "NUMBERS",
    "Amendment",
    "Authority",
    "Blank",
    "Check",
    "Clock",
    "Decision",
    "Definition",
    "Field",
    "Filling",
    "Kept",
    "Level",
    "Limit",
    "Opening",
    "Option",
    "Passage",
    "Seats",
    "Section",
    "Step",
    "Type",
    "answers",
    "build",
    "filled",
    "in_words",
    "sections",
    "spoken",
]
