"""What the edge writes in a second Work after a refusal rolled the first one back (law 10, P11-300d)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms.accounts.attempts import wait_after
from qms.accounts.errors import SigningRefused, SignInRefused, TooManyAttempts
from qms.accounts.operations.sign_in import account_of, count_failure
from qms.accounts.operations.signing import ADDRESS
from qms.accounts.queries import person
from qms.kernel.errors import Forbidden, QmsError
from qms.kernel.ports import Change
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work


def refusal_change(error: QmsError, actor: Actor) -> Change | None:
    """The trail entry of a refusal worth one: failed sign-in or signing, denied operation.

    While somebody must wait, the single tries are not written: the entry that made them wait says
    so, and a guesser must not fill the trail.
    """
    if isinstance(error, TooManyAttempts):
        return None
    if isinstance(error, SignInRefused):
        ref = Ref("login", error.account[:16])
        if error.person_id is not None:
            ref = Ref("person", str(error.person_id))
        personal = {"address": error.address} if error.address else {}
        return Change("person:sign-in:refuse", ref, after={"reason": error.code}, personal=personal)
    if isinstance(error, SigningRefused):
        return Change(
            "signature:refuse",
            Ref.parse(error.ref),
            after={"person": error.person_id, "meaning": error.meaning, "reason": error.code},
        )
    if isinstance(error, Forbidden):
        return Change("operation:deny", Ref.parse(_named(actor)), after={"reason": error.code})
    return None


def _named(actor: Actor) -> str:
    return actor.id if ":" in actor.id else f"service:{actor.id}"


def journal_refusal(work: Work, error: QmsError) -> bool:
    """Write the entry of a refusal and count a wrong password; says whether anything was written.

    Open a writing Work of its own for it, after the refused one has rolled back.
    """
    change = refusal_change(error, work.actor)
    if change is None:
        return False
    after = dict(change.after or {})
    failures = 0
    if isinstance(error, SignInRefused):
        failures = count_failure(work, error.account, error.address)
    elif isinstance(error, SigningRefused):
        failures = count_failure(work, account_of(person(work.session, error.person_id).login), ADDRESS)
    if failures:
        after |= {"failures": failures, "wait_seconds": int(wait_after(failures).total_seconds())}
    work.record(change.action, change.ref, after=after, personal=change.personal)
    return True
