"""Whether the parts of a definition fit together: every fault by field, in a sentence."""

from copy import deepcopy
from typing import Any

import pytest

from qms.forms import Blank
from qms.forms.source import problems
from tests.forms.samples import FULL, without


def told(head: dict[str, Any]) -> list[tuple[str | None, str]]:
    """Field and sentence of each fault; every sentence can be said in Chinese too."""
    found = problems(head)
    assert all(problem.sentence("zh-Hans") != problem.sentence("en") for problem in found)
    return [(problem.field, problem.sentence().partition(": ")[2]) for problem in found]


def form(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A small form with an amount, a date, a choice and a table before the fields that are tried."""
    columns = [
        {"id": "x", "label": "X", "type": "number"},
        {"id": "g", "label": "G", "type": "choice", "options": ["A"]},
    ]
    return {
        "number": "FM-12-09",
        "kind": "form",
        "fields": [
            {"id": "amount", "label": "金额", "type": "money"},
            {"id": "day", "label": "日", "type": "date"},
            {"id": "at", "label": "时", "type": "instant"},
            {"id": "pick", "label": "选", "type": "choice", "options": ["a", "b"]},
            {"id": "many", "label": "多选", "type": "multiple-choice", "options": ["a", "b"]},
            {"id": "ok", "label": "是", "type": "yes-no"},
            {"id": "who", "label": "人", "type": "person"},
            {"id": "unit", "label": "部门", "type": "department"},
            {"id": "note", "label": "文", "type": "text"},
            {"id": "rows", "label": "表", "type": "table", "columns": columns},
            *fields,
        ],
        **more,
    }


def tried(**more: Any) -> dict[str, Any]:
    """The field that is tried, the eleventh."""
    return {"id": "tried", "label": "试", "type": "text", **more}


def test_nearly_everything_at_once_is_right() -> None:
    """The whole language in one form."""
    assert told(FULL) == []
    assert set(FULL) - {"number", "kind", "language"} <= Blank().keys


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("gone > 1", "no field gone"),
        ("rows.x > 1", "add up a column"),
        ("amount +", "cannot be read"),
        ("amount", "A condition is needed"),
        ("amount > day", "cannot be compared: a number and a date"),
        ("many == 'a'", "several choices and a text"),
        ("pick == 'c'", "no option c; the options are a, b"),
        ("'c' != pick", "no option c"),
        ("pick in ['a', 'd']", "no option d"),
        ("contains(many, 'c')", "no option c"),
        ("any(row.g == 'B' for row in rows)", "no option B"),
        ("any(row.y == 1 for row in rows)", "no column y"),
        ("sum(row.g for row in rows if row.z > 1) > 1", "no column z"),
        ("any(a > 1 for a in amount)", "rows of a table"),
        ("note + 1 > 2", "A text cannot be counted with"),
        ("many + 1 > 2", "count them first"),
        ("day * 2 > 1", "days(from, until)"),
        ("day + note > day", "A text cannot"),
        ("-day > 1", "days(from, until)"),
        ("at - at > 1", "A time cannot"),
        ("rows + 1 > 2", "add up a column"),
        ("ok + 1 > 2", "What is true or not"),
        ("not (pick == 'c')", "no option c"),
        ("(pick == 'c') and ok", "no option c"),
        ("ok if pick == 'c' else ok", "no option c"),
        ("any(choice.x == 'a' for choice in many)", "no column x"),
        ("pick == note and ok == True", ""),
        ("tried == 'x'", ""),
        ("amount > 1 and ok == true and not is_missing(note)", ""),
        ("day + 3 > today and day - 3 < today and day - today > 5", ""),
        ("(day + amount if ok else day) > today", ""),
        ("day - (amount if ok else note) > today", ""),
        ("(amount if ok else note) + (amount if ok else note) == 2", ""),
        ("least(amount, 3) > 2 and most([amount, 4]) > 3 and count(many) == 2", ""),
        ("note + 'x' == 'ax' and contains(note, 'c') and 'c' in note", ""),
        ("any(choice == 'a' for choice in many) and sum([r.x for r in rows]) > 2", ""),
        ("any(choice == 'c' for choice in many)", "no option c"),
        ("amount >\n 2 ** 2", ""),
        ("state == 'open' and decision == 'agree' and days(filed_on, today) < hours(at, now)", ""),
        ("state == 'gone'", "no option gone"),
    ],
)
def test_a_condition_is_held_against_the_form(formula: str, words: str) -> None:
    """Names, kinds, choices and columns are right before anybody fills the form in."""
    found = told(form(tried(**{"required-when": formula})))
    if not words:
        assert found == []
        return
    assert found[0][0] == "fields.11.required-when"
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"id": "today"}, "id", "itself uses the name today"),
        ({"id": "author", "type": "text"}, "id", "itself uses the name author"),
        ({"show-when": "later == 1"}, "show-when", "no field later"),
        ({"show-when": "amount +"}, "show-when", "cannot be read"),
        ({"type": "computed", "formula": "rows"}, "formula", "gives a list"),
        ({"type": "computed", "formula": "note", "unit": "%"}, "formula", "does not give a number"),
        ({"type": "computed", "formula": "note + 1", "unit": "%"}, "formula", "cannot be counted"),
        (
            {"type": "computed", "options": ["few"], "formula": "'few' if ok else 'many'"},
            "formula",
            "no option many",
        ),
        ({"type": "computed", "options": ["few"], "formula": "1 + 1"}, "formula", "none of the options"),
        ({"options": ["few"]}, "options", "of the type choice, computed, multiple-choice"),
        ({"type": "date", "default": "soon"}, "default", "is no date"),
        ({"type": "date", "default": 5}, "default", "is no date"),
        ({"type": "date", "default": {"formula": "author"}}, "default.formula", "does not give"),
        ({"type": "yes-no", "default": {"formula": "author"}}, "default.formula", "A condition"),
        ({"default": {"formula": "amount"}}, "default.formula", "no field amount"),
        ({"default": {"form": "x"}}, "default.formula", "is needed"),
        (
            {"type": "multiple-choice", "options": ["a"], "default": {"formula": "author"}},
            "default",
            "one text",
        ),
        ({"type": "file", "default": "x"}, "default", "of the type"),
        ({"check": [{"that": "amount", "say": "x"}]}, "check.1.that", "A condition"),
        ({"check": [{"that": "ok"}]}, "check.1.say", "is needed"),
        ({"check": []}, "check", "leave the key out"),
        ({"least": 1}, "least", "computed, money, number"),
        ({"type": "number", "least": "1,5"}, "least", "500 or 0.25"),
        ({"type": "number", "least": True}, "least", "500 or 0.25"),
        ({"type": "number", "least": "1.5", "most": 1}, "most", "less than the least"),
        ({"type": "number", "places": 11}, "places", "from 0 to 10"),
        ({"longest": "5"}, "longest", "whole number"),
        ({"pattern": "(a+)+"}, "pattern", "cannot be used"),
        ({"form": ["FM-1"]}, "form", "of the type record"),
        ({"type": "party", "kinds": ["friend"]}, "kinds.1", "Choose one of"),
        ({"personal": "yes"}, "personal", "true, false"),
        ({"show-when": "x" * 1001}, "show-when", "at most 1000"),
        ({"value": "amount"}, "value", "no key value"),
    ],
)
def test_faults_of_a_field(more: dict[str, Any], field: str, words: str) -> None:
    """Each key means something for its type only."""
    found = told(form(tried(**more)))
    assert f"fields.11.{field}" == found[0][0]
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("column", "field", "words"),
    [
        ({"id": "now"}, "id", "itself uses"),
        ({"type": "computed", "formula": "y * 2"}, "formula", "no field y"),
        ({"required-when": "q == 'B'"}, "required-when", "no option B"),
        ({"check": [{"that": "q", "say": "x"}]}, "check.1.that", "A condition"),
    ],
)
def test_formulas_of_a_column_see_their_row(column: dict[str, Any], field: str, words: str) -> None:
    """The cells of the row first, then the fields of the form."""
    columns = [
        {"id": "q", "label": "Q", "type": "choice", "options": ["A"]},
        {"id": "r", "label": "R", "type": "number"},
        {"id": "s", "label": "S", "type": "computed", "formula": "r * amount"},
        {"id": "t", "label": "T", "type": "text", **column},
    ]
    found = told(form({"id": "tried", "label": "试", "type": "table", "columns": columns}))
    assert f"fields.11.columns.4.{field}" == found[0][0]
    assert words in found[0][1]


def test_what_waits_for_each_other_is_a_circle() -> None:
    """Conditions and formulas alike, between fields and inside a table."""
    one = tried(**{"show-when": "other == 'x'"})
    other = {"id": "other", "label": "另", "type": "text", "show-when": "tried == 'x'"}
    [(field, sentence)] = told(form(one, other))
    assert field in {"fields.11", "fields.12"}
    assert " → " in sentence
    columns = [
        {"id": "p", "label": "P", "type": "computed", "formula": "q + 1"},
        {"id": "q", "label": "Q", "type": "computed", "formula": "p + 1"},
    ]
    table = {"id": "tried", "label": "试", "type": "table", "columns": columns}
    assert [field for field, _ in told(form(table))] == ["fields.11.columns"]
    group = {"section": "组", "show-when": "+"}
    assert [field for field, _ in told(form(group, one))] == ["fields.11.show-when", "fields.12.show-when"]


def test_a_code_stands_once() -> None:
    """S12: in fields, columns of tables and columns of registers."""
    coded = tried(code="4.41.001")
    columns = [{"id": "x", "label": "X", "type": "text", "code": "4.41.001"}]
    table = {"id": "t", "label": "表", "type": "table", "columns": columns}
    assert told(form(coded, table)) == [
        ("fields.12.columns.1.code", "The code 4.41.001 belongs to tried already.")
    ]


STEPS: list[dict[str, Any]] = [
    {"id": "first", "label": "一", "by": {"author": True}},
    {"id": "second", "label": "二", "by": {"posts": ["x"]}},
    {"id": "third", "label": "三", "by": {"posts": ["x"]}},
]
LATER: list[dict[str, Any]] = [
    {"section": "后", "step": "third"},
    {"id": "late", "label": "迟", "type": "choice", "options": ["a"]},
]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"by": {"field": "note"}}, "by.field", "no field note of the type person"),
        ({"by": {"posts": ["x"], "of": "who"}}, "by.of", "of the type department"),
        ({"by": {}}, "by", "a field, or the author"),
        ({"when": "late == 'a'"}, "when", "no field late"),
        ({"not-by": ["third"]}, "not-by.1", "comes later"),
        ({"not-by": ["fourth"]}, "not-by.1", "no step fourth"),
        ({"recuse": ["note"]}, "recuse.1", "of the type department, person"),
        ({"within": {"by": "late", "a": "T+1"}}, "within.by", "filled in only later"),
        ({"within": "T+1", "from": "note"}, "from", "of the type date, instant"),
        ({"from": "day"}, "from", "needs a limit"),
        ({"warn": "1 day"}, "warn", "needs a limit"),
        ({"return": "maybe"}, "return", "yes, no"),
        ({"signature": "optional"}, "signature", "Choose one of required"),
        (
            {"decisions": [{"value": "a", "label": "A"}, {"value": "a", "label": "B"}]},
            "decisions",
            "same value",
        ),
        ({"authority": "x"}, "authority", "a map"),
        ({"authority": {"a": {"posts": ["x"]}}}, "authority.by", "is needed"),
        ({"authority": {"by": "pick"}}, "authority.by", "Say who decides"),
        ({"authority": {"by": "pick", "a": {"posts": []}}}, "authority.a.posts", "leave the key out"),
        ({"authority": {"by": "pick", "a": {"quorum": 1}}}, "authority.a", "at least one post"),
        ({"authority": {"by": "pick", "a": {"posts": ["x"]}}}, "authority", "write default"),
        (
            {"authority": {"by": "pick", "c": {"posts": ["x"]}, "default": {"posts": ["x"]}}},
            "authority.c",
            "no option c",
        ),
        ({"authority": {"by": "note", "a": {"posts": ["x"]}}}, "authority.by", "no field note of the type"),
        ({"authority": {"by": "late", "a": {"posts": ["x"]}}}, "authority.by", "only later"),
        ({"authority": {"by": "amount", "a": {"posts": ["x"]}}}, "authority", "A number decides by up-to"),
        ({"authority": {"by": "pick", "up-to": [{"posts": ["x"]}]}}, "authority", "a choice by its values"),
        (
            {"authority": {"by": "amount", "up-to": [{"posts": ["x"]}], "default": {"posts": ["x"]}}},
            "authority.up-to",
            "not both",
        ),
        (
            {"authority": {"by": "amount", "up-to": [{"posts": ["x"]}, {"most": 1, "posts": ["x"]}]}},
            "authority.up-to",
            "amounts rise",
        ),
        (
            {
                "authority": {
                    "by": "amount",
                    "up-to": [{"most": 2, "posts": ["x"]}, {"most": 1, "posts": ["x"]}],
                }
            },
            "authority.up-to",
            "amounts rise",
        ),
    ],
)
def test_faults_of_a_step(more: dict[str, Any], field: str, words: str) -> None:
    """A step names what is known when its turn comes."""
    steps = deepcopy(STEPS)
    steps[1].update(more)
    found = told(form(*LATER, steps=steps))
    assert f"steps.2.{field}" == found[0][0]
    assert words in found[0][1]


def test_the_first_step_is_never_left_out() -> None:
    """Nor does it take anything over."""
    steps = deepcopy(STEPS)
    steps[0]["when"] = "ok"
    assert [field for field, _ in told(form(steps=steps))] == ["steps.1.when"]
    steps[0] = {**STEPS[0], "accept": "required"}
    assert [field for field, _ in told(form(steps=steps))] == ["steps.1.accept"]
    del steps[0]["by"]
    assert [field for field, _ in told(form(steps=steps))] == ["steps.1.by"]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"clocks": [{"id": "first", "label": "一", "within": "T+1"}]}, "clocks.1.id", "A step has this id"),
        ({"clocks": [{"id": "a", "label": "一"}]}, "clocks.1.within", "is needed"),
        (
            {"clocks": [{"id": "a", "label": "一", "within": "T+1", "until": "x"}]},
            "clocks.1.until",
            "no step x",
        ),
        (
            {"clocks": [{"id": "a", "label": "一", "within": "T+1", "from": "x"}]},
            "clocks.1.from",
            "no field x",
        ),
        ({"clocks": [{"id": "a", "label": "一", "within": {"by": "x"}}]}, "clocks.1.within.by", "no choice"),
        (
            {"clocks": [{"id": "a", "label": "一", "within": "T+1", "cut-off": "25:00"}]},
            "clocks.1.cut-off",
            "16:00",
        ),
        ({"opens": [{"when": "ok"}]}, "opens.1", "Write one of form, task"),
        ({"opens": [{"form": "FM-1", "at": "x"}]}, "opens.1.at", "no step x"),
        ({"opens": [{"form": "FM-1", "when": "x"}]}, "opens.1.when", "no field x"),
        (
            {"opens": [{"form": "FM-1", "at": "first", "when": "late == 'a'"}]},
            "opens.1.when",
            "no field late",
        ),
        ({"opens": [{"form": "FM-1", "values": {"a": "x"}}]}, "opens.1.values.a", "no field x"),
        ({"opens": [{"task": {"label": "x"}}]}, "opens.1.to", "is needed"),
        ({"opens": [{"task": {"label": "x"}, "to": {}}]}, "opens.1.to", "Name posts, roles"),
        ({"opens": [{"task": {"label": "x"}, "to": {"field": "note"}}]}, "opens.1.to.field", "person"),
        (
            {"opens": [{"action": {"title": "x"}, "to": {"author": True}, "values": {"a": "note"}}]},
            "opens.1.values",
            "belong to a form",
        ),
        (
            {"opens": [{"action": {"label": "x"}, "to": {"author": True}}]},
            "opens.1.action.title",
            "is needed",
        ),
        ({"records": {"secrecy": "dark"}}, "records.secrecy", "Choose one of"),
        ({"records": {"department": "who"}}, "records.department", "of the type department"),
        ({"records": {"on": "note"}}, "records.on", "of the type date, instant"),
        ({"records": []}, "records", "a map"),
        ({"part-of": "RG-1"}, "part-of", "no place in a document of the kind form"),
    ],
)
def test_faults_of_the_way(more: dict[str, Any], field: str, words: str) -> None:
    """Clocks, openings and keeping."""
    found = told(form(*LATER, steps=STEPS, **more))
    assert field == found[0][0]
    assert words in found[0][1]


def test_a_group_belongs_to_a_step() -> None:
    """One that is declared; its condition sees what is known there."""
    group = {"section": "组", "step": "gone"}
    assert [field for field, _ in told(form(group, tried(), steps=STEPS))] == ["fields.11.step"]
    group = {"section": "组", "step": "second", "show-when": "late == 'a'"}
    found = told(form(group, tried(), *LATER, steps=STEPS))
    assert [field for field, _ in found] == ["fields.11.show-when"]
    group = {"section": "组", "colour": "red"}
    assert [field for field, _ in told(form(group, tried(), steps=STEPS))] == ["fields.11.colour"]


def test_a_part_of_wrong_shape_is_one_fault() -> None:
    """What names it is no second one."""
    broken = {"id": "broken", "label": "坏", "type": "choice"}
    naming = tried(**{"show-when": "broken == 'x' and any(row.x > 1 for row in broken)"})
    steps = [
        {"id": "first", "label": "一", "by": {"author": True}, "colour": "red"},
        {"id": "second", "label": "二", "by": {"field": "broken"}, "not-by": ["first"]},
        {"id": "third", "label": "三", "by": {"posts": ["x"]}, "within": {"by": "broken", "x": "T+1"}},
    ]
    found = told(form(broken, naming, {"section": "组", "step": "first"}, steps=steps))
    assert [field for field, _ in found] == ["fields.11.options", "steps.1.colour"]


def register(**column: Any) -> dict[str, Any]:
    """A register with a date and the column that is tried."""
    tried_ = {"id": "tried", "label": "试", "type": "number", **column}
    columns = [{"id": "day", "label": "日", "type": "date", "code": "4.41.001"}, tried_]
    return {"number": "RG-1", "kind": "register", "columns": columns, "from": ["FM-1"]}


@pytest.mark.parametrize(
    ("column", "field", "words"),
    [
        ({"value": "sum(row.x for row in issues)", "total": "sum"}, "", ""),
        ({"value": "clocks.review.on_time"}, "", ""),
        ({"value": "clocks.review +"}, "value", "cannot be read"),
        ({"type": "computed", "formula": "days(day, today)"}, "", ""),
        ({"type": "computed", "formula": "gone"}, "formula", "no field gone"),
        ({"type": "text", "total": "mean"}, "total", "Only numbers"),
        ({"type": "text", "total": "count"}, "", ""),
        ({"secrecy": "dark"}, "secrecy", "Choose one of"),
        ({"code": "4.41.001"}, "code", "belongs to day"),
        ({"show-when": "x"}, "show-when", "no key show-when"),
    ],
)
def test_faults_of_a_register(column: dict[str, Any], field: str, words: str) -> None:
    """Its formulas name fields of its forms, which are checked where these are known."""
    found = told(register(**column))
    assert ([f"columns.2.{field}"] if field else []) == [name for name, _ in found]
    assert not words or words in found[0][1]


def test_a_register_is_no_form() -> None:
    """It has no clocks, and is no part of itself."""
    head = {**register(), "clocks": [], "part-of": "RG-1"}
    assert [field for field, _ in told(head)] == ["clocks", "part-of"]
    assert told({**register(), "part-of": "RG-2"}) == []
    assert [field for field, _ in told(without(register(), "columns"))] == ["columns"]
