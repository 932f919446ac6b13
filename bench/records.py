"""Measures registers at 1 000, 10 000 and 100 000 records in 40 registers, on SQLite and PostgreSQL.

    python bench/records.py [--sizes 1000 10000 100000] [--database sqlite postgresql] [--rounds 40]

The first register holds half of all records and is the one that is asked; the others share the rest. The
rows and cells are those the follower writes: each is filled by the same rules from the answers of a form,
then written many at a time. The floor of a page is the bare statements by the driver of the same connection,
every row fetched and printed by the same template: once a table of nothing but values, once the table of the
page of registers. Without so many rows, page 500 is the last one. What acts cost is asked by `acts.py`.

Milliseconds of the processor, here and in the processes of PostgreSQL where they are on this machine: the
median of the rounds, ours and the floor in turn, so that others on the machine do not count; the last column
is how much dearer ours is than the floor.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.orm import Session

import qms
from qms import forms, registers
from qms.documents.models import Document
from qms.kernel.database import READING, build_engine, options
from qms.kernel.ports import Rights, Secrecy
from qms.kernel.refs import Ref
from qms.registers import Filter, Register, View, columns, exporting, filling, words
from qms.registers.looking import NO_CELL
from qms.registers.models import CELLS, ROWS
from qms.runtime import METADATA
from qms.web.registers.table import Cell

sys.path.insert(0, str(Path(__file__).parent))
from acts import FIRST, House, Meter, compared  # the acts beside this one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection, Engine

REGISTERS: Final = 40
PAGES: Final = 500
BATCH: Final = 2_000
SERVER: Final = os.environ.get("QMS_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/postgres")
ZONE: Final = ZoneInfo("Asia/Shanghai")
START: Final = date(2024, 1, 1)
PRODUCTS: Final = ("loan", "bond", "guarantee", "lease", "factoring")
ASKED: Final = 101
"""The first of the forty registers, beside the documents of the acts."""
RIGHTS: Final = Rights(person_id=1, permissions={"records:read": None}, secrecy=Secrecy.SECRET, oversees=True)
FIELDS: Final = [
    {"id": "client", "label": "客户", "type": "party", "code": "1.11.004"},
    {"id": "amount", "label": "金额", "type": "money", "currency": "CNY", "code": "4.41.001"},
    {"id": "product", "label": "业务类别", "type": "choice", "options": list(PRODUCTS)},
    {"id": "accepted_on", "label": "受理日", "type": "date"},
    {"id": "term", "label": "期限", "type": "number"},
    {"id": "note", "label": "说明", "type": "text"},
    {"id": "fast", "label": "加急", "type": "yes-no"},
    {"id": "manager", "label": "客户经理", "type": "person"},
]
DEFINITION: Final = forms.build({"from": ["FM-01-01"], "columns": FIELDS})
FORM: Final = forms.build({"fields": FIELDS})
COLUMNS: Final = columns.columns(DEFINITION)
SHOWN: Final = COLUMNS[: columns.FIRST]
TEMPLATE: Final = Environment(autoescape=True).from_string(
    "<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}"
    "</table>"
)
PAGES_OF: Final = Environment(
    autoescape=True, loader=FileSystemLoader(Path(qms.__file__).parent / "web" / "templates")
)
PAGES_OF.filters["day"] = str  # what the floor reads of SQLite is no date
PAGES_OF.globals["_"] = str
WHOLE: Final = PAGES_OF.from_string(
    "{% import 'registers/_parts.html' as show with context %}"
    "{{ show.table(title, shown, rows, states, {}, spoken) }}"
)


def plain(rows: Iterable[tuple[Any, list[Any]]]) -> str:
    """Lines with what stands in their cells, as a table of nothing but values."""
    return TEMPLATE.render(rows=[[line.number, line.filed_on, *cells] for line, cells in rows])


def whole(rows: Iterable[tuple[Any, list[Any]]]) -> str:
    """The same in the table of the page of registers."""
    made = [
        (
            line,
            f"/records/{line.number}",
            [
                Cell(str(text), column.is_figure, is_marked=False, label=column.id)
                for text, column in zip(cells, SHOWN, strict=True)
            ],
        )
        for line, cells in rows
    ]
    return WHOLE.render(title="Bench", shown=SHOWN, rows=made, states=words.STATES, spoken=str)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is asked: ours and, where there is one, its floor."""

    name: str
    ours: Callable[[], object]
    floor: Callable[[], object] | None = None


@contextmanager
def database(kind: str) -> Iterator[Engine]:
    """An empty database of its own with all tables."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            engine = build_engine(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
            METADATA.create_all(engine)
            yield engine
            engine.dispose()
        return
    name = f"qms_bench_{uuid.uuid4().hex[:12]}"
    server = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = build_engine(server.url.set(database=name).render_as_string(hide_password=False))
    METADATA.create_all(engine)
    try:
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        server.dispose()


def founded(connection: Connection) -> None:
    """Forty documents, for rows to point at."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    connection.execute(
        insert(Document),
        [
            {
                "id": number,
                "number": f"RG-{number}-01",
                "folded": f"rg{number}01",
                "kind": "register",
                "owner": "risk",
                "created_at": now,
                "created_by": "bench",
            }
            for number in range(ASKED, ASKED + REGISTERS)
        ],
    )


def answers(chance: random.Random, number: int) -> dict[str, Any]:
    """The answers of one record."""
    return {
        "client": f"C-{chance.randint(1, 2000):06d}",
        "amount": f"{chance.randint(1, 5_000_000)}.{chance.randint(0, 99):02d}",
        "product": chance.choice(PRODUCTS),
        "accepted_on": (START + timedelta(days=chance.randint(0, 1000))).isoformat(),
        "term": str(chance.randint(1, 36)),
        "note": f"第 {number} 笔，材料齐全，按月跟踪",
        "fast": chance.random() < 0.3,
        "manager": "manager",
    }


def fill(house: House, size: int) -> float:
    """Write so many records as the follower would, and what they are kept in; gives how many a second."""
    chance = random.Random(size)  # noqa: S311 - the same figures each time
    with house.engine.begin() as connection:
        founded(connection)
        house.pattern.grow(connection, size)
        began = time.perf_counter()
        for first in range(1, size + 1, BATCH):
            rows, cells = [], []
            for number in range(first, min(first + BATCH, size + 1)):
                register = ASKED + (0 if number % 2 else chance.randrange(1, REGISTERS))
                rows.append(_row(number, register, size, chance) | {"author_id": house.author})
                made = filling.fill(COLUMNS, filling.Answers(FORM, answers(chance, number), {}))
                cells += [_cell(FIRST + number, register, each) for each in made]
            connection.execute(insert(ROWS), rows)
            connection.execute(insert(CELLS), cells)
        rate = size / (time.perf_counter() - began)
        house.pattern.advance(connection)
    if house.engine.dialect.name == "postgresql":  # as its own housekeeping does after so many rows
        with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return rate


def _row(number: int, register: int, size: int, chance: random.Random) -> dict[str, Any]:
    day = START + timedelta(days=number * 1000 // size)
    return {
        "id": FIRST + number,
        "register_id": register,
        "record_id": FIRST + number,
        "number": f"FM-01-01-{day.year}-{number:06d}",
        "form": "FM-01-01",
        "state": chance.choice(("open", "closed")),
        "filed_on": day,
        "closed_on": None,
        "month": registers.views.month_of(day),
        "department": chance.choice(("risk", "credit", "east", "west")),
        "secrecy": 1,
        "circle": None,
    }


def _cell(row: int, register: int, each: filling.Filled) -> dict[str, Any]:
    (value,) = each.values
    return {
        "row_id": row,
        "column_id": each.column.id,
        "place": 0,
        "register_id": register,
        "code": each.column.code or None,
        "text": value.text,
        "number": value.number,
        "on_day": value.day,
        "at_instant": value.instant,
        "ref": value.ref,
        "sort_key": value.key,
        "mark": None,
    }


def asked() -> Register:
    """The register that is asked, as somebody meets it who may see all of it."""
    return Register(
        id=ASKED,
        number=f"RG-{ASKED}-01",
        title={"en": "Bench"},
        owner="risk",
        ref=Ref("revision", f"RG-{ASKED}-01@zh-Hans@A/0"),
        is_in_force=True,
        definition=DEFINITION,
        columns=COLUMNS,
        secrecy=1,
        circle=None,
        is_published=False,
        clauses={},
        near=frozenset(),
        seated=None,
    )


_LINES: Final = (
    "SELECT id, number, form, state, filed_on, closed_on, department FROM register_row"
    " WHERE register_id = {register} AND {after} ORDER BY filed_on DESC, id DESC LIMIT 51"
)
_CELLS: Final = (
    "SELECT row_id, column_id, text, number, on_day, at_instant, ref FROM register_cell"
    " WHERE row_id IN ({ids})"
    " AND column_id IN ('client', 'amount', 'product', 'accepted_on', 'term', 'note') ORDER BY row_id"
)


class Side:
    """Both sides over one connection."""

    def __init__(self, session: Session, connection: Connection, size: int) -> None:
        self.session, self.connection = session, connection
        self.register = asked()
        count = size - size // 2
        self.page = min(PAGES, max(1, -(-count // registers.SIZE)))
        self.cursor = self._cursor()

    def _cursor(self) -> str:
        """The cursor after which page 500 begins."""
        skip = (self.page - 1) * registers.SIZE
        if not skip:
            return ""
        place = select(ROWS.c.filed_on, ROWS.c.id).where(ROWS.c.register_id == ASKED)
        order = ROWS.c.filed_on.desc(), ROWS.c.id.desc()
        found = self.connection.execute(place.order_by(*order).limit(1).offset(skip - 1)).one()
        return registers.views.written(registers.views.Cursor(str(found[0]), found[1]))

    def look(self, view: View, after: str = "", show: Callable[..., str] = plain) -> str:
        """One page as it is shown."""
        found = registers.page(self.session, RIGHTS, self.register, view, ZONE, after=after)
        tellers = [(column.id, words.teller(column, "en", ZONE, {})) for column in SHOWN]
        return show(
            (line, [tell(line.cells.get(each, NO_CELL)) for each, tell in tellers]) for line in found.lines
        )

    def bare(self, after: str, show: Callable[..., str] = plain) -> str:
        """The same page by the bare statements."""
        run = self.connection.exec_driver_sql
        lines = run(_LINES.format(register=ASKED, after=after)).fetchall()
        ids = ", ".join(str(line[0]) for line in lines)
        cells: dict[tuple[int, str], Any] = {}
        for row in run(_CELLS.format(ids=ids)).fetchall():
            cells[row[0], row[1]] = next((each for each in row[2:] if each is not None), "")
        return show((line, [cells[line[0], column.id] for column in SHOWN]) for line in lines[:50])

    def after(self) -> str:
        """The bare condition of page 500."""
        cursor = registers.views.cursor(self.cursor) if self.cursor else None
        return f"(filed_on, id) < ('{cursor.key}', {cursor.row})" if cursor else "1 = 1"

    def export(self) -> None:
        """All rows as CSV."""
        pages = registers.every_page(self.session, RIGHTS, self.register, View(), ZONE, shown=COLUMNS)
        rows = (row for page in pages for row in exporting.rows(page.lines, COLUMNS, "en", ZONE, {}))
        exporting.to_csv(io.BytesIO(), exporting.heads(COLUMNS, "en"), rows)

    def cases(self) -> Iterator[Case]:
        """Everything that is measured."""
        two = View(filters=(Filter("product", "is", "loan"), Filter("amount", "from", "4000000")))
        one = View(filters=(Filter("client", "is", "C-000007"),))
        said = View(filters=(Filter("note", "has", "每月"),))
        after, place = self.after(), self.cursor
        for name, show in (("", plain), (", as shown", whole)):
            yield Case(
                f"first page{name}", partial(self.look, View(), "", show), partial(self.bare, "1 = 1", show)
            )
            yield Case(
                f"page {self.page}{name}",
                partial(self.look, View(), place, show),
                partial(self.bare, after, show),
            )
        yield Case("sorted by amount", partial(self.look, View(sort="amount")))
        yield Case("one filter", partial(self.look, one))
        yield Case("two filters", partial(self.look, two))
        ask = partial(registers.count, self.session, RIGHTS, self.register, zone=ZONE)
        yield Case("count", partial(ask, View()))
        yield Case("count without an index", partial(ask, said))
        add = partial(
            registers.totals, self.session, RIGHTS, self.register, zone=ZONE,
            columns=[column for column in COLUMNS if column.is_figure],
        )  # fmt: skip
        yield Case("totals of a year", partial(add, View(since=date(2026, 1, 1))))
        yield Case("totals of all", partial(add, View()))


def asked_pages(engine: Engine, kind: str, size: int, rounds: int) -> Iterator[str]:
    """What looking costs, a line for each case."""
    with engine.connect().execution_options(**options(engine, READING)) as connection:
        meter = Meter.of(connection)
        session = Session(bind=connection, autoflush=False)
        side = Side(session, connection, size)
        for case in side.cases():
            acts = [case.ours] if case.floor is None else [case.ours, case.floor]
            ours, *floor = compared(meter, rounds, *acts)
            told = f"{kind:<11}{size:>8}  {case.name:<22}{ours:>9.2f}"
            yield told + "".join(f"{each:>9.2f}{ours / each:>7.2f} x" for each in floor)
        taken = meter.cost(side.export)
        yield f"{kind:<11}{size:>8}  {'export':<22}{(size - size // 2) / taken:>9.0f} rows a second"
        session.close()


def run(kind: str, size: int, rounds: int) -> None:
    """One database at one size; at none, filing alone."""
    with database(kind) as engine, tempfile.TemporaryDirectory() as folder:
        house = House(engine, Path(folder))
        if size:
            rate = fill(house, size)
            for told in asked_pages(engine, kind, size, rounds):
                print(told, flush=True)
            print(f"{kind:<11}{size:>8}  {'written':<22}{rate:>9.0f} records a second")
        for told in house.filing(kind, size, rounds):
            print(told, flush=True)
        if size:
            for told in house.visits(kind, size):
                print(told, flush=True)


def main() -> int:
    """Read the choices and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 1_000, 10_000, 100_000])
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=40)
    chosen = parser.parse_args()
    print(f"{'database':<11}{'records':>8}  {'asked':<22}{'ms':>9}{'floor':>9}{'':>7}")
    for kind in chosen.database:
        for size in chosen.sizes:
            run(kind, size, chosen.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
