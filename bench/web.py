"""Measures the pages under load against a bare Flask page that runs the same queries, and what idling costs.

    python bench/web.py [--documents 2000] [--tasks 10000] [--seconds 4] [--keep FOLDER] [--only library ...]

The workspace is real and on SQLite: one document is issued by the operations, with its signatures, and its
rows are copied with other numbers and texts. The bare page answers from a gunicorn of its own with as many
processes and threads; it runs the statements that our page ran, fetches every row and prints the rows in a
table of one template. It has no rights, no session, no languages, no signatures to verify, no text to read;
for a search it asks our search layer, which `bench/search.py` holds against raw Whoosh.

Both sides are asked in turn by a process of its own, which shares the two cores with them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import pickle
import random
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, render_template_string, request
from sqlalchemy import event

from qms import accounts, documents, runtime, trail
from qms.app import create_app
from qms.documents.numbering import key
from qms.kernel.database import READING, build_engine, options
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission
from qms.worker.loop import Loop

sys.path.insert(0, str(Path(__file__).parent))
from search import clause, vocabulary  # the bench beside this one

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD: Final = "seven green lanterns 42"  # noqa: S105 - of the people of the bench
TICKS: Final = os.sysconf("SC_CLK_TCK")
CONNECTIONS: Final = (1, 8, 32)
CLAUSES: Final = 12
PEOPLE: Final = 500
HOST: Final = "127.0.0.1"
ORGANISATION: Final = """
departments:
  - {code: risk, names: {zh-Hans: 风控合规部, en: Risk}, parent: centre}
posts:
  - {code: quality-manager, names: {zh-Hans: 质量负责人, en: Quality manager}, department: centre}
  - {code: deputy-general-manager, names: {zh-Hans: 副总经理, en: Deputy general manager}, department: centre}
  - {code: document-controller, names: {zh-Hans: 文控员, en: Document controller}, department: centre}
people:
  - {login: author, name: 编制人, verified: seen, departments: [risk], grants: [author]}
  - {login: reader, name: 客户经理, verified: seen, departments: [risk], grants: [reader]}
  - {login: manager, name: 负责人, verified: seen, departments: [centre], posts: [quality-manager], grants: [quality-manager]}
  - {login: deputy, name: 副总, verified: seen, departments: [centre], posts: [deputy-general-manager], grants: [approver]}
  - {login: controller, name: 文控, verified: seen, departments: [centre], posts: [document-controller], grants: [document-controller]}
"""  # noqa: E501 - one person a line
HEAD: Final = """---
number: {number}
kind: work-instruction
language: zh-Hans
title: {{zh-Hans: {title}, en: Work instruction {number}}}
owner: risk
distribution: {{posts: [deputy-general-manager], read-within: 10 working days}}
route: {{review: {{posts: [quality-manager]}}, approve: {{posts: [deputy-general-manager]}}}}
change: {{reason: 新编, summary: 首次发布}}
---
"""
BARE: Final = """<!doctype html><title>bare</title><main>{% for rows in tables %}<table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table>{% endfor %}</main>"""


# The workspace.


def number_of(serial: int) -> str:
    """The number of a document."""
    return f"WI-{serial // 90 + 1:02d}-{serial % 90 + 1:02d}"


def texts_of(serial: int, words: list[str], weights: list[float]) -> list[tuple[str, str, str, str]]:
    """The clauses of a document: anchor, number, heading, text; some cite their neighbours."""
    pick = random.Random(serial)  # noqa: S311 - no secret
    found = []
    for place in range(1, CLAUSES + 1):
        text = clause(pick, words, weights)
        text = re.sub(r"见WI-\d\d-\d\d，", f"见 {number_of((serial + place) % 2000)}，", text)
        heading = "".join(pick.choices(words, weights, k=3))
        found.append((f"c{place}", str(place), heading, text))
    return found


def source_of(serial: int, clauses: list[tuple[str, str, str, str]]) -> str:
    """The source of a document."""
    head = HEAD.format(number=number_of(serial), title=f"{clauses[0][2]}作业指导书")
    return head + "".join(f"\n{{#{a}}}\n# {n} {h}\n\n{t}\n" for a, n, h, t in clauses)


def made(home: Path, count: int, tasks: int) -> None:
    """A workspace with so many documents in force and person-tasks."""
    opened, _ = runtime.make(home, {"zh-Hans": "示例中心", "en": "Example centre"}, demo=True)
    with opened.works.writing(KEEPER, every_permission()) as work:
        applied = accounts.apply_organisation(work, ORGANISATION, "organisation.yaml")
    for login, first in applied.passwords.items():
        actor, rights = opened.person(login)
        with opened.works.writing(actor, rights) as work:
            accounts.change_password(work, first, PASSWORD)
    words, weights = vocabulary(1)
    _issue(opened, source_of(0, texts_of(0, words, weights)))
    database = opened.settings.database.removeprefix("sqlite:///")
    opened.engine.dispose()
    with contextlib.closing(sqlite3.connect(database)) as line:
        people = _joined(line)
        with _unguarded(line):
            _copied(line, opened, count, words, weights)
            _owed(line, people, count, tasks)
    _entered(opened, count)
    opened.search.rebuild(opened.works, KEEPER)
    opened.close()


def _issue(opened: runtime.Runtime, text: str) -> None:
    works = opened.works

    def act(login: str) -> Any:
        actor, rights = opened.person(login)
        return works.writing(actor, rights)

    ready = documents.prepare(works.vault, works.settings, text.encode(), "one.md")
    with act("author") as work:
        ref = documents.ref_of(documents.draft(work, ready))
    with act("author") as work:
        documents.submit(work, ref, password=PASSWORD)
    with act("manager") as work:
        documents.sign_review(work, ref, password=PASSWORD)
    with act("deputy") as work:
        documents.sign_approval(work, ref, password=PASSWORD)
    with act("controller") as work:
        documents.release(work, documents.plan_issue(work, ref), password=PASSWORD)
    loop = Loop(opened, lanes=1)
    loop.drain()
    loop.close()


def _rows(line: sqlite3.Connection, table: str, where: str = "1") -> list[dict[str, Any]]:
    found = line.execute(f"SELECT * FROM {table} WHERE {where}")  # noqa: S608 - our own words
    names = [each[0] for each in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


def _insert(line: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    places = ", ".join("?" for _ in names)
    columns = ", ".join(f'"{name}"' for name in names)
    line.executemany(
        f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608 - our own words
        [tuple(row.values()) for row in rows],
    )


@contextlib.contextmanager
def _unguarded(line: sqlite3.Connection) -> Iterator[None]:
    """The schema's guards rest meanwhile."""
    guards = line.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        line.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in guards:
        line.execute(sql)
    line.commit()


def _copied(
    line: sqlite3.Connection, opened: runtime.Runtime, count: int, words: list[str], weights: list[float]
) -> None:
    """The rows of the one document again and again."""
    one = {table: _rows(line, table) for table in ("document", "revision", "validity", "enactment")}
    signatures, route = _rows(line, "signature"), _rows(line, "route_signature")
    children = ("revision_clause", "revision_reference", "signature", "route_signature")
    added: dict[str, list[dict[str, Any]]] = {name: [] for name in (*one, *children)}
    for serial in range(1, count):
        at = serial + 1
        number = number_of(serial)
        clauses = texts_of(serial, words, weights)
        digest = opened.works.vault.put(source_of(serial, clauses).encode())
        title = f'{{"en":"Work instruction {number}","zh-Hans":"{clauses[0][2]}作业指导书"}}'
        code = f"BEN0-{serial // 1000:04d}-{serial % 1000:04d}-0000"
        added["document"].append({**one["document"][0], "id": at, "number": number, "folded": key(number)})
        added["revision"].append(
            {
                **one["revision"][0],
                "id": at,
                "document_id": at,
                "source_digest": digest,
                "title": title,
                "code": code,
            }
        )
        added["validity"].append({**one["validity"][0], "id": at, "document_id": at, "revision_id": at})
        added["enactment"].append({**one["enactment"][0], "id": at, "revision_id": at})
        for place, (anchor, clause_number, heading, text) in enumerate(clauses):
            added["revision_clause"].append(
                {"id": None, "revision_id": at, "position": place + 1, "anchor": anchor,
                 "number": clause_number, "heading": heading, "text": text}
            )  # fmt: skip
        cited = {found for *_, text in clauses for found in re.findall(r"WI-\d\d-\d\d", text)} - {number}
        added["revision_reference"] += [
            {
                "id": None,
                "revision_id": at,
                "link": "citation",
                "target": each,
                "folded": key(each),
                "clause": "",
            }
            for each in sorted(cited)
        ]
        for given in signatures:
            ref = given["ref"].replace(number_of(0), number)
            added["signature"].append({**given, "id": serial * 100 + given["id"], "ref": ref})
        added["route_signature"] += [
            {**each, "id": serial * 100 + each["id"], "revision_id": at,
             "signature_id": serial * 100 + each["signature_id"]}
            for each in route
        ]  # fmt: skip
    line.execute("DELETE FROM revision_clause WHERE revision_id <> 1")
    for table, rows in added.items():
        if rows:
            _insert(line, table, rows)


def _entered(opened: runtime.Runtime, count: int) -> None:
    """The entry of the trail that the page of a revision in force reads, for each copy."""
    one = Ref("revision", f"{number_of(0)}@zh-Hans@A/0")
    with opened.works.writing(KEEPER, every_permission()) as work:
        rows = trail.history(work.session, one, 100)
        entry = next(row for row in rows if row.action == "document:revision:enter-force")
        for serial in range(1, count):
            copy = Ref("revision", f"{number_of(serial)}@zh-Hans@A/0")
            work.record(entry.action, copy, after={**entry.after, "acts": 0})


def _joined(line: sqlite3.Connection) -> list[tuple[int, str]]:
    """People beside those of the organisation, with the role of a reader; id and login of all who read."""
    reader = _rows(line, "person", "login = 'reader'")[0]
    grant = _rows(line, "role_grant", f"person_id = {reader['id']}")[0]
    last = line.execute("SELECT max(id) FROM person").fetchone()[0]
    people = [
        {**reader, "id": last + place, "login": f"person-{place}", "name": f"人员 {place}"}
        for place in range(1, PEOPLE)
    ]
    _insert(line, "person", people)
    _insert(line, "role_grant", [{**grant, "id": None, "person_id": each["id"]} for each in people])
    line.commit()
    return [(each["id"], each["login"]) for each in (reader, *people)]


def _owed(line: sqlite3.Connection, people: list[tuple[int, str]], count: int, tasks: int) -> None:
    """Readings owed by exactly those whom the revisions reach, so that the day job finds nothing to do."""
    old = _rows(line, "task", "kind = 'documents:read'")[0]
    line.execute("DELETE FROM task WHERE kind = 'documents:read'")
    line.execute("DELETE FROM revision_audience")
    each_owes = tasks // count
    for serial in range(count):
        number = number_of(serial)
        chosen = [people[(serial * each_owes + place) % len(people)] for place in range(each_owes)]
        distribution = {"people": [login for _, login in chosen], "read-within": "10 working days"}
        line.execute(
            "UPDATE revision SET distribution = ? WHERE id = ?",
            (json.dumps(distribution, sort_keys=True, separators=(",", ":")), serial + 1),
        )
        _insert(
            line,
            "revision_audience",
            [{"revision_id": serial + 1, "member": "person", "code": str(person)} for person, _ in chosen],
        )
        _insert(
            line,
            "task",
            [
                {**old, "id": None, "person_id": person, "facts": old["facts"].replace(number_of(0), number),
                 "ref": f"revision:{number}@zh-Hans@A/0"}
                for person, _ in chosen
            ],
        )  # fmt: skip


# The bare side.


def bare() -> Flask:
    """The bare application: for each page the statements that ours ran, and all their rows in a table."""
    home = Path(os.environ["QMS_HOME"])
    statements: dict[str, list[tuple[str, Any]]] = pickle.loads(Path(os.environ["BARE"]).read_bytes())  # noqa: S301 - ours
    opened = runtime.build(home)
    engine = build_engine(opened.settings.database)
    opened.engine.dispose()
    _, rights = opened.person("reader")
    app = Flask("bare")

    @app.get("/<page>")
    def answer(page: str) -> str:
        tables = []
        with engine.connect().execution_options(**options(engine, READING)) as line:
            for statement, given in statements[page]:
                tables.append(line.exec_driver_sql(statement, given).fetchall())
        if page == "search":
            with opened.works.reading(KEEPER, rights) as work:
                found = opened.search.find(work, request.args["q"], size=20)
            tables.append([(hit.number, hit.heading.text, hit.snippet.text) for hit in found.hits])
        return render_template_string(BARE, tables=tables)

    return app


def recorded(home: Path, cookie: str, paths: dict[str, str]) -> dict[str, list[tuple[str, Any]]]:
    """The statements that each of our pages runs, with what they were given."""
    opened = runtime.build(home)
    app = create_app(opened)
    heard: list[tuple[str, Any]] = []

    def told(_: Any, __: Any, statement: str, given: Any, *more: Any) -> None:
        del more
        if statement.lstrip().startswith("SELECT"):
            heard.append((statement, given))

    event.listen(opened.engine, "before_cursor_execute", told)
    found = {}
    for name, path in paths.items():
        for _ in range(2):  # the second look is that of a warm process
            heard.clear()
            client = app.test_client(use_cookies=False)
            answer = client.get(path, base_url="https://localhost", headers={"Cookie": cookie})
            if answer.status_code != 200:
                raise SystemExit(f"{name}: {answer.status}")
        found[name] = list(heard)
    opened.close()
    return found


# Asking.


async def _line(port: int, paths: list[str], cookie: str, until: float, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    place = random.randrange(len(paths))  # noqa: S311 - no secret
    while time.perf_counter() < until:
        path = paths[place % len(paths)]
        place += 1
        began = time.perf_counter()
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
        try:
            writer.write(head.encode())
            top = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(top.partition("content-length:")[2].partition("\r\n")[0])
            await reader.readexactly(length)
        except (ConnectionError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(HOST, port)
            continue
        if not top.startswith("http/1.1 200"):
            raise SystemExit(f"{path}: {top.splitlines()[0]}")
        took.append(time.perf_counter() - began)
        if "connection: close" in top:
            writer.close()
            reader, writer = await asyncio.open_connection(HOST, port)
    writer.close()


async def _all(port: int, paths: list[str], cookie: str, lines: int, seconds: float) -> list[float]:
    took: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_line(port, paths, cookie, until, took) for _ in range(lines)))
    return took


def family(root: int) -> list[int]:
    """A process and everything it started."""
    found = [root]
    for each in found:
        for path in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(child) for child in path.read_text("ascii").split()]
    return found


def cpu(root: int) -> float:
    """Processor seconds of a family."""
    spent = 0.0
    for each in family(root):
        fields = Path(f"/proc/{each}/stat").read_text("ascii").rpartition(")")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / TICKS
    return spent


def pss(root: int) -> dict[int, float]:
    """The proportional share of memory of each process of a family, in MiB."""
    found = {}
    for each in family(root):
        text = Path(f"/proc/{each}/smaps_rollup").read_text("ascii")
        found[each] = int(text.partition("Pss:")[2].split()[0]) / 1024
    return found


def load(  # noqa: PLR0917 - one call a measure
    root: int, port: int, paths: list[str], cookie: str, lines: int, seconds: float
) -> tuple[float, ...]:
    """Answers a second, median, 95th percentile (ms) and the server's processor time an answer (ms)."""
    before = cpu(root)
    took = sorted(asyncio.run(_all(port, paths, cookie, lines, seconds)))
    spent = cpu(root) - before
    p95 = took[int(len(took) * 0.95)] * 1000
    return len(took) / seconds, statistics.median(took) * 1000, p95, spent / len(took) * 1000


# The whole.


@contextlib.contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process group of its own."""
    child = subprocess.Popen(
        command, env=os.environ | environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield child
    finally:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def first_page(port: int, path: str) -> float:
    """Seconds until a page comes."""
    began = time.perf_counter()
    while True:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}{path}") as answer:
                answer.read()
            return time.perf_counter() - began
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.02)


def quiet(root: int, limit: float = 150.0) -> float:
    """Seconds until a family has all but stopped using the processor, after what falls due at a start."""
    began, still = time.perf_counter(), 0
    while still < 3 and time.perf_counter() - began < limit:
        before = cpu(root)
        time.sleep(1)
        still = still + 1 if cpu(root) - before < 0.06 else 0
    return time.perf_counter() - began


def signed_in(home: Path) -> str:
    """The cookies of a reader, made by the pages themselves."""
    opened = runtime.build(home)
    client = create_app(opened).test_client()
    page = client.get("/sign-in", base_url="https://localhost").text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    form = {"login": "reader", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", base_url="https://localhost", data=form)
    if answer.status_code != 303:
        raise SystemExit(answer.status)
    opened.close()
    kept = [client.get_cookie(name, domain="localhost") for name in ("__Host-qms", "__Host-qms-form")]
    return "; ".join(f"{each.key}={each.value}" for each in kept if each)


def main() -> int:
    """Build, start, idle, load."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="+", default=["tasks", "library", "document", "search"])
    parser.add_argument("--connections", type=int, nargs="+", default=list(CONNECTIONS))
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="qms-bench-"))
    home = folder / "workspace"
    if not home.exists():
        began = time.perf_counter()
        made(home, given.documents, given.tasks)
        print(f"workspace made in {time.perf_counter() - began:.0f} s", flush=True)
    try:
        return measured(home, given)
    finally:
        if given.keep is None:
            shutil.rmtree(folder)


def measured(home: Path, given: argparse.Namespace) -> int:
    """Everything that is printed."""
    words, weights = vocabulary(1)
    pick = random.Random(7)  # noqa: S311 - no secret
    numbers = [number_of(each) for each in random.Random(3).sample(range(given.documents), 200)]  # noqa: S311
    asked = [urllib.parse.quote("".join(pick.choices(words, weights, k=2))) for _ in range(200)]
    pages = {
        "tasks": ["/tasks"],
        "library": ["/d", "/d?first=100", "/d?first=1000"],
        "document": [f"/d/{each}" for each in numbers],
        "search": [f"/search?q={each}" for each in asked],
    }
    cookie = signed_in(home)
    statements = home / "statements.pickle"
    heard = recorded(home, cookie, {name: paths[0] for name, paths in pages.items()})
    statements.write_bytes(pickle.dumps(heard))
    print({name: len(each) for name, each in heard.items()}, "statements", flush=True)
    port, other = free_port(), free_port()
    ours = [
        sys.executable,
        "-m",
        "qms.cli",
        "--home",
        str(home),
        "serve",
        "--port",
        str(port),
        "--with-worker",
    ]
    theirs = [
        sys.executable, "-m", "gunicorn", "web:bare()", "--bind", f"{HOST}:{other}", "--workers", "2",
        "--threads", "4", "--worker-class", "gthread", "--chdir", str(Path(__file__).parent),
        "--no-control-socket",
    ]  # fmt: skip
    with started(ours, {}) as server:
        print(f"first page after {first_page(port, '/sign-in'):.2f} s", flush=True)
        print(f"quiet after {quiet(server.pid):.0f} s", flush=True)
        shares = pss(server.pid)
        whole = ", ".join(f"{each:.0f}" for each in shares.values())
        print(f"idle memory (PSS) {sum(shares.values()):.0f} MiB: {whole}", flush=True)
        with started(theirs, {"QMS_HOME": str(home), "BARE": str(statements)}) as bare_server:
            first_page(other, "/tasks")
            for name in given.only:
                for lines in given.connections:
                    compare(
                        name,
                        pages[name],
                        cookie,
                        lines,
                        given.seconds,
                        (server.pid, port),
                        (bare_server.pid, other),
                    )
        shares = pss(server.pid)
        print(f"memory after the load (PSS) {sum(shares.values()):.0f} MiB")
    return 0


def compare(  # noqa: PLR0917 - one call a row
    name: str,
    paths: list[str],
    cookie: str,
    lines: int,
    seconds: float,
    ours: tuple[int, int],
    bare_side: tuple[int, int],
) -> None:
    """One row: ours and the bare page in turn."""
    bare_paths = [
        f"/search{path.partition('search')[2]}" if name == "search" else f"/{name}" for path in paths
    ]
    load(*ours, paths, cookie, lines, 1.0)  # warm
    load(*bare_side, bare_paths, cookie, lines, 0.5)
    rate, middle, p95, spent = load(*ours, paths, cookie, lines, seconds)
    rate2, middle2, p952, spent2 = load(*bare_side, bare_paths, cookie, lines, seconds)
    ours_told = f"ours {rate:6.1f}/s p50 {middle:6.1f} p95 {p95:6.1f} ms CPU {spent:5.1f} ms"
    bare_told = f"bare {rate2:6.1f}/s p50 {middle2:6.1f} p95 {p952:6.1f} ms CPU {spent2:5.1f} ms"
    ratios = f"p95 {p95 / p952:4.2f}   CPU {spent / spent2:4.2f}"
    print(f"{name:9} {lines:3} lines   {ours_told}   {bare_told}   {ratios}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
