"""What forbids an act on parties, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing


class NoSuchParty(Missing):
    """There is no party of this number, or it does not exist for whoever asks (SEC-06)."""

    message = "There is no party {party}."


class PartyNotYours(Forbidden):
    """Parties are managed for the departments the right is held for."""

    message = "You may not manage the parties of the department {department}."


class PartyBeyondYou(Forbidden):
    """Nobody gives a grade or a circle they could not look into themselves (R16, R19)."""

    message = "You may not give a grade of secrecy or a closed circle that you are not in yourself."


class MayNotSetLists(Forbidden):
    """The lists count for everybody."""

    message = "You may not change the lists of parties."


class PartyChanged(Conflict):
    """Somebody else changed the party since it was read."""

    message = "{party} was changed by somebody else meanwhile; look at it again."


class PartyNotActive(Conflict):
    """The party has ended or was merged into another."""

    message = "{party} is not dealt with any more; nothing of it is changed."


class PartyActive(Conflict):
    """Only a party that has ended is taken up again."""

    message = "{party} is dealt with already."


class PartyErased(Conflict):
    """The personal data were erased; nothing personal is added again to this number."""

    message = "The personal data of {party} are erased."


class IdentifierTaken(Conflict):
    """The same licence or register number would identify two parties."""

    message = "{value} identifies another party already; look for it before you add one."


class MergeIntoItself(Conflict):
    """A party is no duplicate of itself."""

    message = "{party} cannot be merged into itself."


class MergeOfOtherKind(Conflict):
    """Only two of one kind can be the same party."""

    message = "{party} and {other} are of different kinds, so they are no duplicates."


class StageNotAfter(Conflict):
    """Data are collected step by step, and what was reached stays reached (R59)."""

    message = "The stage {stage} does not come after the one {party} has reached."


class ReasonNeeded(Conflict):
    """What ends or takes away says why."""

    message = "Write down why."


class PartyInvalid(Invalid):
    """Facts of a party that cannot be kept."""

    message = "The facts of the party need attention."


class ListsInvalid(Invalid):
    """Lists of parties that cannot be used."""

    message = "The lists need attention."


class ImportRefused(Invalid):
    """One faulty line refuses the whole file: nothing is imported by halves."""

    message = "Nothing was imported; these lines need attention."
