"""What `bench/records.py` asks of acts: records filed one by one, and the day job's run of a schedule.

A small organisation is real: its form, register and procedure are issued by the operations, and every record
is begun and submitted by its author in a Work of its own, with number, frozen content, trail and register.
What has to be there beforehand are copies of the first record with other ids and numbers, and the floor of a
filing is the same: the rows of one record, written by bare INSERTs of the driver in a transaction of its own.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from qms import parties, records, schedules
from qms.kernel.clock import SimulatedClock
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Works
from qms.runtime import append_to_trail
from tests.conftest import START
from tests.documents import factories
from tests.registers import factories as papers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Engine

FIRST: Final = 1_000
"""Copies get ids from here on; what the operations made before lies below."""
PARTIES: Final = 1_000
OWNERS: Final = ("author", "writer", "risk-head", "manager", "deputy")
FILED: Final = ("record", "record_content", "record_step", "record_act", "register_row", "register_cell")
"""The tables a filing leaves rows in, in the order of their keys; the trail has its own."""
KEPT: Final = FILED[:4]
WRITTEN: Final = (*FILED, "trail_entry", "trail_personal")
_OWN: Final = frozenset({"id", "record_id", "step_id", "row_id"})
"""What is another one in each copy; a filing leaves one row of each kind, so that one number serves all."""
_BATCH: Final = 2_000
ANSWERS: Final = {
    "amount": "1853783.03",
    "product": "loan",
    "accepted_on": "2026-11-01",
    "note": "材料齐全，按月跟踪",
    "fast": True,
}
VISITS: Final = """schedules: [{id: visit, label: 月度拜访, every: month, on: {day: 5},
  for: {parties: {kinds: [client]}}, due: 5 days}]
"""


@dataclass
class Meter:
    """Processor time of this process and of those that answer it, where they run on this machine."""

    pids: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, connection: Connection) -> Meter:
        """The processes of PostgreSQL that have this database open; none of SQLite."""
        if connection.dialect.name == "sqlite":
            return cls()
        asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        pids = [int(row[0]) for row in connection.exec_driver_sql(asked)]
        return cls([each for each in pids if Path(f"/proc/{each}/schedstat").exists()])

    def other(self) -> float:
        """Seconds of the processes that answer."""
        read = (Path(f"/proc/{each}/schedstat").read_text("ascii") for each in self.pids)
        return sum(int(each.split()[0]) for each in read) / 1e9

    def cost(self, act: Callable[[], object]) -> float:
        """Processor seconds of one act."""
        other, own = self.other(), time.process_time()
        act()
        own = time.process_time() - own
        return own + self.other() - other


def compared(meter: Meter, rounds: int, *acts: Callable[[], object]) -> list[float]:
    """The median of each act in milliseconds, asked in turn after some rounds that are not counted."""
    for act in acts * 6:  # PostgreSQL prepares a statement when it comes for the sixth time
        act()
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for place, act in enumerate(acts):
            taken[place].append(meter.cost(act) * 1000)
    return [statistics.median(each) for each in taken]


class House:
    """The organisation, its documents in force, and one record that was filed."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self.engine = engine
        settings = Settings(home=home, public_url="https://qms.example.org")
        self.clock = SimulatedClock(START)
        self.works = Works(engine, LocalVault(home / "vault"), settings, self.clock, append_to_trail)
        self.people = papers.house(self.works).people
        factories.issued(self.people, more=VISITS)
        self.author = self.people.ids["author"]
        with self.people.looking("author") as work:
            self._acting = work.actor, work.rights
        self.file()
        with engine.connect() as connection:
            self.pattern = Pattern(connection)

    def file(self) -> None:
        """One record, begun and submitted."""
        with self.works.writing(*self._acting) as work:
            record = records.begin(work, "FM-02-01", values=ANSWERS)
            records.submit(work, records.ref_of(record))

    def filing(self, kind: str, size: int, rounds: int) -> Iterator[str]:
        """How long a record takes, beside its bare rows."""
        with self.engine.connect() as connection:
            meter, numbers = Meter.of(connection), count(10 * FIRST + 2 * size, 10)

            def bare() -> None:
                self.pattern.file(connection, next(numbers))
                connection.commit()

            connection.rollback()
            ours, floor = compared(meter, rounds, self.file, bare)
        yield f"{kind:<11}{size:>8}  {'filing a record':<22}{ours:>9.2f}{floor:>9.2f}{ours / floor:>7.2f} x"
        began = time.perf_counter()
        for _ in range(rounds):
            self.file()
        yield f"{kind:<11}{size:>8}  {'filed':<22}{rounds / (time.perf_counter() - began):>9.0f} a second"

    def visits(self, kind: str, size: int) -> Iterator[str]:
        """The run of a schedule that opens a task for each of a thousand parties, and one that opens none."""
        with self.people.service() as work:
            for number in range(PARTIES):
                owner = OWNERS[number % len(OWNERS)]
                facts = parties.Facts(name=f"Client {number}", department="risk", owner=owner)
                parties.add(work, parties.Kind.CLIENT, facts)
        self.clock.advance(timedelta(days=7))
        factories.run_day(self.people)
        with self.engine.connect() as connection:
            meter = Meter.of(connection)
        for name, wanted in (("first schedule run", PARTIES), ("second schedule run", 0)):
            before, began = self._owed(), time.perf_counter()
            cost = meter.cost(self._run)
            opened = self._owed() - before
            if opened != wanted:
                message = f"the run opened {opened} tasks, not {wanted}"
                raise SystemExit(message)
            yield (
                f"{kind:<11}{size:>8}  {name:<22}{cost * 1000:>9.2f}{'':>16}"
                f"  {opened} tasks in {time.perf_counter() - began:.2f} s"
            )

    def _run(self) -> None:
        """What the day job does with schedules."""
        with self.people.service() as work:
            standing = schedules.standing(work)
        for each in standing:
            with self.people.service() as work:
                schedules.open_due(work, each)
        with self.people.service() as work:
            schedules.miss(work)

    def _owed(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM task")).scalar_one())


class Pattern:
    """The rows that the last record left, by table, as the driver gives them, and copies of them."""

    def __init__(self, connection: Connection) -> None:
        self.mark = "?" if connection.dialect.name == "sqlite" else "%s"
        (record,) = _rows(connection, "record", "id = (SELECT max(id) FROM record)")
        own = f"record_id = {record['id']}"
        trail = f"ref = 'record:{record['number']}'"
        where = dict.fromkeys(WRITTEN, own) | {
            "record": f"id = {record['id']}",
            "register_cell": f"row_id = (SELECT id FROM register_row WHERE {own})",  # noqa: S608 - our own names
            "trail_entry": trail,
            "trail_personal": f"seq IN (SELECT seq FROM trail_entry WHERE {trail})",  # noqa: S608 - our own names
        }
        self.rows = {name: _rows(connection, name, where[name]) for name in WRITTEN}
        for each in self.rows["trail_personal"]:
            del each["id"]
        self.first = min(each["seq"] for each in self.rows["trail_entry"])
        self.last = ""

    def file(self, connection: Connection, number: int) -> None:
        """All rows of one record, the trail going on where it ends."""
        head, self.last = connection.exec_driver_sql("SELECT seq, hash FROM trail_head").one()
        self.copy(connection, WRITTEN, [number], head)
        head += len(self.rows["trail_entry"])
        moved = f"UPDATE trail_head SET seq = {head}, hash = '{head:064x}'"  # noqa: S608 - numbers
        connection.exec_driver_sql(moved)

    def copy(
        self, connection: Connection, names: Sequence[str], numbers: Sequence[int], head: int = 0
    ) -> None:
        """Rows of records with these ids in some of the tables, one statement a table."""
        for name in names:
            rows = self.rows[name]
            columns = ", ".join(f'"{each}"' for each in rows[0])
            marks = ", ".join([self.mark] * len(rows[0]))
            made = [tuple(self._changed(row, number, head).values()) for number in numbers for row in rows]
            asked = f"INSERT INTO {name} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
            connection.exec_driver_sql(asked, made)

    def _changed(self, row: Mapping[str, Any], number: int, head: int) -> dict[str, Any]:
        changed = dict(row) | dict.fromkeys(_OWN & row.keys(), number)
        if "number" in row and "form" in row:
            changed["number"] = f"FM-02-01-2099-{number:06d}"
        if "seq" in row:
            changed["seq"] = head + 1 + row["seq"] - self.first
        if "prev" in row:
            changed["hash"] = f"{changed['seq']:064x}"
            changed["prev"] = self.last if row["seq"] == self.first else f"{changed['seq'] - 1:064x}"
        return changed

    def grow(self, connection: Connection, size: int) -> None:
        """So many records from `FIRST` + 1 on, without their rows in registers."""
        last = FIRST + size
        for first in range(FIRST + 1, last + 1, _BATCH):
            self.copy(connection, KEPT, range(first, min(first + _BATCH, last + 1)))

    @staticmethod
    def advance(connection: Connection) -> None:
        """Let the next ids come after those that were written with theirs."""
        if connection.dialect.name == "postgresql":
            for name in (*KEPT, "register_row"):
                last = f"SELECT max(id) FROM {name}"  # noqa: S608 - our own names
                connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), ({last}))")


def _rows(connection: Connection, name: str, where: str) -> list[dict[str, Any]]:
    asked = f"SELECT * FROM {name} WHERE {where}"  # noqa: S608 - our own names
    return [dict(each) for each in connection.exec_driver_sql(asked).mappings()]
