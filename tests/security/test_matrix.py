"""Role by operation by department by grade by circle: every cell tried, and no operation unlisted."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import qms
from qms.accounts.permissions import PERMISSIONS, ROLES
from qms.kernel.errors import Forbidden, Missing, QmsError
from qms.runtime import KEEPER
from tests.security.house import BOARD, LOW, NOBODY, OTHERS, OUT, PERSONAS, PLAIN, SECRET, VARIANTS, WHOLE
from tests.security.lines import FORBIDDEN, MATRIX, MISSING, WORKS, Cell, Line
from tests.security.unlisted import EDGE, INSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.work import Work
    from tests.security.house import House, Persona, Variant

_EDGES = {"http", "web", "cli", "worker", "runtime", "kernel", "migrations", "calendar", "locales", "app"}
FACES = {
    each.name: importlib.import_module(f"qms.{each.name}")
    for each in pkgutil.iter_modules(qms.__path__)
    if each.ispkg and each.name not in _EDGES
}
ALL = [(part, name, line) for part, lines in MATRIX.items() for name, line in lines.items()]
# What is special about a person matters for the variant it is about; whole roles are tried on all.
_TRIED = {
    PLAIN.name: (NOBODY, *WHOLE, *OTHERS),
    SECRET.name: (*WHOLE, *LOW),
    BOARD.name: (*WHOLE, *OUT),
}
_ONCE = (NOBODY, *WHOLE, *OTHERS)


def verbs() -> set[str]:
    """Every function the slices offer that takes a Work or works: what may change something."""
    found = set()
    for part, face in FACES.items():
        for name in face.__all__:
            member = getattr(face, name)
            if inspect.isfunction(member) and {"work", "works"} & set(inspect.signature(member).parameters):
                found.add(f"{part}.{name}")
    return found


def test_no_operation_is_unlisted() -> None:
    """P11-10g: whatever a slice offers is tried here, or stands among those no person can reach, and why."""
    listed = {f"{part}.{name}" for part, name, _ in ALL}
    assert verbs() - listed - set(INSIDE) - set(EDGE) == set()
    assert (listed | set(INSIDE) | set(EDGE)) - verbs() == set()
    assert not listed & (set(INSIDE) | set(EDGE))
    assert all(reason.endswith(".") for reason in {**INSIDE, **EDGE}.values())


def test_every_permission_opens_something() -> None:
    """MLP-04: a right that no line and no page asks for would be granted for nothing."""
    used = {line.permission for _, _, line in ALL} | set(EDGE.values())
    asked = {code for code in PERMISSIONS if code in used or any(code in text for text in EDGE.values())}
    by_law = {"actions:manage", "documents:read", "evidence:approve", "evidence:build", "documents:withdraw"}
    elsewhere = {
        "actions:read",
        "competence:read",
        "documents:control",
        "search:find",
        "tasks:own",
        "tasks:oversee",
        "jobs:read",
        "trail:read",
    }
    by_law |= {"parties:read", "parties:manage", "records:amend", "records:cancel"}
    elsewhere |= {"records:read", "records:erase", "retention:approve"}
    unbuilt = {"settings:manage", "search:rebuild"}
    assert set(PERMISSIONS) - asked - by_law - elsewhere == unbuilt


class _Undone(Exception):  # noqa: N818 - it is no error
    pass


@pytest.fixture(scope="module")
def opened(house: House) -> Iterator[Work]:
    """One writing Work for all cells, rolled back at the end."""
    try:
        with house.works.writing(KEEPER) as work:
            yield work
            raise _Undone  # noqa: TRY301 - leaving by an exception is what rolls back
    except _Undone:
        pass


@contextmanager
def trying(house: House, opened: Work, persona: Persona) -> Iterator[Work]:
    """A Work of the persona inside a savepoint of which nothing stays."""
    who, rights = house.actor(persona.login), house.rights[persona.login]
    point = opened.session.begin_nested()
    try:
        yield replace(opened, actor=who, rights=rights, changes=[])
        opened.session.flush()
    finally:
        point.rollback()
        opened.session.expire_all()


def outcome(house: House, opened: Work, line: Line, persona: Persona, variant: Variant) -> str:
    """What really happens."""
    try:
        with trying(house, opened, persona) as work:
            line.act(Cell(house, work, persona, variant, line.state))
    except Forbidden:
        return FORBIDDEN
    except Missing:
        return MISSING
    except line.open_door:
        return WORKS
    except QmsError as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    return WORKS


def cells(line: Line) -> Iterator[tuple[Persona, Variant]]:
    """Who is tried on what."""
    for variant in VARIANTS if line.state else (PLAIN,):
        once = PERSONAS if line.everybody else _ONCE
        yield from ((persona, variant) for persona in (_TRIED[variant.name] if line.state else once))


def some(line: Line) -> Iterator[tuple[Persona, Variant]]:
    """Every twelfth cell and the first that passes: enough to see that a second database agrees."""
    passed = False
    for place, (persona, variant) in enumerate(cells(line)):
        passes = not passed and line.right(persona, variant) == WORKS
        if place % 12 == 0 or passes:
            passed = passed or passes
            yield persona, variant


EACH = pytest.mark.parametrize(("part", "name", "line"), ALL, ids=[f"{part}.{name}" for part, name, _ in ALL])


def check(house: House, opened: Work, line: Line, tried: Iterator[tuple[Persona, Variant]]) -> None:
    """Try the cells and name every one that is not as the table says."""
    wrong = []
    found = set()
    for persona, variant in tried:
        right = line.right(persona, variant)
        real = outcome(house, opened, line, persona, variant)
        found.add(real)
        if real != right:
            wrong.append((persona.login, variant.name, f"should be {right}", real))
    assert wrong == []
    assert WORKS in found, "a line that nobody passes proves nothing"


@EACH
def test_each_role_may_do_what_the_table_says(
    house: House, opened: Work, part: str, name: str, line: Line
) -> None:
    """P11-10g, MLP-04, SEC-06: it works for whom it should; all others are refused, or see nothing there."""
    del part, name
    second = house.works.engine.dialect.name == "postgresql"
    check(house, opened, line, some(line) if second else cells(line))


@pytest.mark.nightly
@EACH
def test_every_cell_on_each_database(house: House, opened: Work, part: str, name: str, line: Line) -> None:
    """P11-10g: the same on PostgreSQL to the last cell."""
    del part, name
    check(house, opened, line, cells(line))


def test_the_roles_of_the_matrix_are_all_roles(house: House) -> None:
    """MLP-04: every shipped role is tried, and the product computes what the table says."""
    assert {persona.role for persona in WHOLE} == set(ROLES)
    for persona in _ONCE:
        rights = house.rights[persona.login]
        for code in PERMISSIONS:
            for department in ("risk", "business"):
                assert rights.may(code, department) is persona.may(code, department), (persona, code)
