"""Editions as files: every fault named by line and field; what ships says nothing of the standard's text."""

from __future__ import annotations

import hashlib
import re
import unicodedata

import pytest

from qms.standards import EditionInvalid, Status, read_edition, shipped
from qms.standards.matrix import parent_of

TITLE = "{zh-Hans: 甲, zh-Hant: 甲, en: A}"
GOOD = f"""\
edition: house-1
status: confirmed
title: {TITLE}
clauses:
  - {{number: "4", title: {TITLE}}}
  - {{number: "4.1", title: {TITLE}, requirement: false}}
mapping: {{house-0: {{"3": ["4", "4.1"]}}}}
"""

# SHA-256 of titles of ISO 9001:2015 and GB/T 19001-2016 that are distinctive, folded; the titles
# themselves are not ours to ship, not even in a test.
NOT_OURS = frozenset(
    {
        "103441bfb032a17e",
        "1921a557246c0831",
        "1f45edeadb9df227",
        "20caf60b7e485d09",
        "23b85a63610787f7",
        "259d16b2d36cecf5",
        "2d67de56b35bdcd2",
        "33411e5759780465",
        "406f0f8211eb9038",
        "4687b54322888b8e",
        "4ba5e7484dab9dba",
        "4fe2dafbbb2b440b",
        "5e3109e95ce004c5",
        "608f58ac0583bcd9",
        "7659eb0288e1d268",
        "799c783f0eb35ffe",
        "7e3d41db7902d8d1",
        "819c026abca59ee4",
        "89a50032cc0511ac",
        "8e427b85180a94d6",
        "9f408305c7c1f68a",
        "a004024359193fe2",
        "a35d67b697d649cd",
        "a41eba6a919fb6a6",
        "a58155ec4e7a2598",
        "b9422207143eaafb",
        "ba99f64eb80ca15b",
        "bc849b31666c1d1f",
        "c5fcde2bb7b713b4",
        "ceb63342eb894397",
        "d7e0a431ebe680b3",
        "d90bc34765cdf36a",
        "daa51b7073ff0f8b",
        "e0af6b40b889635d",
        "e790ffdc1b3b9d72",
        "ed0dbd2c16991e33",
        "ed384a2aff2f8418",
        "f1356fb792599fa2",
        "f696405d15605ef2",
    }
)


def folded(text: str) -> str:
    """Letters and digits only, lower case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def test_a_good_edition() -> None:
    """All parts are read."""
    edition = read_edition(GOOD)
    assert (edition.code, edition.status, edition.title["en"]) == ("house-1", Status.CONFIRMED, "A")
    assert [(one.number, one.requirement) for one in edition.clauses] == [("4", True), ("4.1", False)]
    assert edition.mapping == (("house-0", "3", "4"), ("house-0", "3", "4.1"))


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ("edition: house-1", "edition: House 1", 1, "edition", "lower-case letters"),
        ("edition: house-1\n", "", 1, "edition", "lower-case letters"),
        ("confirmed", "checked", 2, "status", "Choose one of confirmed, not-confirmed"),
        (f"title: {TITLE}\nclauses", "title: A\nclauses", 3, "title", "needed in each"),
        (
            f"title: {TITLE}\nclauses",
            "title: {zh-Hans: '', zh-Hant: 甲, en: A}\nclauses",
            3,
            "title",
            "needed",
        ),
        ("status:", "colour: red\nstatus:", 2, "colour", "no key colour"),
        ('number: "4",', "number: 4,", 5, "clauses.1.number", "text in quotes"),
        ('number: "4.1"', 'number: "4.01"', 6, "clauses.2.number", "text in quotes"),
        ('number: "4.1"', 'number: "4"', 6, "clauses.2.number", "Clause 4 stands twice"),
        ('number: "4.1"', 'number: "5.1"', 6, "clauses.2.number", "before the clause above it"),
        ("requirement: false", "requirement: maybe", 6, "clauses.2.requirement", "true or false"),
        ("requirement: false", "text: long", 6, "clauses.2.text", "no key text"),
        (f'  - {{number: "4", title: {TITLE}}}\n', "  - four\n", 5, "clauses.1", "with number and title"),
        ('{house-0: {"3": ["4", "4.1"]}}', "[]", None, "", ""),
        ('{house-0: {"3": ["4", "4.1"]}}', "[3]", 7, "mapping", "names another edition"),
        ('{house-0: {"3": ["4", "4.1"]}}', "{house-0: 3}", 7, "mapping", "names another edition"),
        ('["4", "4.1"]', '"4"', 7, "mapping.house-0.3", "list of clause numbers"),
        ('["4", "4.1"]', '["5"]', 7, "mapping.house-0.3", "no clause 5"),
    ],
)
def test_each_fault_is_named(old: str, new: str, line: int | None, field: str, words: str) -> None:
    """By line, field and sentence; nothing is guessed."""
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if not words:
        assert read_edition(text).mapping == ()
        return
    with pytest.raises(EditionInvalid) as refused:
        read_edition(text, "house.yaml")
    problem = refused.value.problems[0]
    assert (problem.file, problem.line, problem.field) == ("house.yaml", line, field)
    assert words in problem.sentence()


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("edition: a\nedition: b\n", 2, "stands here twice"),
        ("a: [", 1, "The YAML cannot be read"),
        ("a: \x07", 1, "The YAML cannot be read"),
        ("- a\n", 1, "mapping of keys"),
        ("", 1, "mapping of keys"),
        ("a: !!python/object:os.system {}\n", 1, "Anchors (&), aliases (*) and tags (!) have no place here"),
    ],
)
def test_what_is_no_edition(text: str, line: int | None, words: str) -> None:
    """Not YAML, a key twice, or something else altogether."""
    with pytest.raises(EditionInvalid) as refused:
        read_edition(text)
    assert words in str(refused.value)
    assert refused.value.problems[0].line in {line, (line or 0) + 1}


def test_clauses_must_be_a_list() -> None:
    """An empty list is an edition that waits to be filled; no list is a fault."""
    empty = GOOD.partition("clauses:")[0]
    assert read_edition(empty + "clauses: []\n").clauses == ()
    for other in ("", "clauses: {}\n"):
        with pytest.raises(EditionInvalid, match="which may be empty"):
            read_edition(empty + other)


def test_what_ships() -> None:
    """The tree of 2015 with each clause in three languages; 2026 empty and marked (law 15)."""
    texts = shipped()
    assert list(texts) == ["iso9001-2015", "iso9001-2026"]
    now, later = (read_edition(text) for text in texts.values())
    assert (now.status, later.status) == (Status.CONFIRMED, Status.NOT_CONFIRMED)
    assert (later.code, later.clauses) == ("iso9001-2026", ())
    numbers = [clause.number for clause in now.clauses]
    assert {parent_of(number) for number in numbers} - {None} <= set(numbers)
    assert [one for one in numbers if "." not in one] == [str(chapter) for chapter in range(1, 11)]
    below = {chapter: sum(one.startswith(f"{chapter}.") for one in numbers) for chapter in range(4, 11)}
    assert below == {4: 6, 5: 7, 6: 7, 7: 18, 8: 30, 9: 11, 10: 5}
    assert [clause.number for clause in now.clauses if not clause.requirement] == ["1", "2", "3"]


def test_titles_are_our_own() -> None:
    """No shipped title is one of the standard's distinctive ones (DOC-17)."""
    titles = [
        title
        for text in shipped().values()
        for clause in read_edition(text).clauses
        for title in clause.title.values()
    ]
    assert len(titles) == 3 * 94
    copied = [one for one in titles if hashlib.sha256(folded(one).encode()).hexdigest()[:16] in NOT_OURS]
    assert copied == []
    assert len(set(titles)) > 200
    assert {len(digest) for digest in NOT_OURS} == {16}
