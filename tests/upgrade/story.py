"""What a golden workspace has lived through, told by commands alone, so that any release can play it.

Run inside the source of that release: `python story.py HOME [DATABASE_URL]`. It imports nothing but the
release itself. The machine's clock is replaced, because a real workspace takes no other (law 16).
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from qms.cli.main import main
from qms.kernel.clock import SystemClock

PASSWORD: Final = "seven green lanterns 42"  # noqa: S105 - of the people of the tests
BEGIN: Final = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
PEOPLE: Final = """
departments:
  - {code: risk, names: {zh-Hans: 风控合规部, en: Risk}, parent: centre}
  - {code: credit, names: {zh-Hans: 信贷管理部, en: Credit}, parent: centre}
posts:
  - {code: quality-manager, names: {zh-Hans: 质量管理负责人, en: Quality manager}, department: centre}
  - {code: deputy-general-manager, names: {zh-Hans: 分管副总经理, en: Deputy}, department: centre}
  - {code: document-controller, names: {zh-Hans: 文控员, en: Document controller}, department: centre}
people:
  - {login: author, name: 起草人, verified: badge, departments: [risk]}
  - {login: manager, name: 质量经理, verified: badge, departments: [centre], posts: [quality-manager]}
  - {login: deputy, name: 分管领导, verified: badge, departments: [centre], posts: [deputy-general-manager]}
  - {login: controller, name: 文控, verified: badge, departments: [centre], posts: [document-controller]}
  - {login: reader, name: 读者, email: reader@example.org, verified: badge, departments: [risk]}
  - {login: outsider, name: 旁人, verified: badge, departments: [credit]}
"""
RIGHTS: Final = """
people:
  - {login: author, grants: [author]}
  - {login: manager, grants: [quality-manager]}
  - {login: deputy, grants: [approver]}
  - {login: controller, grants: [document-controller]}
  - {login: reader, grants: [reader]}
  - {login: outsider, grants: [reader]}
"""
PROCEDURE: Final = """---
number: CP-07
kind: control-procedure
language: zh-Hans
title: {zh-Hans: 风险控制程序, en: Risk control}
owner: risk
clauses: {iso9001-2015: ["6.1.2"]}
distribution: {departments: [risk], read-within: 5 working days}
change: {reason: "It is new", summary: "首次发布"}
---

{#purpose}
# 1 目的

本程序规定风险怎样控制。

{#steps}
# 2 步骤

{#first}
## 2.1 识别

责任人在 3 个工作日内识别风险并登记。
"""
INSTRUCTION: Final = """---
number: CP-09
kind: control-procedure
language: en
title: {zh-Hans: 风险登记程序, en: Registering a risk}
owner: risk
clauses: {iso9001-2015: ["6.1.2"]}
distribution: {departments: all, read-within: 5 working days}
change: {reason: "It is new", summary: "First issue"}
---

{#purpose}
# 1 Purpose

Each risk gets a line in the register on the day it is seen.
"""
AUDITED: Final = ("--purpose", "Audit", "--receiver", "reader", "--number", "CP-07")


class _Time:
    """The instant the story has reached; each look is a moment later."""

    now = BEGIN

    @classmethod
    def look(cls, _: object = None) -> datetime:
        cls.now += timedelta(milliseconds=20)
        return cls.now


def qms(home: Path, *words: object, login: str = "", typed: tuple[str, ...] = (PASSWORD,)) -> Any:
    """Run a command of the release and give its JSON back; anything but success ends the story."""
    given = ["--json", "--home", str(home), *(["--as", login] if login else []), *map(str, words)]
    out, err, before = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO("".join(f"{line}\n" for line in typed))
    code: object = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main(given)
    except SystemExit as left:
        code = left.code
    finally:
        sys.stdin = before
    if code:
        raise SystemExit(f"{' '.join(given)}: {code} {err.getvalue()} {out.getvalue()}")
    _Time.now += timedelta(minutes=3)
    return json.loads(out.getvalue()) if out.getvalue().strip() else None


def found(home: Path, url: str) -> None:
    """The organisation, with everybody's own password."""
    words = ["--name", "测试中心", "--public-url", "https://qms.example.org", "--empty"]
    made = qms(home, "init", home, *words, *(["--database-url", url] if url else []))
    first = {row["login"]: row["password"] for row in made["administrators"]}
    for login, password in first.items():
        qms(home, "people", "password", login=login, typed=(password, PASSWORD))
    people: dict[str, str] = {}
    for name, text, login in (
        ("people.yaml", PEOPLE, "system-administrator"),
        ("rights.yaml", RIGHTS, "security-administrator"),
    ):
        (home / name).write_text(text, "utf-8")
        people |= qms(home, "people", "import", home / name, login=login)["passwords"]
        (home / name).unlink()
    for login, password in people.items():
        qms(home, "people", "password", login=login, typed=(password, PASSWORD))


def draft(home: Path, name: str, text: str) -> str:
    """A draft by its author, named as commands name it."""
    path = home / "procedures" / name
    path.write_text(text, "utf-8")
    made = qms(home, "document", "draft", path, login="author")
    return str(made["revision"]).removeprefix("revision:")


def issue(home: Path, key: str) -> None:
    """The whole route."""
    qms(home, "document", "submit", key, login="author")
    qms(home, "document", "sign", key, "--opinion", "同意", login="manager")
    qms(home, "document", "sign", key, "--approve", "--opinion", "批准", login="deputy")
    qms(home, "document", "release", key, login="controller")
    qms(home, "worker", "--once")


def tell(home: Path, url: str = "") -> None:
    """Issue, read, supersede, ask for evidence, and leave something on the desks."""
    found(home, url)
    first = draft(home, "CP-07.md", PROCEDURE)
    issue(home, first)
    instruction = draft(home, "CP-09.md", INSTRUCTION)
    issue(home, instruction)
    for login in ("reader", "author"):
        qms(home, "document", "acknowledge", first, login=login)
    qms(home, "document", "acknowledge", instruction, login="reader")
    _Time.now = BEGIN + timedelta(days=8)
    qms(home, "worker", "--once")
    changed = PROCEDURE.replace("3 个工作日", "2 个工作日").replace("It is new", "Risks came too late")
    second = draft(home, "CP-07.md", changed.replace("首次发布", "缩短识别期限"))
    issue(home, second)
    qms(home, "document", "acknowledge", second, login="reader")
    number = qms(home, "evidence", "request", *AUDITED, login="controller")["number"]
    qms(home, "evidence", "approve", number, login="manager")
    qms(home, "worker", "--once")
    third = draft(home, "CP-08.md", PROCEDURE.replace("CP-07", "CP-08").replace("风险控制", "授信管理"))
    qms(home, "document", "submit", third, login="author")
    qms(home, "trail", "checkpoint", "--reason", "golden", login="manager")
    qms(home, "doctor", "--deep")


if __name__ == "__main__":
    vars_of: Any = SystemClock  # a real workspace takes no other clock
    vars_of.now = _Time.look
    tell(Path(sys.argv[1]), *sys.argv[2:])
