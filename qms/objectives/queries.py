"""Objectives as readers get them: where each stands, its parts, its forecast, its history, its checks."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from qms import accounts, records
from qms.kernel.ports import Secrecy
from qms.objectives import checking, errors, forecast, known, results, rules
from qms.objectives.models import Objective, ObjectiveCheck, State
from qms.objectives.results import Result, Status
from qms.objectives.rules import CheckLevel, Grade
from qms.objectives.seasons import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qms.kernel.work import Work
    from qms.objectives.forecast import Forecast
    from qms.objectives.known import Version
    from qms.objectives.results import Total
    from qms.objectives.rules import Direction, Unit

LISTED = (State.PROPOSED, State.SET, State.ENDED)


@dataclass(frozen=True, slots=True)
class Point:
    """One part of the period: `record` is the check that told its result."""

    span: Span
    label: str
    target: Decimal | None
    actual: Decimal | None
    status: Status
    record: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An objective and how it stands; `status` is None while it is proposed, or after it has ended."""

    record: str
    code: str
    name: str
    family: str
    level: Grade
    parent: str | None
    department: str
    owner: str
    indicator: str
    source: str
    unit: Unit
    direction: Direction
    from_on: date
    until_on: date
    state: State
    ended_on: date | None
    target: Decimal | None
    points: tuple[Point, ...]
    so_far: Total
    forecasts: tuple[Forecast, ...]
    status: Status | None

    @property
    def adds_up(self) -> bool:
        """Whether results add up over the year."""
        return rules.adds_up(self.unit)


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of an objective."""

    record: str
    level: CheckLevel
    by_self: bool
    span: Span
    target: Decimal | None
    actual: Decimal | None
    achieved: bool | None
    score: Decimal | None
    planned: Decimal | None
    done: Decimal | None
    corrective_action: str | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Score:
    """What the checks of a level come to: the mean of weekly scores, or good items of all items (R33)."""

    level: CheckLevel
    score: Decimal
    checks: int


def listing(
    work: Work, year: int, *, department: str = "", level: str = "", status: str = ""
) -> list[Standing]:
    """The objectives whose period touches the year and whose records exist for who asks, from the top."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    query = select(Objective).where(
        Objective.state.in_(LISTED), Objective.until_on >= first, Objective.from_on <= last
    )
    if department:
        query = query.where(Objective.department == department)
    if level:
        query = query.where(Objective.level == level)
    rows = work.session.scalars(query.order_by(Objective.code, Objective.id)).all()
    told = _standings(work, _visible(work, rows))
    return [each for each in told if not status or each.status == status]


def one(work: Work, number: str) -> Standing:
    """One objective; the checks behind its results are named as far as they exist for who asks."""
    found = _standings(work, [_seen(work, number)])[0]
    hidden = records.unseen(work, (each.record for each in found.points if each.record))
    points = tuple(
        dataclasses.replace(each, record="") if each.record in hidden else each for each in found.points
    )
    return dataclasses.replace(found, points=points)


def family_of(work: Work, number: str) -> tuple[Standing | None, list[Standing]]:
    """The objective above one, and those that arise from it, as far as they exist for who asks."""
    row = _seen(work, number)
    query = select(Objective).where(Objective.state.in_(LISTED))
    below = work.session.scalars(query.where(Objective.parent == row.record).order_by(Objective.code)).all()
    above = None if row.parent is None else known.objective(work.session, row.parent)
    found = _standings(work, _visible(work, [*below, *([] if above is None else [above])]))
    named = {each.record: each for each in found}
    return named.pop(row.parent or "", None), list(named.values())


def history(work: Work, number: str) -> list[Version]:
    """Every version of its targets, the first one first; none while it is proposed."""
    row = _seen(work, number)
    return known.versions(work.session, [row.id]).get(row.id, [])


def checks(work: Work, number: str) -> list[Checked]:
    """Every check of an objective whose record exists for who asks, the last one first."""
    row = _seen(work, number)
    query = select(ObjectiveCheck).where(ObjectiveCheck.objective_id == row.id)
    rows = work.session.scalars(query.order_by(ObjectiveCheck.from_on.desc(), ObjectiveCheck.id.desc())).all()
    hidden = records.unseen(work, (each.record for each in rows))
    return [_checked(each) for each in rows if each.record not in hidden]


def scores(found: Sequence[Checked]) -> list[Score]:
    """What weekly and daily checks come to: self-checks and checks without items say nothing (5.5.5).

    A week counts as one, however many items it had; of days the good items of all items are told.
    """
    asked = [each for each in found if each.stands and not each.by_self]
    weeks = [each.score for each in asked if each.level is CheckLevel.WEEK and each.score is not None]
    days = [
        (each.done, each.planned)
        for each in asked
        if each.level in {CheckLevel.DAY, CheckLevel.RANDOM} and each.planned and each.done is not None
    ]
    told = []
    if weeks:
        told.append(Score(CheckLevel.WEEK, sum(weeks, Decimal(0)) / len(weeks), len(weeks)))
    if days:
        good, items = (sum(each, Decimal(0)) for each in zip(*days, strict=True))
        told.append(Score(CheckLevel.DAY, good / items * 100, len(days)))
    return told


def years(work: Work) -> list[int]:
    """The years that have objectives, the last one first."""
    query = select(Objective.from_on, Objective.until_on).where(Objective.state.in_(LISTED)).distinct()
    found = {work.today.year}
    for first, last in work.session.execute(query):
        found.update(range(first.year, last.year + 1))
    return sorted(found, reverse=True)


def earlier(work: Work, number: str) -> list[list[Decimal]]:
    """The results by part of earlier objectives of the same number, whole years only, for a proposal."""
    row = _seen(work, number)
    query = select(Objective).where(
        Objective.code == row.code,
        Objective.until_on < row.from_on,
        Objective.state.in_((State.SET, State.ENDED)),
    )
    told = _standings(work, _visible(work, work.session.scalars(query.order_by(Objective.from_on)).all()))
    return [
        [each.actual for each in one.points if each.actual is not None]
        for one in told
        if all(each.actual is not None for each in one.points)
    ]


def measured_by(work: Work, numbers: Iterable[str]) -> list[Standing]:
    """The objectives in force or to come whose source of data names one of these documents (R42)."""
    named = [Objective.source.contains(number, autoescape=True) for number in sorted(set(numbers))]
    if not named:
        return []
    query = select(Objective).where(
        Objective.state == State.SET, Objective.until_on >= work.today, or_(*named)
    )
    rows = work.session.scalars(query.order_by(Objective.code, Objective.id)).all()
    return _standings(work, _visible(work, rows))


def _seen(work: Work, number: str) -> Objective:
    row = known.objective(work.session, number)
    if row is None or row.state is State.VOID or not _visible(work, [row]):
        raise errors.NoSuchObjective(number=number)
    return row


class PublishedObjectives:
    """The port `published`: records that may be named by those to whom they were published (R37)."""

    def shows(self, work: Work, record: str) -> bool:
        """Whether a record is an objective that was published to who asks."""
        row = known.objective(work.session, record)
        return row is not None and is_published(work, row)


def is_published(work: Work, row: Objective) -> bool:
    """Whether an objective was published to who asks: once set, to its department and all below (R37, R40).

    What one person is to reach stays with those who may see its record.
    """
    rights = work.rights
    return (
        row.state in {State.SET, State.ENDED}
        and row.level is not Grade.PERSON
        and row.department in rights.departments
        and rights.secrecy >= Secrecy.INTERNAL
        and records.may_read(rights)
    )


def _visible(work: Work, rows: Sequence[Objective]) -> list[Objective]:
    hidden = records.unseen(work, (row.record for row in rows if not is_published(work, row)))
    return [row for row in rows if row.record not in hidden]


def _standings(work: Work, rows: Sequence[Objective]) -> list[Standing]:
    ids = [row.id for row in rows]
    versions = known.versions(work.session, ids)
    monthly = checking.monthly(work.session, ids)
    names = accounts.called(work.session, (row.owner for row in rows))
    return [
        _standing(row, versions.get(row.id, []), monthly.get(row.id, []), names, work.today) for row in rows
    ]


def _standing(
    row: Objective,
    told: list[Version],
    monthly: Sequence[ObjectiveCheck],
    names: dict[str, str],
    today: date,
) -> Standing:
    points = _points(row, told, monthly, today)
    parts = [Result(each.span, each.target, each.actual) for each in points]
    adds_up = rules.adds_up(row.unit)
    forecasts = _forecasts(parts, told, adds_up=adds_up)
    status = None
    if row.state is State.SET:
        middle = forecasts[-1].middle if forecasts else None
        target = told[-1].target
        status = results.of_whole(parts, target, row.direction, today, adds_up=adds_up, forecast=middle)
    return Standing(
        record=row.record,
        code=row.code,
        name=row.name,
        family=row.family,
        level=row.level,
        parent=row.parent,
        department=row.department,
        owner=names.get(row.owner, row.owner),
        indicator=row.indicator,
        source=row.source,
        unit=row.unit,
        direction=row.direction,
        from_on=row.from_on,
        until_on=row.until_on,
        state=row.state,
        ended_on=row.ended_on,
        target=told[-1].target if told else None,
        points=points,
        so_far=results.total(parts, today, adds_up=adds_up),
        forecasts=forecasts,
        status=status,
    )


def _points(
    row: Objective, told: list[Version], monthly: Sequence[ObjectiveCheck], today: date
) -> tuple[Point, ...]:
    if not told:
        return ()
    parts = known.spans(row, told)
    checked = {each.from_on: each for each in monthly}
    labels = next(([part.label for part in each.parts] for each in told if each.parts), [])
    found = []
    for at, (span, target) in enumerate(zip(parts, known.targets(row, told, parts), strict=True)):
        if row.ended_on is not None and span.first >= row.ended_on:
            break  # nothing is owed of what began after the end
        check = checked.get(span.first)
        actual = None if check is None or check.actual is None else Decimal(check.actual)
        status = results.of_part(Result(span, target, actual), row.direction, today)
        label = labels[at] if at < len(labels) and labels[at] else f"{span.first:%Y-%m}"
        found.append(Point(span, label, target, actual, status, "" if check is None else check.record))
    return tuple(found)


def _forecasts(parts: Sequence[Result], told: Sequence[Version], *, adds_up: bool) -> tuple[Forecast, ...]:
    """By the line, and by the preset distribution: the weights of the split, or the targets of rates."""
    actuals = [each.actual for each in parts]
    if not parts or all(each is not None for each in actuals):
        return ()
    weights = [each.weight or Decimal(0) for each in told[-1].parts]
    if not adds_up:
        weights = [each.target or Decimal(0) for each in parts]
    tried = (
        forecast.by_line(actuals, adds_up=adds_up),
        forecast.by_season(actuals, weights, adds_up=adds_up),
    )
    return tuple(each for each in tried if each is not None)


def _checked(row: ObjectiveCheck) -> Checked:
    return Checked(
        record=row.record,
        level=row.level,
        by_self=row.by_self,
        span=Span(row.from_on, row.until_on),
        target=_figure(row.target),
        actual=_figure(row.actual),
        achieved=row.achieved,
        score=_figure(row.score),
        planned=_figure(row.planned),
        done=_figure(row.done),
        corrective_action=row.corrective_action,
        stands=row.stands,
    )


def _figure(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
