"""Each law of the house has its proofs; here are those that stand nowhere else."""

from __future__ import annotations

import ast
import re
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import Enum, UniqueConstraint

from qms import runtime
from qms.documents import State
from qms.evidence import index_html
from qms.kernel import errors
from qms.kernel.clock import SimulatedClock
from qms.kernel.database import Base
from qms.kernel.errors import QmsError
from qms.kernel.work import Works
from qms.rendering import Pool
from qms.runtime import SimulatedClockRefused
from qms.tasks import mail
from tests.crash import acts
from tests.crash.house import founded, source
from tests.documents import factories
from tests.house.laws import LAWS
from tests.house.reading import ROOT, called_name, modules, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qms.kernel.work import Work


@cache
def _tests_of(path: str) -> frozenset[str]:
    """The tests that a file holds, by its syntax tree."""
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ) | frozenset(
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.startswith(("test_", "Test"))
    )


def test_each_law_has_proofs_that_exist() -> None:
    """Seventeen laws; whoever renames or drops a proof hears of it here."""
    assert list(LAWS) == list(range(1, 18))
    gone = []
    for number, law in LAWS.items():
        assert law.says.endswith(".")
        assert len(law.tests) == len(set(law.tests)) >= 3
        for test in law.tests:
            path, _, name = test.partition("::")
            if not (ROOT / "tests" / path).is_file() or name not in _tests_of(path):
                gone.append(f"law {number}: {test}")
    assert gone == []


# Law 1.


def test_there_are_two_kinds_of_work() -> None:
    """Works opens looks and acts, and has no third door."""
    doors = {name for name in vars(Works) if not name.startswith("_") and callable(getattr(Works, name))}
    assert doors == {"reading", "writing"}
    makers = {"Session", "sessionmaker", "scoped_session"}
    assert [path for path, tree in modules().items() if _imported(tree) & makers & _called(tree)] == [
        "qms/kernel/work.py"
    ]


def _imported(tree: ast.Module) -> set[str]:
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy.orm"
        for alias in node.names
    }


def _called(tree: ast.Module) -> set[str]:
    return {called_name(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_whatever_records_has_a_work_for_its_first_argument() -> None:
    """An operation takes its Work first; only an edge, or what stands for one, opens its own."""
    strays, seen = [], 0
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and _records(node):
                seen += 1
                first = next(iter(node.args.args), None)
                name = first.arg if first else ""
                if name == "self":
                    name = node.args.args[1].arg if len(node.args.args) > 1 else ""
                if name != "work" and not _opens(node):
                    strays.append(f"{path}:{node.lineno} {node.name}")
    assert seen > 50
    assert strays == []


def _records(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call) and called_name(node) == "record" and len(node.args) > 1
        for node in ast.walk(function)
    )


def _opens(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Call) and called_name(node) == "writing" for node in ast.walk(function))


# Law 2.

SLOW: Final = (
    "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.system", "pty.spawn", "socket.connect",
    "socket.getaddrinfo", "smtplib.connect", "smtplib.send", "urllib.Request", "http.client.connect",
)  # fmt: skip


@dataclass(slots=True)
class Guard:
    """Who holds a writing Work in which thread, and what was done meanwhile."""

    inside: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    watching: bool = False
    held: threading.local = field(default_factory=threading.local)

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """An audit hook; it cannot be taken off, so it sleeps when the test is over."""
        del arguments
        if self.watching and event.startswith(SLOW):
            self.did(event)

    def did(self, what: str) -> None:
        """Something slow happens now."""
        (self.inside if getattr(self.held, "depth", 0) else self.outside).append(what)

    def around(self, patch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
        """Tell of every call of a function."""
        real = getattr(owner, name)

        def told(*args: Any, **more: Any) -> Any:
            self.did(name)
            return real(*args, **more)

        patch.setattr(owner, name, told)

    def hold(self, patch: pytest.MonkeyPatch) -> None:
        """Know who holds a writing Work."""
        real = Works.writing

        @contextmanager
        def held(works: Works, *args: Any, **more: Any) -> Iterator[Work]:
            with real(works, *args, **more) as work:
                self.held.depth = getattr(self.held, "depth", 0) + 1
                try:
                    yield work
                finally:
                    self.held.depth -= 1

        patch.setattr(Works, "writing", held)


def test_nothing_slow_happens_while_an_act_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From draft to bundle nothing is rendered, sent, started or asked for inside a writing Work."""
    guard = Guard()
    guard.hold(monkeypatch)
    for owner, name in ((Pool, "render"), (mail, "deliver"), (index_html, "page")):
        guard.around(monkeypatch, owner, name)
    sys.addaudithook(guard.hook)
    home = tmp_path / "home"
    house = founded(home, f"sqlite:///{home / 'records' / 'qms.sqlite3'}")
    guard.watching = True
    with Pool() as pool:
        factories.drafted(house.people, source())
        acts.submit(house, pool)
        factories.review(house.people, acts.FIRST)
        acts.approve(house, pool)
        acts.release(house, pool)
        house.loop(pool).drain()
        acts.acknowledge(house, pool)
        acts._asked(house)
        house.loop(pool).drain()
    guard.watching = False
    house.close()
    assert guard.inside == []
    assert {"render", "deliver", "page", "subprocess.Popen"} <= set(guard.outside)


def test_the_guard_bites() -> None:
    """What is done while a Work is held is told apart from what is done outside."""
    guard = Guard()
    guard.did("outside")
    guard.held.depth = 1
    guard.did("inside")
    assert (guard.outside, guard.inside) == (["outside"], ["inside"])


# Law 4.


def test_only_the_search_follows_the_trail() -> None:
    """The trail is handed to one follower; elsewhere at most a single entry is read, or a person looks."""
    handed, read = [], []
    for path, tree in modules().items():
        if path.startswith("qms/trail/"):
            continue
        calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Attribute) and node.attr == "since" and _is(node.value, "trail")):
                continue
            call = calls.get(id(node))
            if call is None:
                handed.append(path)
            elif not (isinstance(call.args[-1], ast.Constant) and call.args[-1].value == 1):
                read.append(f"{path}:{node.lineno}")
    assert handed == ["qms/runtime/parts.py"]
    assert read == []


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def test_a_notice_is_one_row_for_its_source_receiver_and_channel() -> None:
    """The schema refuses a second, so that no restart sends again what was sent."""
    unique = {
        tuple(column.name for column in one.columns)
        for one in Base.metadata.tables["notice"].constraints
        if isinstance(one, UniqueConstraint)
    }
    assert ("source", "person_id", "channel") in unique


# Law 6.


def test_what_days_decide_is_no_stored_state() -> None:
    """The states of a revision say how far it has come, never whether it holds today."""
    assert {state.value for state in State} == {"draft", "in_review", "approved", "issuing", "issued"}


# Law 10.


def test_there_are_seven_kinds_of_refusal() -> None:
    """And each concrete one is made below a kind, in its slice."""
    kinds = {errors.Missing, errors.Forbidden, errors.Conflict, errors.Invalid, errors.Damaged}
    kinds |= {errors.Unavailable, errors.Exhausted}  # D-0017
    assert set(QmsError.__subclasses__()) == kinds


# Law 12.


def test_every_relationship_is_loaded_on_request_alone() -> None:
    """Touching what was not asked for raises, so that no page asks row by row."""
    lazy = {
        f"{mapper.class_.__name__}.{one.key}": one.lazy
        for mapper in Base.registry.mappers
        for one in mapper.relationships
    }
    assert len(lazy) >= 5
    assert set(lazy.values()) == {"raise"}


CHECKED_OTHERWISE: Final = {
    "record_act.voice_id": "a CHECK says that it is one of its two neighbours",
    "register_cell.column_id": "the name a register gives its column, no row",
    "register_cell.register_id": "that of its row, once more for the index; the row points at the register",
    "route_signature.voice_id": "a CHECK says that it is one of its two neighbours",
}


def test_every_table_has_its_constraints_by_name() -> None:
    """Each has more than a key, each name follows the convention, each `_id` points at a row that exists."""
    loose, unnamed = [], []
    for table in Base.metadata.tables.values():
        pointing = {column.name for one in table.foreign_key_constraints for column in one.columns}
        loose += [
            f"{table.name}.{column.name}"
            for column in table.columns
            if column.name.endswith("_id") and column.name not in pointing
        ]
        names = [str(one.name) for one in table.constraints] + [str(one.name) for one in table.indexes]
        unnamed += [name for name in names if not re.match(rf"(pk|uq|ck|fk|ix)_{table.name}", name)]
        kinds = {str(one.name)[:2] for one in table.constraints} | {
            "uq" for one in table.indexes if one.unique
        }
        assert kinds & {"uq", "ck", "fk"}, table.name
    assert sorted(loose) == sorted(CHECKED_OTHERWISE)
    assert unnamed == []


def test_every_choice_is_checked_by_the_schema() -> None:
    """An enumeration is stored by value under a CHECK, so that no other word gets in on any database."""
    choices = [
        column.type
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Enum)
    ]
    assert len(choices) >= 10
    assert all(one.create_constraint and not one.native_enum for one in choices)


# Law 13.

WITHOUT_NUMBER: Final = {
    *("person_id", "job_id", "comment_id", "piece", "record_id", "file_id", "opening_id"),
    *("view_id", "export_id", "letter_id", "warning_id", "hold_id"),
}
"""What has no number of its own: a person, whose login may change; a job; a remark; a warning; a piece of
evidence; a record before it is filed; a file of a record; what a record asks for; one's view of a register,
and one's file of it; a hold; what was handed in without signing in, before it is a record."""


def test_no_number_is_the_greatest_plus_one() -> None:
    """Whoever takes the greatest and adds one races with the next; only the trail's fence compares so."""
    asked = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "max" and _is(node.value, "func")
    ]
    written = {
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if (text := text_of(node if isinstance(node, ast.expr) else None))
        and re.search(r"\bmax\s*\([^)]*\)[^;]{0,6}\+\s*1", text, re.IGNORECASE)
    }
    assert asked == []
    assert written == {"qms/trail/ddl.py"}


def test_addresses_carry_ids_only_where_there_is_no_number() -> None:
    """Documents, revisions, requests and bundles are named by their numbers."""
    found = {
        name
        for path in sorted((ROOT / "qms" / "web").rglob("*.py"))
        for name in re.findall(r"<int:(\w+)>", path.read_text("utf-8"))
    }
    assert found == WITHOUT_NUMBER


# Law 15.


def test_no_clause_of_a_standard_stands_in_the_code() -> None:
    """Numbers and titles of clauses are read from the editions; no rule is written for one of them."""
    named = [
        f"{path}:{node.lineno} {node.value}"
        for path, tree in modules().items()
        if not path.startswith(("qms/standards/", "qms/cli/demo/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"(ISO|GB/T)[ 0-9:.-]+|(4|5|6|7|8|9|10)\.\d(\.\d)*", node.value)
    ]
    assert named == []


# Law 16.


def test_a_real_workspace_refuses_a_simulated_clock(tmp_path: Path) -> None:
    """Neither when it is made nor when it is opened; one born as a demonstration stays one for ever."""
    clock = SimulatedClock(datetime(2026, 11, 2, 1, tzinfo=UTC))
    names = {"zh-Hans": "示例中心", "en": "Example centre"}
    with pytest.raises(SimulatedClockRefused):
        runtime.make(tmp_path / "none", names, clock=clock)
    assert not (tmp_path / "none").exists()
    made, _ = runtime.make(tmp_path / "real", names)
    made.close()
    with pytest.raises(SimulatedClockRefused):
        runtime.build(tmp_path / "real", clock)
    opened = runtime.build(tmp_path / "real")
    assert (opened.demo, opened.works.demo) == (False, False)
    opened.close()
    made, _ = runtime.make(tmp_path / "demo", names, demo=True, clock=clock)
    made.close()
    clock.advance(timedelta(days=400))
    for given in (clock, None):
        opened = runtime.build(tmp_path / "demo", given)
        assert (opened.demo, opened.works.demo) == (True, True)
        opened.close()


def test_working_days_are_counted_in_the_calendar_alone() -> None:
    """Nobody else asks for the day of the week or for holidays."""
    asked = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        if not path.startswith("qms/calendar/")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"weekday", "isoweekday", "isocalendar"})
        or (
            isinstance(node, ast.Import | ast.ImportFrom)
            and "chinese_calendar" in {getattr(node, "module", ""), *(alias.name for alias in node.names)}
        )
    ]
    assert asked == []
