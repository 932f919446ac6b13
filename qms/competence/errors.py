"""What forbids an act on competence, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing


class CompetenceInvalid(Invalid):
    """What was written has faults."""

    message = "The record of competence has {count} fault(s)."


class NoSuchRequirement(Missing):
    """There is no requirement of this code."""

    message = "There is no required competence {code}."


class NoSuchEvidence(Missing):
    """There is no such evidence, or not for this person."""

    message = "There is no such evidence of competence here."


class NotTheirHead(Forbidden):
    """Competence is recorded and verified by who manages it for the person's department."""

    message = "You may not do this for {person}; whoever manages the competence of their department may."


class OwnEvidence(Forbidden):
    """Nobody verifies what they show for themselves (R27)."""

    message = "This is your own evidence; somebody else has to verify it."


class EvidenceDecided(Conflict):
    """Evidence is verified or withdrawn once."""

    message = "This evidence has been verified or withdrawn already."


class NoQuiz(Missing):
    """The revision has no quiz."""

    message = "There is no quiz for {what}."


class QuizNotPassed(Conflict):
    """Reading with a quiz is confirmed when the quiz is passed (R13)."""

    message = "Pass the quiz of {what} first; then confirm the reading."


class QuizPassed(Conflict):
    """A quiz is passed once."""

    message = "You have passed the quiz of {what} already."


class QuizOver(Conflict):
    """All attempts are used; whoever leads the person decides how to go on."""

    message = "All attempts at the quiz of {what} are used; your head was told and can let you try again."


class AttemptMoved(Conflict):
    """The answers belong to an attempt that is over."""

    message = "These answers belong to an earlier attempt. The questions of the present one are shown now."


class AttemptsLeft(Conflict):
    """Another try is given when all are used."""

    message = "There are attempts left for this person."


class CompetenceNotCurrent(Conflict):
    """Whoever signs must have shown what is asked for it (TRN-03)."""

    message = "To sign here you need current evidence of: {names}."
