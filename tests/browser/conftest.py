"""A real workspace with a handful of people, served to a real browser."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest
from werkzeug.serving import make_server

from qms import accounts, documents, runtime
from qms.app import create_app
from qms.runtime import KEEPER, every_permission
from qms.worker.loop import Loop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from qms.kernel.clock import Clock
    from qms.kernel.work import Work
    from qms.runtime import Runtime

NAMES: Final = {"zh-Hans": "示例中心", "zh-Hant": "示例中心", "en": "Example centre"}
PASSWORD: Final = "seven green lanterns 42"  # noqa: S105 - of the people of the tests
ORGANISATION: Final = """
departments:
  - {code: risk, names: {zh-Hans: 风控合规部, zh-Hant: 風控合規部, en: Risk}, parent: centre}
posts:
  - {code: quality-manager, names: {zh-Hans: 质量负责人, en: Quality manager}, department: centre}
  - {code: deputy-general-manager, names: {zh-Hans: 副总经理, en: Deputy general manager}, department: centre}
  - {code: document-controller, names: {zh-Hans: 文控员, en: Document controller}, department: centre}
people:
  - {login: author, name: 编制人, verified: seen, departments: [risk], grants: [author]}
  - {login: reader, name: 客户经理, verified: seen, departments: [risk], grants: [reader]}
  - {login: auditor, name: 内审员, verified: seen, departments: [centre], grants: [auditor]}
  - login: manager
    name: 质量负责人
    verified: seen
    departments: [centre]
    posts: [quality-manager]
    grants: [quality-manager]
  - login: deputy
    name: 副总经理
    verified: seen
    departments: [centre]
    posts: [deputy-general-manager]
    grants: [approver]
  - login: controller
    name: 文控员
    verified: seen
    departments: [centre]
    posts: [document-controller]
    grants: [document-controller]
"""
INSTRUCTION: Final = """---
number: WI-07-01
kind: work-instruction
language: zh-Hans
title: {zh-Hans: 贷后检查作业指导书, en: Inspection after lending}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}
change: {reason: 新编, summary: 首次发布}
---

{#purpose}
# 1 目的

规定贷后检查的步骤。

{#steps}
# 2 操作步骤

{#visit}
## 2.1 现场检查

客户经理每季度到现场核对抵押物，当日提交检查报告。
"""


@dataclass
class Workspace:
    """A served workspace: its address, its parts, and the worker that does what waits."""

    runtime: Runtime
    loop: Loop
    address: str = ""

    def person(self, login: str) -> int:
        """The id of a login."""
        with self.runtime.works.reading(KEEPER) as work:
            found = accounts.person_by_login(work.session, login)
        assert found is not None
        return found.id

    @contextmanager
    def acting(self, login: str) -> Iterator[Work]:
        """A writing Work in the name of a login."""
        actor, rights = self.runtime.person(login)
        with self.runtime.works.writing(actor, rights) as work:
            yield work

    def issue(self, text: str, file: str) -> None:
        """Bring a document into force by the operations."""
        works = self.runtime.works
        ready = documents.prepare(works.vault, works.settings, text.encode(), file)
        with self.acting("author") as work:
            ref = documents.ref_of(documents.draft(work, ready))
        with self.acting("author") as work:
            documents.submit(work, ref, password=PASSWORD)
        with self.acting("manager") as work:
            documents.sign_review(work, ref, password=PASSWORD)
        with self.acting("deputy") as work:
            documents.sign_approval(work, ref, password=PASSWORD)
        with self.acting("controller") as work:
            plan = documents.plan_issue(work, ref)
            documents.release(work, plan, password=PASSWORD)
        self.loop.drain()


def founded(home: Path, organisation: str = ORGANISATION, clock: Clock | None = None) -> Runtime:
    """A workspace whose people have changed their first passwords."""
    made, _ = runtime.make(home, NAMES, demo=True, clock=clock)
    with made.works.writing(KEEPER, every_permission()) as work:
        applied = accounts.apply_organisation(work, organisation, "organisation.yaml")
    for login, first in applied.passwords.items():
        actor, rights = made.person(login)
        with made.works.writing(actor, rights) as work:
            accounts.change_password(work, first, PASSWORD)
    return made


@contextmanager
def served(made: Runtime) -> Iterator[Workspace]:
    """A workspace on a free port of this machine, with a worker that does what waits when it is told to."""
    found = Workspace(made, Loop(made, lanes=1))
    server = make_server("127.0.0.1", 0, create_app(made), threaded=True)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        found.loop.close()
        made.close()


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The workspace with one work instruction in force."""
    with served(founded(tmp_path_factory.mktemp("browser"))) as found:
        found.issue(INSTRUCTION, "WI-07-01.md")
        yield found


@dataclass
class Visit:
    """One person at a browser of their own; every fault of the console is kept."""

    page: Page
    faults: list[str]

    def open(self, path: str) -> None:
        """Go to a path of the workspace."""
        self.page.goto(path)

    def click(self, name: str) -> None:
        """Press the button or link of this name."""
        both = self.page.get_by_role("button", name=name, exact=True)
        both.or_(self.page.get_by_role("link", name=name, exact=True)).first.click()

    def sees(self, text: str) -> None:
        """Wait until a text stands in the middle of the page."""
        self.page.locator("main").get_by_text(text).first.wait_for()


class People:
    """Opens browsers for people."""

    def __init__(self, chromium: Browser, workspace: Workspace) -> None:
        self.chromium = chromium
        self.workspace = workspace
        self.opened: list[Any] = []

    def visit(self, login: str, *, language: str = "zh-CN", phone: bool = False) -> Visit:
        """A browser in which this person has signed in by the page."""
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 860}
        context = self.chromium.new_context(
            viewport=size,  # type: ignore[arg-type]  # its type is private to the library
            locale=language,
            base_url=self.workspace.address,
            has_touch=phone,
        )
        context.set_default_timeout(20_000)
        self.opened.append(context)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.goto("/sign-in")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.locator("main button").click()
        page.wait_for_selector(".rail")
        return Visit(page, faults)

    def close(self) -> None:
        """Close every browser."""
        for context in self.opened:
            context.close()


@pytest.fixture
def people(chromium: Browser, workspace: Workspace) -> Iterator[People]:
    """Browsers for people, closed at the end."""
    made = People(chromium, workspace)
    yield made
    made.close()
