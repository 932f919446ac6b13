"""Views, cells and periods in words, for pages, files and the trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qms import records
from qms.forms import Type, spoken
from qms.kernel.labels import N_, listed, say
from qms.records import State
from qms.registers.models import Bearer, Mark

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from qms.registers.columns import Column
    from qms.registers.looking import Shown
    from qms.registers.views import Filter, View

SENTENCES: Final[Mapping[str, str]] = {
    "register:code:change": N_("Information codes changed with {ref}: {told}."),
    "register:view:save": N_("{actor} kept the view {name} of {ref}."),
    "register:view:drop": N_("{actor} dropped the view {old_name} of {ref}."),
    "register:export": N_("{actor} exported {rows} rows of {ref} as {format}: {words}."),
    "register:export:ask": N_("{actor} asked for a large export of {ref} as {format}."),
    "register:rebuild": N_("{actor} filled {rows} rows of {ref} anew: {why}"),
}
STATES: Final = {state.value: text for state, text in records.STATES.items() if state is not State.DRAFT}
"""The states of records by their values, called as they are on the pages of records."""
MARKS: Final = {
    Mark.SEALED: N_("sealed"),
    Mark.FAULTY: N_("could not be computed"),
    Mark.EARLIER: N_("filed before this column"),
}
BEARERS: Final = {Bearer.COLUMN: N_("column"), Bearer.FIELD: N_("field")}
OPS: Final = {
    "is": N_("{column} is {value}"),
    "has": N_("{column} contains “{value}”"),
    "starts": N_("{column} begins with “{value}”"),
    "from": N_("{column} from {value}"),
    "to": N_("{column} up to {value}"),
}
_PLACES: Final = 2
Names = Mapping[tuple[Type, str], str]


def in_words(view: View, columns: Sequence[Column], language: str, names: Names) -> list[str]:
    """Everything a view narrows, one sentence each; `names` calls people and departments."""
    return list(_words(view, {column.id: column for column in columns}, language, names))


def _words(view: View, known: Mapping[str, Column], language: str, names: Names) -> Iterator[str]:
    if view.since:
        yield say(N_("filed from {day}"), language, day=view.since.isoformat())
    if view.until:
        yield say(N_("filed up to {day}"), language, day=view.until.isoformat())
    if view.state:
        yield say(N_("state: {state}"), language, state=say(STATES.get(view.state, view.state), language))
    if view.department:
        name = names.get((Type.DEPARTMENT, view.department), view.department)
        yield say(N_("department: {department}"), language, department=name)
    if view.form:
        yield say(N_("form: {form}"), language, form=view.form)
    for each in view.filters:
        if each.column in known:
            yield _filter(known[each.column], each, language, names)


def _filter(column: Column, asked: Filter, language: str, names: Names) -> str:
    value = names.get((column.type, asked.value)) or option(column, asked.value, language)
    return say(OPS[asked.op], language, column=spoken(column.label, language), value=value)


def option(column: Column, value: Any, language: str) -> str:
    """The words of a choice or of yes and no; any other value as it is."""
    if column.type is Type.YES_NO:
        return say(N_("yes") if value in {True, "true"} else N_("no"), language)
    label = next((each.label for each in column.options if each.value == value), None)
    return str(value) if label is None else spoken(label, language)


def figure(column: Column, value: Decimal) -> str:
    """A number with its thousands, money with two places."""
    return _figurer(column)(value)


def _figurer(column: Column) -> Callable[[Decimal], str]:
    """How the numbers of a column read."""
    places = _PLACES if column.type is Type.MONEY else column.places
    if places is None:
        return _number
    spec = f",.{places}f"
    return lambda value: format(value, spec)


def _number(value: Decimal) -> str:
    said = format(value, ",f")
    return said.rstrip("0").rstrip(".") if "." in said else said


def teller(column: Column, language: str, zone: ZoneInfo, names: Names) -> Callable[[Shown], str]:
    """How a column's cells read: their values, or why there is none; made ready once for all its cells."""
    write = _writer(column, language, zone, names)

    def tell(shown: Shown) -> str:
        if isinstance(shown, Mark):
            return say(MARKS[shown], language)
        return write(shown[0]) if len(shown) == 1 else listed(map(write, shown), language)

    return tell


def _writer(column: Column, language: str, zone: ZoneInfo, names: Names) -> Callable[[Any], str]:
    """How one value reads: figures, days and instants, names, the words of options, the rest as it is."""
    kind = column.type
    figured = _figurer(column)
    labels = {each.value: spoken(each.label, language) for each in reversed(column.options)}
    is_named = kind is not Type.YES_NO

    def write(value: Any) -> str:
        if isinstance(value, str) and is_named:
            return names.get((kind, value)) or labels.get(value, value)
        if isinstance(value, Decimal):
            return figured(value)
        if isinstance(value, datetime):
            return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        return value.isoformat() if isinstance(value, date) else option(column, value, language)

    return write
