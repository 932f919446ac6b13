"""Holds, lists, disposal and erasure: they work, the wrong person and the wrong state are refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from qms import records, retention, trail
from qms.kernel import sealing
from qms.records import RecordContent
from qms.records import errors as record_errors
from qms.records.entries import RecordEntries
from qms.retention import errors, operations
from qms.retention.models import DisposalLine, Result, State
from tests.documents import factories as papers
from tests.documents.factories import EVERYTHING, SERVICE
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work, Works
    from tests.documents.factories import Organisation

KEPT = "retention: {class: C10, after: closed, keep: 1 month}"
PERSONAL = sheets.FIELDS.replace(
    "{id: purpose,",
    "{id: holder, label: {zh-Hans: 持有人, en: Holder}, type: text, personal: true}\n  - {id: purpose,",
)


def house(
    works: Works, more: str = KEPT, fields: str = sheets.FIELDS, steps: str = sheets.STEPS
) -> Organisation:
    """The usual organisation, with a second quality manager who approves."""
    made = sheets.house(works, sheets.form(more=more, fields=fields, steps=steps))
    with made.service() as work:
        papers.add(work, made, "second", role="quality-manager")
    return made


def old(made: Organisation, clock: SimulatedClock) -> Ref:
    """A closed record whose time is over."""
    ref = sheets.closed(made)
    clock.advance(timedelta(days=40))
    return ref


def approved(made: Organisation, ref: Ref) -> str:
    """An approved list of one record."""
    with made.acting("manager") as work:
        number = retention.propose(work, [ref.key]).number
    with made.acting("second") as work:
        retention.approve(work, number, password=made.keys["second"])
    return number


def carried_out(made: Organisation, number: str) -> str | None:
    """The list carried out by the service."""
    return retention.carry_out(made.works, SERVICE, EVERYTHING, number)


def results(made: Organisation) -> list[Result]:
    """What became of the records on lists."""
    with made.service() as work:
        return list(work.session.scalars(select(DisposalLine.result).order_by(DisposalLine.id)))


def test_a_record_is_due_when_its_time_is_over(works: Works, clock: SimulatedClock) -> None:
    """By the class of the form's revision it is pinned to; what is open is never due (REC-04)."""
    made = house(works)
    ref = sheets.closed(made)
    sheets.filed(made)
    with made.looking("manager") as work:
        assert retention.due(work) == []
    clock.advance(timedelta(days=40))
    with made.looking("manager") as work:
        (found,) = retention.due(work)
        assert (found.record.number, found.kept.rule and found.kept.rule.name) == (ref.key, "C10")


def test_the_time_may_run_from_the_end_of_the_year(works: Works, clock: SimulatedClock) -> None:
    """REC-04: records of a year go together, however early in it they were closed."""
    made = house(works, more="retention: {class: objectives, after: year-end, keep: 1 month}")
    sheets.closed(made)
    for days, due in ((50, 0), (40, 1)):  # from 2 November over New Year, and past 31 January
        clock.advance(timedelta(days=days))
        with made.looking("manager") as work:
            assert len(retention.due(work)) == due


def test_two_persons_dispose_of_a_record(works: Works, clock: SimulatedClock) -> None:
    """Content goes, the stub with its digests, the certificate and the trail stay (REC-05)."""
    made = house(works)
    ref = old(made, clock)
    number = approved(made, ref)
    digest = carried_out(made, number)
    assert results(made) == [Result.DISPOSED]
    with made.service() as work:
        found = records.record_of(work.session, EVERYTHING, ref, work.today)
        assert (found.state, found.number, found.title) == (records.State.DISPOSED, ref.key, "")
        assert work.session.scalar(select(func.count()).select_from(RecordContent)) == 0
        assert list(RecordEntries().entries(work, ref)) == []
        assert {"record:file", "record:dispose"} <= {row.action for row in trail.history(work.session, ref)}
        assert digest is not None
        told = work.vault.read(digest).decode()
        assert ref.key in told
        assert work.session.scalars(select(DisposalLine.digests)).one()[0]["digest"] in told
        assert retention.one_list(work.session, EVERYTHING, number).state is State.DONE
    assert carried_out(made, number) == digest
    assert papers.trail_is_whole(made)


def test_a_hold_set_before_the_run_wins(works: Works, clock: SimulatedClock) -> None:
    """Also one set after the approval; lifted, the record is due again (REC-04)."""
    made = house(works)
    ref = old(made, clock)
    number = approved(made, ref)
    with made.acting("manager") as work:
        hold_id = retention.hold(work, ref, "诉讼").id
    carried_out(made, number)
    assert results(made) == [Result.HELD]
    with made.acting("manager") as work:
        assert retention.due(work) == []
        with pytest.raises(errors.NothingDue):
            retention.propose(work, [ref.key])
    with made.acting("manager") as work:
        retention.lift(work, ref, hold_id, "结案")
    with made.looking("manager") as work:
        assert len(retention.due(work)) == 1
    with pytest.raises(errors.HoldLifted), made.acting("manager") as work:
        retention.lift(work, ref, hold_id, "结案")


def test_who_may_not_manage_does_nothing(works: Works, clock: SimulatedClock) -> None:
    """Holds and lists are the work of few (P11-10g)."""
    made = house(works)
    ref = old(made, clock)
    with pytest.raises(errors.RetentionNotAllowed), made.acting("author") as work:
        retention.hold(work, ref, "诉讼")
    with pytest.raises(Exception, match="may not"), made.acting("author") as work:
        retention.propose(work, [ref.key])
    with made.acting("manager") as work:
        number = retention.propose(work, [ref.key]).number
    with pytest.raises(errors.DisposalNotAllowed), made.acting("author") as work:
        retention.approve(work, number, password=made.keys["author"])
    with pytest.raises(errors.DisposalListMissing), made.looking("author") as work:
        retention.one_list(work.session, work.rights, number)


def test_nobody_approves_their_own_list(works: Works, clock: SimulatedClock) -> None:
    """Two persons, by the operation and by the schema; a decided list is decided (REC-05)."""
    made = house(works)
    ref = old(made, clock)
    with made.acting("manager") as work:
        number = retention.propose(work, [ref.key]).number
    with pytest.raises(errors.SecondPersonNeeded), made.acting("manager") as work:
        retention.approve(work, number, password=made.keys["manager"])
    with pytest.raises(errors.ListPending), made.acting("manager") as work:
        retention.propose(work, [ref.key])
    with made.acting("second") as work:
        retention.reject(work, number, "再留一年")
    with pytest.raises(errors.ListDecided), made.acting("second") as work:
        retention.approve(work, number, password=made.keys["second"])
    with made.looking("manager") as work:
        assert len(retention.due(work)) == 1


def test_what_is_not_due_stands_on_no_list(works: Works) -> None:
    """Time decides, not who asks."""
    made = house(works)
    ref = sheets.closed(made)
    with pytest.raises(errors.NothingDue), made.acting("manager") as work:
        retention.propose(work, [ref.key])


def test_a_run_that_was_killed_goes_on_once(works: Works, clock: SimulatedClock) -> None:
    """Dead after the first of two records: the second run disposes of the second one only (REL-01)."""
    made = house(works)
    refs = [sheets.closed(made), sheets.closed(made)]
    clock.advance(timedelta(days=40))
    with made.acting("manager") as work:
        number = retention.propose(work, [each.key for each in refs]).number
    with made.acting("second") as work:
        retention.approve(work, number, password=made.keys["second"])

    def half(own: Works) -> None:
        calls = []

        def once(work: Work, line_id: int) -> None:
            calls.append(line_id)
            real(work, line_id)
            if len(calls) == len(refs):
                papers.die()

        real, operations.dispose_one = operations.dispose_one, once
        retention.carry_out(own, SERVICE, EVERYTHING, number)

    assert papers.in_a_process(made, half) == papers.KILLED
    assert results(made) == [Result.DISPOSED, Result.WAITING]
    carried_out(made, number)
    assert results(made) == [Result.DISPOSED, Result.DISPOSED]
    with made.service() as work:
        entries = trail.browse(work.session, action="record:dispose")
        assert sorted(row.ref.key for row in entries) == sorted(each.key for each in refs)
    assert papers.trail_is_whole(made)


def test_erasing_destroys_the_key_and_leaves_the_stub(works: Works) -> None:
    """Sealed answers are gone in every copy; number, open answers, digests and trail stay (R17)."""
    made = house(works, fields=PERSONAL)
    ref = sheets.filed(made, purpose="设备", amount="1200.50", holder="某甲")
    with made.acting("manager") as work:
        records.erase(work, ref, "本人要求")
    with made.service() as work:
        assert records.destroy_erased(work) == 1
        found = records.record_of(work.session, EVERYTHING, ref, work.today)
        assert not sealing.has_key(work.settings.at(work.settings.keys), found.seal or "")
        assert records.values(work, found) == {"purpose": "设备", "amount": "1200.50"}
        assert len(records.versions(work.session, found)) == 1
        assert records.destroy_erased(work) == 0
    with pytest.raises(record_errors.ErasedAlready), made.acting("manager") as work:
        records.erase(work, ref, "本人要求")


def test_erasing_needs_the_right_a_reason_and_something_sealed(works: Works) -> None:
    """The author may not; an open record has nothing to erase."""
    made = house(works, fields=PERSONAL)
    ref = sheets.filed(made, purpose="设备", amount="1200.50", holder="某甲")
    with pytest.raises(record_errors.ErasingNotAllowed), made.acting("author") as work:
        records.erase(work, ref, "本人要求")
    with pytest.raises(record_errors.RecordReasonMissing), made.acting("manager") as work:
        records.erase(work, ref, " ")
    plain = house_plain(made)
    with pytest.raises(record_errors.NothingToErase), made.acting("manager") as work:
        records.erase(work, plain, "本人要求")


def house_plain(made: Organisation) -> Ref:
    """A record of another form, without anything sealed."""
    sheets.issue(made, sheets.form("FM-07-02"))
    return sheets.filed(made, number="FM-07-02")
