"""What forbids an act on an action, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing


class NoSuchAction(Missing):
    """There is no action of this number, or it does not exist for this person."""

    message = "There is no action {number}."


class ActionInvalid(Invalid):
    """What was written of an action has faults."""

    message = "The action has {count} fault(s)."


class NotTheOwner(Forbidden):
    """Only its owner, or who manages the actions of its department, may do this."""

    message = "{number} is somebody else's; its owner or who manages its department's actions may do this."


class NotAskedToTakeOver(Forbidden):
    """Only who was asked answers."""

    message = "You were not asked to take {number} over."


class OwnerCloses(Forbidden):
    """Nobody judges their own work: somebody else closes an action (R27)."""

    message = "{number} is yours; somebody else has to close it."


class ActionEnded(Conflict):
    """An action that has ended stays as it ended."""

    message = "{number} has ended already."


class EvidenceNeeded(Conflict):
    """An action is closed on evidence, never on a word alone."""

    message = "{number} has no evidence yet; add what shows that it was done."


class HandOverOpen(Conflict):
    """One person at a time is asked to take an action over."""

    message = "Somebody has been asked to take {number} over and has not answered yet."


class OwnerMayNotSee(Conflict):
    """Nobody is given what they may not see."""

    message = "{person} may not see {number}; choose somebody else."
