"""Acts on people and places, each a small form on a page of its own: one thing a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from qms.http.edge import NothingToSee, act, look, page
from qms.http.forms import Form
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

    Choices = list[tuple[str, str]]

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `choices` make it a choice, `day` a day that starts as today unless it is optional."""

    name: str
    label: str
    help: str = ""
    needed: bool = True
    day: bool = False
    choices: Callable[[Work, int], Choices] | None = None
    empty: str | None = None
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One act: what it is called, the permission it needs, its fields, and what it does.

    `do` gives a password that is shown once, or None. With no permission it is everybody's own.
    """

    title: str
    button: str
    done: str
    do: Callable[[Work, Form, int], str | None]
    fields: tuple[Field, ...] = ()
    permission: str | None = None
    lead: str = ""
    danger: bool = False


def only(work: Work, *permissions: str) -> None:
    """Hide a page from those who hold none of these permissions."""
    if not any(work.rights.may(each) for each in permissions):
        raise NothingToSee


def shown(one: Act, form: Form, about: int, back: str, name: str = "") -> ResponseReturnValue:
    """The page of an act, with what was typed and what is wrong with it."""
    work = look()
    if one.permission:
        only(work, one.permission)
    choices = {each.name: each.choices(work, about) for each in one.fields if each.choices}
    body = page("people/act.html", act=one, form=form, choices=choices, back=back, name=name)
    return body, form.status


def started(one: Act, today: date) -> Form:
    """The empty form of an act."""
    return Form(**{each.name: today.isoformat() for each in one.fields if each.day and each.needed})


def done(one: Act, form: Form, about: int) -> str | None:
    """Read the fields, then act in one writing Work; refusals come out for `form.catch`."""
    for each in one.fields:
        if each.day:
            form.maybe_day(each.name, needed=each.needed)
        elif each.needed:
            form.text(each.name)
    form.check()
    with act() as work:
        return one.do(work, form, about)


def after(day: date | None) -> date | None:
    """The first day without, from the last day that a person names."""
    return None if day is None else day + DAY


FROM: Final = Field("from", N_("First day"), day=True)
LAST: Final = Field("until", N_("Last day"), day=True)
LAST_IF_ANY: Final = Field(
    "until", N_("Last day"), N_("Leave empty while no end is known."), needed=False, day=True
)
WHY: Final = Field("why", N_("Reason"), N_("It stands in the trail for ever."))
