"""What stands in the way of a complaint, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class ComplaintSealed(Conflict):
    """Who gave it is protected field by field; what is counted stays countable (CMP-05)."""

    message = "Complaints are counted: their form marks personal answers, and is not sealed as a whole."


class OwnComplaint(Forbidden):
    """Nobody decides about a complaint against themselves (CMP-02)."""

    message = "{record} is about you; somebody else decides about it."


class AssignedToConcerned(Conflict):
    """A complaint is never given to the person it is about (CMP-02)."""

    message = "{record} cannot be given to {person}, whom it is about."


class NotGraded(Conflict):
    """Weight and level decide who handles it until when; they come first (CMP-02, R52)."""

    message = "{record} is graded when these are answered: {fields}."


class NotAtOnce(Conflict):
    """What is grave or comes again is investigated; it is not settled on the spot (R52)."""

    message = (
        "{record} is grave or comes again: it is not settled on the spot, send it back to be handed over."
    )


class NotInvestigated(Conflict):
    """Facts and finding come before the reply (CMP-04)."""

    message = "{record} is not answered before these are known: {fields}."


class ReplyMissing(Conflict):
    """Nothing closes without what was answered (CMP-04)."""

    message = "{record} is not closed without the text of the reply."


class RemedyMissing(Conflict):
    """A reply says where to go with it when it does not satisfy (CMP-04)."""

    message = "The reply to {record} names the remedies that remain: {fields}."


class ViewNotAsked(Conflict):
    """How the giver sees the handling is asked before the close (R52)."""

    message = "{record} is not closed before the view of its giver was asked."


class NotReviewed(Conflict):
    """Whoever is not satisfied has their case looked at once more, one level up (CMP-04)."""

    message = "The giver of {record} is not satisfied: it is reviewed once before the close."


class ComplaintCauseUnknown(Conflict):
    """Each case that was investigated tells its cause (CMP-05)."""

    message = "{record} is not closed before its cause is known: {fields}."


class ActionNeeded(Conflict):
    """What is grave or comes again, and was found right, has its cause removed (R52)."""

    message = "{record} is grave or comes again and was found right: it needs a corrective action."


class ActionNotFiled(Conflict):
    """The corrective action a complaint needs is filed before the complaint is closed (CMP-04)."""

    message = "{record} needs a corrective action: file it from {record} first, then close."


class ComplaintNotCancelled(Conflict):
    """What was accepted or graded ends by a reply, never by a cancellation (R52)."""

    message = "{record} was taken on: it ends with a reply, and is not cancelled."


class WeightsNotWhole(Conflict):
    """The weights of the user groups are stated, and are those of the whole (S84, R54)."""

    message = "The weights of the user groups come to {sum} %, not to 100 %."


class BoxClosed(Missing):
    """Handing in without signing in is there only where the organisation turns it on."""

    message = "Nothing can be handed in here."


class BoxBusy(Conflict):
    """So much an hour is taken from everybody together, so that nobody buries the others (SEC-09)."""

    message = "Very much was handed in just now. Try again in {minutes} minutes."


class BoxUnattended(Conflict):
    """Nothing is taken that nobody would be asked for (R53)."""

    message = "Nobody is there to take it on just now. Try again later, or come to the counter."


class BoxNotYours(Forbidden):
    """Whoever was asked first takes it on (R53)."""

    message = "What was handed in is taken on by whoever holds the post {post}."


class BoxFormUnfit(Conflict):
    """What is handed in becomes a complaint: its form declares one."""

    message = "The form {form} does not declare “complaint”; set box_form to one that does."


class NothingHandedIn(Missing):
    """It was never handed in."""

    message = "No such thing was handed in."


class TakenOnAlready(Conflict):
    """It has an owner; the others look after the next one (R53)."""

    message = "Somebody else has taken it on already."


class NoSuchReceipt(Missing):
    """The receipt leads back to what was handed in, and nothing else does."""

    message = "Nothing was handed in under this receipt. Compare it letter by letter."
