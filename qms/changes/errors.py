"""What stands in the way of a request for change, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class ChangeNotThoughtOut(Conflict):
    """A change is approved on its purpose, consequences, resources and responsibilities (DOC-16)."""

    message = "{request} cannot be approved: these are not written yet: {fields}."


class ChangeNotDone(Conflict):
    """A request lasts until what it led to is in force or given up."""

    message = "{request} led to {revisions}, which are neither in force nor given up."


class ChangeNotBegun(Conflict):
    """A request that was approved leads to a revision before it is closed (DOC-16)."""

    message = "{request} was approved and no revision was begun from it: say which one was, or cancel it."


class WithdrawalNotDecided(Conflict):
    """A request to withdraw is closed when the document was withdrawn (DOC-16)."""

    message = "{request} asks that {document} be withdrawn, and that is not decided."


class EffectNotChecked(Conflict):
    """A change is closed by the check of its effectiveness (DOC-16)."""

    message = "{request} is not closed without the result of its effectiveness check."


class RequestNotApproved(Conflict):
    """A revision is begun from a request that was approved and is not closed."""

    message = "{request} is not an approved, open request for change."


class RequestForOther(Conflict):
    """A request leads to revisions of the document it concerns."""

    message = "{request} concerns {document}, not {other}."


class DraftNotYours(Forbidden):
    """Whoever may draft the document says from which request its revision was begun."""

    message = "You may not draft documents of {department}."


class NoSuchRequest(Missing):
    """The request does not exist, or not for this person."""

    message = "There is no request for change {request} that you may see."
