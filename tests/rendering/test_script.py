"""Law 17: simplified text shown in traditional characters follows its words and leaves tags alone."""

from __future__ import annotations

import pytest

from qms.rendering import traditional, traditional_html


@pytest.mark.parametrize(
    ("simplified", "expected"),
    [
        ("发放文件，头发不计", "發放文件，頭髮不計"),
        ("复核后签字盖章", "複核後簽字蓋章"),
        ("皇后与以后", "皇后與以後"),
        ("干部不得干扰", "幹部不得干擾"),
        ("CP-12 §5.3 Document control", "CP-12 §5.3 Document control"),
        ("", ""),
    ],
)
def test_characters_follow_the_words_they_stand_in(simplified: str, expected: str) -> None:
    """One simplified sign is several traditional ones, and the word decides which."""
    assert expected == traditional(simplified)


def test_words_are_not_exchanged() -> None:
    """The wording stays the document's own: 软件 does not become 軟體."""
    assert traditional("软件与信息") == "軟件與信息"


def test_tags_stay_as_they_are() -> None:
    """Names of pictures and addresses are not text."""
    html = '<h2 id="fa-fang">发放</h2><p><img src="发放.png" alt=""> 见 <a href="/d/CP-12">发放</a> &amp;</p>'
    assert traditional_html(html) == (
        '<h2 id="fa-fang">發放</h2><p><img src="发放.png" alt=""> 見 <a href="/d/CP-12">發放</a> &amp;</p>'
    )
