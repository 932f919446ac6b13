"""Refusals of the pure rules: numbers, labels, sources, routes, validity, the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms.kernel.errors import Conflict, Forbidden, Invalid

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "ApproverIsAuthor",
    "CommentsOpen",
    "FileNameUnreadable",
    "LabelUnreadable",
    "LaterRevisionSet",
    "NotInRoute",
    "NumberLooksLike",
    "NumberOutOfPattern",
    "NumbersUsedUp",
    "ParentCycle",
    "RevisionEnded",
    "SeatTaken",
    "SignedAlready",
    "SourceInvalid",
    "StageClosed",
    "SubstituteNotAllowed",
]


class NumberOutOfPattern(Invalid):
    """DOC-01: a number keeps the organisation's pattern."""

    message = "The number {number} does not fit the pattern {pattern}."


class NumberLooksLike(Conflict):
    """DOC-01: a number is never used twice, nor one that people could take for it."""

    message = "The number {number} is taken or looks like {other}; choose another one."


class NumbersUsedUp(Conflict):
    """A stem has no free number left."""

    message = "There is no free number left that begins with {stem}."


class FileNameUnreadable(Invalid):
    """A file name tells number and language."""

    message = "The file name {file} is not a number with .md or .yaml behind it."


class LabelUnreadable(Invalid):
    """A revision label is an edition and a modification."""

    message = "“{label}” is no revision label; write for example A/0 or 1.0."


class SourceInvalid(Invalid):
    """A source breaks its format; every fault is named by file, line and field."""

    message = "The source has {count} fault(s)."


class ApproverIsAuthor(Forbidden):
    """DOC-02: the author does not approve the own text, nor for somebody else."""

    message = "The author of {what} may not approve it; somebody else has to."


class NotInRoute(Forbidden):
    """DOC-02: only the holders of the posts and roles of the open stage sign."""

    message = "The stage “{stage}” of {what} does not ask for your signature."


class SubstituteNotAllowed(Forbidden):
    """A substitute signs only for a person the open stage asks for, and who named them."""

    message = "You may not sign the stage “{stage}” of {what} for this person."


class SignedAlready(Conflict):
    """SEC-28: one person counts once in a stage, for themselves or for another."""

    message = "The stage “{stage}” of {what} already has this signature; one person counts once."


class SeatTaken(Conflict):
    """SEC-28: a seat that asks one holder takes the first one's signature."""

    message = "Somebody else has already signed the stage “{stage}” of {what} for this post."


class StageClosed(Conflict):
    """SEC-28: a stage that has its signatures takes no more."""

    message = "All signatures on {what} that could be given now are given."


class CommentsOpen(Conflict):
    """Open comments block approval."""

    message = "{what} has {count} open comment(s); close them before it is approved."


class LaterRevisionSet(Conflict):
    """Law 6: revisions of one document enter into force one after the other, never on one day."""

    message = "{other} enters into force on {day}; a revision after it needs a later day."

    def __init__(self, *, other: str, day: date) -> None:
        """Keep the day, after which the next free one comes."""
        super().__init__(other=other, day=day)
        self.day = day


class RevisionEnded(Conflict):
    """Only what is in force or will be can be withdrawn."""

    message = "{revision} is neither in force on {day} nor to be later; there is nothing to withdraw."


class ParentCycle(Invalid):
    """DOC-14: nothing stands above itself."""

    message = "The documents stand above each other in a circle: {path}."
