"""A terminal for tests: runs `qms` in this process over a real workspace, with what is typed and answered."""

from __future__ import annotations

import io
import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from qms import accounts, runtime
from qms.cli.main import main
from qms.runtime import KEEPER, every_permission

PASSWORD: Final = "seven green lanterns 42"  # noqa: S105 - of the people of the tests
DRAFT: Final = "CP-07@zh-Hans@A/0"
ORGANISATION: Final = """
departments:
  - {code: risk, names: {zh-Hans: 风控合规部, en: Risk}, parent: centre}
  - {code: credit, names: {zh-Hans: 信贷管理部, en: Credit}, parent: centre}
posts:
  - {code: quality-manager, names: {zh-Hans: 质量管理负责人, en: Quality manager}, department: centre}
  - {code: deputy-general-manager, names: {zh-Hans: 分管副总经理, en: Deputy}, department: centre}
  - {code: document-controller, names: {zh-Hans: 文控员, en: Document controller}, department: centre}
people:
  - login: author
    name: Author
    verified: badge
    departments: [risk]
    grants: [author]
  - login: manager
    name: Manager
    verified: badge
    departments: [centre]
    posts: [quality-manager]
    grants: [quality-manager]
  - login: deputy
    name: Deputy
    verified: badge
    departments: [centre]
    posts: [deputy-general-manager]
    grants: [approver]
  - login: controller
    name: Controller
    verified: badge
    departments: [centre]
    posts: [document-controller]
    grants: [document-controller]
  - login: reader
    name: Reader
    verified: badge
    departments: [risk]
    grants: [reader]
  - login: outsider
    name: Outsider
    verified: badge
    departments: [credit]
    grants: [reader]
"""
SOURCE: Final = """---
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave back."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The JSON of `--json`."""
        return json.loads(self.out)

    @property
    def refused(self) -> str:
        """The name of the refusal, under `--json`."""
        return str(json.loads(self.err)["refused"])


@dataclass(frozen=True, slots=True)
class Terminal:
    """Somebody in front of one workspace."""

    home: Path

    def __call__(
        self, *arguments: object, login: str = "", typed: tuple[str, ...] = (PASSWORD,), **options: str
    ) -> Answer:
        """Run `qms --home HOME [--as LOGIN] ARGUMENTS` with these lines on standard input."""
        words = ["--home", str(self.home)]
        words += ["--as", login] if login else []
        for name, value in options.items():
            words += [f"--{name}", value]
        return run(*words, *arguments, typed=typed)

    def json(self, *arguments: object, login: str = "", typed: tuple[str, ...] = (PASSWORD,)) -> Answer:
        """The same with `--json`."""
        return self("--json", *arguments, login=login, typed=typed)

    def write(self, text: str = SOURCE, name: str = "CP-07.md") -> Path:
        """A source in the workspace's own folder."""
        folder = self.home / ("forms" if name.endswith(".yaml") else "procedures")
        path = folder / name
        path.write_text(text, "utf-8")
        return path


def run(*words: object, typed: tuple[str, ...] = ()) -> Answer:
    """Run `qms` with these words, and these lines on standard input."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
    code = left.value.code
    return Answer(code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())


def found(home: Path, database_url: str = "") -> None:
    """A real workspace with an organisation, whose people have chosen `PASSWORD`."""
    home.mkdir(parents=True)
    lines = ['organisation = "测试中心"', 'public_url = "https://qms.example.org"']
    lines += [f'database_url = "{database_url}"'] if database_url else []
    (home / "qms.toml").write_text("\n".join(lines) + "\n", "utf-8")
    made, founded = runtime.make(home, {"zh-Hans": "测试中心", "en": "Test centre"})
    try:
        with made.works.writing(KEEPER, every_permission()) as work:
            applied = accounts.apply_organisation(work, ORGANISATION)
        for login, first in {**founded.passwords, **applied.passwords}.items():
            actor, rights = made.person(login)
            with made.works.writing(actor, rights) as work:
                accounts.change_password(work, first, PASSWORD)
        made.search.follow(made.works, KEEPER)
    finally:
        made.close()


def copied(template: Path, home: Path, database_url: str = "") -> Terminal:
    """A workspace of a test's own; with a database URL, over that copy of the template's database."""
    shutil.copytree(template, home)
    if database_url:
        settings = home / "qms.toml"
        kept = [line for line in settings.read_text("utf-8").splitlines() if "database_url" not in line]
        settings.write_text("\n".join([*kept, f'database_url = "{database_url}"', ""]), "utf-8")
    return Terminal(home)


STAGES: Final = ("founded", "draft", "in review", "reviewed", "approved", "issued")


def advance(terminal: Terminal, stage: str) -> None:
    """The step that leads to a stage."""
    if stage == "draft":
        answers = [terminal("document", "draft", terminal.write(), login="author")]
    elif stage == "in review":
        answers = [terminal("document", "submit", DRAFT, login="author")]
    elif stage == "reviewed":
        answers = [terminal("document", "sign", DRAFT, "--opinion", "Agreed", login="manager")]
    elif stage == "approved":
        answers = [terminal("document", "sign", DRAFT, "--approve", "--opinion", "Agreed", login="deputy")]
    else:
        answers = [
            terminal("document", "release", DRAFT, login="controller"),
            terminal("worker", "--once"),
        ]
    assert [(answer.code, answer.err) for answer in answers] == [(0, "")] * len(answers)
