"""What each kind of document is and has where its head says nothing; an organisation changes it per document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from qms.calendar import Span, Unit
from qms.kernel.ports import Secrecy

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What sort of controlled document it is."""

    QUALITY_MANUAL = "quality-manual"
    POLICY = "policy"
    CONTROL_PROCEDURE = "control-procedure"
    WORK_INSTRUCTION = "work-instruction"
    OPERATING_MANUAL = "operating-manual"
    FORM = "form"
    REGISTER = "register"
    SCORECARD = "scorecard"
    OBJECTIVE_SHEET = "objective-sheet"
    EXTERNAL_DOCUMENT = "external-document"


DECLARED: Final = frozenset({Kind.FORM, Kind.REGISTER, Kind.SCORECARD, Kind.OBJECTIVE_SHEET})
"""Kinds whose content is declared in YAML instead of written as text."""

GRADES: Final[Mapping[str, Secrecy]] = {
    "public": Secrecy.PUBLIC,
    "internal": Secrecy.INTERNAL,
    "confidential": Secrecy.CONFIDENTIAL,
    "secret": Secrecy.SECRET,
}
"""How a head writes the grades of secrecy."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """The rules of a kind.

    `route` is written as in a head; `notice` is the least number of calendar days from publication
    to the effective day; `read_within` runs from the effective day.
    """

    route: Mapping[str, Mapping[str, Any]]
    notice: int
    read_within: Span
    review_every: Span
    secrecy: Secrecy = Secrecy.INTERNAL


_RELEASE: Final = {"posts": ["document-controller"], "quorum": "any"}
_TOP: Final = {
    "review": {"posts": ["quality-manager"], "quorum": "all"},
    "approve": {"posts": ["general-manager"], "quorum": "any"},
    "release": _RELEASE,
}
_PROCEDURE: Final = {
    "review": {"posts": ["quality-manager"], "quorum": "all"},
    "approve": {"posts": ["deputy-general-manager"], "quorum": "any"},
    "release": _RELEASE,
}
_WORKING: Final = {
    "review": {"roles": ["reviewer"], "quorum": "any"},
    "approve": {"posts": ["quality-manager"], "quorum": "any"},
    "release": _RELEASE,
}
_TEN_DAYS: Final = Span(10, Unit.WORKING_DAY)
_YEAR: Final = Span(12, Unit.MONTH)

BY_KIND: Final[Mapping[Kind, Defaults]] = {
    Kind.POLICY: Defaults(_TOP, 0, _TEN_DAYS, _YEAR),
    Kind.QUALITY_MANUAL: Defaults(_TOP, 0, _TEN_DAYS, _YEAR),
    Kind.CONTROL_PROCEDURE: Defaults(_PROCEDURE, 0, _TEN_DAYS, _YEAR),
    Kind.WORK_INSTRUCTION: Defaults(_WORKING, 0, _TEN_DAYS, _YEAR),
    Kind.OPERATING_MANUAL: Defaults(_WORKING, 0, _TEN_DAYS, _YEAR),
    Kind.FORM: Defaults(_WORKING, 0, _TEN_DAYS, _YEAR),
    Kind.REGISTER: Defaults(_WORKING, 0, _TEN_DAYS, _YEAR),
    Kind.SCORECARD: Defaults(_PROCEDURE, 0, _TEN_DAYS, _YEAR),
    Kind.OBJECTIVE_SHEET: Defaults(_PROCEDURE, 0, _TEN_DAYS, _YEAR),
    Kind.EXTERNAL_DOCUMENT: Defaults(_WORKING, 0, _TEN_DAYS, _YEAR),
}
