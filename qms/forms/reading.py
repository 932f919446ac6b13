"""Pure rules: one answer as a person types or sends it, read strictly into the JSON value that is kept.

Numbers and dates are read as they are written in Chinese and English, full width included; what is not
clear is refused with a sentence, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from qms.forms.definition import Field, Type
from qms.kernel.labels import N_, Phrase

TEXT: Final = 20_000
"""The most signs of a text (SEC-13)."""
_SHORT: Final = 200
_WHOLE: Final = 20
_PLACES: Final = 10
_MONEY: Final = 2
_SIGNS: Final = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2013": "-"})
_NUMBER: Final = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:[, '][0-9]{3})+)(?:\.([0-9]+))?", re.ASCII)
_GROUPING: Final = re.compile(r"[, ']")
_DATE: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2}))",
    re.ASCII,
)
_HOUR: Final = re.compile(
    r"([0-9]{1,2})(?::([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,6})?)?|[时時点點](?:([0-9]{1,2})分?)?)"
    r"(?: ?(Z|[+-][0-9]{2}:[0-9]{2}))?",
    re.ASCII,
)
_CLAUSE: Final = re.compile(r"([^\s§]{1,60})(?: ?§ ?| +)([0-9]+(?:\.[0-9]+)*)", re.ASCII)
_YES: Final = frozenset({"true", "yes", "y", "on", "1", "是", "有", "√", "✓"})
_NO: Final = frozenset({"false", "no", "n", "off", "0", "否", "无", "無", "×", "✗"})
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_SEPARATORS: Final = re.compile(r"[;；\n|]")
_HIDDEN: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff")


class Unreadable(Exception):  # noqa: N818 - never leaves the slice, carries one phrase to a Problem
    """An answer cannot be read; the phrase says why."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(phrase)
        self.phrase = phrase


def _refuse(text: str, **facts: object) -> Unreadable:
    return Unreadable(Phrase(text, **facts))


def read_one(field: Field, sent: str | Sequence[str], zone: tzinfo) -> Any:
    """The JSON value of an answer, or None where nothing was answered; `Unreadable` where it is not clear."""
    if field.type is Type.MULTIPLE_CHOICE:
        return _choices(field, [sent] if isinstance(sent, str) else sent)
    written = sent if isinstance(sent, str) else _single(sent)
    text = _clean(written)
    if not text.strip():
        return None
    if field.type in (Type.TEXT, Type.LONG_TEXT):
        return _text(field, text)
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > _SHORT:
        raise _refuse(N_("This is too long: {count} signs, at most {most}."), count=len(plain), most=_SHORT)
    if field.type is Type.INSTANT:
        return _instant(plain, zone)
    return _READERS[field.type](field, plain)


def _single(sent: Sequence[str]) -> str:
    if len(sent) > 1:
        raise _refuse(N_("Only one answer may stand here."))
    return sent[0] if sent else ""


def _clean(written: str) -> str:
    """The text in one Unicode form with plain line ends; signs nobody can see are refused."""
    text = written.replace("\r\n", "\n").replace("\r", "\n")
    for sign in text:
        if sign not in "\n\t" and (sign in _HIDDEN or unicodedata.category(sign) in {"Cc", "Cs"}):
            name = f"U+{ord(sign):04X}"
            raise _refuse(N_("An invisible character {sign} stands here; delete it."), sign=name)
    return unicodedata.normalize("NFC", text)


def _text(field: Field, text: str) -> str:
    kept = text.strip() if field.type is Type.TEXT else text.strip("\n").rstrip()
    if field.type is Type.TEXT:
        kept = " ".join(kept.split("\n"))
    most = field.longest or TEXT
    if len(kept) > most:
        raise _refuse(N_("This is too long: {count} signs, at most {most}."), count=len(kept), most=most)
    return kept


def _places(field: Field) -> int | None:
    if field.places is None and field.type is Type.MONEY:
        return _MONEY
    return field.places


def decimal(value: Decimal, places: int | None) -> str:
    """A number as it is kept: so many places where they are stated, never an exponent, never minus zero."""
    kept = value if places is None else value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return format(kept or abs(kept), "f")


def _number(field: Field, plain: str) -> str:
    text = _without_unit(field, plain.translate(_SIGNS))
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise _refuse(N_("“{written}” is no number; write for example 12,500.50."), written=plain)
    sign, whole, part = found[1], _GROUPING.sub("", found[2]).lstrip("0") or "0", found[3] or ""
    if len(whole) > _WHOLE:
        raise _refuse(N_("This number is too large."))
    places = _places(field)
    most = _PLACES if places is None else places
    if len(part) > most:
        raise _refuse(N_("At most {most} decimal places may stand here."), most=most)
    value = Decimal(f"{'-' if sign == '-' else ''}{whole}.{part or '0'}")
    return decimal(value, len(part) if places is None else places)


def _without_unit(field: Field, text: str) -> str:
    """The figure without the unit or currency that some write beside it."""
    units = [field.unit] if isinstance(field.unit, str) else list(field.unit.values())
    if field.type is Type.MONEY:
        units += [field.currency, "元", "¥", "RMB", "CNY"]
    for unit in units:
        plain = unicodedata.normalize("NFKC", unit)
        if plain and text.endswith(plain):
            return text.removesuffix(plain).strip()
        if plain and field.type is Type.MONEY and text.startswith(plain):
            return text.removeprefix(plain).strip()
    return text


def _day(plain: str) -> date:
    found = _DATE.fullmatch(plain)
    if found is None:
        raise _refuse(N_("“{written}” is no date; write for example 2026-11-28."), written=plain)
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        read = date(year, month, day)
    except ValueError as fault:
        raise _refuse(N_("There is no such day in the calendar: {written}."), written=plain) from fault
    if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
        facts = {"first": _FIRST_YEAR, "last": _LAST_YEAR}
        raise _refuse(N_("The year lies between {first} and {last}."), **facts)
    return read


def _date(field: Field, plain: str) -> str:  # noqa: ARG001 - all readers take the same
    return _day(plain.replace(" ", "")).isoformat()


def _instant(plain: str, zone: tzinfo) -> str:
    """An instant; without a zone of its own it is meant in the zone of the organisation (law 16)."""
    parts = re.fullmatch(r"(\S+?)(?:T| +|(?<=日))([0-9].*)", plain, re.ASCII)
    hour = _HOUR.fullmatch(parts[2]) if parts else None
    if parts is None or hour is None:
        raise _refuse(
            N_("“{written}” is no date with a time; write for example 2026-11-28 14:30."), written=plain
        )
    day = _day(parts[1])
    try:
        local = datetime(
            day.year,
            day.month,
            day.day,
            int(hour[1]),
            int(hour[2] or hour[4] or 0),
            int(hour[3] or 0),
            tzinfo=_offset(hour[5]) or zone,
        )
    except ValueError as fault:
        raise _refuse(N_("There is no such time of the day: {written}."), written=plain) from fault
    instant = local.astimezone(UTC)
    if instant.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise _refuse(N_("There is no such time of the day: {written}."), written=plain)
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def _offset(written: str | None) -> tzinfo | None:
    if written is None or written == "Z":
        return UTC if written else None
    length = timedelta(hours=int(written[1:3]), minutes=int(written[4:6]))
    return timezone(-length if written[0] == "-" else length)


def _truth(field: Field, plain: str) -> bool:  # noqa: ARG001 - all readers take the same
    if plain.lower() in _YES | _NO:
        return plain.lower() in _YES
    raise _refuse(N_("Answer yes or no here."))


def _choice(field: Field, plain: str) -> str:
    if field.options_from is not None:
        return plain
    for option in field.options:
        labels = [option.label] if isinstance(option.label, str) else [*option.label.values()]
        if plain in {unicodedata.normalize("NFKC", word) for word in (option.value, *labels)}:
            return option.value
    raise _refuse(N_("“{written}” is none of the choices."), written=plain)


def _choices(field: Field, sent: Sequence[str]) -> list[str] | None:
    """The values chosen, each once, in the order in which the form offers them."""
    parts = [part for text in sent for part in _SEPARATORS.split(_clean(text))]
    plain = [unicodedata.normalize("NFKC", part).strip() for part in parts]
    if any(len(part) > _SHORT for part in plain) or len(plain) > _SHORT:
        raise _refuse(N_("These are too many choices."))
    chosen = {_choice(field, part) for part in plain if part}
    if field.options_from is not None:
        return sorted(chosen) or None
    return [option.value for option in field.options if option.value in chosen] or None


def _clause(field: Field, plain: str) -> str:  # noqa: ARG001 - all readers take the same
    found = _CLAUSE.fullmatch(plain)
    if found is None:
        raise _refuse(N_("“{written}” names no clause; write for example CP-12 §5.3."), written=plain)
    return f"{found[1]} §{found[2]}"


def _word(field: Field, plain: str) -> str:  # noqa: ARG001 - all readers take the same
    if len(plain.split()) > 1:
        raise _refuse(
            N_("“{written}” is no number or name of the register; choose it from the list."), written=plain
        )
    return plain


_READERS: Final[Mapping[Type, Callable[[Field, str], Any]]] = {
    Type.NUMBER: _number,
    Type.MONEY: _number,
    Type.DATE: _date,
    Type.CHOICE: _choice,
    Type.YES_NO: _truth,
    Type.PERSON: _word,
    Type.DEPARTMENT: _word,
    Type.PARTY: _word,
    Type.DOCUMENT: _word,
    Type.CLAUSE: _clause,
    Type.RECORD: _word,
}
READ: Final = frozenset({*_READERS, Type.TEXT, Type.LONG_TEXT, Type.INSTANT, Type.MULTIPLE_CHOICE})
"""The types that are typed or chosen; files and signatures are given, tables have cells."""
