"""Words in the reader's language and script (law 17): what is written goes before what is converted."""

from __future__ import annotations

import pytest

from qms.kernel.labels import Phrase, in_language, say, traditional


@pytest.mark.parametrize(
    ("simplified", "expected"),
    [
        ("发放文件，头发不计", "發放文件，頭髮不計"),
        ("复核后签字盖章", "複核後簽字蓋章"),
        ("皇后与以后", "皇后與以後"),
        ("干部不得干扰", "幹部不得干擾"),
        ("CP-12 §5.3 Document control", "CP-12 §5.3 Document control"),
        ("", ""),
        ("发放" * 200, "發放" * 200),
    ],
)
def test_characters_follow_the_words_they_stand_in(simplified: str, expected: str) -> None:
    """One simplified sign is several traditional ones, and the word decides which."""
    assert expected == traditional(simplified)


def test_words_are_not_exchanged() -> None:
    """The wording stays the document's own: 软件 does not become 軟體."""
    assert traditional("软件与信息") == "軟件與信息"


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({"zh-Hans": "发放", "en": "Issue"}, "zh-Hant", "發放"),
        ({"zh-Hans": "发放", "zh-Hant": "分發", "en": "Issue"}, "zh-Hant", "分發"),
        ({"zh-Hans": "发放", "zh-Hant": "", "en": "Issue"}, "zh-Hant", "發放"),
        ({"zh-Hans": "", "en": "Issue"}, "zh-Hant", "Issue"),
        ({"zh-Hans": "发放", "en": "Issue"}, "zh-Hans", "发放"),
        ({"zh-Hant": "分發"}, "zh-Hans", "分發"),
        ({"zh-Hans": "发放", "zh-Hant": "分發"}, "en", "发放"),
        ({"fr": "émission"}, "en", "émission"),
        ({}, "en", ""),
    ],
)
def test_a_map_serves_its_reader_best(texts: dict[str, str], language: str, expected: str) -> None:
    """The own text first, then the other script, converted for traditional readers only; then English."""
    assert expected == in_language(texts, language)


def test_facts_of_a_sentence_follow_its_language() -> None:
    """A title within a sentence is converted as it is beside one."""
    title = {"zh-Hans": "文件发放"}
    assert "文件發放" in say("{title}", "zh-Hant", title=title)
    assert Phrase("{title}", title=title).sentence("zh-Hans") == "文件发放"
