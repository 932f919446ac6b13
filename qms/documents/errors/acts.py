"""Refusals of acts: what is not there, what a person may not do, what the register does not allow now."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing

__all__ = [
    "AboveClearance",
    "AcknowledgedAlready",
    "CannotAcknowledge",
    "CircleUnknown",
    "CommentMissing",
    "CommentResolved",
    "DocumentMissing",
    "DraftChanged",
    "EditionMissing",
    "EffectiveTooEarly",
    "ExternalCheckMissing",
    "FamilyInForce",
    "FileConflict",
    "FileOutside",
    "IssuedMeanwhile",
    "KindFixed",
    "LanguageMismatch",
    "LinkMissing",
    "NotAllowedHere",
    "NotOnTheRoute",
    "NothingIssued",
    "NumberMismatch",
    "NumberTaken",
    "OpenRevision",
    "OwnerFixed",
    "OwnerUnknown",
    "PersonNeeded",
    "PlanMissing",
    "PlanStale",
    "PublicAddressMissing",
    "ReasonMissing",
    "ReviewMissing",
    "RevisionMissing",
    "SourceMoved",
    "WithdrawalMissing",
    "WithdrawalNotApproved",
    "WithdrawalOpen",
    "WithdrawalTooEarly",
]


class DocumentMissing(Missing):
    """No such document exists for the person."""

    message = "There is no document {number} here."


class RevisionMissing(Missing):
    """No such revision exists for the person."""

    message = "There is no revision {revision} here."


class LinkMissing(Missing):
    """Nothing was ever issued under this code; a mistyped code gets the same answer (SEC-18)."""

    message = "No issued document carries this verification code."


class CommentMissing(Missing):
    """The comment belongs to no revision the person may see."""

    message = "There is no such comment here."


class WithdrawalMissing(Missing):
    """Nobody has asked to withdraw this revision."""

    message = "There is no open withdrawal of {what}."


class ReviewMissing(Missing):
    """No periodic review of the revision is due."""

    message = "There is no periodic review of {what} that could be concluded."


class PlanMissing(Missing):
    """The revision was never released, so there is nothing to issue again."""

    message = "{what} has no release that could be tried again."


class NotAllowedHere(Forbidden):
    """The permission is not held for the department that owns the document (DOC-08)."""

    message = "You may not do this with documents of {department}."


class NotOnTheRoute(Forbidden):
    """Only those on the route take part in the review (DOC-02)."""

    message = "{what} is not with you for review or approval."


class PersonNeeded(Forbidden):
    """Signatures and opinions are a person's, never a service's."""

    message = "Only a person who is signed in can do this."


class DraftChanged(Conflict):
    """REL-05: nobody's work is overwritten unseen."""

    message = "{what} was changed by somebody else meanwhile; compare both texts and save again."


class IssuedMeanwhile(Conflict):
    """A copy of a text that is no longer the last issued one begins no revision (REL-05)."""

    message = "A newer revision of {what} was issued meanwhile; begin again from that one."


class OpenRevision(Conflict):
    """One language of a document has one open revision at a time."""

    message = "{what} is still open; finish it or discard it before another revision begins."


class NumberTaken(Conflict):
    """A number is given once, also where the person may not see to what (SEC-07)."""

    message = "The number {number} is taken; choose another."


class KindFixed(Conflict):
    """DOC-01: the kind belongs to the number."""

    message = "{number} is a {kind} and stays one; a document of another kind needs another number."


class OwnerFixed(Forbidden):
    """Handing a document to another department is asked of those who may draft for both."""

    message = "{number} can be handed over to {department} only by somebody who drafts for both departments."


class OwnerUnknown(Invalid):
    """The owner is a department that exists."""

    message = "There is no department {department}; the owner has to be one."


class CircleUnknown(Forbidden):
    """Only who is inside a closed circle writes for it (R19)."""

    message = "You are not in the closed circle {circle}, so you cannot write for it."


class AboveClearance(Forbidden):
    """Nobody writes what they may not read (R16)."""

    message = "This secrecy grade is above what you may see."


class NumberMismatch(Invalid):
    """A text stays with its number."""

    message = "The head says {said}, but this is {number}."


class LanguageMismatch(Invalid):
    """A text stays with its language."""

    message = "The head says language {said}, but this is the realisation in {language}."


class ReasonMissing(Invalid):
    """DOC-06: what changes or ends a controlled document says why."""

    message = "Give the reason; without one this cannot be done."


class CommentResolved(Conflict):
    """A comment is closed once."""

    message = "This comment is already closed."


class PublicAddressMissing(Conflict):
    """Without an address nobody can check a printed copy, so a real workspace does not issue (DOC-11)."""

    message = "The setting public_url is empty; set it before issuing, for it is printed on every page."


class EffectiveTooEarly(Conflict):
    """The effective date keeps the publication date and the minimum notice of the kind."""

    message = "{what} can take effect on {earliest} at the earliest, not on {day}."


class PlanStale(Conflict):
    """Law 7: what is released is what was shown."""

    message = "Something of {what} has changed since its issue was planned; look again and release it anew."


class NothingIssued(Missing):
    """No revision is in force in this language on the day."""

    message = "No revision of {number} is in force on {day} in this language."


class CannotAcknowledge(Conflict):
    """DOC-07: what is acknowledged is the revision in force, or the next one already published."""

    message = "{what} is neither in force nor published for a later day; there is nothing to acknowledge."


class AcknowledgedAlready(Conflict):
    """DOC-07: one person acknowledges the same contents once."""

    message = "You have already acknowledged {what}."


class WithdrawalOpen(Conflict):
    """A revision is withdrawn once."""

    message = "The withdrawal of {what} is already under way or decided."


class WithdrawalNotApproved(Conflict):
    """DOC-02: a withdrawal is decided after its whole route."""

    message = "The withdrawal of {what} is not approved yet."


class WithdrawalTooEarly(Conflict):
    """No past is rewritten."""

    message = "{what} cannot be withdrawn on {day}; the earliest day is {earliest}."


class FileConflict(Conflict):
    """Law 14: a file and a draft that both changed are compared by a person."""

    message = "The file {file} and the draft of {what} have both changed; compare them and decide."


class FileOutside(Invalid):
    """Files are synchronised inside the workspace folder only."""

    message = "The file {file} lies outside the folder that is synchronised."


class SourceMoved(Conflict):
    """Law 14: what is being signed is not changed through a file."""

    message = "{what} is in review, approved or being issued; the file {file} cannot change it now."


class ExternalCheckMissing(Missing):
    """Nothing is planned to be looked up: it does not come from outside, or is not in force."""

    message = "{what} is not an external document in force; there is nothing to look up."


class EditionMissing(Conflict):
    """Whoever found that another edition has taken its place says which."""

    message = "Name the edition that has taken its place."


class FamilyInForce(Conflict):
    """Nothing is left dangling unsaid: what belongs to a document and stays in force is named (DOC-14)."""

    message = (
        "Still in force and belonging to {what}: {family}. Say why they may stay, or withdraw them first."
    )
