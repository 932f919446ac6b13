"""One answer as people type it: read strictly, in Chinese and English ways of writing, or refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.forms.definition import Field, Option, Type
from qms.forms.patterns import fault_of, fits
from qms.forms.reading import READ, Unreadable, decimal, read_one

ZONE = ZoneInfo("Asia/Shanghai")
OPTIONS = (
    Option("low", {"zh-Hans": "低", "en": "Low"}),
    Option("high", {"zh-Hans": "高", "en": "High"}),
    Option("①", "①"),
)


def field(kind: Type, **more: Any) -> Field:
    """A field of a type."""
    return Field("x", "X", kind, **more)


def read(kind: Type, sent: str | list[str], **more: Any) -> Any:
    """What is kept of an answer."""
    return read_one(field(kind, **more), sent, ZONE)


def refusal(kind: Type, sent: str | list[str], **more: Any) -> str:
    """Why an answer is refused; said in Chinese as well."""
    with pytest.raises(Unreadable) as caught:
        read(kind, sent, **more)
    assert caught.value.phrase.sentence("zh-Hant") != caught.value.phrase.sentence("en")
    return caught.value.phrase.sentence("en")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("12500", "12500"),
        ("12,500.50", "12500.50"),
        ("１２，５００．５０", "12500.50"),
        ("1 234 567", "1234567"),
        ("1'234", "1234"),
        ("－３", "-3"),
        ("\u22123.0", "-3.0"),
        ("+7", "7"),
        ("007", "7"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("0.5", "0.5"),
        (" 3 月 ", "3"),
        ("3 months", "3"),
        ("", None),
        ("  ", None),
    ],
)
def test_numbers(sent: str, kept: str | None) -> None:
    """Full width, thousands apart, the unit beside it; kept exactly as they are."""
    assert read(Type.NUMBER, sent, unit={"zh-Hans": "月", "en": "months"}) == kept


@pytest.mark.parametrize(
    "sent", ["1,23", "1,2345", "12,34,567", "1.2.3", "5万", "1e5", "NaN", ".5", "5.", "--1", "1,000 5"]
)
def test_what_is_no_number(sent: str) -> None:
    """Nothing is guessed."""
    assert "is no number" in refusal(Type.NUMBER, sent)


def test_how_exact_a_number_is() -> None:
    """Places as stated, two for money, at most ten; never more than twenty figures."""
    assert read(Type.MONEY, "¥12,500.5", currency="CNY") == "12500.50"
    assert read(Type.MONEY, "12500元", currency="CNY") == "12500.00"
    assert read(Type.MONEY, "USD 5", currency="USD") == "5.00"
    assert read(Type.NUMBER, "5", places=2) == "5.00"
    assert read(Type.NUMBER, "5%", unit="%") == "5"
    assert "At most 2 decimal" in refusal(Type.MONEY, "1.005")
    assert "At most 10 decimal" in refusal(Type.NUMBER, "0.12345678901")
    assert "too large" in refusal(Type.NUMBER, "1" * 21)
    assert "at most 200" in refusal(Type.NUMBER, "1" * 201)
    assert decimal(Decimal("1E+3"), None) == "1000"
    assert decimal(Decimal("0.005"), 2) == "0.01"


@pytest.mark.parametrize(
    "sent",
    [
        "2026-11-28",
        "2026/11/28",
        "2026.11.28",
        "2026年11月28日",
        "2026 年 11 月 28 日",
        "２０２６－１１－２８",
        "20261128",
    ],
)
def test_dates(sent: str) -> None:
    """As they are written in offices."""
    assert read(Type.DATE, sent) == "2026-11-28"


def test_short_dates_and_days_that_are_none() -> None:
    """One figure is enough for a month; a day must be in the calendar."""
    assert read(Type.DATE, "2026/1/5") == "2026-01-05"
    assert "no such day" in refusal(Type.DATE, "2026-02-30")
    assert "between 1900 and 2200" in refusal(Type.DATE, "0026-01-01")
    for wrong in ("28.11.2026", "11/28/26", "2026-11/28", "tomorrow", "2026年11月"):
        assert "is no date" in refusal(Type.DATE, wrong)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-11-28T09:00", "2026-11-28T01:00:00Z"),
        ("2026-11-28 09:00:30", "2026-11-28T01:00:30Z"),
        ("2026年11月28日 9时", "2026-11-28T01:00:00Z"),
        ("2026年11月28日9點05分", "2026-11-28T01:05:00Z"),
        ("2026/11/28 ９：００", "2026-11-28T01:00:00Z"),
        ("2026-11-28T01:00:00Z", "2026-11-28T01:00:00Z"),
        ("2026-11-28T01:00:00.123Z", "2026-11-28T01:00:00Z"),
        ("2026-11-28 01:00 +02:00", "2026-11-27T23:00:00Z"),
        ("2026-11-27T20:00-05:00", "2026-11-28T01:00:00Z"),
    ],
)
def test_instants(sent: str, kept: str) -> None:
    """In the organisation's zone unless they bring their own (law 16)."""
    assert read(Type.INSTANT, sent) == kept


def test_times_that_are_none() -> None:
    """Hours that do not exist, also where clocks jump."""
    assert "with a time" in refusal(Type.INSTANT, "2026-11-28")
    assert "with a time" in refusal(Type.INSTANT, "2026-11-28 half past two")
    assert "no such time" in refusal(Type.INSTANT, "2026-11-28 24:00")
    assert "no such time" in refusal(Type.INSTANT, "2026-11-28 10:00 +99:00")
    with pytest.raises(Unreadable):
        read_one(field(Type.INSTANT), "2026-03-29 02:30", ZoneInfo("Europe/Berlin"))


def test_texts() -> None:
    """Ends cut off, line ends made one, signs nobody can see refused, lengths kept."""
    assert read(Type.TEXT, " 一\r\n二 ") == "一 二"
    assert read(Type.LONG_TEXT, "\n  一\r\n\r二\n") == "  一\n\n二"
    assert read(Type.TEXT, "cafe\u0301") == "café"
    assert read(Type.TEXT, "１２") == "１２"
    assert "U+202E" in refusal(Type.TEXT, "a\u202eb")
    assert "U+0000" in refusal(Type.TEXT, "a\0b")
    assert "U+D800" in refusal(Type.LONG_TEXT, "a\ud800")
    assert "4 signs, at most 3" in refusal(Type.TEXT, "abcd", longest=3)
    assert "at most 20000" in refusal(Type.LONG_TEXT, "a" * 20_001)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("true", True),
        ("是", True),
        ("Yes", True),
        ("√", True),
        ("on", True),
        ("false", False),
        ("否", False),
        ("0", False),
    ],
)
def test_yes_and_no(sent: str, kept: bool) -> None:  # noqa: FBT001 - a case of the table
    """In three languages."""
    assert read(Type.YES_NO, sent) is kept


def test_choices() -> None:
    """By value or by label in any language, once each, in the order of the form."""
    assert read(Type.CHOICE, "low", options=OPTIONS) == "low"
    assert read(Type.CHOICE, "高", options=OPTIONS) == "high"
    assert read(Type.CHOICE, "①", options=OPTIONS) == "①"
    assert "none of the choices" in refusal(Type.CHOICE, "LOW", options=OPTIONS)
    assert read(Type.CHOICE, "P-1", options_from="RG-1") == "P-1"
    assert read(Type.MULTIPLE_CHOICE, ["high", "low", "high"], options=OPTIONS) == ["low", "high"]
    assert read(Type.MULTIPLE_CHOICE, "高；Low", options=OPTIONS) == ["low", "high"]
    assert read(Type.MULTIPLE_CHOICE, "", options=OPTIONS) is None
    assert read(Type.MULTIPLE_CHOICE, ["b", "a"], options_from="RG-1") == ["a", "b"]
    assert read(Type.MULTIPLE_CHOICE, [], options_from="RG-1") is None
    assert "too many" in refusal(Type.MULTIPLE_CHOICE, ["x" * 201], options=OPTIONS)
    assert "too many" in refusal(Type.MULTIPLE_CHOICE, ["x"] * 201, options=OPTIONS)
    assert "Answer yes or no" in refusal(Type.YES_NO, "perhaps")
    assert "Only one answer" in refusal(Type.TEXT, ["a", "b"])
    assert read(Type.TEXT, ["a"]) == "a"
    assert read(Type.TEXT, []) is None


def test_names_of_things() -> None:
    """Numbers, logins and codes are single words; a clause is a document and its number."""
    for kind in (Type.PERSON, Type.DEPARTMENT, Type.PARTY, Type.DOCUMENT, Type.RECORD):
        assert read(kind, " Ｃ-000001 ") == "C-000001"
        assert "choose it from the list" in refusal(kind, "two words")
    for sent in ("CP-12 §5.3", "CP-12§5.3", "CP-12 5.3"):
        assert read(Type.CLAUSE, sent) == "CP-12 §5.3"
    assert "names no clause" in refusal(Type.CLAUSE, "CP-12")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15))
def test_every_number_is_read_back(value: Decimal) -> None:
    """With and without thousands apart."""
    assert Decimal(read(Type.MONEY, f"{value:,f}")) == value
    assert read(Type.MONEY, f"{value:f}") == read(Type.MONEY, f"{value:,f}")


@given(st.datetimes(datetime.fromisoformat("1992-01-01"), datetime.fromisoformat("2199-01-01")))
def test_every_instant_is_read_back(moment: datetime) -> None:
    """The zone is laid over and taken off again without loss."""
    local = moment.replace(microsecond=0, tzinfo=ZONE)
    kept = datetime.fromisoformat(read(Type.INSTANT, f"{local:%Y-%m-%d %H:%M:%S}"))
    assert kept - local == timedelta(0)
    assert kept.tzinfo == UTC
    assert date.fromisoformat(read(Type.DATE, f"{moment:%Y年%m月%d日}")) == moment.date()


@given(st.sampled_from(sorted(READ)), st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused(kind: Type, sent: str) -> None:
    """Never anything else, and never something empty."""
    with suppress(Unreadable):
        assert read(kind, sent, options=OPTIONS) not in ("", [])


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("[0-9]{6}", "310000", "31000"),
        (r"\d{17}[\dXx]", "11010119900307123X", "1101011990030712"),
        ("(?:HT|XY)-[0-9]+", "HT-12", "ZZ-12"),
        ("a|b", "b", "c"),
        (r"(20[0-9]{2})?-\.[^a-c]", "-.d", "-.a"),
        (rb"[\u4e00-\u9fa5]{2,4}".decode("unicode_escape"), "张三", "a"),
    ],
)
def test_patterns(pattern: str, yes: str, no: str) -> None:
    """The small part of regular expressions that forms need."""
    assert fault_of(pattern) is None
    assert fits(pattern, yes)
    assert not fits(pattern, no)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+",
        "(a|b)*",
        "((a))",
        "(?=a)",
        r"\1",
        "a**",
        "^a",
        "[a--b]",
        "[z-a]",
        "a*b*c*d*",
        "x" * 201,
        "[",
        "a{2}{3}",
    ],
)
def test_patterns_that_are_refused(pattern: str) -> None:
    """What could take for ever, and what is no pattern."""
    fault = fault_of(pattern)
    assert fault is not None
    assert fault.sentence("zh-Hans") != fault.sentence("en")


def test_long_answers_fit_no_pattern() -> None:
    """So that matching is quick."""
    assert not fits("a*", "a" * 201)
