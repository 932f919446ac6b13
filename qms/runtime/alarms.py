"""What is told at once when somebody guesses or a guard falls: accounts joined with tasks (P11-300d)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import accounts, tasks
from qms.accounts import Alarm
from qms.kernel.clock import iso
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.accounts import Noted, Ticket
    from qms.kernel.errors import QmsError
    from qms.kernel.work import Work

TASK: Final = "alarm"
_OWED: Final[Mapping[Alarm, str]] = {
    Alarm.SIGNING: N_("Signing of {person} is locked after {count} wrong passwords: find out who tried"),
    Alarm.CODES: N_("{count} wrong codes for {person}, whose password somebody knows: find out who tried"),
}
_TOLD: Final[Mapping[Alarm, str]] = {
    Alarm.SIGNING: N_("Somebody typed {count} wrong passwords at signing in your session"),
    Alarm.CODES: N_("Somebody who knows your password typed {count} wrong codes"),
}
_ADVICE: Final = N_("If it was not you, change your password at once and tell your security administrator.")
_CODE_USED: Final = N_("A recovery code of yours was used; {left} are left")
_RECOVERED: Final = N_("The administrator {person} was recovered at the console")
_CHECK: Final = N_("The trail says who did it and why. If it was not agreed, tell the others at once.")


def journal(work: Work, error: QmsError) -> bool:
    """Write a refusal down and, in the same Work, sound the alarm it sets off; says whether it wrote."""
    noted = accounts.journal_refusal(work, error)
    if noted is not None and noted.alarm is not None:
        _sound(work, noted.alarm, noted)
    return noted is not None


def _sound(work: Work, alarm: Alarm, noted: Noted) -> None:
    who = accounts.person(work.session, noted.person_id)
    facts = {"person": who.name, "count": noted.failures}
    tasks.owe(
        work,
        kind=TASK,
        ref=_ref(who.id),
        person_ids=accounts.role_holders(work.session, "security-administrator", work.today),
        subject=_OWED[alarm],
        facts=facts,
        due_on=work.today,
        key=alarm.value,
        personal=True,
    )
    source = f"{TASK}:{alarm.value}:{who.id}:{iso(work.now)}"
    tasks.notify(work, who.id, source=source, subject=_TOLD[alarm], text=_ADVICE, facts=facts)


def unlock(work: Work, person_id: int, why: str) -> None:
    """Unlock a person, and settle what the security administrators owed about it."""
    accounts.unlock(work, person_id, why)
    tasks.settle(work, TASK, _ref(person_id))


def entered(work: Work, ticket: Ticket) -> Ticket:
    """Tell a person whose recovery code was used just now (SEC-10)."""
    if ticket.codes_left is not None:
        facts = {"left": ticket.codes_left}
        source = f"recovery-code:{ticket.session_id}"
        tasks.notify(work, ticket.person_id, source=source, subject=_CODE_USED, text=_ADVICE, facts=facts)
    return ticket


def recovered(work: Work, person_id: int) -> None:
    """Tell every other administrator that one was recovered at the console (MLP-04)."""
    facts = {"person": accounts.person(work.session, person_id).name}
    source = f"recover:{person_id}:{iso(work.now)}"
    for role in accounts.ADMINISTRATORS:
        for each in accounts.role_holders(work.session, role, work.today):
            if each != person_id:
                tasks.notify(work, each, source=source, subject=_RECOVERED, text=_CHECK, facts=facts)


def _ref(person_id: int) -> Ref:
    return Ref("person", str(person_id))
