"""A form with a personal answer and an attachment, and its register, brought into force by the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.cli.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

FORM: Final = "FM-07-01"
REGISTER: Final = "RG-07-01"
_HEAD: Final = """number: {number}
kind: {kind}
language: zh-Hans
title: {{zh-Hans: 审批单, en: Approval sheet}}
owner: risk
route: {{review: {{posts: [quality-manager]}}, approve: {{posts: [deputy-general-manager]}}}}
distribution: {{departments: [risk]}}
change: {{reason: "It is new", summary: "First issue"}}
"""
_FORM: Final = (
    _HEAD.format(number=FORM, kind="form")
    + """record-number: "FM-07-01-{year}-{seq:6}"
retention: {class: sheets, after: closed, keep: 1 day}
fields:
  - {id: purpose, label: {zh-Hans: 用途, en: Purpose}, type: text, required: true}
  - {id: amount, label: {zh-Hans: 金额, en: Amount}, type: money, currency: CNY, required: true, least: 0}
  - {id: holder, label: {zh-Hans: 持有人, en: Holder}, type: text, personal: true}
  - {id: proof, label: {zh-Hans: 附件, en: Proof}, type: file, required: true}
steps:
  - {id: file, label: {zh-Hans: 申报, en: Filing}, by: {roles: [author]}}
  - {id: review, label: {zh-Hans: 审查, en: Review}, by: {posts: [quality-manager]}, opinion: required}
  - {id: approve, label: {zh-Hans: 审批, en: Approval}, by: {posts: [deputy-general-manager]},
     opinion: required, signature: required, decisions: [
       {value: agree, label: {zh-Hans: 同意, en: Agree}},
       {value: disagree, label: {zh-Hans: 不同意, en: Disagree}}]}
"""
)
_REGISTER: Final = (
    _HEAD.format(number=REGISTER, kind="register")
    + f"""from: [{FORM}]
columns:
  - {{id: purpose, label: {{en: Purpose}}, type: text}}
  - {{id: amount, label: {{en: Amount}}, type: money, currency: CNY}}
"""
)


def into_force(home: Path) -> None:
    """The form and its register by the whole route, in a founded workspace."""
    terminal = Terminal(home)
    for number, text in ((FORM, _FORM), (REGISTER, _REGISTER)):
        draft = f"{number}@zh-Hans@A/0"
        said = ("--opinion", "Agreed")
        for words, login in (
            (("draft", terminal.write(text, f"{number}.yaml")), "author"),
            (("submit", draft), "author"),
            (("sign", draft, *said), "manager"),
            (("sign", draft, "--approve", *said), "deputy"),
            (("release", draft), "controller"),
        ):
            answer = terminal("document", *words, login=login)
            assert answer.code == 0, (words, answer.err)
    assert terminal("worker", "--once").code == 0
