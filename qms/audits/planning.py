"""Pure rules: a plan begun with the questions that documents in force give to ask (AUD-04)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qms.forms import Bound


@dataclass(frozen=True, slots=True)
class Question:
    """What to look at, in which document and at which of its clauses, and when it passes."""

    item: str
    document: str
    clause: str = ""
    standard: str = ""


_PARTS: Final = (
    ("item", "item"),
    ("document", "item-document"),
    ("clause", "item-clause"),
    ("standard", "item-standard"),
)


def distinct(questions: Iterable[Question]) -> list[Question]:
    """The questions in their order, those asked in the same words told apart by their number.

    Answers are held against questions by their words, so that no two may be the same.
    """
    seen: dict[str, int] = {}
    found = []
    for each in questions:
        seen[each.item] = seen.get(each.item, 0) + 1
        count = seen[each.item]
        found.append(each if count == 1 else replace(each, item=f"{each.item} ({count})"))
    return found


def first_answers(bound: Bound, departments: Sequence[str], questions: Sequence[Question]) -> dict[str, Any]:
    """The answers of a plan as far as places, documents and questions give them, by the form's own fields."""
    places = next(iter(bound.several["departments"]))
    documents = dict.fromkeys(each.document for each in questions)
    table, _, column = bound.one["criterion"].partition(".")
    return {
        **_rows(places, departments),
        table: [{column: each} for each in documents],
        bound.one["item"].partition(".")[0]: [_row(bound, each) for each in questions],
    }


def _rows(field: str, values: Sequence[str]) -> dict[str, Any]:
    table, dot, column = field.partition(".")
    return {table: [{column: each} for each in values] if dot else next(iter(values), None)}


def _row(bound: Bound, question: Question) -> dict[str, str]:
    written = {part: str(getattr(question, name)) for name, part in _PARTS if part in bound.one}
    return {bound.one[part].partition(".")[2]: text for part, text in written.items() if text}
