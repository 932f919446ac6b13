"""Refusals are sentences with facts, in each language (law 10)."""

from __future__ import annotations

import pytest

from qms.kernel.errors import Conflict, Damaged, Forbidden, Invalid, Missing, Problem, QmsError
from qms.kernel.labels import Phrase
from qms.kernel.refs import Ref


class Taken(Conflict):
    """A refusal for the tests."""

    message = "Choose one of {choices}."


def test_a_refusal_says_its_facts() -> None:
    """In English by default, in the reader's language where asked; its name is its code."""
    refusal = Taken(choices="A, B")
    assert str(refusal) == "Choose one of A, B."
    assert refusal.sentence("zh-Hans") != str(refusal)
    assert "A, B" in refusal.sentence("zh-Hant")
    assert (refusal.code, refusal.facts) == ("Taken", {"choices": "A, B"})


def test_facts_are_said_in_the_reader_s_language() -> None:
    """A title by language and a phrase inside a sentence are put into it."""
    title = Taken(choices={"zh-Hans": "程序", "en": "procedure"})
    assert title.sentence("en") == "Choose one of procedure."
    assert "程序" in title.sentence("zh-Hant")
    inner = Taken(choices=Phrase("Choose one of {choices}.", choices="x"))
    assert inner.sentence("zh-Hans").count("x") == 1
    assert "Choose" not in inner.sentence("zh-Hans")


@pytest.mark.parametrize("kind", [Missing, Forbidden, Conflict, Invalid, Damaged])
def test_the_five_kinds(kind: type[QmsError]) -> None:
    """Each is a refusal of its own and none is another."""
    assert issubclass(kind, QmsError)
    others = {Missing, Forbidden, Conflict, Invalid, Damaged} - {kind}
    assert not any(issubclass(kind, other) for other in others)


def test_an_invalid_input_names_every_fault() -> None:
    """Each on its line with file, line and field; the head counts them."""
    text = "There is no such setting; remove or correct it."
    faults = [
        Problem(text, "CP-12.md", 7, "route.approve"),
        Problem(text, field="x"),
        Problem(text, "f"),
        Problem(text),
    ]
    refusal = Invalid(faults)
    assert refusal.problems == tuple(faults)
    lines = str(refusal).splitlines()
    assert lines[0] == "The input has 4 fault(s)."
    assert lines[1] == f"CP-12.md:7 · route.approve: {text}"
    assert lines[2:] == [f"x: {text}", f"f: {text}", text]


def test_refs_are_written_and_read() -> None:
    """Kind and key, whatever the key holds; nothing else is a ref."""
    ref = Ref("revision", "CP-12@zh-Hans@A/3")
    assert Ref.parse(str(ref)) == ref
    assert Ref.parse("a:b:c") == Ref("a", "b:c")
    for text in ("", "a", "a:", ":b", "A:b", "1:b"):
        with pytest.raises(ValueError, match="not a reference"):
            Ref.parse(text)
