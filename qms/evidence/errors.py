"""What forbids an act on a request for evidence, or on its bundle."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Damaged, Forbidden, Invalid, Missing


class NoSuchRequest(Missing):
    """No request has this number, or the person may not know of it (law 11)."""

    message = "There is no request for evidence {number}."


class NoSuchReceiver(Missing):
    """The receiver is nobody who could be given anything."""

    message = "There is no active person {person} who could receive evidence."


class EvidenceNotAllowed(Forbidden):
    """The right is not held for every department the scope names (R18)."""

    message = "You may not do this for everything the request asks for."


class PersonNeeded(Forbidden):
    """Evidence is asked for, approved and handed over by people, never by a service (ALC-01)."""

    message = "Only a signed-in person may do this."


class RequesterApproves(Forbidden):
    """Who asks for evidence does not approve the request (R27)."""

    message = "You asked for this evidence yourself; somebody else has to approve it."


class ReceiverApproves(Forbidden):
    """Who receives evidence does not approve that it is given out (R18)."""

    message = "You are the receiver of this evidence; somebody else has to approve it."


class RequestInvalid(Invalid):
    """The request does not say what is asked for, for whom, or for what."""

    message = "The request for evidence has {count} fault(s)."


class RequestDecided(Conflict):
    """The request was approved or rejected before."""

    message = "The request {number} has already been decided ({state})."


class RequestNotApproved(Conflict):
    """Only an approved request is built (BND-08)."""

    message = "The request {number} is {state}; only an approved one is built."


class BundleNotBuilt(Conflict):
    """There is no finished bundle to hand over."""

    message = "The bundle of {number} is not built; its state is {state}."


class PlanChanged(Conflict):
    """What was built is not what was frozen (law 2)."""

    message = "The bundle of {number} was built from another plan than the one that was frozen."


class RequestAltered(Damaged):
    """The request is no longer the one that was approved and signed."""

    message = "The request {number} is not the one that was signed; nothing is given out."


class ReceiverMaySeeLess(Conflict):
    """The receiver lost a right while the bundle was made (SEC-06)."""

    message = "The receiver of {number} may now see less than was gathered; approve a new request."


class BundleKeyExists(Conflict):
    """A key is made once."""

    message = "There is already a bundle key at {path}."


class BundleKeyMissing(Missing):
    """The workspace has no bundle key."""

    message = "There is no bundle key at {path}; it is made when the workspace is made."


class BundleKeyUnusable(Damaged):
    """The key could be read by others, or is none."""

    message = "The bundle key at {path} cannot be used: {fault}."
