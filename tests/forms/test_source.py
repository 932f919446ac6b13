"""What a form declares is checked by field, in sentences."""

import pytest

from qms.documents.source import read_source
from qms.forms import Blank, build, spoken

HEAD = """\
number: FM-12-01
kind: form
language: zh-Hans
title: {zh-Hans: 申请单, en: Request}
owner: general-affairs
"""
FIELDS = """\
fields:
  - {section: 申请}
  - {id: kind, label: {zh-Hans: 性质, en: Kind}, type: choice, options: [new, {value: old, label: 旧}]}
"""


def faults(text: str) -> list[tuple[int | None, str | None, str]]:
    """Line, field and sentence of each fault of a declared content."""
    source = read_source(text.encode(), "FM-12-01.yaml")
    problems = source.locate(Blank().check(source.head, source.file))
    assert all(problem.file == "FM-12-01.yaml" for problem in problems)
    return [(problem.line, problem.field, problem.sentence()) for problem in problems]


def test_a_right_form_has_no_faults() -> None:
    """Every kind of item at once."""
    text = (
        HEAD
        + 'record-number: "FM-12-01-{year}-{seq:6}"\nregister: RG-12-01\n'
        + FIELDS
        + "  - {id: amount, label: 金额, type: money, currency: CNY, code: 4.41.001, required: true}\n"
        + "  - {id: term, label: 期限, type: number, unit: 月, help: 按合同}\n"
        + "  - {id: from, label: 来源, type: choice, options: {register: RG-01-01}}\n"
        + '  - {id: part, label: 占比, type: computed, formula: "amount / term", unit: "%"}\n'
        + "  - {id: rows, label: 明细, type: table, rows: 4, columns: [{id: a, label: 甲, type: text}]}\n"
        + "steps:\n"
        + "  - {id: a, label: 申请, by: {roles: [author]}}\n"
        + "  - {id: b, label: 审查, by: {posts: [reviewer], quorum: 2}, opinion: required, within: T+2}\n"
        + "  - {id: c, label: 审批, by: {posts: [x]},"
        + " within: {by: kind, new: T+2, old: 2 hours, default: T+1}}\n"
        + "  - {id: d, label: 答复, by: {posts: [x]}, within: {by: from, anything: T+2}}\n"
    )
    assert faults(text) == []


@pytest.mark.parametrize(
    ("item", "field", "words"),
    [
        ("{id: a, type: text}", "label", "is needed"),
        ("{id: a, label: 甲}", "type", "is needed"),
        ("{id: a, label: 甲, type: texts}", "type", "Choose one of text,"),
        ("{id: a, label: 5, type: text}", "label", "in quotes"),
        ("{id: a, label: 甲, type: text, colour: red}", "colour", "no key colour"),
        ("{id: a, label: 甲, type: text, required: 1}", "required", "true, false"),
        ("{id: a, label: 甲, type: choice}", "options", "is needed"),
        ("{id: a, label: 甲, type: choice, options: []}", "options", "leave the key out"),
        ("{id: a, label: 甲, type: choice, options: [1]}", "options.1", "in quotes"),
        ("{id: a, label: 甲, type: choice, options: [{value: x}]}", "options.1.label", "is needed"),
        ("{id: a, label: 甲, type: choice, options: [x, {value: x, label: y}]}", "options", "same value"),
        ("{id: a, label: 甲, type: choice, options: {register: x, form: y}}", "options.form", "no key form"),
        ("{id: a, label: 甲, type: text, options: [x]}", "options", "choice, computed, multiple-choice"),
        ("{id: a, label: 甲, type: text, currency: CNY}", "currency", "of the type money"),
        ("{id: a, label: 甲, type: money, currency: yuan}", "currency", "three capital letters"),
        ("{id: a, label: 甲, type: text, unit: 月}", "unit", "computed, number"),
        ("{id: a, label: 甲, type: computed}", "formula", "is needed"),
        ("{id: a, label: 甲, type: text, code: 4.41}", "code", "three levels"),
        ("{id: a, label: 甲, type: table}", "columns", "is needed"),
        ("{id: a, label: 甲, type: table, columns: []}", "columns", "leave the key out"),
        ("{id: a, label: 甲, type: table, columns: [{id: b, type: text}]}", "columns.1.label", "is needed"),
        (
            "{id: a, label: 甲, type: table, columns: [{id: b, label: 乙, type: table}]}",
            "columns.1.type",
            "Choose one of",
        ),
        (
            "{id: a, label: 甲, type: table, rows: 0, columns: [{id: b, label: 乙, type: text}]}",
            "rows",
            "from 1 to 60",
        ),
        ("{section: }", "section", "leave the key out"),
    ],
)
def test_faults_of_a_field(item: str, field: str, words: str) -> None:
    """By line, place in the list, and key."""
    found = faults(f"{HEAD}{FIELDS}  - {item}\n")
    assert [(line, where) for line, where, _ in found] == [(9, f"fields.3.{field}")]
    assert words in found[0][2]


@pytest.mark.parametrize(
    ("step", "field", "words"),
    [
        ("{id: a, by: {posts: [x]}}", "label", "is needed"),
        ("{id: a, label: 甲}", "by", "is needed"),
        ("{id: a, label: 甲, by: {}}", "by", "at least one post or role"),
        ("{id: a, label: 甲, by: {posts: [x], quorum: two}}", "by.quorum", "all, each, any"),
        ("{id: a, label: 甲, by: {posts: [x]}, opinion: some}", "opinion", "required, optional"),
        ("{id: a, label: 甲, by: {posts: [x]}, within: soon}", "within", "“soon” is no span"),
        ("{id: a, label: 甲, by: {posts: [x]}, within: {new: T+1}}", "within.by", "is needed"),
        ("{id: a, label: 甲, by: {posts: [x]}, within: {by: kind, new: 1}}", "within.new", "in quotes"),
        (
            "{id: a, label: 甲, by: {posts: [x]}, within: {by: sort, new: T+1}}",
            "within.by",
            "no choice field sort",
        ),
        (
            "{id: a, label: 甲, by: {posts: [x]}, within: {by: kind, huge: T+1}}",
            "within.huge",
            "no option huge",
        ),
    ],
)
def test_faults_of_a_step(step: str, field: str, words: str) -> None:
    """A time limit by a choice names the field and its options."""
    found = faults(f"{HEAD}{FIELDS}steps:\n  - {step}\n")
    assert [(line, where) for line, where, _ in found] == [(10, f"steps.1.{field}")]
    assert words in found[0][2]


@pytest.mark.parametrize(
    ("kind", "content", "field", "words"),
    [
        ("form", "", "fields", "declare fields"),
        ("form", "fields: []\n", "fields", "declare fields"),
        ("register", "", "columns", "declare columns"),
        ("scorecard", "", "fields", "declare fields, columns"),
        (
            "form",
            FIELDS + "columns: [{id: a, label: 甲, type: text}]\n",
            "columns",
            "kind form declares fields",
        ),
        ("register", FIELDS + "columns: [{id: a, label: 甲, type: text}]\n", "fields", "declares columns"),
        ("form", FIELDS + 'record-number: "FM-12-01-{year}"\n', "record-number", "{year}-{seq:6}"),
        ("form", FIELDS + 'record-number: "{day}-{seq:6}"\n', "record-number", "{year}-{seq:6}"),
        ("form", FIELDS + 'record-number: "{seq:2}{seq:6}"\n', "record-number", "{year}-{seq:6}"),
        ("form", FIELDS + 'record-number: "FM/{seq:6}"\n', "record-number", "{year}-{seq:6}"),
    ],
)
def test_faults_of_the_whole(kind: str, content: str, field: str, words: str) -> None:
    """Each kind declares what can be filled in; a record number has one sequence."""
    found = faults(HEAD.replace("kind: form", f"kind: {kind}") + content)
    assert [where for _, where, _ in found] == [field]
    assert words in found[0][2]


@pytest.mark.parametrize("kind", ["scorecard", "objective-sheet"])
@pytest.mark.parametrize("content", [FIELDS, "columns: [{id: a, label: 甲, type: text}]\n"])
def test_scorecards_and_objectives_may_have_either(kind: str, content: str) -> None:
    """Questions or columns."""
    assert faults(HEAD.replace("kind: form", f"kind: {kind}") + content) == []


def test_columns_are_no_tables() -> None:
    """A register's columns are checked like those of a table."""
    content = "columns: [{id: a, label: 甲, type: table, columns: []}]\n"
    found = faults(HEAD.replace("kind: form", "kind: register") + content)
    assert {where for _, where, _ in found} == {"columns.1.columns", "columns.1.type"}


def test_what_is_declared_in_traditional_characters_is_not_converted_again() -> None:
    """D-0031: plain words of a traditional form stay; of a simplified one they follow the reader's script."""
    fields = [
        {"section": "皇后"},
        {"id": "a", "label": "皇后", "type": "choice", "options": ["裏", {"value": "b", "label": "皇后"}]},
        {"id": "n", "label": {"en": "N"}, "type": "number", "unit": "件", "default": 5, "least": 1},
    ]
    steps = [
        {"id": "s", "label": "復核", "by": {"author": True}, "decisions": [{"value": "x", "label": "裏"}]}
    ]
    head = {"fields": fields, "steps": steps, "register": "RG-01-01"}
    made = build({**head, "language": "zh-Hant"})
    first, number = made.fields
    assert [spoken(option.label, "zh-Hant") for option in first.options] == ["裏", "皇后"]
    assert [option.value for option in first.options] == ["裏", "b"]
    assert spoken(first.label, "zh-Hans") == "皇后"
    assert (spoken(made.sections[0].title, "zh-Hant"), spoken(number.unit, "zh-Hant")) == ("皇后", "件")
    assert (number.default, spoken(number.label, "zh-Hant")) == ("5", "N")
    assert spoken(made.steps[0].decisions[0].label, "zh-Hant") == "裏"
    plain = build({**head, "fields": [{"id": "a", "label": "发放", "type": "text"}], "language": "zh-Hans"})
    assert spoken(plain.fields[0].label, "zh-Hant") == "發放"
    assert spoken(plain.fields[0].label, "zh-Hans") == "发放"
