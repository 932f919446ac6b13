"""The fold: one character for one character, both scripts, width and case."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.search.analysis.fold import fold
from tests.search.simplified import TABLE, pairs, written


def test_the_table_is_what_opencc_says() -> None:
    """The committed table is made from the data, not edited by hand."""
    assert written(pairs()) == TABLE.read_text("utf-8")


@given(st.text())
def test_length_never_changes(text: str) -> None:
    """An offset in the fold is the same offset in the original."""
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """Index and query meet whatever was folded before."""
    assert fold(fold(text)) == fold(text)


def test_every_character_folds_to_one() -> None:
    """No character of the planes in use becomes none or two."""
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x20000), *range(0x2F800, 0x2FA20))))
    folded = fold(every)
    assert len(folded) == len(every)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("typed", "meets"),
    [
        ("貸審會", "贷审会"),
        ("臺帳", "台账"),
        ("台帳", "台账"),
        ("裡面", "里面"),
        ("裏面", "里面"),
        ("每週", "每周"),
        ("餘額", "余额"),
        ("後臺", "后台"),
        ("乾燥", "干燥"),
        ("沿著", "沿着"),
        ("ＣＰ－１２", "cp-12"),
        ("QR Code", "qr code"),
        ("ｶﾅ", "カナ"),
        ("İ", "İ"),
        ("①", "1"),
    ],
)
def test_both_forms_meet(typed: str, meets: str) -> None:
    """Scripts, widths and cases of one word are one word."""
    assert fold(typed) == fold(meets)


def test_what_would_grow_stays() -> None:
    """A compatibility form of several characters is left as it is."""
    assert fold("㈱ﬁ½") == "㈱ﬁ½"
    assert len(unicodedata.normalize("NFKC", "㈱")) > 1
