"""Forms, registers, scorecards and objective sheets: what they declare, their blank sheets, their answers."""

from qms.forms import answers
from qms.forms.bindings import Binding, Bound, field_faults, fields_of
from qms.forms.blank import Blank
from qms.forms.bound import BindingSection, PartUnanswered, named, refuse_unanswered
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
    Words,
    spoken,
)
from qms.forms.keeping import built, declared
from qms.forms.sections import sections
from qms.forms.sheet import Amendment, Filling, Passage, filled
from qms.forms.wording import in_words

__all__ = [
    "CLOSE",
    "NUMBERS",
    "Amendment",
    "Authority",
    "Binding",
    "BindingSection",
    "Blank",
    "Bound",
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
    "PartUnanswered",
    "Passage",
    "Seats",
    "Section",
    "Step",
    "Type",
    "Words",
    "answers",
    "build",
    "built",
    "declared",
    "field_faults",
    "fields_of",
    "filled",
    "in_words",
    "named",
    "refuse_unanswered",
    "sections",
    "spoken",
]
