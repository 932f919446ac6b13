"""A lost administrator comes back through two people at the console, and through nobody alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import accounts
from qms.accounts import ADMINISTRATORS, NotAllowed, SignInOver
from qms.accounts.errors import (
    NoAdministrator,
    NoSuchPerson,
    OnlyAtTheConsole,
    PersonInactive,
    WitnessesWrong,
)
from qms.accounts.models import Credential, SecondFactor
from qms.accounts.operations.sign_in import new_session
from qms.kernel.errors import Invalid
from qms.kernel.ports import Rights

from .factories import as_service, known, organisation

if TYPE_CHECKING:
    from qms.kernel.work import Work

LOST = "lost"


@pytest.fixture
def tokens(work: Work) -> dict[str, str]:
    """Three administrators and an author, each with a live session at the console."""
    organisation(work)
    people = {LOST: ADMINISTRATORS[0], "one": ADMINISTRATORS[1], "two": ADMINISTRATORS[2], "author": "author"}
    made = {}
    for login, role in people.items():
        who = known(work, login)
        accounts.grant(work, who, role)
        made[login] = new_session(work, work.session.get_one(Credential, who)).token
    return made


def test_two_other_administrators_recover_one(work: Work, tokens: dict[str, str]) -> None:
    """MLP-04: a first password, every session ended, the key waits; both names and the reason stay."""
    password = accounts.recover(work, LOST, [tokens["one"], tokens["two"]], "fell ill")
    entry, reset = work.changes[-2:]
    ids = [_id(work, login) for login in ("one", "two")]
    assert (entry.action, entry.after, entry.why) == (
        "person:recover",
        {"witnesses": ids, "keeper": False},
        "fell ill",
    )
    assert entry.personal == {"witnesses": "One, Two"}
    assert (reset.action, reset.after and reset.after["witnesses"]) == ("person:password:reset", ids)
    assert accounts.session_of(work.session, tokens[LOST], work.now) is None
    assert accounts.sign_in(work, LOST, password).must_change
    assert password not in repr(work.changes)


def test_the_keeper_and_one_other_person_recover_one(work: Work, tokens: dict[str, str]) -> None:
    """MLP-04: where no administrator is left, who stands at the console gives a name beside the witness."""
    with pytest.raises(WitnessesWrong):
        accounts.recover(work, LOST, [tokens["author"]], "nobody is left")
    accounts.recover(work, LOST, [tokens["author"]], "nobody is left", keeper=" The keeper ")
    entry = work.changes[-2]
    assert entry.after == {"witnesses": [_id(work, "author")], "keeper": True}
    assert entry.personal == {"witnesses": "Author", "keeper": "The keeper"}


def test_nobody_recovers_alone_or_themselves(work: Work, tokens: dict[str, str]) -> None:
    """MLP-04: two different people, neither the lost one, and two witnesses are two administrators."""
    for witnesses in ((), (LOST,), (LOST, "one"), ("one", "one"), ("one", "author")):
        with pytest.raises(WitnessesWrong):
            accounts.recover(work, LOST, [tokens[each] for each in witnesses], "why", keeper="The keeper")


def test_a_witness_is_one_who_has_just_proven_it(work: Work, tokens: dict[str, str]) -> None:
    """P11-200: a session that has ended, or that was never begun, proves nothing; nor a first password."""
    accounts.sign_out(work, tokens["two"])
    for token in (tokens["two"], "guessed"):
        with pytest.raises(SignInOver):
            accounts.recover(work, LOST, [tokens["one"], token], "why")
    _, first = accounts.add_person(work, "new", "New")
    token = accounts.sign_in(work, "new", first).token
    as_service(work)
    with pytest.raises(SignInOver):
        accounts.recover(work, LOST, [token], "why", keeper="The keeper")


def test_only_administrators_are_recovered_and_only_at_the_console(
    work: Work, tokens: dict[str, str]
) -> None:
    """P11-10g: not from a page, not without the right, not for others, and never without a reason."""
    both = [tokens["one"], tokens["two"]]
    with pytest.raises(NoAdministrator):
        accounts.recover(work, "author", both, "why")
    with pytest.raises(NoSuchPerson):
        accounts.recover(work, "nobody", both, "why")
    with pytest.raises(Invalid):
        accounts.recover(work, LOST, both, " ")
    as_service(work, Rights(permissions={"grants:manage": None}))
    with pytest.raises(NotAllowed):
        accounts.recover(work, LOST, both, "why")
    work.actor = accounts.actor_of(work.session, _id(work, "one"))
    work.rights = Rights(permissions={"people:manage": None})
    with pytest.raises(OnlyAtTheConsole):
        accounts.recover(work, LOST, both, "why")


def test_somebody_who_left_is_not_recovered(work: Work, tokens: dict[str, str]) -> None:
    """The wrong state is refused."""
    accounts.grant(work, known(work, "another"), ADMINISTRATORS[0])
    accounts.deactivate(work, _id(work, LOST), "left")
    with pytest.raises(PersonInactive):
        accounts.recover(work, LOST, [tokens["one"], tokens["two"]], "why")


def test_a_lost_device_goes_where_that_is_said(work: Work, tokens: dict[str, str]) -> None:
    """SEC-10: recovering gives a password; the second factor goes only where it is lost as well."""
    who = _id(work, LOST)
    row = SecondFactor(person_id=who, sealed={}, made_at=work.now, on_at=work.now, last_step=1, failures=0)
    work.session.add(row)
    work.session.flush()
    both = [tokens["one"], tokens["two"]]
    accounts.recover(work, LOST, both, "fell into the sea")
    assert work.session.get(SecondFactor, who) is row
    accounts.recover(work, LOST, both, "fell into the sea", with_factor=True)
    assert work.session.get(SecondFactor, who) is None


def _id(work: Work, login: str) -> int:
    found = accounts.person_by_login(work.session, login)
    assert found is not None
    return found.id
