"""Views are kept and dropped, exports ordered and put on record, in threes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import jobs, registers, trail
from qms.kernel.ports import Secrecy
from qms.registers import Filter, Format, View
from qms.runtime import scrub
from tests.documents import factories
from tests.registers.factories import FORM, REGISTER, house

if TYPE_CHECKING:
    from qms.kernel.work import Work, Works
    from tests.registers.factories import House

NUMBER = "RG-02-01"
LOANS = View(filters=(Filter("product", "is", "loan"),), sort="amount", columns=("amount", "product"))


def entries(made: House, action: str) -> list[trail.TrailRow]:
    """The entries of one act."""
    with made.works.reading(factories.SERVICE) as work:
        return [each for each in trail.since(work.session, 0, 1000) if each.action == action]


def kept(work: Work, made: House) -> list[str]:
    """The names of the views somebody finds."""
    return [each.name for each in registers.saved_views(work.session, work.rights, made.register(work))]


def test_a_view_is_kept_for_oneself_or_a_department(made: House) -> None:
    """Saved again it changes; others find it where it is shared with their department."""
    with made.people.acting("author") as work:
        row = registers.save_view(work, NUMBER, " Loans ", LOANS)
        assert (row.name, registers.views.loaded(row.view)) == ("Loans", LOANS)
    with made.people.looking("writer") as work:
        assert kept(work, made) == []
    with made.people.acting("author") as work:
        registers.save_view(work, NUMBER, "Loans", View(state="open"), department="risk")
    with made.people.looking("writer") as work:
        assert kept(work, made) == ["Loans"]
        (row,) = registers.saved_views(work.session, work.rights, made.register(work))
        assert registers.saved_view(work.session, work.rights, made.register(work), row.id).id == row.id
        assert registers.views.loaded(row.view) == View(state="open")
    with made.people.looking("outsider") as work, pytest.raises(registers.NoSuchView):
        registers.saved_view(work.session, work.rights, made.register(work), row.id)
    assert [each.after["name"] for each in entries(made, "register:view:save")] == ["Loans", "Loans"]


def test_what_is_no_view_is_refused(made: House) -> None:
    """A name, a department of one's own, a register one sees, a person."""
    with made.people.acting("author") as work:
        for name in ("", " ", "x" * 81):
            with pytest.raises(registers.ViewUnnamed):
                registers.save_view(work, NUMBER, name, LOANS)
        with pytest.raises(registers.NotYourDepartment):
            registers.save_view(work, NUMBER, "v", LOANS, department="credit")
        with pytest.raises(registers.NoSuchRegister):
            registers.save_view(work, "FM-02-01", "v", LOANS)
    with made.people.service() as work, pytest.raises(registers.PersonNeeded):
        registers.save_view(work, NUMBER, "v", LOANS)


def test_a_view_is_dropped_by_its_owner_alone(made: House) -> None:
    """Also not by those it is shared with, and not twice."""
    with made.people.acting("author") as work:
        view_id = registers.save_view(work, NUMBER, "v", LOANS, department="risk").id
    with made.people.acting("writer") as work, pytest.raises(registers.NoSuchView):
        registers.drop_view(work, view_id)
    with made.people.acting("author") as work:
        registers.drop_view(work, view_id)
    with made.people.acting("author") as work, pytest.raises(registers.NoSuchView):
        registers.drop_view(work, view_id)
    assert len(entries(made, "register:view:drop")) == 1


def test_a_large_export_is_a_job_of_who_asked(made: House) -> None:
    """Found by them alone; bound with its digest and put on record when it is made."""
    with made.people.acting("manager") as work:
        export_id = registers.ask_export(work, NUMBER, LOANS, Format.CSV).id
        assert jobs.latest(work.session, registers.JOB, str(export_id)) is not None
    with made.people.looking("author") as work, pytest.raises(registers.NoSuchExport):
        registers.export(work.session, work.rights, export_id)
    with made.people.looking("manager") as work:
        row = registers.export(work.session, work.rights, export_id)
        with pytest.raises(registers.ExportNotReady):
            registers.export_digest(row)
    with made.people.service() as work:
        registers.fail_export(work, export_id, "The disk is full.")
        registers.finish_export(work, export_id, number=NUMBER, rows=3, digest="a" * 64)
        with pytest.raises(registers.NoSuchExport):
            registers.finish_export(work, 999, number=NUMBER, rows=3, digest="a" * 64)
    with made.people.looking("manager") as work:
        (row,) = registers.exports(work.session, work.rights)
        assert (registers.export_digest(row), row.failure) == ("a" * 64, None)
        assert "a" * 64 in scrub.named(work.session)
    (entry,) = entries(made, "register:export")
    assert (entry.after["rows"], entry.after["person"]) == (3, made.people.ids["manager"])


def test_what_was_asked_of_a_secret_column_is_not_told(made: House) -> None:
    """The trail says that it was narrowed, not by what."""
    with made.people.service() as work:
        factories.clear(work, made.people.ids["manager"], Secrecy.CONFIDENTIAL)
    view = View(filters=(Filter("secret_note", "is", "the secret"), Filter("product", "is", "loan")))
    with made.people.acting("manager") as work:
        registers.note_export(work, NUMBER, view, Format.CSV, rows=1, content=b"x")
    (entry,) = entries(made, "register:export")
    assert "the secret" not in str(entry.after)
    assert "loan" in str(entry.after)


def test_a_register_distributed_to_others_is_not_there(works: Works) -> None:
    """Its document decides, for every act and every look."""
    made = house(works, FORM, REGISTER.replace("departments: all", "departments: [outlet-east]"))
    with made.people.looking("outsider") as work:
        assert registers.registers(work.session, work.rights, work.today, "en") == []
    with made.people.acting("outsider") as work, pytest.raises(registers.NoSuchRegister):
        registers.note_export(work, NUMBER, LOANS, Format.CSV, rows=1, content=b"x")
    with made.people.acting("outsider") as work, pytest.raises(registers.NoSuchRegister):
        registers.ask_export(work, NUMBER, LOANS, Format.CSV)
