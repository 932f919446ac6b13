"""Who may what: grants, the three administrators, secrecy, circles, posts and substitutes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qms import accounts
from qms.accounts import ADMINISTRATORS, NotAllowed
from qms.accounts.errors import (
    AdministratorEverywhere,
    AdministratorRoleFixed,
    AdministratorsExclude,
    AlreadyFounded,
    AlreadyGranted,
    CodeTaken,
    GrantToOneself,
    LastAdministrator,
    NoSuchCircle,
    NoSuchGrant,
    NoSuchRole,
    NotHeld,
)
from qms.accounts.models import Grant, Role
from qms.kernel.errors import Invalid
from qms.kernel.ports import Rights, Secrecy

from .factories import PASSWORD, as_person, as_service, organisation, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Work

NO_RIGHTS = Rights()


def _rights(work: Work, who: int) -> Rights:
    return accounts.rights_of(work.session, who, work.today)


def test_a_grant_covers_its_department_and_all_below(work: Work) -> None:
    """Section 9: rights = role x subtree; belonging goes up, permissions go down."""
    organisation(work)
    who = person(work, "zhang", department="outlet-east")
    accounts.grant(work, who, "author", "credit")
    rights = _rights(work, who)
    assert rights.may("documents:draft", "outlet-east")
    assert rights.may("documents:draft", "credit")
    assert not rights.may("documents:draft", "risk")
    assert not rights.may("documents:draft", "centre")
    assert not rights.may("documents:approve", "credit")
    assert rights.departments == {"outlet-east", "credit", "centre"}
    assert rights.roles == {"author"}
    assert (rights.person_id, rights.secrecy, rights.oversees) == (who, Secrecy.INTERNAL, False)


def test_a_withdrawn_right_is_gone_at_once(work: Work) -> None:
    """SEC-06: the next computing of rights knows nothing of it."""
    organisation(work)
    who = person(work, "zhang", role="author")
    accounts.grant(work, who, "author", "credit")
    assert _rights(work, who).permissions["documents:draft"] is None
    accounts.withdraw_grant(work, who, "author")
    assert _rights(work, who).permissions["documents:draft"] == frozenset({"credit", "outlet-east"})
    accounts.withdraw_grant(work, who, "author", "credit")
    assert _rights(work, who).permissions == {}
    with pytest.raises(NoSuchGrant):
        accounts.withdraw_grant(work, who, "author")
    accounts.grant(work, who, "author")
    assert _rights(work, who).may("documents:draft")


def test_overseeing_is_for_the_whole_or_not_at_all(work: Work) -> None:
    organisation(work)
    here, everywhere = person(work, "li"), person(work, "zhang", role="auditor")
    accounts.grant(work, here, "auditor", "credit")
    assert _rights(work, everywhere).oversees
    assert _rights(work, everywhere).may("trail:read")
    assert not _rights(work, here).oversees
    assert not _rights(work, here).may("trail:read")


def test_nobody_has_rights_after_leaving(work: Work) -> None:
    organisation(work)
    who = person(work, "zhang", department="credit", post="credit-head", role="approver")
    accounts.deactivate(work, who, "left")
    assert _rights(work, who) == Rights()
    assert _rights(work, 4711) == Rights()
    assert accounts.role_holders(work.session, "approver", work.today) == []
    assert work.session.scalars(select(Grant.withdrawn_by)).all() == ["service:test"]


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", ADMINISTRATORS)
def test_the_three_administrators_exclude_each_other(work: Work, first: str, second: str) -> None:
    """MLP-04, R27: one person holds at most one of the three."""
    organisation(work)
    who = person(work, "zhang", role=first)
    expected = AlreadyGranted if first == second else AdministratorsExclude
    with pytest.raises(expected):
        accounts.grant(work, who, second)


def test_the_schema_itself_refuses_a_second_administrator_role(work: Work) -> None:
    """Law 12: even a row written past the operation."""
    organisation(work)
    who = person(work, "zhang", role="system-administrator")
    role = work.session.scalars(select(Role).where(Role.code == "audit-administrator")).one()
    work.session.add(
        Grant(person_id=who, role_id=role.id, administrator=True, granted_by="x", granted_at=work.now)
    )
    with pytest.raises(IntegrityError):
        work.session.flush()
    work.session.rollback()


def test_an_administrator_is_one_for_the_whole(work: Work) -> None:
    organisation(work)
    with pytest.raises(AdministratorEverywhere):
        accounts.grant(work, person(work, "zhang"), "system-administrator", "credit")


def test_the_last_administrator_stays(work: Work) -> None:
    organisation(work)
    who = person(work, "zhang", role="security-administrator")
    with pytest.raises(LastAdministrator):
        accounts.withdraw_grant(work, who, "security-administrator")
    with pytest.raises(LastAdministrator):
        accounts.deactivate(work, who, "left")
    person(work, "li", role="security-administrator")
    accounts.withdraw_grant(work, who, "security-administrator")
    accounts.deactivate(work, who, "left")


def test_nobody_gives_anything_to_themselves(work: Work) -> None:
    """MLP-04: no role, clearance, circle or wider role for whoever holds the right to give."""
    organisation(work)
    accounts.add_circle(work, "aml", {"en": "AML"})
    who = person(work, "zhang", role="security-administrator")
    accounts.set_role(work, "clerk", {"en": "Clerk"}, ["documents:read"])
    accounts.grant(work, who, "clerk")
    as_person(work, who)
    acts: list[Callable[[], object]] = [
        lambda: accounts.grant(work, who, "reader"),
        lambda: accounts.clear(work, who, Secrecy.SECRET),
        lambda: accounts.enter_circle(work, who, "aml"),
        lambda: accounts.confirm_key(work, who, "myself"),
        lambda: accounts.set_role(work, "clerk", {"en": "Clerk"}, ["documents:read", "trail:read"]),
    ]
    for act in acts:
        with pytest.raises(GrantToOneself):
            act()
    assert accounts.set_role(work, "other", {"en": "Other"}, ["trail:read"]).code == "other"


def test_giving_rights_needs_the_right(work: Work) -> None:
    """P11-10g: every verb of the security administrator refuses everybody else."""
    organisation(work)
    who = person(work, "zhang", role="reader")
    as_person(work, person(work, "li", role="system-administrator"))
    acts: list[Callable[[], object]] = [
        lambda: accounts.grant(work, who, "author"),
        lambda: accounts.withdraw_grant(work, who, "reader"),
        lambda: accounts.clear(work, who, Secrecy.SECRET),
        lambda: accounts.add_circle(work, "aml", {"en": "AML"}),
        lambda: accounts.enter_circle(work, who, "aml"),
        lambda: accounts.leave_circle(work, who, "aml"),
        lambda: accounts.set_role(work, "clerk", {"en": "Clerk"}, []),
        lambda: accounts.confirm_key(work, who, "seen"),
    ]
    for act in acts:
        with pytest.raises(NotAllowed) as refused:
            act()
    assert "Manage roles, grants" in str(refused.value)


def test_roles_are_tables_of_permissions(work: Work) -> None:
    """An organisation makes its own roles; unknown rights and the three administrators are refused."""
    organisation(work)
    who = person(work, "zhang")
    accounts.set_role(work, "librarian", {"en": "Librarian"}, ["documents:read", "documents:control"])
    accounts.grant(work, who, "librarian")
    assert set(_rights(work, who).permissions) == {"documents:read", "documents:control"}
    accounts.set_role(work, "librarian", {"en": "Librarian"}, ["documents:read"])
    assert set(_rights(work, who).permissions) == {"documents:read"}
    assert work.changes[-1].before == {"permissions": ["documents:control", "documents:read"]}
    with pytest.raises(Invalid) as refused:
        accounts.set_role(work, "Bad Code", {"en": "x"}, ["documents:burn"])
    assert [problem.field for problem in refused.value.problems] == ["permissions", "code"]
    for role in ADMINISTRATORS:
        with pytest.raises(AdministratorRoleFixed):
            accounts.set_role(work, role, {"en": "x"}, ["documents:read"])
    with pytest.raises(NoSuchRole):
        accounts.grant(work, who, "unknown")


def test_clearance_bounds_what_is_seen(work: Work) -> None:
    """R16: without a row *internal*; raised and lowered at once."""
    organisation(work)
    who = person(work, "zhang")
    accounts.clear(work, who, Secrecy.SECRET)
    assert _rights(work, who).secrecy == Secrecy.SECRET
    accounts.clear(work, who, Secrecy.PUBLIC)
    assert _rights(work, who).secrecy == Secrecy.PUBLIC
    assert (work.changes[-1].before, work.changes[-1].after) == ({"grade": "secret"}, {"grade": "public"})


def test_a_closed_circle_is_entered_and_left(work: Work) -> None:
    """R19: inside from the next request on, outside as quickly."""
    organisation(work)
    who = person(work, "zhang")
    accounts.add_circle(work, "aml", {"en": "AML"})
    accounts.enter_circle(work, who, "aml")
    assert _rights(work, who).circles == {"aml"}
    with pytest.raises(AlreadyGranted):
        accounts.enter_circle(work, who, "aml")
    accounts.leave_circle(work, who, "aml")
    assert _rights(work, who).circles == frozenset()
    with pytest.raises(NotHeld):
        accounts.leave_circle(work, who, "aml")
    accounts.enter_circle(work, who, "aml")
    accounts.deactivate(work, who, "left")
    assert accounts.circles_of(work.session, who) == frozenset()
    with pytest.raises(NoSuchCircle):
        accounts.leave_circle(work, who, "unknown")
    with pytest.raises(CodeTaken):
        accounts.add_circle(work, "aml", {"en": "AML"})
    with pytest.raises(Invalid):
        accounts.add_circle(work, "A M L", {"en": "AML"})


def test_holders_of_posts_and_roles(work: Work) -> None:
    organisation(work)
    tomorrow = work.today + timedelta(days=1)
    one = person(work, "zhang", post="reviewer", role="reviewer")
    two = person(work, "li", post="reviewer")
    accounts.grant(work, two, "reviewer", "credit")
    accounts.leave_post(work, two, "reviewer", tomorrow)
    assert accounts.post_holders(work.session, "reviewer", work.today) == [one, two]
    assert accounts.post_holders(work.session, "reviewer", tomorrow) == [one]
    assert accounts.role_holders(work.session, "reviewer", work.today) == [one, two]
    assert accounts.role_holders(work.session, "reviewer", work.today, "outlet-east") == [one, two]
    assert accounts.role_holders(work.session, "reviewer", work.today, "risk") == [one]
    assert _rights(work, one).posts == {"reviewer"}


def test_founding_makes_three_administrators_once(work: Work) -> None:
    """MLP-04: random passwords only, each to be changed, one administrator of each kind; never again."""
    founded = accounts.found(work, "centre", {"en": "Centre"})
    assert sorted(founded.passwords) == sorted(ADMINISTRATORS)
    assert len(set(founded.passwords.values())) == 3
    assert not any(password in repr(founded) for password in founded.passwords.values())
    for role, login in founded.logins.items():
        as_service(work, NO_RIGHTS)
        ticket = accounts.sign_in(work, login, founded.passwords[role])
        assert ticket.must_change
        assert _rights(work, ticket.person_id).roles == {role}
    with pytest.raises(AlreadyFounded):
        accounts.found(work, "centre", {"en": "Centre"})


def test_founding_takes_named_people_and_checks_them(work: Work) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.found(work, "centre", {"en": "C"}, {"system-administrator": ("a b", " ")})
    assert [problem.field for problem in refused.value.problems] == [None, "login", "name"]
    people = {role: (f"a{number}", f"Name {number}") for number, role in enumerate(ADMINISTRATORS)}
    founded = accounts.found(work, "centre", {"en": "C"}, people)
    assert sorted(founded.logins.values()) == ["a0", "a1", "a2"]


def test_the_administrators_build_an_organisation_together(work: Work) -> None:
    """MLP-04: one makes people, the other gives rights, neither does both nor sees documents."""
    founded = accounts.found(work, "centre", {"en": "Centre"})
    ids = {}
    for role, login in founded.logins.items():
        found = accounts.person_by_login(work.session, login)
        assert found is not None
        ids[role] = found.id
        as_person(work, found.id)
        accounts.change_password(work, founded.passwords[role], PASSWORD + role[:3])
    as_person(work, ids["system-administrator"])
    row, _ = accounts.add_person(work, "zhang", "Zhang", verified="identity card seen")
    with pytest.raises(NotAllowed):
        accounts.grant(work, row.id, "author")
    as_person(work, ids["security-administrator"])
    with pytest.raises(NotAllowed):
        accounts.add_person(work, "li", "Li")
    accounts.grant(work, row.id, "author")
    for person_id in ids.values():
        assert not _rights(work, person_id).may("documents:read")
    assert row.enrolled_by == f"person:{ids['system-administrator']}"
