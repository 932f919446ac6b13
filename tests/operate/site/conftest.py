"""A house with documents of every grade and reach in force, and one stored sheet for all of them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from qms import accounts
from qms.kernel.clock import SimulatedClock
from qms.kernel.database import build_engine
from qms.kernel.ports import Secrecy
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Works
from qms.rendering import Pool
from qms.runtime import KEEPER, Runtime, append_to_trail, every_permission, ports, register
from qms.search import open_search
from tests.conftest import START, UNREACHABLE, Server, skip_or_fail
from tests.rendering.factories import SOURCE, flow, text_sheet
from tests.web.conftest import runtime
from tests.web.house import found, names, person_id
from tests.web.papers import BODY, HEAD, Papers, source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

__all__ = ["runtime"]


def sheet_of(number: str, kind: str, title: str, english: str) -> dict[str, str]:
    """What the head of a form or register says of it."""
    return {
        "number": number, "kind": kind, "title": title, "english": english, "language": "zh-Hans",
        "owner": "risk", "more": "", "reason": "新编", "summary": "首次发布",
    }  # fmt: skip


_YAML: Final = HEAD.replace("---\n", "")
FORM: Final = (
    _YAML.format(**sheet_of("FM-07-01", "form", "登记单", "Sheet"))
    + """fields:
  - {id: purpose, label: {zh-Hans: 用途, en: Purpose}, type: text, required: true}
  - {id: amount, label: {zh-Hans: 金额, en: Amount}, type: money, currency: CNY}
steps:
  - {id: file, label: {zh-Hans: 申报, en: Filing}, by: {roles: [author]}}
"""
)
REGISTER: Final = (
    _YAML.format(**sheet_of("RG-07-01", "register", "登记台账", "Ledger"))
    + """from: [FM-07-01]
columns:
  - {id: purpose, label: {zh-Hans: 用途, en: Purpose}, type: text}
"""
)
WRITERS: Final = ("author", "reviewer", "approver", "controller")
CITING: Final = BODY + "\n按 CP-08 §2.1 和 WI-07-09 办理。\n\n![流程图](flow.png)\n"


@pytest.fixture(scope="session")
def sheet() -> bytes:
    """The bytes of a real sheet, set once."""
    with Pool(size=1) as pool:
        return pool.render(text_sheet(), SOURCE, "CP-12.md").pdf


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stored bytes of the documents, the same on both databases."""
    return tmp_path_factory.mktemp("stored") / "vault"


def _fill(url: str, vault: Path, sheet: bytes) -> None:
    """Documents in force for everybody, for one department, above internal, and in a closed circle."""
    engine = build_engine(url)
    settings = Settings(home=vault.parent, database_url=url, public_url="https://qms.example.org")
    clock = SimulatedClock(START)
    works = Works(engine, LocalVault(vault), settings, clock, append_to_trail, ports())
    found(works)
    desk = Papers(Runtime(settings, engine, works, open_search(settings, register()), demo=False))
    with works.writing(KEEPER, every_permission()) as work:
        accounts.add_circle(work, "ratings", names("评级小组"))
        for login in WRITERS:
            accounts.clear(work, person_id(work, login), Secrecy.CONFIDENTIAL)
            accounts.enter_circle(work, person_id(work, login), "ratings")
    inspection = {"title": "检查控制程序", "english": "Inspection"}
    desk.issued(source("CP-08", **inspection), pdf=sheet)
    desk.issued(source("CP-08", language="en", **inspection), pdf=sheet)
    desk.issued(source("QM-01", kind="quality-manual", title="质量手册", more="secrecy: public"), pdf=sheet)
    for number, more in {
        "WI-07-02": "distribution: {departments: [loans], read-within: 5 working days}",
        "CP-31": "secrecy: confidential",
        "CP-32": "circle: ratings",
    }.items():
        kind = "work-instruction" if number.startswith("WI") else "control-procedure"
        desk.issued(source(number, kind=kind, title=f"限定 {number}", more=more), pdf=sheet)
    for text in (FORM, REGISTER):
        desk.issued(text, pdf=sheet)
    desk.issued(source("CP-07", body=CITING), pdf=sheet, images={"flow.png": flow().content})
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, stored: Path, sheet: bytes
) -> Path:
    """An SQLite database with the documents in it, copied for each test."""
    path = tmp_path_factory.mktemp("site") / "site.sqlite3"
    shutil.copy(sqlite_template, path)
    _fill(f"sqlite:///{path}", stored, sheet)
    return path


@pytest.fixture(scope="session")
def postgresql_server(stored: Path, sheet: bytes) -> Iterator[Server]:
    """The PostgreSQL database of this test process with the documents in it."""
    if UNREACHABLE:
        skip_or_fail(UNREACHABLE)
    server = Server(lambda url: _fill(url, stored, sheet))
    yield server
    server.drop()


@pytest.fixture
def works(engine: Engine, settings: Settings, clock: SimulatedClock) -> Works:
    """Works with everything slices offer each other: forms and registers have a text by it."""
    vault = LocalVault(settings.at(settings.records) / "vault")
    return Works(engine, vault, settings, clock, append_to_trail, ports())


@pytest.fixture
def papers(runtime: Runtime, stored: Path) -> Papers:
    """The desk over a test's own copy."""
    home = runtime.settings.at(runtime.settings.records)
    shutil.copytree(stored, home / "vault", dirs_exist_ok=True)
    return Papers(runtime)
