"""Whom a step asks on a day, who of them may not act, and in whose name somebody does (R27, R60)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import accounts, forms
from qms.records import rows
from qms.records.errors import (
    ActedAlready,
    NobodyForStep,
    NotYourStep,
    PostsIncompatible,
    Recused,
)
from qms.records.models import RecordAct, RecordSeat, RecordStep, SeatKind
from qms.records.states import StepState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.forms import Step
    from qms.kernel.work import Work
    from qms.records.models import Record

Seat = tuple[SeatKind, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a step asks: its seats, how many must act, and the department the holders belong to."""

    seats: tuple[Seat, ...]
    needed: int
    department: str | None
    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name somebody acts, and with which post."""

    person: int
    standing_for: int | None
    post: str


def asked(session: Session, step: Step, values: Mapping[str, Any], record: Record, day: date) -> Asked:
    """Whom the step asks for these answers: by authority, by a field, the author, posts and roles."""
    by = forms.answers.seats_of(step, values)
    seats: list[Seat] = [(SeatKind.POST, code) for code in by.posts]
    seats += [(SeatKind.ROLE, code) for code in by.roles]
    if step.by_author:
        seats.append((SeatKind.PERSON, str(record.author_id)))
    if step.by_field and values.get(step.by_field):
        named = accounts.person_by_login(session, values[step.by_field])
        if named is not None:
            seats.append((SeatKind.PERSON, str(named.id)))
    place = values.get(step.of) if step.of else None
    held = {seat: holders(session, seat, place or record.department, place, day) for seat in seats}
    people = frozenset(person for each in held.values() for person in each)
    return Asked(tuple(seats), _needed(by.quorum, held), place, people)


def _needed(quorum: str | int | None, held: Mapping[Seat, frozenset[int]]) -> int:
    if isinstance(quorum, int):
        return quorum
    return max(1, sum(bool(each) for each in held.values())) if quorum == "all" else 1


def holders(session: Session, seat: Seat, where: str, only: str | None, day: date) -> frozenset[int]:
    """Who holds a seat on a day: of a role for the department `where`; `only` members of a department."""
    kind, code = seat
    if kind is SeatKind.PERSON:
        found = {int(code)}
    elif kind is SeatKind.POST:
        found = set(accounts.post_holders(session, code, day))
    else:
        found = set(accounts.role_holders(session, code, day, where))
    if only is not None and kind is not SeatKind.PERSON:
        found &= set(accounts.members(session, [only], day))
    return frozenset(found)


def spoken(seats: Sequence[Seat]) -> str:
    """The seats as people call them, by code."""
    return ", ".join(code for kind, code in seats if kind is not SeatKind.PERSON) or "-"


def refuse_stranger(work: Work, record: Record, step: Step, values: Mapping[str, Any]) -> None:
    """Refuse who is not asked by the step that files a record (P11-10g)."""
    found = asked(work.session, step, values, record, work.today)
    if record.author_id not in found.people:
        raise NotYourStep(step=step.label, record=rows.name(record), seats=spoken(found.seats))


def refuse_nobody(step: Step, found: Asked, form: str) -> None:
    """A record never goes to a step that too few people can take."""
    if len(found.people) < found.needed:
        seats = spoken(found.seats)
        raise NobodyForStep(step=step.label, form=form, seats=seats)


def voice(work: Work, record: Record, row: RecordStep, step: Step, standing_for: int | None) -> Voice:
    """In whose name the acting person acts in an open step; refused where nobody's (R27)."""
    person = rows.person_id(work)
    if standing_for is not None and standing_for not in accounts.acting_for(work.session, person, work.today):
        raise accounts.NotSubstitute(person=accounts.person(work.session, standing_for).name)
    for other in (person,) if standing_for is None else (standing_for,):
        post = _seated(work, record, row, other)
        if post is not None:
            return Voice(person, standing_for, post)
    asked_for = work.session.execute(
        select(RecordSeat.member, RecordSeat.code).where(RecordSeat.step_id == row.id)
    ).all()
    seats = spoken([(each.member, each.code) for each in asked_for])
    raise NotYourStep(step=step.label, record=rows.name(record), seats=seats)


def refuse_unasked(work: Work, record: Record, row: RecordStep, step: Step) -> None:
    """Refuse who sits in the open step neither in their own name nor as somebody's substitute."""
    person = rows.person_id(work)
    standing = accounts.acting_for(work.session, person, work.today)
    if all(_seated(work, record, row, each) is None for each in (person, *standing)):
        voice(work, record, row, step, None)


def _seated(work: Work, record: Record, row: RecordStep, person: int) -> str | None:
    """The post by which somebody sits in the step, empty for a role or in person; None where they do not."""
    only = row.department or None
    frozen = work.session.scalars(select(RecordSeat).where(RecordSeat.step_id == row.id)).all()
    for seat in sorted(frozen, key=lambda each: each.member is not SeatKind.POST):
        key = (SeatKind(seat.member), seat.code)
        if person in holders(work.session, key, only or record.department, only, work.today):
            return seat.code if seat.member is SeatKind.POST else ""
    return None


def refuse_concerned(work: Work, record: Record, step: Step, said: Voice, values: Mapping[str, Any]) -> None:
    """Recusal, incompatible posts, one voice a step: neither who acts nor whom they stand for (R27)."""
    people = {said.person} | ({said.standing_for} if said.standing_for is not None else set())
    _refuse_recused(work, record, step, people, values)
    _refuse_incompatible(work, record, step, people)


def _refuse_recused(
    work: Work, record: Record, step: Step, people: set[int], values: Mapping[str, Any]
) -> None:
    definition = rows.definition_of(record.revision)
    logins = {rows.login_of(work.session, person) for person in people}
    for name in step.recuse:
        value = values.get(name)
        if not value:
            continue
        field = definition.field(name)
        concerned = (
            value in logins
            if field.type is forms.Type.PERSON
            else bool(people & set(accounts.members(work.session, [value], work.today)))
        )
        if concerned:
            label = step.label
            raise Recused(record=rows.name(record), field=field.label, step=label)


def _refuse_incompatible(work: Work, record: Record, step: Step, people: set[int]) -> None:
    definition = rows.definition_of(record.revision)
    acted = work.session.execute(
        select(RecordStep.step, RecordAct.person_id, RecordAct.for_person_id)
        .join(RecordStep, RecordStep.id == RecordAct.step_id)
        .where(RecordAct.record_id == record.id, RecordStep.state != StepState.RETURNED)
    ).all()
    for row in acted:
        if not people & {row.person_id, row.for_person_id}:
            continue
        label = step.label
        if row.step == step.id:
            raise ActedAlready(step=label, record=rows.name(record))
        if row.step in step.not_by:
            other = definition.step(row.step).label
            raise PostsIncompatible(other=other, record=rows.name(record), step=label)
