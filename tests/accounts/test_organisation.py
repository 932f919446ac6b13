"""An organisation from one file: all of it or nothing, every fault by line and field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from qms import accounts
from qms.accounts import NotAllowed, OrganisationWrong, apply_organisation, read_organisation
from qms.accounts.operations.founding import _write_roles
from qms.kernel.ports import Rights, Secrecy

from .factories import as_service

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works

FILE = """\
departments:
  - {code: outlet-east, names: {zh-Hans: 东区网点, en: East outlet}, parent: credit}
  - {code: centre, names: 金融服务中心}
  - {code: credit, names: {zh-Hans: 信贷管理部, en: Credit}, parent: centre}
posts:
  - {code: credit-head, names: 信贷管理部负责人, department: credit, head: true}
  - {code: reviewer, names: 审查员}
circles:
  - {code: aml, names: 反洗钱知悉范围}
people:
  - login: zhang
    name: 张三
    email: zhang@example.org
    language: zh-Hans
    verified: 身份证
    from: 2026-01-05
    departments: [credit]
    posts: [credit-head, reviewer]
    grants: [reader, {role: department-head, department: credit}]
    clearance: secret
    circles: [aml]
  - {login: li, name: 李四, departments: [outlet-east]}
substitutions:
  - {person: zhang, substitute: li, from: 2026-11-02, until: 2026-11-09}
"""


def test_a_file_makes_an_organisation(work: Work) -> None:
    _write_roles(work)
    done = apply_organisation(work, FILE)
    assert done.added == {"departments": 3, "posts": 2, "circles": 1, "people": 2, "substitutions": 1}
    assert sorted(done.passwords) == ["li", "zhang"]
    assert not any(password in repr(done) for password in done.passwords.values())
    found = accounts.person_by_login(work.session, "zhang")
    assert found is not None
    rights = accounts.rights_of(work.session, found.id, work.today)
    assert rights.roles == {"reader", "department-head"}
    assert rights.permissions["documents:approve"] == frozenset({"credit", "outlet-east"})
    assert rights.posts == {"credit-head", "reviewer"}
    assert (rights.secrecy, rights.circles) == (Secrecy.SECRET, frozenset({"aml"}))
    assert (found.email, found.language, found.verified) == ("zhang@example.org", "zh-Hans", "身份证")
    (other,) = accounts.substitutes_of(work.session, found.id, work.today)
    assert accounts.heads_of(work.session, other, work.today) == [found.id]


def test_a_grown_file_adds_only_what_is_new(work: Work) -> None:
    _write_roles(work)
    apply_organisation(work, FILE)
    entries = len(work.changes)
    base = FILE[: FILE.index("substitutions")]
    assert apply_organisation(work, base).added == {}
    assert len(work.changes) == entries
    grown = base.replace("departments: [outlet-east]", "departments: [outlet-east, credit]")
    assert apply_organisation(work, grown + "  - {login: wang, name: 王五}\n").added == {"people": 1}
    assert [change.action for change in work.changes[entries:]] == ["person:department:join", "person:add"]


BROKEN = """\
departments:
  - {code: centre, names: {fr: Centre}}
  - {code: credit, names: 信贷, parrent: centre}
people:
  - login: zhang
    language: klingon
    from: yesterday
    grants: [{role: ""}]
    departments: credit
  - {login: li, name: Li, name: Lo}
posts:
  - {code: a, names: A, head: maybe}
  - {names: {}, code: 12}
"""


def test_every_fault_of_shape_is_named_by_line_and_field() -> None:
    with pytest.raises(OrganisationWrong) as refused:
        read_organisation(BROKEN, "org.yaml")
    places = [(problem.line, problem.field) for problem in refused.value.problems]
    assert places == [
        (2, "departments.1.names"),
        (3, "departments.2.parrent"),
        (6, "people.1.language"),
        (7, "people.1.from"),
        (8, "people.1.grants.1.role"),
        (9, "people.1.departments"),
        (10, "people.2.name"),
        (12, "posts.1.head"),
        (13, "posts.2.names"),
    ]
    assert "org.yaml:6 · people.1.language: Choose one of zh-Hans" in str(refused.value)
    assert "请从" in refused.value.sentence("zh-Hans")


MEANINGLESS = """\
departments:
  - {code: centre, names: 中心}
  - {code: a, names: A, parent: b}
  - {code: b, names: B, parent: a}
  - {code: centre, names: 中心}
posts:
  - {code: x, names: X, department: nowhere}
  - {code: y, names: Y, head: true}
people:
  - {login: zhang, name: 张, departments: [nowhere], posts: [none], circles: [none], grants: [none]}
  - {login: ＺＨＡＮＧ, name: 张}
  - {login: li li, name: 李}
  - {login: zhao}
  - {login: wang, name: 王, grants: [system-administrator, audit-administrator]}
substitutions:
  - {person: nobody, substitute: wang, from: 2026-11-02, until: 2026-11-09}
"""


def test_every_fault_of_meaning_is_named_by_line_and_field(
    works: Works, service: Actor, every_right: Rights
) -> None:
    """All or nothing: with faults nobody is there afterwards."""
    with works.writing(service, every_right) as work:
        _write_roles(work)
    with pytest.raises(OrganisationWrong) as refused, works.writing(service, every_right) as work:
        apply_organisation(work, MEANINGLESS, "org.yaml")
    places = [(problem.line, problem.field) for problem in refused.value.problems]
    assert places == [
        (5, "departments.4.code"),
        (3, "departments.2"),
        (4, "departments.3"),
        (7, "posts.1"),
        (8, "posts.2.department"),
        (10, "people.1.departments.1"),
        (10, "people.1.posts.1"),
        (10, "people.1.grants.1"),
        (10, "people.1.circles.1"),
        (11, "people.2.login"),
        (12, "people.3.login"),
        (13, "people.4.name"),
        (14, "people.5.grants.2"),
        (16, "substitutions.1"),
    ]
    with works.reading(service) as work:
        assert work.session.scalar(select(func.count()).select_from(accounts.Person)) == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("people: [", 1),
        ("people:\n\t- a", 2),
        ("a: &x {}\nb: *x", 1),
        ("- 1", None),
        ("just text", None),
        ("[" * 5000, None),
    ],
)
def test_what_is_no_such_file_is_refused(text: str, line: int | None) -> None:
    with pytest.raises(OrganisationWrong) as refused:
        read_organisation(text, "org.yaml")
    assert refused.value.problems[0].file == "org.yaml"
    assert line is None or refused.value.problems[0].line == line


def test_an_empty_file_is_an_empty_organisation() -> None:
    assert read_organisation("", "org.yaml").people == ()


def test_each_administrator_applies_their_own_part(work: Work) -> None:
    """MLP-04: who manages people cannot slip in a grant by a file."""
    _write_roles(work)
    as_service(work, Rights(permissions={"people:manage": None}))
    with pytest.raises(NotAllowed):
        apply_organisation(work, FILE)
    as_service(work, Rights(permissions={"grants:manage": None}))
    with pytest.raises(NotAllowed):
        apply_organisation(work, "departments:\n  - {code: other, names: X, parent: centre}\n")
    as_service(work)
    accounts.add_person(work, "li", "李四")
    as_service(work, Rights(permissions={"grants:manage": None}))
    assert apply_organisation(work, "people:\n  - {login: li, clearance: secret}\n").passwords == {}
    assert work.changes[-1].action == "person:clear"
