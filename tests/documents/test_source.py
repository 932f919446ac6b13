"""A source is read strictly, its faults are named by place, and it is written back the same."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.documents.defaults import DECLARED, Kind
from qms.documents.errors import SourceInvalid
from qms.documents.source import BODY_KEYS, KEYS, Source, declared, read_source, write_source
from qms.kernel.errors import Problem

ROOT = Path(__file__).parents[2]
LIBRARY = sorted([*ROOT.glob("procedures/*.md"), *ROOT.glob("forms/*.yaml")])
HEAD = """\
number: CP-12
kind: control-procedure
language: zh-Hans
title: {zh-Hans: 文件控制, en: Documents}
owner: general-affairs
"""
FORM = HEAD.replace("CP-12", "FM-12-01").replace("control-procedure", "form")


def text(head: str = HEAD, body: str = "\n{#a}\n# 1 目的\n") -> bytes:
    """A Markdown source."""
    return f"---\n{head}---\n{body}".encode()


def faults(data: bytes, file: str = "CP-12.md") -> list[tuple[int | None, str | None, str]]:
    """Line, field and sentence of each fault."""
    with pytest.raises(SourceInvalid) as refused:
        read_source(data, file)
    assert {problem.file for problem in refused.value.problems} == {file}
    return [
        (problem.line, problem.field, Problem(problem.message, facts=problem.facts).sentence())
        for problem in refused.value.problems
    ]


def test_markdown_with_a_head() -> None:
    """Head, body, and the line on which the body begins."""
    source = read_source(text(), "CP-12.md")
    assert source.head["title"] == {"zh-Hans": "文件控制", "en": "Documents"}
    assert (source.body, source.body_line, source.file) == ("\n{#a}\n# 1 目的\n", 8, "CP-12.md")


def test_a_whole_yaml_document() -> None:
    """Forms have no text."""
    source = read_source(f"{FORM}fields:\n  - {{id: a}}\n".encode(), "FM-12-01.yaml")
    assert (source.head["fields"], source.body) == ([{"id": "a"}], "")


@pytest.mark.parametrize(
    ("data", "body"), [(text(), True), (FORM.encode(), False), (f"---\n{FORM}".encode(), False)]
)
def test_a_name_without_suffix_goes_by_the_form(data: bytes, body: bool) -> None:  # noqa: FBT001 - a table
    """A head that ends means Markdown."""
    assert bool(read_source(data, "stored").body) is body


def test_marks_and_line_ends_of_other_systems() -> None:
    """A byte-order mark and CRLF or CR are taken and dropped; a last line gets its end."""
    plain = read_source(text(), "CP-12.md")
    for end in (b"\r\n", b"\r"):
        assert read_source(b"\xef\xbb\xbf" + text().replace(b"\n", end), "CP-12.md") == plain
    assert read_source(text().rstrip(), "CP-12.md") == plain


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_the_library_survives_its_round_trip(path: Path) -> None:
    """Each document of the starter library is read, written, and read the same."""
    source = read_source(path.read_bytes(), path.name)
    written = write_source(source.head, source.body)
    again = read_source(written, path.name)
    assert again == source
    assert write_source(again.head, again.body) == written


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
FREE = st.recursive(
    WORDS | st.booleans() | st.integers(-999, 999),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@given(
    st.fixed_dictionaries(
        {
            "number": st.from_regex(r"[A-Z]{2}-[0-9]{2}", fullmatch=True),
            "kind": st.sampled_from([kind.value for kind in Kind]),
            "language": st.sampled_from(["zh-Hans", "zh-Hant", "en"]),
            "title": WORDS | st.dictionaries(st.sampled_from(["zh-Hans", "en"]), WORDS, min_size=1),
            "owner": st.just("risk"),
        },
        optional={
            "basis": st.lists(WORDS, unique=True, max_size=3),
            "objectives": FREE,
            "change": st.fixed_dictionaries({"reason": WORDS, "summary": WORDS}),
        },
    ),
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), include_characters="\n\t"), max_size=60
    ),
)
def test_any_source_survives_its_round_trip(head: dict[str, Any], body: str) -> None:
    """read(write(read(x))) == read(x)."""
    body = "" if head["kind"] in DECLARED else body.translate(dict.fromkeys(map(ord, "\ufeff\ufffe\uffff")))
    file = "x.yaml" if head["kind"] in DECLARED else "x.md"
    first = read_source(write_source(head, body), file)
    assert first.head == head
    assert first.body in {body, f"{body}\n"}
    assert read_source(write_source(first.head, first.body), file) == first


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (text().replace("目".encode(), b"\xff"), 10, "not UTF-8"),
        (text(body="a\x00b\n"), 8, "U+0000"),
        (text(body="ok\nread \u202egnp\n"), 9, "U+202E"),
        (text(body="a\u2028b"), 8, "U+2028"),
        (b"# no head\n", 1, "begins with a head"),
        (b"---\nnumber: CP-12\n", 1, "has no end"),
        (b"", 1, "begins with a head"),
        (text(head=""), 1, "The head is empty"),
        (text(head="- a\n"), 2, "The head is empty"),
        (text(head=HEAD + "parent: [\n"), 7, "cannot be read"),
        (text(head=HEAD + "number: CP-13\n"), 7, "number stands here twice"),
    ],
)
def test_faults_of_the_file(data: bytes, line: int, words: str) -> None:
    """What cannot be read at all is named by its line."""
    [(at, _, sentence)] = faults(data)
    assert at == line
    assert words in sentence


def test_a_source_has_a_size() -> None:
    """The limit is told."""
    with pytest.raises(SourceInvalid, match="at most 100 are taken"):
        read_source(text(), "CP-12.md", limit=100)


def test_escapes_bring_in_nothing_hidden() -> None:
    """Neither in values nor in keys, however deep."""
    head = HEAD + 'basis: ["a\\x07"]\nobjectives: {"a\\u202e": 1}\nscorecards: "\\ud800"\n"z\\ufeff": 1\n'
    found = faults(text(head=head))
    assert [(line, field) for line, field, _ in found] == [
        (2, None),
        (7, "basis.1"),
        (8, "objectives"),
        (9, "scorecards"),
    ]


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("colour: red", "colour", "no key colour here"),
        ("langage: en", "langage", "perhaps language"),
        ("parent: 12", "parent", "put the value in quotes"),
        ("parent: QM 01", "parent", "neither spaces"),
        ("parent:", "parent", "leave the key out"),
        ('parent: " "', "parent", "leave the key out"),
        ("references: CP-02", "references", "A list is needed"),
        ("references: [CP-02, CP-02]", "references.2", "twice"),
        ("references: [CP-02, 3]", "references.2", "in quotes"),
        ("clauses: [a]", "clauses", "a map"),
        ("clauses: {iso9001-2015: [7]}", "clauses.iso9001-2015.1", "in quotes"),
        ("route: all", "route", "a map"),
        ("route: {check: {posts: [a]}}", "route.check", "no key check"),
        ("route: {review: {}}", "route.review", "at least one post or role"),
        ("route: {review: {posts: []}}", "route.review.posts", "leave the key out"),
        ("route: {review: {posts: [a], quorum: most}}", "route.review.quorum", "all, each, any"),
        ("route: {review: {posts: [a], quorum: 0}}", "route.review.quorum", "all, each, any"),
        ("route: {review: {posts: [a], quorum: true}}", "route.review.quorum", "all, each, any"),
        ("route: {review: {posts: [a b]}}", "route.review.posts.1", "A code has"),
        ("distribution: {}", "distribution", "departments, posts or people"),
        ("distribution: {departments: some}", "distribution.departments", "A list is needed"),
        (
            "distribution: {departments: all, read-within: soon}",
            "distribution.read-within",
            "“soon” is no span",
        ),
        ("review-every: 12", "review-every", "in quotes"),
        ("notice: often", "notice", "“often” is no span"),
        ("secrecy: top", "secrecy", "public, internal, confidential, secret"),
        ("detail: rough", "detail", "frame, detailed"),
        ("change: first", "change", "a map"),
        ("retention: {keep: 10 years}", "retention.class", "is needed"),
        ("retention: {class: a, example: 1}", "retention.example", "true, false"),
        ("control-points: {id: a}", "control-points", "A list of maps"),
        ("control-points: [{clause: a}]", "control-points.1.id", "leave the key out"),
        ("control-points: [{id: a}, {id: a}]", "control-points.2.id", "twice"),
        ("schedules: [{id: A1}]", "schedules.1.id", "small Latin letters"),
        ("fields: [{section: a}]", "fields", "belongs to forms"),
    ],
)
def test_faults_of_the_head(line: str, field: str, words: str) -> None:
    """Each fault of a value is named by line and field, in a sentence."""
    [(at, where, sentence)] = faults(text(head=f"{HEAD}{line}\n"))
    assert (at, where) == (7, field)
    assert words in sentence


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ("number: CP-12\n", "", "number", "is needed"),
        ("control-procedure", "procedure", "kind", "Choose one of quality-manual"),
        ("zh-Hans\n", "fr\n", "language", "zh-Hans, zh-Hant, en"),
        ("{zh-Hans: 文件控制, en: Documents}", "{fr: x, en: Documents}", "title.fr", "zh-Hans, zh-Hant, en"),
        ("{zh-Hans: 文件控制, en: Documents}", "{zh-Hans: 5}", "title.zh-Hans", "in quotes"),
        ("{zh-Hans: 文件控制, en: Documents}", "{}", "title", "leave the key out"),
        ("{zh-Hans: 文件控制, en: Documents}", "2026", "title", "in quotes"),
        ("control-procedure", "form", "kind", "one YAML document"),
    ],
)
def test_faults_of_the_needed_keys(old: str, new: str, field: str, words: str) -> None:
    """DOC-01: number, kind, language, title and owner are always there."""
    [(_, where, sentence)] = faults(text(head=HEAD.replace(old, new)))
    assert where == field
    assert words in sentence


def test_a_text_is_no_form() -> None:
    """A procedure in a YAML file is refused."""
    [(line, field, sentence)] = faults(HEAD.encode(), "CP-12.yaml")
    assert (line, field) == (2, "kind")
    assert "Markdown" in sentence


def test_all_faults_are_told_at_once_in_order() -> None:
    """By line, with the place in front, in the reader's language."""
    with pytest.raises(SourceInvalid) as refused:
        read_source(text(head=HEAD + "parent: 12\nchange: first\n"), "CP-12.md")
    assert refused.value.sentence("zh-Hans").splitlines() == [
        "源文件有 2 处错误。",
        "CP-12.md:7 · parent: 此处须为文字；请给该值加引号。",
        "CP-12.md:8 · change: 此处须为键值对。",
    ]


def test_lines_and_tabs_are_not_hidden() -> None:
    """A quoted value may have several lines."""
    head = read_source(text(head=HEAD + 'basis: ["a\\n\\tb"]\n'), "CP-12.md").head
    assert head["basis"] == ["a\n\tb"]


def test_texts_stay_as_written() -> None:
    """Dates, figures with points and leading zeros are no numbers."""
    head = read_source(text(head=HEAD + "basis: [012, 7.10, 2026-01-01]\n"), "CP-12.md").head
    assert head["basis"] == ["012", "7.10", "2026-01-01"]


def test_what_nothing_enacts_yet_is_declared() -> None:
    """Keys of floors that do not stand yet are kept and told."""
    head = read_source(text(head=HEAD + "retention: {class: a}\nschedules: [{id: a}]\n"), "CP-12.md").head
    assert declared(head, ()) == ["retention", "schedules"]
    assert declared(head, {"schedules"}) == ["retention"]
    assert set(BODY_KEYS) < set(KEYS)


def test_problems_get_their_line() -> None:
    """Sections and bodies know the field; the source knows the line, or that of what holds it."""
    source = read_source(text(head=HEAD + "schedules:\n  - {id: a}\n  - {id: b, every: x}\n"), "CP-12.md")
    problems = [
        Problem("b", field="schedules.2.every"),
        Problem("c", field="schedules.2.every.deeper"),
        Problem("a", field="number"),
        Problem("d", field="absent"),
        Problem("e", "other.md", 99),
    ]
    found = [(problem.message, problem.file, problem.line) for problem in source.locate(problems)]
    assert found == [
        ("a", "CP-12.md", 2),
        ("d", "CP-12.md", 2),
        ("b", "CP-12.md", 9),
        ("c", "CP-12.md", 9),
        ("e", "other.md", 99),
    ]
    assert Source({}, "", 1, "x").line("a.b") == 1
