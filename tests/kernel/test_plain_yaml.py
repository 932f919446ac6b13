"""A head means the same to every reader: texts as written, each value with its line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.kernel import plain_yaml

CHARACTERS = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp"),
    exclude_characters="\ufeff\ufffe\uffff",
    include_characters="\n\t",
)
TEXTS = st.text(CHARACTERS, max_size=20) | st.sampled_from(
    [
        "012",
        "1.0",
        "2026-01-01",
        "true",
        "No",
        "~",
        "null",
        "T+3",
        "A/0",
        "10 working days",
        "- x",
        "a: b",
        "a #b",
    ]
)
WHOLE = st.integers(-999_999_999_999_999, 999_999_999_999_999)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS.filter(bool), inner, max_size=3),
    max_leaves=8,
)
HEADS = st.dictionaries(TEXTS.filter(bool), VALUES, min_size=1, max_size=4)


@given(HEADS)
def test_what_is_written_is_read(head: dict[str, Any]) -> None:
    """Any head comes back the same, with its types, and writing is stable."""
    plain = plain_yaml.read(plain_yaml.write(head))
    assert (plain.value, plain.problems) == (head, [])
    assert repr(plain.value) == repr(head)
    assert plain_yaml.write(plain.value) == plain_yaml.write(head)


@given(st.text(max_size=60) | st.text("[]{}:,-#&*!|>'\"%@ \n\tab1~?", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but a value or problems comes out, whatever goes in."""
    plain = plain_yaml.read(text)
    assert plain.problems or plain.value is None or isinstance(plain.value, str | int | bool | list | dict)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("012", "012"),
        ("1.0", "1.0"),
        ("7.10", "7.10"),
        ("2026-01-01", "2026-01-01"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        ("yes", "yes"),
        ("True", "True"),
        ("9999999999999999", "9999999999999999"),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("'12'", "12"),
        ('""', ""),
    ],
)
def test_plain_values_are_texts_unless_they_are_nothing_else(written: str, value: object) -> None:
    """No figure is lost by being read as a number it is not."""
    plain = plain_yaml.read(f"key: {written}\n")
    assert repr(plain.value) == repr({"key": value})


def test_each_value_has_its_line() -> None:
    """Lists are counted from 1, and lines from where the text begins in its file."""
    plain = plain_yaml.read("a: 1\nb:\n  - {c: 2}\n  - c: 3\n    d: |\n      x\n", first_line=2)
    assert plain.value == {"a": 1, "b": [{"c": 2}, {"c": 3, "d": "x\n"}]}
    assert plain.lines == {"": 2, "a": 2, "b": 3, "b.1": 4, "b.1.c": 4, "b.2": 5, "b.2.c": 5, "b.2.d": 6}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &x 1", 1, "Anchors"),
        ("a: 1\nb: *x", 2, "Anchors"),
        ("a: !!int 5", 1, "Anchors"),
        ("a: 1\n---\nb: 1", 2, "Only one"),
        ("a: b: c", 1, "A colon"),
        ("a:\n\tb: 1", 2, "A tab"),
        ("a: [1,\nb", 2, "cannot be read"),
        ('a: "\\UFFFFFFFF"', 1, "cannot be read"),
        ("a: \x07", 1, "cannot be read"),
        ("a: 1\n? {b: c}\n: d", 2, "A key"),
        ("a: 1\n'': 2", 2, "A key"),
        ("[" * 40, 1, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_named_by_line(text: str, line: int, words: str) -> None:
    """One sentence says what is wrong and where."""
    [problem] = plain_yaml.read(text).problems
    assert problem.line == line
    assert words in problem.sentence()


def test_a_key_stands_once() -> None:
    """Each repetition is named by its own line, in inner maps as well."""
    found = plain_yaml.read("a: 1\nb: {c: 1, c: 2}\na: 2\n").problems
    assert [(problem.line, problem.field) for problem in found] == [(2, "b.c"), (3, "a")]


def test_nothing_is_nothing() -> None:
    """An empty text has no value and no problem."""
    assert plain_yaml.read("# only a remark\n").value is None
    assert plain_yaml.read("# only a remark\n").problems == []


def test_a_head_is_written_as_people_write_it() -> None:
    """One line a key, a map of maps and a list of maps below; quotes only where they are needed."""
    head = {
        "number": "CP-12",
        "title": {"zh-Hans": "文件与记录控制程序", "en": "Document and record control"},
        "clauses": {"iso9001-2015": ["7.5.1"]},
        "route": {"review": {"posts": ["risk-head"], "quorum": 2}},
        "review-every": "12 months",
        "fields": [{"section": "基本信息"}, {"id": "a", "required": True}],
        "basis": [],
        "help": "a: b\nc",
    }
    assert plain_yaml.write(head) == (
        "number: CP-12\n"
        "title: {zh-Hans: 文件与记录控制程序, en: Document and record control}\n"
        'clauses: {iso9001-2015: ["7.5.1"]}\n'
        "route:\n"
        "  review: {posts: [risk-head], quorum: 2}\n"
        "review-every: 12 months\n"
        "fields:\n"
        "  - {section: 基本信息}\n"
        "  - {id: a, required: true}\n"
        "basis: []\n"
        'help: "a: b\\nc"\n'
    )
