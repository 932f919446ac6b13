"""What stands in the way of a corrective action, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden


class CauseUnknown(Conflict):
    """Actions are decided on known causes, after similar cases were looked for (10.2.1 b, NCA-02)."""

    message = "{record}: the actions cannot be decided before these are known: {fields}."


class StillObserved(Conflict):
    """Whether actions work shows after the time set for it (10.2.1 d, NCA-04)."""

    message = "{record} is observed until {day}; its effect is judged after that day."


class OwnActionsJudged(Forbidden):
    """Whoever answers for an action neither judges its effect nor closes it (NCA-04)."""

    message = "You answer for actions of {record}; somebody else judges and closes them."


class ActionsUnfinished(Conflict):
    """A corrective action lasts until everything that was opened from it has ended (NCA-03)."""

    message = "{record} is not closed while these actions are open: {actions}."


class RevisionNotInForce(Conflict):
    """A document that is to change has changed before the corrective action is closed (NCA-05)."""

    message = "{record} is not closed before what was asked for is in force: {requests}."


class ClosingUnanswered(Conflict):
    """Closing asks whether risks and documents were looked at (10.2.1 e and f, NCA-05)."""

    message = "{record} is not closed before these are answered: {fields}."


class NotEffective(Conflict):
    """What did not work goes back to its causes (10.2.1 d, NCA-04)."""

    message = "The actions of {record} were not effective: send it back to its causes."
