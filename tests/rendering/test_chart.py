"""The chart of results: every branch of it, and marks where the figures say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]  # it comes without stubs

from qms.rendering.chart import Bar, Words, bars, plain, ticks

WORDS = Words("On time & <well>", "reached", "missed", "target")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*given_bars: Bar) -> etree._Element:
    """The picture as a tree."""
    return etree.fromstring(bars(given_bars, WORDS).encode())


def bar(actual: str | None, target: str | None = None, *, good: bool = True) -> Bar:
    """One part."""
    return Bar(
        "<1>", None if actual is None else Decimal(actual), None if target is None else Decimal(target), good
    )


@pytest.mark.parametrize(
    ("most", "found"),
    [
        ("0", ["0", "1"]),
        ("-3", ["0", "1"]),
        ("1", ["0", "0.5", "1.0"]),
        ("15", ["0", "5", "10", "15"]),
        ("97.5", ["0", "50", "100"]),
        ("120", ["0", "50", "100", "150"]),
        ("4000", ["0", "1000", "2000", "3000", "4000"]),
    ],
)
def test_the_axis_has_round_numbers(most: str, found: list[str]) -> None:
    """From zero to the first step at or above the greatest value."""
    assert ticks(Decimal(most)) == [Decimal(each) for each in found]


@given(st.integers(1, 10**9).map(lambda count: Decimal(count) / 1000))
def test_the_axis_reaches_the_greatest_value(most: Decimal) -> None:
    """With no more than five lines above zero, and none to spare."""
    found = ticks(most)
    assert found[-2] < most <= found[-1]
    assert len(found) <= 6


def test_a_result_has_a_bar_and_a_target_a_mark() -> None:
    """What is missing has none; a missed one has another colour than a good one."""
    tree = drawn(bar("90", "95", good=False), bar("96", "95"), bar(None, "95"), bar("5"))
    legend = 2
    rects = tree.findall(f".//{SVG}rect")
    assert len(rects) - legend == 3
    assert rects[0].get("fill") != rects[1].get("fill")
    marks = [each for each in tree.findall(f".//{SVG}line") if each.get("stroke-width") == "2.5"]
    assert len(marks) == 3


def test_the_taller_bar_is_the_larger_result() -> None:
    """In proportion to the figures; a result of nothing is still a line."""
    heights = [float(each.get("height", "0")) for each in drawn(bar("50"), bar("100"), bar("0"))[:]
               if each.tag == f"{SVG}rect"][:3]  # fmt: skip
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)
    assert heights[2] == 1


def test_below_zero_the_axis_goes_on() -> None:
    """A loss hangs from the line of zero."""
    tree = drawn(bar("-40"), bar("20"))
    texts = [each.text for each in tree.findall(f".//{SVG}text")]
    assert "-40" in texts or "-50" in texts
    assert "0" in texts


def test_nothing_at_all_is_an_empty_axis() -> None:
    """An objective without results and targets."""
    assert drawn(bar(None)).get("role") == "img"


def test_words_are_safe_and_styles_are_attributes() -> None:
    """SEC-18: no mark-up from words; no style and no script for the policy to refuse."""
    told = bars([bar("1", "2")], WORDS)
    assert "<well>" not in told
    assert "<1>" not in told
    assert "<style" not in told
    assert "style=" not in told
    assert "<script" not in told


@pytest.mark.parametrize(("value", "said"), [("0", "0"), ("0.00", "0"), ("95.50", "95.5"), ("1E+3", "1000")])
def test_figures_are_plain(value: str, said: str) -> None:
    """No needless noughts, no exponent."""
    assert plain(Decimal(value)) == said
