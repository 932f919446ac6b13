"""Pure rules: everything about the answers of a form, in one place for the slices above."""

from qms.forms.display import Changed, compare, display
from qms.forms.faults import Known, faults
from qms.forms.flow import Opened, ends, limit_of, next_step, openings_at, outcome, seats_of
from qms.forms.settling import Settled, computed, defaults, required, settle, shown
from qms.forms.shapes import AnswersUnfit, refuse_unfit
from qms.forms.values import attached, canonical, digest, personal_fields, read, typed, typed_one

__all__ = [
    "AnswersUnfit",
    "Changed",
    "Known",
    "Opened",
    "Settled",
    "attached",
    "canonical",
    "compare",
    "computed",
    "defaults",
    "digest",
    "display",
    "ends",
    "faults",
    "limit_of",
    "next_step",
    "openings_at",
    "outcome",
    "personal_fields",
    "read",
    "refuse_unfit",
    "required",
    "seats_of",
    "settle",
    "shown",
    "typed",
    "typed_one",
]
