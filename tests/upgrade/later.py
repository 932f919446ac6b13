"""What later versions brought, done in a workspace of an earlier one: a form in force and its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import records, runtime
from qms.worker.loop import Loop
from tests.cli.terminal import PASSWORD, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from qms.kernel.refs import Ref

NUMBER: Final = "FM-07-01"
FORM: Final = """number: FM-07-01
kind: form
language: zh-Hans
title: {zh-Hans: 风险登记单, en: Risk sheet}
owner: risk
route:
  review: {posts: [quality-manager]}
  approve: {posts: [deputy-general-manager]}
  release: {posts: [document-controller]}
distribution: {departments: [risk]}
change: {reason: "It is new", summary: "首次发布"}
record-number: "FM-07-01-{year}-{seq:6}"
fields:
  - {id: purpose, label: {zh-Hans: 用途, en: Purpose}, type: text, required: true}
  - {id: holder, label: {zh-Hans: 持有人, en: Holder}, type: text, personal: true}
steps:
  - {id: file, label: {zh-Hans: 申报, en: Filing}, by: {roles: [author]}, signature: required}
"""


def form_in_force(home: Path) -> None:
    """The form, by the whole route."""
    terminal = Terminal(home)
    path = terminal.write(FORM, f"{NUMBER}.yaml")
    drafted = terminal.json("document", "draft", path, login="author")
    assert drafted.code == 0, drafted.err
    key = str(drafted.value["revision"]).removeprefix("revision:")
    for words, login in (
        (("submit", key), "author"),
        (("sign", key, "--opinion", "同意"), "manager"),
        (("sign", key, "--approve", "--opinion", "批准"), "deputy"),
        (("release", key), "controller"),
    ):
        told = terminal("document", *words, login=login)
        assert told.code == 0, told.err
    made = runtime.build(home)
    loop = Loop(made, lanes=1)
    assert loop.turn()  # the sheet alone: the day with its check of everything is left to whoever asks
    loop.close()
    made.close()


def filed(home: Path) -> tuple[Ref, Ref]:
    """Two records on the form, the first with a signed amendment."""
    form_in_force(home)
    made = runtime.build(home)
    who, rights = made.person("author")
    refs = []
    for purpose in ("设备", "材料"):
        with made.works.writing(who, rights) as work:
            begun = records.begin(work, NUMBER, values={"purpose": purpose, "holder": "某人"})
            refs.append(records.ref_of(records.submit(work, records.ref_of(begun), password=PASSWORD)))
    with made.works.writing(who, rights) as work:
        records.amend(work, refs[0], {"purpose": "办公设备"}, "Mistyped", password=PASSWORD)
    made.search.follow(made.works, who)
    made.close()
    return refs[0], refs[1]
