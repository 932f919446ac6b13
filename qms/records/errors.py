"""Why something cannot be done to a record; each illegal state its own class."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing


class RecordMissing(Missing):
    """No record of this number exists for the person."""

    message = "There is no record {record} here."


class FormNotInForce(Missing):
    """Only a form in force can be filled in; one that somebody may not see answers alike (SEC-06)."""

    message = "The form {form} is not in force today; no record can be begun on it."


class NotAForm(Conflict):
    """Registers and texts are not filled in."""

    message = "{form} is no form that can be filled in."


class RecordNotFiled(Conflict):
    """A draft has no number and nothing to be decided yet."""

    message = "{record} is a draft; file it first."


class RecordOnItsWay(Conflict):
    """What was filed goes on by its steps alone."""

    message = "{record} is filed and on its way; what is wrong in it is amended beside it."


class RecordClosed(Conflict):
    """Every step is done."""

    message = "{record} is closed; what is wrong in it is amended beside it."


class RecordCancelled(Conflict):
    """A cancelled record keeps its number and changes no more."""

    message = "{record} is cancelled and changes no more."


class RecordDisposed(Conflict):
    """The content is gone by an approved disposal; the stub stays."""

    message = "{record} was disposed of; only its stub is left."


class RecordInvalid(Invalid):
    """The answers do not hold; each fault names its field."""

    message = "The record has {count} fault(s); nothing was filed."


class ImportRefused(Invalid):
    """One faulty line refuses the whole table: nothing is filed by halves."""

    message = "Nothing was filed; these lines need attention."


class FilingNotAllowed(Forbidden):
    """The person may file no records for this department."""

    message = "You may not file records for the department {department}."


class RecordWouldBeHidden(Forbidden):
    """Nobody begins a record they could not see: its grade and its circle bind the author as well (R19)."""

    message = "Records on {form} are kept in a circle or at a grade that is not yours; you may not begin one."


class AmendingNotAllowed(Forbidden):
    """Nobody who did a step of the record, nor allowed to amend records of the department."""

    message = "You may not amend records of the department {department}."


class AnswerOfOthers(AmendingNotAllowed):
    """Whoever amends corrects what they answered themselves; the answers of others need the permission."""

    message = (
        "Somebody else answered “{field}” in the step “{step}” of {record}; "
        "only they, or who may amend records of the department {department}, correct it."
    )


class CancellingNotAllowed(Forbidden):
    """Neither author of an open record nor allowed to cancel records of the department."""

    message = "You may not cancel records of the department {department}."


class NotYourDraft(Missing):
    """A draft exists for its author alone."""

    message = "There is no draft {record} of yours."


class NotYourStep(Forbidden):
    """The open step asks somebody else."""

    message = "The step “{step}” of {record} is not yours; it asks {seats}."


class Recused(Forbidden):
    """Who is concerned does not decide (R27)."""

    message = "You are concerned by {record} ({field}) and may not act in the step “{step}”."


class PostsIncompatible(Forbidden):
    """Who did one of two incompatible steps may not do the other (R27)."""

    message = "You acted in the step “{other}” of {record}; the step “{step}” needs somebody else."


class ActedAlready(Conflict):
    """One person has one voice in a step."""

    message = "You have acted in the step “{step}” of {record} already."


class AnswerSigned(Conflict):
    """Of several who act in a step, the first one signs its answers; the others decide upon them."""

    message = "{person} has signed the answer “{field}” in the step “{step}” of {record}; it stays as it is."


class StepNotAccepted(Conflict):
    """The receiver accepts a hand-over before anything else (S68)."""

    message = "Accept the hand-over of {record} in the step “{step}” first."


class StepAccepted(Conflict):
    """A hand-over is accepted once."""

    message = "The hand-over of {record} in the step “{step}” is accepted already."


class NothingToAccept(Conflict):
    """The step asks for no acceptance."""

    message = "The step “{step}” of {record} needs no acceptance."


class HandedOver(Conflict):
    """What was accepted does not go back (S68)."""

    message = (
        "The hand-over of {record} was accepted; it does not go back. State what is missing in the opinion."
    )


class NothingGoesBack(Conflict):
    """The form says that this step sends nothing back."""

    message = "The step “{step}” of {record} sends nothing back."


class OpinionMissing(Invalid):
    """Review and approval end in a clear written opinion (R25)."""

    message = "The step “{step}” needs a written opinion."


class DecisionMissing(Invalid):
    """The step asks for one of its outcomes."""

    message = "The step “{step}” needs one of these decisions: {decisions}."


class DecisionUnknown(Invalid):
    """The step has no such outcome."""

    message = "The step “{step}” has no decision {decision}."


class SignatureMissing(Invalid):
    """The form asks that this step be signed."""

    message = "The step “{step}” is signed with your password."


class NobodyForStep(Conflict):
    """A record never goes to a step nobody can take."""

    message = "Nobody can take the step “{step}” of {form} now: it asks {seats}. Tell the owner of the form."


class RecordReasonMissing(Invalid):
    """Sending back, amending and cancelling say why."""

    message = "Say why; the reason stays with the record."


class NothingAmended(Invalid):
    """An amendment changes at least one answer."""

    message = "Nothing differs from what is recorded; there is nothing to amend."


class FieldNotHere(Invalid):
    """A field belongs to another step, or to no step of the form."""

    message = "The field {field} is not filled in here."


class FileMissing(Missing):
    """No such file belongs to the record."""

    message = "There is no such file on {record}."


class AuthorMissing(Forbidden):
    """Records are filed by people, not by services."""

    message = "Only a person files a record."


class ContentErased(Conflict):
    """The key of a sealed content was destroyed on purpose."""

    message = "The sealed contents of {record} were erased; nothing can be added to them."


class OpeningMissing(Missing):
    """Nothing was asked of the person here, or it is done."""

    message = "Nothing is asked of you here, or it is done already."


class NothingToHold(Conflict):
    """No limit runs on the record."""

    message = "No time limit runs on {record} that could stand still."


class NothingHeld(Conflict):
    """No limit of the record stands still."""

    message = "No time limit of {record} stands still."


class ErasingNotAllowed(Forbidden):
    """Erasing is the right of few."""

    message = "You may not erase what is sealed in records of the department {department}."


class NothingToErase(Conflict):
    """An open record is disposed of in its time, not erased."""

    message = "Nothing of {record} is sealed; its open answers go when its retention ends."


class ErasedAlready(Conflict):
    """A key is destroyed once."""

    message = "What was sealed in {record} is erased already."
