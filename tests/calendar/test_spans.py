"""Spans are read as people write them and written back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.calendar import Span, SpanUnreadable, Unit, phrase, span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 working days", Span(10, Unit.WORKING_DAY)),
        ("T+3", Span(3, Unit.WORKING_DAY)),
        ("T+0", Span(0, Unit.WORKING_DAY)),
        (" 1  day ", Span(1, Unit.DAY)),
        ("3 months", Span(3, Unit.MONTH)),
    ],
)
def test_a_span_is_read(text: str, expected: Span) -> None:
    """Spaces do not matter, T+n counts working days."""
    assert span(text) == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "3", "03 days", "-1 days", "1.5 days", "3 moons", "T+", "３ days"]
)
def test_what_is_unclear_is_refused(text: str) -> None:
    """The refusal quotes the text."""
    with pytest.raises(SpanUnreadable) as refused:
        span(text)
    assert f"“{text}”" in str(refused.value)


@given(st.integers(0, 9999), st.sampled_from(Unit))
def test_what_is_written_is_read(count: int, unit: Unit) -> None:
    """The written form gives the same span back."""
    assert span(str(Span(count, unit))) == Span(count, unit)


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (Span(0, Unit.WORKING_DAY), "the same day", "当日"),
        (Span(1, Unit.HOUR), "1 hour", "1 小时"),
        (Span(10, Unit.WORKING_DAY), "10 working days", "10 个工作日"),
    ],
)
def test_a_span_is_said_in_the_readers_language(length: Span, english: str, chinese: str) -> None:
    """One, many and none each have their words."""
    assert phrase(length).sentence("en") == english
    assert phrase(length).sentence("zh-Hans") == chinese
