"""A register and its form in force, and records as their followers get them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from qms import documents, records, registers
from qms.documents.models import Revision
from qms.kernel.ports import Filed
from qms.kernel.refs import Ref
from qms.records.models import Record
from qms.registers.models import RegisterCell, RegisterRow
from qms.runtime import ports
from tests.documents import factories
from tests.documents.factories import Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qms.kernel.work import Work, Works

FORM: Final = """number: FM-02-01
kind: form
language: zh-Hans
title: {zh-Hans: 受理单, en: Acceptance}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}
change: {reason: New, summary: New}
distribution: {departments: all}
fields:
  - {id: amount, label: {zh-Hans: 金额, en: Amount}, type: money, currency: CNY, code: "4.41.001"}
  - {id: product, label: {zh-Hans: 品种, en: Product}, type: choice, options: [loan, bond]}
  - {id: accepted_on, label: {zh-Hans: 受理日, en: Accepted on}, type: date}
  - {id: client, label: {zh-Hans: 客户, en: Client}, type: party}
  - {id: note, label: {zh-Hans: 说明, en: Note}, type: long-text}
  - {id: secret_note, label: {zh-Hans: 密注, en: Secret note}, type: text}
  - {id: fast, label: {zh-Hans: 加急, en: Fast}, type: yes-no}
  - {id: issues, label: {zh-Hans: 问题, en: Issues}, type: table,
     columns: [{id: grade, label: 级, type: choice, options: [A, B]}]}
"""
REGISTER: Final = """number: RG-02-01
kind: register
language: zh-Hans
title: {zh-Hans: 业务台账, en: Business register}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}
change: {reason: New, summary: New}
distribution: {departments: all}
from: [FM-02-01]
columns:
  - {id: seq, label: {zh-Hans: 序号, en: No.}, type: number}
  - {id: client, label: {zh-Hans: 客户, en: Client}, type: party, code: "1.11.004"}
  - {id: amount, label: {zh-Hans: 金额, en: Amount}, type: money, currency: CNY, code: "4.41.001", total: sum}
  - {id: product, label: {zh-Hans: 品种, en: Product}, type: choice, options: [
       {value: loan, label: {zh-Hans: 贷款, en: Loan}}, {value: bond, label: {zh-Hans: 债券, en: Bond}}]}
  - {id: accepted_on, label: {zh-Hans: 受理日, en: Accepted on}, type: date}
  - {id: note, label: {zh-Hans: 说明, en: Note}, type: text}
  - {id: fast, label: {zh-Hans: 加急, en: Fast}, type: yes-no}
  - {id: issues_a, label: {zh-Hans: A 类问题, en: A issues}, type: number,
     value: "count(row for row in issues if row.grade == 'A')"}
  - {id: author, label: {zh-Hans: 经办人, en: Handled by}, type: person}
  - {id: secret_note, label: {zh-Hans: 密注, en: Secret note}, type: text, secrecy: confidential}
"""
COLUMNS: Final = ("client", "amount", "product", "accepted_on", "note", "fast", "issues_a", "author")


@dataclass
class House:
    """An organisation with a register in force, and the records filed in it so far."""

    people: Organisation
    works: Works
    count: int = 0
    filed: dict[int, Filed] = field(default_factory=dict)

    def file(self, work: Work | None = None, *, login: str = "author", **more: Any) -> Filed:
        """File one record, in a Work of its own where none is given."""
        self.count += 1
        names = {each: more.pop(each) for each in list(more) if each in Filed.__dataclass_fields__}
        day = names.pop("filed_on", date(2026, 11, 2))
        made = Filed(
            ref=Ref("record", f"FM-02-01-2026-{self.count:06d}"),
            record_id=self.count,
            number=f"FM-02-01-2026-{self.count:06d}",
            form=names.pop("form", "FM-02-01"),
            revision=names.pop("revision", Ref("revision", "FM-02-01@zh-Hans@A/0")),
            event="submit",
            step=None,
            state=names.pop("state", "open"),
            department=names.pop("department", "credit"),
            secrecy=names.pop("secrecy", 1),
            circle=names.pop("circle", None),
            author_id=self.people.ids[login],
            filed_on=day,
            closed_on=None,
            values=more,
            **names,
        )
        self.follow(made, work)
        return made

    def again(self, filed: Filed, work: Work | None = None, **more: Any) -> Filed:
        """The record after one more change."""
        changed = replace(filed, **more)
        self.follow(changed, work)
        return changed

    def follow(self, filed: Filed, work: Work | None = None) -> None:
        """What records does after each change."""
        self.filed[filed.record_id] = filed
        if work is not None:
            _followed(work, filed)
            return
        with self.people.service() as own:
            _followed(own, filed)

    def register(self, work: Work, number: str = "RG-02-01") -> registers.Register:
        """The register as whoever looks meets it."""
        return registers.register(work.session, work.rights, number, work.today, "en")

    def lines(
        self, work: Work, number: str = "RG-02-01", view: registers.View | None = None, **more: Any
    ) -> tuple[registers.Line, ...]:
        """What a page of a register shows."""
        view = view or registers.View()
        register = self.register(work, number)
        return registers.page(
            work.session, work.rights, register, view, work.settings.zone_info, **more
        ).lines

    def numbers(self, login: str = "manager", view: registers.View | None = None, **more: Any) -> list[int]:
        """The records a view shows to somebody, by the order they were filed in."""
        with self.people.looking(login) as work:
            return [line.record_id for line in self.lines(work, view=view, **more)]


def _followed(work: Work, filed: Filed) -> None:
    """The row of the record, where there is none yet, and what registers do about it."""
    if work.session.get(Record, filed.record_id) is None:
        made = Record(
            id=filed.record_id,
            number=filed.number,
            form=filed.form,
            revision_id=work.session.scalars(select(Revision.id).limit(1)).one(),
            state=records.State.OPEN,
            department=filed.department,
            secrecy=filed.secrecy,
            circle=filed.circle,
            author_id=filed.author_id,
            version=1,
            filed_on=filed.filed_on,
            created_at=work.now,
            changed_at=work.now,
        )
        work.session.add(made)
        work.session.flush()
    registers.RegisterFollower().follow(work, filed)


def house(works: Works, *sources: str) -> House:
    """The register and its form, issued and in force."""
    works.ports = ports()
    people = factories.organisation(works)
    for source in sources or (FORM, REGISTER):
        issue(people, source)
    return House(people, works)


def issue(people: Organisation, source: str, effective_on: date | None = None) -> Ref:
    """Issue a declared document."""
    number = source.partition("\n")[0].partition(": ")[2]
    data = source.encode()
    ready = factories.prepared(people.works, data, f"{number}.yaml")
    with people.acting("author") as work:
        ref = documents.ref_of(documents.draft(work, ready))
    return _through(people, ref, effective_on)


def revise(people: Organisation, source: str, effective_on: date | None = None) -> Ref:
    """Issue the next revision."""
    return issue(people, source, effective_on)


def _through(people: Organisation, ref: Ref, effective_on: date | None) -> Ref:
    factories.submit(people, ref)
    factories.review(people, ref)
    factories.approve(people, ref)
    factories.decide(people, factories.release(people, ref, effective_on))
    return ref


def stored(works: Works, record_id: int) -> dict[str, RegisterCell]:
    """The cells of a record by column."""
    with works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        found = work.session.query(RegisterCell).join(RegisterRow, RegisterRow.id == RegisterCell.row_id)
        return {each.column_id: each for each in found.filter(RegisterRow.record_id == record_id)}


def texts(works: Works, statement: str) -> Sequence[Mapping[str, Any]]:
    """Rows of a plain statement."""
    with works.reading(factories.SERVICE) as work:
        return [dict(row._mapping) for row in work.session.execute(text(statement))]
