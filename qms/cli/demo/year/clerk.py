"""Fills in, files and walks single records of the year, in the name of whoever is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from qms import audits, records
from qms.accounts import Meaning
from qms.cli.demo.year.drawing import Draw, Known, drawn_plot
from qms.kernel.clock import local_day
from qms.runtime import KEEPER, every_permission

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from qms.cli.demo.cast import Cast
    from qms.forms import Definition, Step
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref

Values = dict[str, Any]
_TEXT: Final = "text/plain"
_OVERLAPS: Final = "overlaps"
_REASON: Final = "对象相同而内容不同，分别检查"


@dataclass(slots=True)
class Clerk:
    """One pair of hands for everybody: draws answers, attaches files, submits, acts."""

    cast: Cast
    clock: SimulatedClock
    random: Random
    plots: Mapping[str, Any]
    known: Known
    going: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    before: dict[tuple[str, str], str] = field(default_factory=dict)
    filed: int = 0

    def file(
        self,
        login: str,
        form: str,
        *,
        origin: Ref | None = None,
        subject: str | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> Ref:
        """Begin a record and file it; what names something nobody has filed yet raises `NotThereYet`."""
        plot = drawn_plot(self.random, self.plots["forms"][form], told or {})
        draw = self._draw(login, subject)
        with self.cast.looking(login) as work:
            definition = records.definition_of(records.form_in_force(work, form))
        drawn = self._drawn(draw, definition, plot, _first(definition), {})
        with self.cast.acting(login) as work:
            ref = records.ref_of(records.begin(work, form, origin=origin))
        return self._submit(login, ref, plot, draw, drawn)

    def file_asked(self, login: str, opening: int) -> Ref | None:
        """Do what a record asked for: its task, or the form it opens."""
        with self.cast.acting(login) as work:
            record = records.answer(work, opening)
            ref = None if record is None else records.ref_of(record)
            form = "" if record is None else record.form
        if ref is None:
            return None
        plot = drawn_plot(self.random, self.plots["forms"][form])
        draw = self._draw(login)
        with self.cast.looking(login) as work:
            record = records.record_of(work.session, work.rights, ref, work.today)
            definition = records.definition_of(record.revision)
            have = records.draft_values(work, record, record.author_id) or {}
        draw.party = have.get("client")
        return self._submit(
            login, ref, plot, draw, self._drawn(draw, definition, plot, _first(definition), have)
        )

    def step(self, login: str, ref: Ref) -> None:
        """One's part of the open step of a record: accept the hand-over, fill in, give an opinion, sign."""
        with self._knowing() as work:
            record = records.record_of(work.session, work.rights, ref, work.today)
            definition = records.definition_of(record.revision)
            row = next(
                each for each in records.steps(work.session, record) if each.state is records.StepState.OPEN
            )
            have = records.values(work, record)
            form = record.form
        law = definition.step(row.step)
        plot = self.going[ref.key]
        if row.step == _first(definition):
            self._submit(login, ref, plot, self._draw(login), {})
            return
        draw = self._draw(login)
        draw.party = have.get("client")
        drawn = self._drawn(draw, definition, plot, row.step, have)
        drawn |= self._made_before(form, row.step, ref) | self._overlapping(definition, row.step, ref)
        if law.accept and row.accepted_at is None:
            with self.cast.acting(login) as work:
                records.accept(work, ref, row.step)
        drawn |= self._attached(login, ref, draw)
        with self.cast.acting(login) as work:
            records.act(work, ref, row.step, values=drawn, **self._said(login, ref, law, plot, draw))

    def _submit(self, login: str, ref: Ref, plot: Mapping[str, Any], draw: Draw, drawn: Values) -> Ref:
        with self.cast.looking(login) as work:
            record = records.record_of(work.session, work.rights, ref, work.today)
            definition, form = records.definition_of(record.revision), record.form
        drawn = {**drawn, **self._attached(login, ref, draw)}
        said = self._said(login, ref, definition.step(_first(definition)), plot, draw)
        with self.cast.acting(login) as work:
            record = records.submit(work, ref, values=drawn, **said)
            made = records.ref_of(record)
            values = records.values(work, record)
        if made != ref:
            self.filed += 1
            self.going[made.key] = plot
            self.known.keep(form, made.key, values.get("client"), values.get("department"), login)
        return made

    def _drawn(
        self, draw: Draw, definition: Definition, plot: Mapping[str, Any], step: str, have: Mapping[str, Any]
    ) -> Values:
        """The answers of one step; what the record knows already stays."""
        told = plot["answers"]
        found = {
            each.id: draw.value(each.id, told[each.id])
            for each in definition.fields_of(step)
            if each.id in told and have.get(each.id) is None
        }
        return {key: value for key, value in found.items() if value is not None}

    def _attached(self, login: str, ref: Ref, draw: Draw) -> Values:
        """The files the answers name, put into the vault and attached."""
        found: Values = {}
        for field_id, name in draw.files.items():
            content = f"{name}（演示，{draw.today}，{ref.key}）\n".encode()
            with self.cast.looking(login) as work:
                ready = records.ready_file(
                    work, ref, field_id, name=f"{name}.txt", media_type=_TEXT, content=content
                )
            with self.cast.acting(login) as work:
                records.add_file(work, ref, field_id, ready)
            kept = {"name": ready.name, "digest": ready.digest, "size": ready.size, "type": ready.media_type}
            found[field_id] = [kept]
        return found

    def _made_before(self, form: str, step: str, ref: Ref) -> Values:
        """A record that has to be there before a step can name it, such as that of the committee."""
        for law in self.plots["before"]:
            if (law["form"], law["step"]) == (form, step):
                table, column = law["place"]
                made = self.before.get((ref.key, step))
                if made is None:  # each of those a step asks would make one otherwise
                    always = self.plots["forms"][law["make"]]["always"]
                    rows = [{**row, column: ref.key} for row in always[table]]
                    told = {**law["first"], table: rows}
                    made = self.before[ref.key, step] = self.file(law["by"], law["make"], told=told).key
                return {law["field"]: made}
        return {}

    def _overlapping(self, definition: Definition, step: str, ref: Ref) -> Values:
        """The audits over which a plan lies, each with the reason why it is made all the same."""
        if _OVERLAPS not in {each.id for each in definition.fields_of(step)}:
            return {}
        with self._knowing() as work:
            others = audits.overlapping(work.session, ref.key)
        rows = [{"other_plan": each, "treatment": "kept", "reason": _REASON} for each in others]
        return {_OVERLAPS: rows} if rows else {}

    def _said(self, login: str, ref: Ref, law: Step, plot: Mapping[str, Any], draw: Draw) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if law.opinion:
            said["opinion"] = self.random.choice(self.plots["opinions"])
        if law.decisions:
            said["decision"] = draw.value(law.id, plot["decisions"].get(law.id, law.decisions[0].value))
        if law.signature:
            said["password"] = self.cast.key(login, ref, Meaning.APPROVED)
        return said

    def _draw(self, login: str, subject: str | None = None) -> Draw:
        now = self.clock.now()
        today = local_day(now, self.cast.runtime.settings.zone_info)
        return Draw(login, self.random, self.known, today, now, subject)

    def _knowing(self) -> Any:
        return self.cast.runtime.works.reading(KEEPER, every_permission())


def _first(definition: Definition) -> str:
    return definition.steps[0].id
