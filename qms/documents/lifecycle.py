"""Pure rules: which moves a revision makes between its states, and what it is on a day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from qms.documents import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.documents.validity import Interval
    from qms.kernel.errors import Conflict


class State(StrEnum):
    """What is stored of a revision."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ISSUING = "issuing"
    ISSUED = "issued"


class Event(StrEnum):
    """What can happen to a revision.

    `sign` closes the last stage before release or leaves the review open, as the route says;
    `return` is a reviewer's, `recall` the author's way back to draft; `release` is the signed
    order to issue, `bind` stores the copy, `fail` gives a failed issue back (law 2).
    """

    EDIT = "edit"
    SUBMIT = "submit"
    SIGN = "sign"
    APPROVE = "approve"
    RETURN = "return"
    RECALL = "recall"
    RELEASE = "release"
    BIND = "bind"
    FAIL = "fail"


class Standing(StrEnum):
    """What a revision is on a day; the last four are computed from validity (law 6)."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ISSUING = "issuing"
    PENDING = "pending"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


MOVES: Final[Mapping[Event, Mapping[State, State]]] = {
    Event.EDIT: {State.DRAFT: State.DRAFT},
    Event.SUBMIT: {State.DRAFT: State.IN_REVIEW},
    Event.SIGN: {State.IN_REVIEW: State.IN_REVIEW},
    Event.APPROVE: {State.IN_REVIEW: State.APPROVED},
    Event.RETURN: {State.IN_REVIEW: State.DRAFT},
    Event.RECALL: {State.IN_REVIEW: State.DRAFT, State.APPROVED: State.DRAFT},
    Event.RELEASE: {State.APPROVED: State.ISSUING},
    Event.BIND: {State.ISSUING: State.ISSUED},
    Event.FAIL: {State.ISSUING: State.APPROVED},
}

_SIGN: Final[Mapping[State, type[Conflict]]] = {
    State.DRAFT: errors.SignDraft,
    State.APPROVED: errors.SignApproved,
    State.ISSUING: errors.SignIssuing,
    State.ISSUED: errors.SignIssued,
}

REFUSALS: Final[Mapping[Event, Mapping[State, type[Conflict]]]] = {
    Event.EDIT: {
        State.IN_REVIEW: errors.EditInReview,
        State.APPROVED: errors.EditApproved,
        State.ISSUING: errors.EditIssuing,
        State.ISSUED: errors.EditIssued,
    },
    Event.SUBMIT: {
        State.IN_REVIEW: errors.SubmitInReview,
        State.APPROVED: errors.SubmitApproved,
        State.ISSUING: errors.SubmitIssuing,
        State.ISSUED: errors.SubmitIssued,
    },
    Event.SIGN: _SIGN,
    Event.APPROVE: _SIGN,
    Event.RETURN: {
        State.DRAFT: errors.ReturnDraft,
        State.APPROVED: errors.ReturnApproved,
        State.ISSUING: errors.ReturnIssuing,
        State.ISSUED: errors.ReturnIssued,
    },
    Event.RECALL: {
        State.DRAFT: errors.RecallDraft,
        State.ISSUING: errors.RecallIssuing,
        State.ISSUED: errors.RecallIssued,
    },
    Event.RELEASE: {
        State.DRAFT: errors.ReleaseDraft,
        State.IN_REVIEW: errors.ReleaseInReview,
        State.ISSUING: errors.ReleaseIssuing,
        State.ISSUED: errors.ReleaseIssued,
    },
    Event.BIND: {
        State.DRAFT: errors.BindDraft,
        State.IN_REVIEW: errors.BindInReview,
        State.APPROVED: errors.BindApproved,
        State.ISSUED: errors.BindIssued,
    },
    Event.FAIL: {
        State.DRAFT: errors.FailDraft,
        State.IN_REVIEW: errors.FailInReview,
        State.APPROVED: errors.FailApproved,
        State.ISSUED: errors.FailIssued,
    },
}


def move(state: State, event: Event, what: str) -> State:
    """The state after an event; an illegal move raises its own refusal, `what` names the revision."""
    target = MOVES[event].get(state)
    if target is None:
        raise REFUSALS[event][state](what=what)
    return target


def standing(state: State, interval: Interval | None, day: date) -> Standing:
    """What a revision is on a day: its stored state, or for an issued one what validity says.

    An issued revision without an interval yet counts as pending: it is not in force.
    """
    if state is not State.ISSUED:
        return Standing(state.value)
    if interval is None:
        return Standing.PENDING
    return interval.standing(day)
