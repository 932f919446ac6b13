"""Walks a record of a shipped form through its steps by the real operations, as the people it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from qms import changes, documents, management_review, records, tasks
from qms.forms import Definition, Field, answers
from qms.records.errors import RecordInvalid
from tests.documents.factories import source
from tests.library.filling import Case, Filler, Values
from tests.library.plots import DAY, NOW, PLOTS, Plot
from tests.library.shelf import definition

if TYPE_CHECKING:
    from qms.forms import Step
    from qms.kernel.refs import Ref
    from tests.library.house import House

FILE = b"%PDF-1.7 a scan\n%%EOF\n"
ONE = {plot.form: plot for plot in PLOTS if not plot.name}


@dataclass
class Walk:
    """One record on its way: what was taken, by whom, and its answers."""

    house: House
    plot: Plot
    definition: Definition
    ref: Ref
    taken: list[str] = field(default_factory=list)

    @property
    def values(self) -> Values:
        """The answers as they stand."""
        with self.house.looking(self.plot.by) as work:
            return records.values(work, records.record_of(work.session, work.rights, self.ref, work.today))

    def standing(self) -> Any:
        """The record and its open step."""
        with self.house.service() as work:
            found = records.record_of(work.session, work.rights, self.ref, work.today)
            work.session.expunge_all()
            return found


def begun(house: House, plot: Plot, definition: Definition) -> Walk:
    """A draft with its first answers."""
    with house.acting(plot.by) as work:
        ref = records.ref_of(records.begin(work, plot.form))
    return Walk(house, plot, definition, ref)


def filled(walk: Walk, step: str, login: str) -> Values:
    """The answers of a step; records that are named are filed first, files are attached."""
    house, today = walk.house, {"today": walk.house.clock.at.date(), "now": walk.house.clock.at}

    def attached(entry: Field) -> list[dict[str, Any]]:
        return [_attach(walk, entry, login)]

    case = Case(
        today=DAY,
        now=NOW,
        person="credit-clerk",
        department="credit",
        party=lambda entry: house.known[(entry.kinds or ("client",))[0]],
        record=lambda entry: named(house, (entry.forms or ("FM-02-03",))[0]),
        file=attached,
    )
    given = {**walk.plot.given}
    shown = lambda values: answers.shown(walk.definition, values, today)  # noqa: E731 - read where it is used
    return Filler(walk.definition, case, shown, given).fill(step, walk.values)


def named(house: House, form: str) -> str:
    """The number of a record of a form; the first one asked for is filed, and its first step is enough."""
    if form not in house.known:
        plot = ONE[form]
        given = {**plot.given, "level": "centre", "need": None, "parent_objective": None, "repeat": False}
        if form == "FM-08-01":
            given |= {"objective_number": "MB-90"}  # one number at a time (R42)
        if form == "FM-12-01":
            given |= {"origin": "suggestion", "request_kind": "review"}
        if form == "FM-13-03":
            given |= {"source": named(house, "FM-13-02")}
        if form == "FM-02-03":
            given |= {"issues": [{"grade": "A", "text": "主体不合格"}]}
        walk = begun(house, Plot(form, plot.by, plot.steps, given), definition(form))
        house.known[form] = ""  # a form that names itself is not asked again
        file(walk)
        while form == "FM-02-03" and _open_step(walk) != "committee":
            go_on(walk)  # its committee names it, so the committee has to have it before it
        while form == "FM-08-01" and go_on(walk):
            pass  # what is checked and revised has been set
        house.known[form] = walk.ref.key
    return house.known[form]


def _attach(walk: Walk, entry: Field, login: str) -> dict[str, Any]:
    with walk.house.looking(login) as work:
        ready = records.ready_file(
            work, walk.ref, entry.id, name="scan.pdf", media_type="application/pdf", content=FILE
        )
    with walk.house.acting(login) as work:
        records.add_file(work, walk.ref, entry.id, ready)
    return {"name": ready.name, "digest": ready.digest, "size": ready.size, "type": ready.media_type}


def file(walk: Walk) -> None:
    """The first step: refused while it is empty, filed when it is whole."""
    law, login = walk.definition, walk.plot.by
    first = law.steps[0]
    if any(entry.required for entry in law.fields_of(first.id)):
        with walk.house.acting(login) as work, pytest.raises(RecordInvalid):
            records.submit(work, walk.ref)
    values = filled(walk, first.id, login)
    with walk.house.acting(login) as work:
        made = records.submit(work, walk.ref, values=values, **_said(walk, first, login))
        walk.ref = records.ref_of(made)
    walk.taken.append(first.id)


def go_on(walk: Walk) -> bool:
    """The open step, by everybody it needs; False where the record is closed."""
    step = _open_step(walk)
    if step is None:
        return False
    law = walk.definition.step(step)
    for login in asked(walk, step):
        if _open_step(walk) != step:
            break
        if (walk.plot.form, step) == ("FM-12-01", "effect"):
            _lead(walk)
        if (walk.plot.form, step) == ("FM-13-04", "review"):
            _freeze(walk)
        if (walk.plot.form, step) == ("SC-13-02", "conclude"):
            _score_an_outlet(walk)
        if (walk.plot.form, step) == ("FM-14-01", "close") and walk.values.get("action_needed"):
            _correct(walk)
        if law.accept:
            with walk.house.acting(login) as work:
                records.accept(work, walk.ref, step)
        values = filled(walk, step, login)
        with walk.house.acting(login) as work:
            records.act(work, walk.ref, step, values=values, **_said(walk, law, login))
    walk.taken.append(step)
    return True


def _lead(walk: Walk) -> None:
    """What the request asked for is begun from it, and given up: that is done as well (DOC-16)."""
    works, clerk = walk.house.works, "credit-clerk"
    ready = documents.prepare(works.vault, works.settings, source("CP-98", owner="credit"), "CP-98.md")
    with walk.house.acting(clerk) as work:
        ref = documents.ref_of(documents.draft(work, ready))
        changes.lead(work, walk.ref.key, ref)
        documents.discard_draft(work, ref, "not needed")


def _freeze(walk: Walk) -> None:
    """What a management review is held on is gathered and frozen first (MRV-01)."""
    with walk.house.looking(walk.plot.by) as work:
        ready = management_review.prepare(work, walk.ref.key)
    with walk.house.acting(walk.plot.by) as work:
        management_review.freeze(work, ready)


def _score_an_outlet(walk: Walk) -> None:
    """What the outlets came to is concluded before the centre is scored (S70)."""
    plot = ONE["SC-13-01"]
    given = {**plot.given, "unit": "outlet-west"}
    below = begun(walk.house, Plot(plot.form, plot.by, plot.steps, given), definition(plot.form))
    file(below)
    while go_on(below):
        pass


def _correct(walk: Walk) -> None:
    """The corrective action a grave complaint needs is filed from it before it is closed (CMP-04)."""
    plot = ONE["FM-13-03"]
    unit = walk.values["lead_unit"]
    given = {**plot.given, "source": walk.ref.key, "department": unit}
    file(begun(walk.house, Plot(plot.form, f"{unit}-head", plot.steps, given), definition(plot.form)))


def _open_step(walk: Walk) -> str | None:
    with walk.house.service() as work:
        record = records.record_of(work.session, work.rights, walk.ref, work.today)
        rows = records.steps(work.session, record)
        return next((row.step for row in rows if row.state is records.StepState.OPEN), None)


def asked(walk: Walk, step: str) -> list[str]:
    """Everybody who has the step in their inbox, and nobody else."""
    with walk.house.service() as work:
        owed = tasks.outstanding(work.session, "record:step", walk.ref)
    logins = {number: login for login, number in walk.house.ids.items()}
    found = sorted(logins[each.person_id] for each in owed if each.person_id in logins)
    assert found, (walk.plot.id, step)
    return found


def _said(walk: Walk, step: Step, login: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if step.opinion:
        said["opinion"] = "已核对，同意。"
    if step.decisions:
        said["decision"] = walk.plot.decisions[step.id]
    if step.signature:
        said["password"] = walk.house.keys[login]
    return said
