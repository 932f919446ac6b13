"""Looking at registers: the list, the table, its count, its totals, what is published of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, request, url_for

from qms import parties, registers
from qms.forms import Type, spoken
from qms.http.edge import page, t
from qms.http.forms import Form
from qms.kernel.labels import N_
from qms.registers import PERIODS, Mark, naming, views, words
from qms.web.registers._pages import asked, pages, register_at, seen, unread
from qms.web.revisions import departments, page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from qms.kernel.work import Work
    from qms.registers import Column, Line, Register, View, looking

_DAY: Final = timedelta(days=1)
_INPUTS: Final = {"from": "date", "to": "date"}
_SIZES: Final = {"month": N_("by month"), "quarter": N_("by quarter"), "year": N_("by year")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the page writes it."""

    text: str
    is_figure: bool
    is_marked: bool
    label: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One condition of the view in words, with the address that takes it away."""

    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What the form of filters asks of one column: its conditions, and choices where it has some."""

    column: str
    label: str
    ops: tuple[str, ...]
    kind: str
    choices: tuple[tuple[str, str], ...]
    values: Mapping[str, str]
    type: str


@pages.get("/registers")
def listing() -> str:
    """The registers in force that the person may see, sub-registers under their masters."""
    work = seen()
    found = registers.registers(work.session, work.rights, work.today, work.language)
    known = {each.number for each in found}
    masters = [each for each in found if each.definition.part_of not in known]
    below = {each.number: [sub for sub in found if sub.definition.part_of == each.number] for each in found}
    return page("registers/list.html", masters=masters, below=below, departments=departments(work))


@pages.get("/registers/<number>")
def one(number: str) -> str:
    """One page of a register, as it is narrowed, sorted and cut by the reader."""
    work = seen()
    register = register_at(work, number)
    view = _view(work, register)
    shown = views.shown(view, register.columns)
    after = request.args.get("after", "")
    found = registers.page(work.session, work.rights, register, view, work.settings.zone_info, after=after)
    set_out = _told_once(view, shown, found.lines)
    return page(
        "registers/one.html",
        form=Form(),
        register=register,
        parts=_parts(work, register),
        view=view,
        shown=set_out,
        chosen={column.id for column in shown},
        rows=_rows(work, registers.reveal(work, found.lines, set_out), set_out),
        narrowed=_narrowed(work, register, view),
        unread=unread(work, register),
        asking=[_asking(work, column, view) for column in _asked_about(register, view, shown)],
        sortable=[(column.id, spoken(column.label, work.language)) for column in register.columns],
        figures=[column for column in register.columns if column.is_figure],
        states=words.STATES,
        departments=departments(work),
        own_departments=sorted(work.rights.departments),
        kept=registers.saved_views(work.session, work.rights, register),
        first=not after,
        further=_url(register, view, after=found.after) if found.after else None,
        here_view=views.address(view),
        url=lambda endpoint, **more: _url(register, view, endpoint, **more),
        page_of=page_of,
        spoken=lambda text: spoken(text, work.language),
        url_of_view=lambda kept: _url(register, views.kept(views.loaded(kept.view), register.columns)),
    )


def _view(work: Work, register: Register) -> View:
    kept = request.args.get("view", type=int)
    if kept is None:
        return asked(register)
    row = registers.saved_view(work.session, work.rights, register, kept)
    return views.kept(views.loaded(row.view), register.columns)


def _parts(work: Work, register: Register) -> list[registers.Register]:
    """The sub-registers of a master."""
    every = registers.registers(work.session, work.rights, work.today, work.language)
    return [each for each in every if each.definition.part_of == register.number]


def _url(register: Register, view: View, endpoint: str = "registers.one", **more: Any) -> str:
    parts: dict[str, Any] = {}
    for name, value in views.address(view):
        parts.setdefault(name, []).append(value)
    return url_for(endpoint, number=register.number, **parts, **more)


def _rows(
    work: Work, lines: Sequence[Line], shown: Sequence[Column]
) -> list[tuple[Line, str | None, list[Cell]]]:
    names = {**registers.making.names_of(work, lines, shown), **_parties(work, lines, shown)}
    writers = [(column.id, _writer(work, column, names)) for column in shown]
    empty = registers.looking.NO_CELL
    return [
        (line, _record(line.number), [write(line.cells.get(each, empty)) for each, write in writers])
        for line in lines
    ]


def _parties(work: Work, lines: Sequence[Line], shown: Sequence[Column]) -> naming.Names:
    """The parties of these lines by number and name, as far as the reader may see them (SEC-07)."""
    asked = [column.id for column in shown if column.type is Type.PARTY]
    empty = registers.looking.NO_CELL
    cells = [line.cells.get(name, empty) for line in lines for name in asked]
    numbers = (value for cell in cells if not isinstance(cell, Mark) for value in cell)
    known = parties.names(work.session, work.rights, numbers)
    return {(Type.PARTY, number): f"{number} {name}" for number, name in known.items()}


def _told_once(view: View, shown: Sequence[Column], lines: Sequence[Line]) -> list[Column]:
    """Without columns that hold the number that begins the line anyhow; asked for, they stay."""
    if view.columns:
        return list(shown)
    return [column for column in shown if column.type is not Type.RECORD or not _is_own(column, lines)]


def _is_own(column: Column, lines: Sequence[Line]) -> bool:
    empty = registers.looking.NO_CELL
    cells = [(line.number, line.cells.get(column.id, empty)) for line in lines]
    return bool(cells) and all(
        isinstance(cell, Mark) or not cell or cell[0] == number for number, cell in cells
    )


def _record(number: str) -> str | None:
    """The page of a record, where there is one."""
    there = "records.one" in current_app.view_functions
    return url_for("records.one", number=number) if there else None


def _writer(work: Work, column: Column, names: naming.Names) -> Callable[[looking.Shown], Cell]:
    """How the page writes the cells of a column."""
    tell = words.teller(column, work.language, work.settings.zone_info, names)
    is_figure = column.is_figure and column.type is not Type.YES_NO
    label = spoken(column.label, work.language)
    is_record = column.type is Type.RECORD

    def write(shown: looking.Shown) -> Cell:
        is_marked = isinstance(shown, Mark)
        url = _record(str(shown[0])) if is_record and shown and not is_marked else None
        return Cell(tell(shown), is_figure, is_marked, label, url)

    return write


def _narrowed(work: Work, register: Register, view: View) -> list[Narrowing]:
    """Each condition in words, beside the address without it."""
    found = []
    names = naming.asked(work.session, view, register.columns, work.language)
    for alone, without in _each(view):
        said = words.in_words(alone, register.columns, work.language, names)
        found += [Narrowing(text, _url(register, without)) for text in said]
    return found


def _each(view: View) -> list[tuple[View, View]]:
    """Every condition alone, and the view without it."""
    found = []
    for name in ("since", "until", "state", "department", "form"):
        value = getattr(view, name)
        if value:
            empty = None if isinstance(value, date) else ""
            found.append((views.only(**{name: value}), views.changed(view, **{name: empty})))
    for each in view.filters:
        others = tuple(other for other in view.filters if other is not each)
        found.append((views.only(filters=(each,)), views.changed(view, filters=others)))
    return found


_RARE: Final = "starts"
"""A condition that the address and the command line take, and the form leaves out for room."""


def _asked_about(register: Register, view: View, shown: Sequence[Column]) -> list[Column]:
    """The columns the form of filters has boxes for: those that are shown, and those that are filtered."""
    wanted = {column.id for column in shown} | {each.column for each in view.filters}
    return [column for column in register.columns if column.id in wanted]


def _asking(work: Work, column: Column, view: View) -> Asking:
    given = {each.op: each.value for each in view.filters if each.column == column.id}
    kind = {
        Type.DATE: "date",
        Type.INSTANT: "date",
        Type.NUMBER: "number",
        Type.MONEY: "number",
        Type.PERSON: "pick",
        Type.PARTY: "pick",
    }
    return Asking(
        column=column.id,
        label=spoken(column.label, work.language),
        ops=tuple(op for op in views.ops(column) if op != _RARE or op in given),
        kind=kind.get(column.type, "text"),
        choices=_choices(work, column),
        values=given,
        type=column.type.value,
    )


def _choices(work: Work, column: Column) -> tuple[tuple[str, str], ...]:
    if column.type is Type.YES_NO:
        return (("true", t(N_("yes"))), ("false", t(N_("no"))))
    if column.type is Type.DEPARTMENT:
        return tuple(sorted(departments(work).items(), key=lambda each: each[1]))
    return tuple((each.value, spoken(each.label, work.language)) for each in column.options)


@pages.get("/registers/<number>/count")
def count(number: str) -> str:
    """How many rows a view has, asked after the page has come; "more than 10 000" where it would cost."""
    work = seen()
    register = register_at(work, number)
    found = registers.count(work.session, work.rights, register, asked(register), work.settings.zone_info)
    if found is None:
        return t(N_("more than {count} records"), count=f"{registers.COUNTED:,}")
    return t(N_("{count} records"), count=f"{found:,}")


@pages.get("/registers/<number>/totals")
def totals(number: str) -> str:
    """What a view adds up to, by month, quarter or year."""
    work = seen()
    register = register_at(work, number)
    view = asked(register)
    size = request.args.get("size", "")
    size = size if size in PERIODS else "month"
    figures = [column for column in register.columns if column.is_figure]
    periods = registers.totals(
        work.session, work.rights, register, view, work.settings.zone_info, size=size, columns=figures
    )
    return page(
        "registers/totals.html",
        register=register,
        view=view,
        figures=figures,
        periods=periods,
        whole=registers.grand(periods),
        unread=unread(work, register),
        size=size,
        sizes=_SIZES,
        narrowed=_narrowed(work, register, view),
        figure=words.figure,
        url=lambda endpoint, **more: _url(register, view, endpoint, **more),
        spoken=lambda text: spoken(text, work.language),
        yes_no=Type.YES_NO,
    )


@pages.get("/registers/<number>/publication")
def publication(number: str) -> str:
    """What a register publishes of one day (R28), the day before today where none is asked."""
    work = seen()
    register = register_at(work, number)
    form = Form()
    day = work.today
    with form.catch():
        day = form.maybe_day("day") or work.today
        form.check()
    shown, found = registers.publication(
        work.session, work.rights, register, day, work.settings.zone_info,
        after=request.args.get("after", ""),
    )  # fmt: skip
    return page(
        "registers/publication.html",
        form=form,
        register=register,
        day=day,
        earlier=day - _DAY,
        later=day + _DAY if day < work.today else None,
        shown=shown,
        rows=_rows(work, found.lines, shown),
        after=found.after,
        departments=departments(work),
        states=words.STATES,
        spoken=lambda text: spoken(text, work.language),
    )
