"""Each shipped form walks through all its steps by the real operations; two on PostgreSQL as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from qms import records
from qms.kernel.errors import Forbidden, Missing, QmsError
from qms.registers.models import RegisterCell, RegisterRow
from tests.cli.databases import fresh_postgresql
from tests.library.house import House, house
from tests.library.plots import PLOTS, Plot
from tests.library.shelf import definition
from tests.library.walking import Walk, begun, file, go_on

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The whole library in force, once for all walks."""
    return house(tmp_path_factory.mktemp("library") / "house")


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.id)
def test_a_form_walks_through_all_its_steps(live: House, plot: Plot) -> None:
    """Filed, numbered, acted on by exactly those it asks, closed; an outsider may do no step of it."""
    walk = begun(live, plot, definition(plot.form))
    file(walk)
    _refused_to_outsiders(walk)
    while go_on(walk):
        pass
    found = walk.standing()
    assert (list(plot.steps), records.State.CLOSED) == (walk.taken, found.state)
    assert found.number is not None
    assert found.number.startswith(f"{plot.form}-2026-")
    assert sorted(plot.opens) == sorted(_opened(walk))


def _refused_to_outsiders(walk: Walk) -> None:
    """Whoever has no seat on the open step cannot do it: HR has none on any first step."""
    if walk.standing().state is records.State.CLOSED:
        return
    step = walk.definition.steps[1].id
    with walk.house.acting("hr-clerk") as work, pytest.raises(QmsError) as caught:
        records.act(work, walk.ref, step, opinion="同意", values={})
    assert isinstance(caught.value, (Forbidden, Missing))


def _opened(walk: Walk) -> list[str]:
    with walk.house.service() as work:
        record = records.record_of(work.session, work.rights, walk.ref, work.today)
        return [
            row.what if row.what == "change-request" else row.target or row.what
            for row in records.openings(work.session, record)
        ]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A few forms in force on PostgreSQL."""
    with fresh_postgresql() as url:
        made = house(tmp_path_factory.mktemp("served") / "house", url, ("FM-12-02", "FM-12-03"))
        yield made
        made.runtime.close()


@pytest.mark.parametrize(
    "plot", [plot for plot in PLOTS if plot.form in ("FM-12-02", "FM-12-03")], ids=lambda plot: plot.id
)
def test_forms_walk_on_postgresql_as_well(served: House, plot: Plot) -> None:
    """The same walk on the other database."""
    test_a_form_walks_through_all_its_steps(served, plot)


def test_registers_show_what_was_walked(live: House) -> None:
    """Counts, limits and decisions stand in the columns, worked out and not typed (S12, R28)."""
    plot = next(plot for plot in PLOTS if plot.id == "FM-02-03")
    walk = begun(live, plot, definition(plot.form))
    file(walk)
    while go_on(walk):
        pass
    found = walk.standing()
    with live.service() as work:
        query = select(RegisterCell).join(RegisterRow, RegisterRow.id == RegisterCell.row_id)
        rows = work.session.scalars(query.where(RegisterRow.record_id == found.id)).all()
        cells = {cell.column_id: cell for cell in rows if cell.mark is None}
        assert (
            cells["decision"].text,
            cells["issues_c"].number,
            cells["issues_a"].number,
        ) == ("agree", 1_000_000, 0)
        assert all(cells[name].instant is not None for name in ("review_due", "review_done", "approval_due"))
        assert cells["review_on_time"].number is not None
        assert not [cell.column_id for cell in rows if cell.mark is not None and cell.mark.value == "faulty"]
