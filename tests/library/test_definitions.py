"""Every shipped form as a rule: valid answers pass, each broken one is told, the way is the declared one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qms.forms import Definition, Field, answers
from tests.library.filling import Case, Filler, Values, mutations
from tests.library.plots import DAY, NOW, PLOTS, Plot
from tests.library.shelf import definition
from tests.library.test_asked import FILLED

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
SYSTEM = {
    "today": date.fromisoformat(DAY),
    "now": datetime.fromisoformat(NOW),
    "author": "client-manager",
    "department": "business",
    "record": "FM-00-00-2026-000001",
    "filed_on": date.fromisoformat(DAY),
    "decision": None,
}
CASE = Case(
    today=DAY,
    now=NOW,
    person="credit-clerk",
    department="credit",
    party=lambda _: "C-000001",
    record=lambda entry: f"{(entry.forms or ('FM-02-03',))[0]}-2026-000001",
    file=lambda _: [{"name": "a.pdf", "digest": "0" * 64, "size": 3, "type": "application/pdf"}],
)
_NOBODY = ("nobody-here", "no-such-department", "C-999999", "CP-99", "FM-99-99-2026-000001")


class World:
    """Everything exists but what the mutations name."""

    def exists(self, field: Field, value: str) -> bool:
        """Whether it exists."""
        return field is not None and value not in _NOBODY

    def offers(self, register: str, value: str) -> bool:
        """No shipped form takes its choices from a register."""
        raise AssertionError((register, value))


def test_every_form_has_a_plot() -> None:
    """A new form needs one."""
    assert sorted({plot.form for plot in PLOTS}) == FILLED


def _walk(plot: Plot) -> tuple[list[str], Values, list[str]]:
    """The steps taken, the answers at the end, and what was opened on the way."""
    law = definition(plot.form)
    values: Values = {}
    taken: list[str] = []
    opened: list[str] = []
    system = dict(SYSTEM)
    while (step := answers.next_step(law, values, taken, system)) is not None:
        values = {**values, **filler(plot).fill(step.id, values)}
        values = answers.computed(law, values, system)
        assert answers.faults(law, (step.id,), values, World(), system) == [], step.id
        decision = plot.decisions.get(step.id)
        assert (decision is not None) == bool(step.decisions)
        system["decision"] = decision or system["decision"]
        taken.append(step.id)
        opened += [each.opening.target or each.opening.what for each in _opened(law, step.id, values, system)]
        if answers.ends(step, decision):
            break
    opened += [each.opening.target or each.opening.what for each in _opened(law, "close", values, system)]
    return taken, values, opened


def _changed(values: Values, change: Mapping[str, Any]) -> Values:
    return {key: value for key, value in {**values, **change}.items() if value is not None}


def _opened(law: Definition, step: str, values: Values, system: dict[str, Any]) -> list[Any]:
    return answers.openings_at(law, step, values, system)


def filler(plot: Plot) -> Filler:
    """Fills the forms of a plot."""
    law = definition(plot.form)
    return Filler(law, CASE, lambda values: answers.shown(law, values, SYSTEM), plot.given)


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.id)
def test_a_form_goes_its_declared_way(plot: Plot) -> None:
    """Valid answers pass every step; the steps and what is opened are those the plot tells."""
    taken, _, opened = _walk(plot)
    assert (list(plot.steps), list(plot.opens)) == (taken, opened)


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.id)
def test_each_broken_answer_is_told(plot: Plot) -> None:
    """Left out, beyond a bound, unknown: each at its own field; on the bound passes."""
    law = definition(plot.form)
    _, values, _ = _walk(plot)
    for step in plot.steps:
        required = answers.required(law, values, SYSTEM)
        for each in mutations(law, step, values, required):
            changed = {
                key: value for key, value in {**values, each.field: each.answer}.items() if value is not None
            }
            told = {problem.field for problem in answers.faults(law, (step,), changed, World(), SYSTEM)}
            assert (each.field in told) == each.refused, (step, each)


@pytest.mark.parametrize("plot", [plot for plot in PLOTS if plot.breaks], ids=lambda plot: plot.id)
def test_the_checks_of_a_form_hold(plot: Plot) -> None:
    """What the form itself forbids is told at the field the plot names."""
    law = definition(plot.form)
    _, values, _ = _walk(plot)
    for step, change, field in plot.breaks:
        changed = _changed(values, change)
        told = {problem.field for problem in answers.faults(law, (step,), changed, World(), SYSTEM)}
        assert field in told, (step, change, told)


def test_all_the_time_limits_of_the_source_are_declared() -> None:
    """S71 and S72: the figures stand in the definition, none in code."""
    law = definition("FM-02-03")
    whole, review = law.clocks[0].within, law.step("review").within
    assert review is not None
    assert {product: limit.count for product, limit in whole.spans.items()} == {
        "personal-business": 14,
        "micro-loan": 7,
        "home-mortgage": 5,
        "personal-comprehensive": 7,
        "personal-credit": 7,
        "small-firm-mortgage": 20,
        "small-firm-single": 16,
    }
    assert {
        product: review.spans[product].count
        for product in ("supply-chain", "small-firm-drawdown", "personal-drawdown", "home-mortgage")
    } == {"supply-chain": 3, "small-firm-drawdown": 1, "personal-drawdown": 0, "home-mortgage": 2}
