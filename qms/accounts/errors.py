"""What forbids an act on people, rights, passwords and signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing


@dataclass(frozen=True, slots=True)
class Passed:
    """A right password whose code is still to come: whose, for which stored hash, and when."""

    person_id: int
    account: str
    proof: str
    at: datetime


class NotAllowed(Forbidden):
    """The person does not hold the permission the act needs (P11-10g)."""

    message = "You may not do this; it needs the right {permission}."


class NoSuchPerson(Missing):
    """Nobody is known by this login or id."""

    message = "There is no person {person}."


class NoSuchDepartment(Missing):
    """No department has this code."""

    message = "There is no department {department}."


class NoSuchPost(Missing):
    """No post has this code."""

    message = "There is no post {post}."


class NoSuchRole(Missing):
    """No role has this code."""

    message = "There is no role {role}."


class NoSuchCircle(Missing):
    """No closed circle has this code."""

    message = "There is no closed circle {circle}."


class NoSuchGrant(Missing):
    """The role is not held, so it cannot be withdrawn."""

    message = "{person} does not hold the role {role} there."


class NoSuchSubstitution(Missing):
    """No such substitution is written down."""

    message = "There is no such substitution."


class NotHeld(Missing):
    """The span that should end is not open."""

    message = "{person} has no open place in {place}."


class AlreadyFounded(Conflict):
    """A workspace is founded once, when it is empty."""

    message = "This workspace already has people; it cannot be founded again."


class LoginTaken(Conflict):
    """The login, or one that looks like it, belongs to somebody, perhaps one who has left (P11-100)."""

    message = "The login {login} is already used or has been used."


class CodeTaken(Conflict):
    """Codes are unique within their kind."""

    message = "The code {code} is already used."


class SpanOverlaps(Conflict):
    """Nobody has the same place twice at one time."""

    message = "{person} already has a place in {place} at that time."


class TreeCircle(Conflict):
    """A department cannot stand below itself; and there is one root."""

    message = "The department {department} cannot be placed there."


class PersonInactive(Conflict):
    """The person has left; nothing new may be given to them."""

    message = "{person} is no longer active."


class StillActive(Conflict):
    """Only somebody who has left can come back."""

    message = "{person} is still active."


class AlreadyGranted(Conflict):
    """The same role for the same department is held already."""

    message = "{person} already holds the role {role} there."


class AdministratorsExclude(Conflict):
    """One person holds at most one of the three administrator roles (MLP-04, R27)."""

    message = "{person} already is {held}; the three administrators exclude each other."


class AdministratorEverywhere(Conflict):
    """An administrator role cannot be limited to a department."""

    message = "The role {role} can only be granted for the whole organisation."


class AdministratorRoleFixed(Conflict):
    """The three administrator roles give no content and stay as they were shipped (MLP-04)."""

    message = "The role {role} cannot be changed."


class LastAdministrator(Conflict):
    """Each of the three administrator roles stays with at least one active person."""

    message = "{person} is the last {role}; grant the role to somebody else first."


class GrantToOneself(Forbidden):
    """Nobody gives rights, clearance or a circle to themselves (MLP-04)."""

    message = "Nobody may give rights to themselves."


class SubstituteIsSelf(Conflict):
    """A substitute is somebody else."""

    message = "Nobody can be their own substitute."


class PasswordTooWeak(Invalid):
    """The new password does not keep the policy; every fault is named (SEC-08, MLP-01)."""

    message = "The new password cannot be used:"


class SignInRefused(Forbidden):
    """Login or password is wrong; the answer is the same for an unknown login (SEC-09)."""

    message = "The login or the password is not right."

    def __init__(self, *, account: str, address: str, person_id: int | None) -> None:
        """Keep for the journal what the answer does not show."""
        super().__init__()
        self.account = account
        self.address = address
        self.person_id = person_id


class TooManyAttempts(Forbidden):
    """Too many wrong passwords for this account from this address; wait (SEC-09, MLP-02)."""

    message = "Too many wrong passwords. Try again in {seconds} seconds."

    def __init__(self, *, until: datetime, seconds: int, account: str, person_id: int | None) -> None:
        """Keep until when, and for the journal whose account."""
        super().__init__(seconds=seconds)
        self.until = until
        self.account = account
        self.person_id = person_id


class NotSignedIn(Forbidden):
    """Only a signed-in person can do this, never a service (ALC-01)."""

    message = "Only a signed-in person can do this."


class PasswordMustChange(Forbidden):
    """A first or reset password only serves to choose one's own (MLP-04)."""

    message = "Choose your own password first."


class SigningRefused(Forbidden):
    """The password given for signing is wrong; the attempt is journalled (P11-300d)."""

    message = "The password is not right; nothing was signed."

    def __init__(self, *, person_id: int, ref: str, meaning: str) -> None:
        """Keep for the journal who tried to sign what."""
        super().__init__()
        self.person_id = person_id
        self.ref = ref
        self.meaning = meaning


class SigningLocked(Forbidden):
    """Five wrong passwords at signing lock it for a while, or until it is unlocked (P11-300d)."""

    message = (
        "Signing is locked for {minutes} more minutes after wrong passwords; the security administrator"
        " can unlock it."
    )


class NothingToUnlock(Conflict):
    """Neither signing nor the second factor of the person is locked."""

    message = "Nothing of {person} is locked."


class SecondFactorAsked(Forbidden):
    """The password was right; the code of the second factor is still to come (SEC-10)."""

    message = "Type the code of your second factor as well."

    def __init__(self, passed: Passed) -> None:
        """Keep what was proven so far; nothing of it is secret."""
        super().__init__()
        self.passed = passed


class SecondFactorWrong(Forbidden):
    """The code is wrong, too old or used before; the attempt is journalled (SEC-10, P11-300d)."""

    message = "The code is not right, or it has been used before. Wait for the next one."

    def __init__(self, *, person_id: int, address: str) -> None:
        """Keep for the journal whose code it should have been."""
        super().__init__()
        self.person_id = person_id
        self.address = address


class TooManyCodes(Forbidden):
    """Too many wrong codes; wait (SEC-09, SEC-10)."""

    message = "Too many wrong codes. Try again in {seconds} seconds."


class SignInOver(Forbidden):
    """Between password and code too much time passed, or the password changed (SEC-10)."""

    message = "Begin again with your password; too much time has passed."


class SecondFactorDemanded(Forbidden):
    """The organisation demands a second factor and the person has none (MLP-03)."""

    message = "A second factor is demanded here; set it up first: qms people second-factor"


class SecondFactorOn(Conflict):
    """The second factor is on already."""

    message = "Your second factor is switched on already."


class NoSecondFactor(Conflict):
    """There is no second factor to use, renew or remove."""

    message = "{person} has no second factor."


class AccountAsleep(Forbidden):
    """Nobody has signed in to the account for the days the organisation set (MLP-04)."""

    message = "This account has not been used for {days} days; the system administrator can wake it."


class NotFromHere(Forbidden):
    """Administrators come in from the places of the network that the organisation named only (MLP-07)."""

    message = "Administrators work from certain places of the network only; {address} is none of them."


class NoAdministrator(Conflict):
    """Only an administrator is recovered at the console; everybody else by an administrator."""

    message = "{person} is no administrator; an administrator resets the password."


class OnlyAtTheConsole(Forbidden):
    """An administrator is recovered by those who stand at the machine, never from a page."""

    message = "This is done at the console of the machine only."


class WitnessesWrong(Conflict):
    """A lost administrator is recovered by two different people, neither of them the lost one."""

    message = (
        "Two people recover {person}: two other administrators, or one other person and the named keeper"
        " of the machine."
    )


class KeyNotConfirmed(Conflict):
    """After a reset somebody else than who reset it must confirm the person (P11-200, CN-03)."""

    message = "Your signature waits for confirmation by the security administrator after the reset."


class NothingToConfirm(Conflict):
    """No key of the person waits for confirmation."""

    message = "No signing key of {person} waits for confirmation."


class ConfirmedByResetter(Forbidden):
    """Who reset a password cannot also confirm the new key (P11-200)."""

    message = "Whoever reset the password cannot confirm the new signature key."


class PostNotHeld(Forbidden):
    """One signs for a post only while holding it, or standing in for its holder."""

    message = "{person} does not hold the post {post}."


class NotSubstitute(Forbidden):
    """One stands in only for who said so, on the days they said (R27)."""

    message = "You are not the substitute of {person} today."


class AlreadySigned(Conflict):
    """One signature a person, meaning and round (DOC-05, P11-70)."""

    message = "You have already signed this."


class OrganisationWrong(Invalid):
    """The file of an organisation has faults, each named by file, line and field; nothing was added."""

    message = "The organisation was not taken over; the file has {count} fault(s)."
