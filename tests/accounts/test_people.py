"""People and places: enrolment, spans of days, substitutes, leaving and coming back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from qms import accounts
from qms.accounts import NoSuchDepartment, NoSuchPerson, NoSuchPost, NotAllowed
from qms.accounts.errors import (
    CodeTaken,
    LoginTaken,
    NoSuchSubstitution,
    NotHeld,
    PersonInactive,
    SpanOverlaps,
    StillActive,
    SubstituteIsSelf,
    TreeCircle,
)
from qms.accounts.models import Department
from qms.kernel.errors import Invalid
from qms.kernel.ports import Actor

from .factories import PASSWORD, as_person, as_service, organisation, person, signer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from qms.kernel.work import Work

NAMES = {"en": "Name"}


def _day(work: Work, after: int = 0) -> date:
    return work.today + timedelta(days=after)


def test_a_person_is_enrolled_with_who_checked_them(work: Work) -> None:
    """P11-100: enrolment names who verified; the trail holds no name in clear outside the erasable part."""
    organisation(work)
    row, password = accounts.add_person(
        work, " Zhang ", " 张三 ", email="z@example.org", verified="identity card"
    )
    assert (row.login, row.name, row.verified, row.enrolled_by) == (
        "zhang",
        "张三",
        "identity card",
        "service:test",
    )
    change = work.changes[-1]
    assert change.action == "person:add"
    assert change.personal == {"login": "zhang", "name": "张三", "email": "z@example.org"}
    assert "张三" not in repr((change.before, change.after))
    assert password not in repr(work.changes)
    assert accounts.person_by_login(work.session, "ＺＨＡＮＧ") is row
    assert accounts.actor_of(work.session, row.id) == Actor(f"person:{row.id}", "张三", row.id)


@pytest.mark.parametrize("login", ["zhang", "ZHANG", "ｚｈａｎｇ", " zhang "])
def test_a_login_is_used_once_for_ever(work: Work, login: str) -> None:
    """P11-100, P11-300a-c: also not after its person has left, and ids only grow."""
    organisation(work)
    who = person(work, "zhang")
    with pytest.raises(LoginTaken):
        accounts.add_person(work, login, "Other")
    accounts.deactivate(work, who, "left")
    with pytest.raises(LoginTaken):
        accounts.add_person(work, login, "Other")
    assert person(work, "li") > who


def test_a_person_needs_a_login_and_a_name(work: Work) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.add_person(work, "two words", " ")
    assert [problem.field for problem in refused.value.problems] == ["login", "name"]
    with pytest.raises(Invalid):
        accounts.rename_person(work, person(work, "zhang"), " ", "why")


def test_managing_people_needs_the_right(work: Work) -> None:
    """P11-10g: every verb of the system administrator refuses everybody else."""
    organisation(work)
    who, other = person(work, "zhang", department="credit", post="reviewer"), person(work, "li")
    as_person(work, person(work, "boss", role="security-administrator"))
    acts: list[Callable[[], object]] = [
        lambda: accounts.add_department(work, "new", NAMES, "centre"),
        lambda: accounts.move_department(work, "credit", "risk"),
        lambda: accounts.add_post(work, "new", NAMES),
        lambda: accounts.add_person(work, "new", "New"),
        lambda: accounts.rename_person(work, who, "New", "why"),
        lambda: accounts.join(work, who, "risk", work.today),
        lambda: accounts.leave(work, who, "credit", work.today),
        lambda: accounts.hold_post(work, who, "risk-head", work.today),
        lambda: accounts.leave_post(work, who, "reviewer", work.today),
        lambda: accounts.substitute(work, who, other, from_on=_day(work), until_on=_day(work, 1)),
        lambda: accounts.deactivate(work, who, "why"),
        lambda: accounts.reactivate(work, who, "why"),
        lambda: accounts.reset_password(work, who, "why"),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_departments_are_one_tree(work: Work) -> None:
    """One root, no circles; moving a department moves what its people may see."""
    organisation(work)
    who = person(work, "zhang", department="outlet-east")
    with pytest.raises(TreeCircle):
        accounts.add_department(work, "second-root", NAMES, None)
    with pytest.raises(TreeCircle):
        accounts.move_department(work, "credit", "outlet-east")
    with pytest.raises(TreeCircle):
        accounts.move_department(work, "centre", "credit")
    accounts.move_department(work, "outlet-east", "risk")
    rights = accounts.rights_of(work.session, who, work.today)
    assert rights.departments == {"outlet-east", "risk", "centre"}
    assert (work.changes[-1].before, work.changes[-1].after) == ({"parent": "credit"}, {"parent": "risk"})
    codes = [each.code for each in accounts.departments(work.session)]
    assert codes == ["centre", "credit", "outlet-east", "risk"]


def test_the_schema_itself_refuses_a_second_root(work: Work) -> None:
    organisation(work)
    work.session.add(Department(code="second", names=NAMES, is_root=True))
    with pytest.raises(IntegrityError):
        work.session.flush()
    work.session.rollback()


def test_codes_are_checked_and_unique(work: Work) -> None:
    organisation(work)
    with pytest.raises(CodeTaken):
        accounts.add_department(work, "credit", NAMES, "centre")
    with pytest.raises(CodeTaken):
        accounts.add_post(work, "reviewer", NAMES)
    with pytest.raises(Invalid) as refused:
        accounts.add_department(work, "A B", {"en": " "}, "centre")
    assert [problem.field for problem in refused.value.problems] == ["code", "names"]
    with pytest.raises(NoSuchDepartment):
        accounts.add_department(work, "new", NAMES, "unknown")
    with pytest.raises(Invalid):
        accounts.add_post(work, "head-of-nothing", NAMES, is_head=True)
    assert [each.code for each in accounts.posts(work.session)] == sorted(
        ("credit-head", "general-manager", "reviewer", "risk-head")
    )


def test_members_on_a_day(work: Work) -> None:
    """DOC-07: joiners count from their day, leavers no more from theirs, a subtree with its root."""
    organisation(work)
    stays = person(work, "zhang", department="credit")
    below = person(work, "li", department="outlet-east")
    joins = person(work, "wang")
    accounts.join(work, joins, "credit", _day(work, 5), _day(work, 9))
    elsewhere = person(work, "zhao", department="risk")
    accounts.leave(work, stays, "credit", _day(work, 5))
    found = [accounts.members(work.session, ["credit"], _day(work, at)) for at in (-1, 0, 4, 5, 8, 9)]
    assert found == [[], [stays, below], [stays, below], [below, joins], [below, joins], [below]]
    assert accounts.members(work.session, None, _day(work)) == [stays, below, elsewhere]
    assert accounts.members(work.session, [], _day(work)) == []


def test_spans_do_not_overlap_and_end_after_they_begin(work: Work) -> None:
    organisation(work)
    who = person(work, "zhang", department="credit", post="reviewer")
    with pytest.raises(SpanOverlaps):
        accounts.join(work, who, "credit", _day(work, 3))
    with pytest.raises(SpanOverlaps):
        accounts.hold_post(work, who, "reviewer", _day(work, -3), _day(work, 1))
    accounts.hold_post(work, who, "reviewer", _day(work, -3), _day(work))
    with pytest.raises(Invalid):
        accounts.join(work, who, "risk", _day(work, 3), _day(work, 3))
    accounts.leave(work, who, "credit", _day(work, 3))
    with pytest.raises(NotHeld):
        accounts.leave(work, who, "credit", _day(work, 4))
    accounts.join(work, who, "credit", _day(work, 3))
    with pytest.raises(NotHeld):
        accounts.leave_post(work, who, "risk-head", _day(work))
    with pytest.raises(NoSuchPost):
        accounts.hold_post(work, who, "unknown", _day(work))


def test_substitutes_on_their_days(work: Work) -> None:
    """R27: said by the person themself or by who manages people, and only for its days."""
    organisation(work)
    who, other = person(work, "zhang"), person(work, "li")
    as_person(work, who)
    row = accounts.substitute(work, who, other, from_on=_day(work, 1), until_on=_day(work, 3))
    assert [accounts.substitutes_of(work.session, who, _day(work, at)) for at in range(4)] == [
        [],
        [other],
        [other],
        [],
    ]
    assert accounts.acting_for(work.session, other, _day(work, 1)) == [who]
    with pytest.raises(SubstituteIsSelf):
        accounts.substitute(work, who, who, from_on=_day(work), until_on=_day(work, 1))
    with pytest.raises(Invalid):
        accounts.substitute(work, who, other, from_on=_day(work), until_on=_day(work))
    as_person(work, other)
    with pytest.raises(NotAllowed):
        accounts.end_substitution(work, row.id)
    as_person(work, who)
    work.now += timedelta(days=2)
    accounts.end_substitution(work, row.id)
    assert accounts.substitutes_of(work.session, who, work.today) == []
    assert accounts.substitutes_of(work.session, who, _day(work, -1)) == [other]
    with pytest.raises(NoSuchSubstitution):
        accounts.end_substitution(work, row.id)
    with pytest.raises(NoSuchSubstitution):
        accounts.end_substitution(work, 4711)


def test_the_nearest_other_head_leads(work: Work) -> None:
    """Escalation goes up the tree, past a post one holds oneself or nobody holds."""
    organisation(work)
    clerk = person(work, "zhang", department="outlet-east")
    head = person(work, "li", department="credit", post="credit-head")
    assert accounts.heads_of(work.session, clerk, work.today) == [head]
    assert accounts.heads_of(work.session, head, work.today) == []
    top = person(work, "wang", department="centre", post="general-manager")
    assert accounts.heads_of(work.session, head, work.today) == [top]
    assert accounts.heads_of(work.session, person(work, "zhao"), work.today) == []


def test_leaving_ends_everything_and_keeps_the_past(work: Work) -> None:
    """P11-100: places, posts and standing in end today; yesterday still shows them."""
    organisation(work)
    who = signer(work, "zhang", department="credit", post="reviewer")
    other = person(work, "li")
    accounts.join(work, who, "risk", _day(work, 5))
    accounts.substitute(work, who, other, from_on=_day(work), until_on=_day(work, 9))
    accounts.substitute(work, other, who, from_on=_day(work), until_on=_day(work, 9))
    work.now += timedelta(days=1)
    accounts.deactivate(work, who, "left")
    assert accounts.members(work.session, ["credit"], _day(work)) == []
    assert accounts.members(work.session, ["credit"], _day(work, -1)) == [who]
    assert accounts.members(work.session, ["risk"], _day(work, 9)) == []
    assert accounts.post_holders(work.session, "reviewer", _day(work)) == []
    assert accounts.substitutes_of(work.session, who, _day(work)) == []
    assert accounts.substitutes_of(work.session, other, _day(work)) == []
    assert [each.id for each in accounts.people(work.session)] == [other]
    assert [each.id for each in accounts.people(work.session, active=False)] == [who]
    assert len(accounts.people(work.session, active=None)) == 2
    with pytest.raises(PersonInactive):
        accounts.deactivate(work, who, "again")
    with pytest.raises(PersonInactive):
        accounts.join(work, who, "credit", _day(work))


def test_coming_back_is_the_same_person_without_rights(work: Work) -> None:
    """P11-100: the same id, a new random password, a key somebody else must confirm."""
    organisation(work)
    who = signer(work, "zhang", department="credit")
    with pytest.raises(StillActive):
        accounts.reactivate(work, who, "back")
    accounts.grant(work, who, "author")
    accounts.deactivate(work, who, "left")
    first = accounts.reactivate(work, who, "back")
    assert accounts.rights_of(work.session, who, work.today).permissions == {}
    as_service(work)
    ticket = accounts.sign_in(work, "zhang", first)
    assert (ticket.person_id, ticket.must_change) == (who, True)
    accounts.change_password(work, first, PASSWORD + "!")
    made = [change for change in work.changes if change.action == "person:key:make"]
    assert [change.after and change.after["needs_confirmation"] for change in made] == [False, True]


def test_nobody_unknown_is_found(work: Work) -> None:
    with pytest.raises(NoSuchPerson):
        accounts.person(work.session, 4711)
    assert accounts.person_by_login(work.session, "nobody") is None


def test_two_people_of_one_name_are_told_apart(work: Work) -> None:
    """A person is called by the name; others of that name bring the login beside it."""
    organisation(work)
    for login, name in (("wang", "王敏"), ("wang2", "王敏"), ("li", "李强")):
        accounts.add_person(work, login, name)
    found = accounts.called(work.session, ["wang", "li", "wang", "gone"])
    assert found == {"wang": "王敏 (wang)", "li": "李强"}
    assert accounts.called(work.session, []) == {}
