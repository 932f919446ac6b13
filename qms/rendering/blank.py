"""Blank forms and registers as printed: what a forms slice describes becomes safe HTML; pure.

The words arrive ready in the language of the sheet; here is only where they stand on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from qms.kernel.labels import say
from qms.rendering.columns import measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONG: Final = frozenset({"long-text", "table", "file", "photo", "multiple-choice"})
_HALF: Final = 20.0
_MOST: Final = 14
_FEW: Final = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a register or of a table inside a form."""

    label: str
    kind: str = "text"
    hint: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in: its label, its kind (`text`, `choice`, `table` ...), and help for the writer."""

    label: str
    kind: str = "text"
    required: bool = False
    options: tuple[str, ...] = ()
    hint: str = ""
    unit: str = ""
    code: str = ""
    columns: tuple[Column, ...] = ()
    rows: int = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one title."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Who signs, by when, and whether an opinion is written."""

    label: str
    by: str = ""
    within: str = ""
    opinion: bool = False


def blank_form(groups: Sequence[Group], steps: Sequence[Step], language: str) -> str:
    """A blank form: tinted labels, room for answers in ink, one signature row for each step."""
    parts = [_group(group, language) for group in groups]
    if steps:
        parts.append(_steps(steps, language))
    return "\n".join(parts)


def blank_register(columns: Sequence[Column], rows: int, language: str) -> str:
    """An empty register; more columns than a landscape page bears go to a second table.

    The second table repeats the first column, so that its lines can be told apart.
    """
    shares = [columns]
    if len(columns) > _MOST:
        half = -(-(len(columns) + 1) // 2)
        shares = [columns[:half], (columns[0], *columns[half:])]
    return "\n".join(_register(share, rows, language, count) for count, share in enumerate(shares))


def _register(columns: Sequence[Column], rows: int, language: str, count: int) -> str:
    number = say("No.", language)
    shown = columns[1:] if columns[0].label == number else columns
    head = "".join(f'<th scope="col">{_label(column.label)}</th>' for column in shown)
    wide = "".join(f'<col class="w-{percent}">' for percent in _widths(shown))
    title = f'<p class="hint">{escape(say("Continued", language))}</p>' if count else ""
    return (
        f'{title}<table class="register"><colgroup><col class="w-4">{wide}</colgroup>'
        f'<thead><tr><th scope="col">{escape(number)}</th>{head}</tr></thead>'
        f"<tbody>{_blank_rows(rows, len(shown))}</tbody></table>"
    )


def _blank_rows(rows: int, columns: int) -> str:
    cells = "<td></td>" * columns
    return "".join(f'<tr class="blank"><td class="center">{row + 1}</td>{cells}</tr>' for row in range(rows))


def _widths(columns: Sequence[Column]) -> list[int]:
    weight = {"long-text": 2.4, "text": 1.5, "party": 1.5, "document": 1.3, "date": 1.05}
    parts = [max(weight.get(column.kind, 1.0), min(measure(column.label), 6.0) / 5) for column in columns]
    return [max(int(96 * part / sum(parts)), 1) for part in parts]


def _group(group: Group, language: str) -> str:
    rows = list(_lines(group.fields, language))
    lines = "".join(rows)
    small = " small" if len(rows) <= _FEW else ""
    tables = "".join(_inner(item, language) for item in group.fields if item.kind == "table")
    title = f'<tr class="part"><th colspan="4" scope="colgroup">{escape(group.title)}</th></tr>'
    head = f"<thead>{title}</thead>" if group.title and lines else ""
    inside = lines or (title if group.title else "")
    if not inside:
        return tables
    columns = '<colgroup><col class="w-17"><col class="w-33"><col class="w-17"><col class="w-33"></colgroup>'
    return f'<table class="form{small}">{columns}{head}<tbody>{inside}</tbody></table>{tables}'


def _lines(fields: Sequence[Field], language: str) -> Iterator[str]:
    """Rows of a form: two short fields share one, a long one has its own."""
    waiting: Field | None = None
    for item in fields:
        if item.kind == "table":
            continue
        if _long(item):
            if waiting:
                yield f"<tr>{_cells(waiting, language, 3)}</tr>"
                waiting = None
            yield f"<tr>{_cells(item, language, 3)}</tr>"
        elif waiting:
            yield f"<tr>{_cells(waiting, language, 1)}{_cells(item, language, 1)}</tr>"
            waiting = None
        else:
            waiting = item
    if waiting:
        yield f"<tr>{_cells(waiting, language, 3)}</tr>"


def _long(item: Field) -> bool:
    options = sum(measure(option) + 2.5 for option in item.options)
    return item.kind in _LONG or options > _HALF or measure(item.hint) > _HALF * 1.5


def _cells(item: Field, language: str, span: int) -> str:
    tall = " tall" if item.kind in {"long-text", "photo"} else ""
    whole = f' colspan="{span}"' if span > 1 else ""
    return (
        f'<th class="label" scope="row">{_label(item.label)}{_must(item, language)}{_code(item)}</th>'
        f'<td class="answer{tall}"{whole}>{_answer(item, language)}</td>'
    )


def _label(text: str) -> str:
    return f'<span class="word">{escape(text)}</span>'


def _must(item: Field, language: str) -> str:
    return f' <span class="must">{escape(say("required", language))}</span>' if item.required else ""


def _code(item: Field) -> str:
    return f' <span class="code">{escape(item.code)}</span>' if item.code else ""


def _answer(item: Field, language: str) -> str:
    parts: list[str] = []
    options = item.options
    if item.kind == "yes-no":
        options = (say("Yes", language), say("No", language))
    if options:
        parts.append("\u3000 ".join(f'<span class="box">□ {escape(option)}</span>' for option in options))
    elif item.kind == "date":
        parts.append(f'<span class="rule">{escape(say("Year ____ month __ day __", language))}</span>')
    if item.unit:
        parts.append(f'<span class="unit">{escape(item.unit)}</span>')
    if item.hint:
        parts.append(f'<p class="hint">{escape(item.hint)}</p>')
    return "".join(parts)


def _inner(item: Field, language: str) -> str:
    """A table inside a form, full width, with its label as its first row."""
    count = len(item.columns) + 1
    hint = f' <span class="unit">{escape(item.hint)}</span>' if item.hint else ""
    words = f"{_label(item.label)}{_must(item, language)}{hint}"
    title = f'<tr class="part"><th colspan="{count}" scope="colgroup">{words}</th></tr>'
    number = f'<th scope="col">{escape(say("No.", language))}</th>'
    head = "".join(
        f'<th scope="col">{_label(column.label)}{_row_options(column)}</th>' for column in item.columns
    )
    wide = "".join(f'<col class="w-{max(percent - 1, 1)}">' for percent in _widths(item.columns))
    return (
        f'<table class="grid"><colgroup><col class="w-6">{wide}</colgroup>'
        f"<thead>{title}<tr>{number}{head}</tr></thead>"
        f"<tbody>{_blank_rows(item.rows, len(item.columns))}</tbody></table>"
    )


def _row_options(column: Column) -> str:
    if not column.options or len(column.options) > _FEW:
        return ""
    return f' <span class="unit">{escape(" / ".join(column.options))}</span>'


def _steps(steps: Sequence[Step], language: str) -> str:
    heads = "".join(
        f'<th scope="col">{escape(say(text, language))}</th>'
        for text in ("Step", "Opinion", "Signature", "Date and time")
    )
    rows = "".join(_step(step) for step in steps)
    columns = '<colgroup><col class="w-24"><col class="w-40"><col class="w-18"><col class="w-18"></colgroup>'
    title = escape(say("Steps and signatures", language))
    return (
        f'<table class="signatures">{columns}'
        f'<thead><tr class="part"><th colspan="4" scope="colgroup">{title}</th></tr>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _step(step: Step) -> str:
    who = " · ".join(part for part in (step.by, step.within) if part)
    hint = f'<p class="hint">{escape(who)}</p>' if who else ""
    opinion = "" if step.opinion else "—"
    return (
        f'<tr><th class="label" scope="row">{_label(step.label)}{hint}</th>'
        f'<td class="signature">{opinion}</td><td class="signature"></td><td class="signature"></td></tr>'
    )
