"""Beginning a check or a revision of an objective with what is known of it filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import accounts, records
from qms.objectives import errors, queries, rules
from qms.objectives.models import State
from qms.objectives.results import Status
from qms.objectives.rules import CheckLevel, Grade, Kind

if TYPE_CHECKING:
    from qms.forms import Binding, Bound
    from qms.kernel.work import Work
    from qms.objectives.queries import Point, Standing
    from qms.records import Record


def begin_check(work: Work, number: str) -> Record:
    """A monthly check of the first part that is over without a result, else of the one under way."""
    found = _set(work, number)
    point = _next(found)
    form, bound = _form(work, rules.CHECK)
    known: dict[str, Any] = {
        "objective": found.record,
        "level": CheckLevel.MONTH.value,
        "self": False,
        "from": point.span.first.isoformat(),
        "until": point.span.last.isoformat(),
        "target": None if point.target is None else f"{point.target:f}",
    }
    more = {"department": found.department}
    return records.begin(work, form, values=_values(work, form, bound, known, more))


def begin_revision(work: Work, number: str) -> Record:
    """A revision of an objective that is set, from its target in force."""
    found = _set(work, number)
    form, bound = _form(work, rules.REVISION)
    known: dict[str, Any] = {
        "objective": found.record,
        "kind": Kind.CHANGE.value,
        "level": found.level.value,
        "department": found.department,
        "old-target": f"{found.target:f}",
    }
    return records.begin(work, form, values=_values(work, form, bound, known, {"objective_name": found.name}))


def begin_below(work: Work, number: str) -> Record:
    """An objective that arises from one, for the department of who acts and the same period (R30)."""
    found = _set(work, number)
    form, bound = _form(work, rules.OBJECTIVE)
    own = accounts.departments_of(work.session, work.rights.person_id or 0, work.today)
    below = Grade.DEPARTMENT if found.level is Grade.CENTRE else Grade.PERSON
    known: dict[str, Any] = {
        "level": below.value,
        "parent": found.record,
        "department": found.department if below is Grade.PERSON else next(iter(own), None),
        "indicator": found.indicator,
        "unit": found.unit.value,
        "source": found.source,
        "direction": found.direction.value,
        "from": found.from_on.isoformat(),
        "until": found.until_on.isoformat(),
    }
    return records.begin(work, form, values=_values(work, form, bound, known, {"family": found.family}))


def _set(work: Work, number: str) -> Standing:
    found = queries.one(work, number)
    if found.state is not State.SET:
        raise errors.ObjectiveNotSet(objective=number, day=work.today)
    return found


def _next(found: Standing) -> Point:
    open_ones = [each for each in found.points if each.status in {Status.MISSING, Status.WAITING}]
    return (open_ones or list(found.points))[0]


def _form(work: Work, binding: Binding) -> tuple[str, Bound]:
    """The first form in force that declares the key and that who acts may fill in."""
    for each in records.fillable(work.session, work.rights, work.today):
        bound = binding.read(records.form_in_force(work, each.number).head)
        if bound is not None:
            return each.number, bound
    raise errors.FormMissing(key=binding.key)


def _values(
    work: Work, form: str, bound: Bound, known: dict[str, Any], more: dict[str, Any]
) -> dict[str, Any]:
    """What is known by the names of the form's fields; `more` where it has a field of that very name."""
    fields = {each.id for each in records.definition_of(records.form_in_force(work, form)).fields}
    given = {bound.one[part]: value for part, value in known.items() if part in bound.one}
    told = {name: value for name, value in more.items() if name in fields}
    return {name: value for name, value in {**told, **given}.items() if value is not None}
