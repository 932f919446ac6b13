"""The plots of the demonstration's year fit the shipped forms, and their draws mean what they say."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from qms.cli.demo.cast import ORGANISATION
from qms.cli.demo.year.drawing import Draw, Known, NotThereYet, drawn_plot
from qms.cli.demo.year.life import PLOTS
from qms.cli.starter import LIBRARY
from qms.forms import Type
from tests.library.shelf import definition

if TYPE_CHECKING:
    from collections.abc import Iterator

LAW: dict[str, Any] = YAML(typ="safe").load(PLOTS.read_text("utf-8"))
CHOICES = (Type.CHOICE, Type.MULTIPLE_CHOICE)


def draw(subject: str | None = None) -> Draw:
    known = Known(parties={"client": ["C-1"], "member": ["M-1"]})
    return Draw("clerk", Random(1), known, date(2026, 3, 2), datetime(2026, 3, 2, 1, tzinfo=UTC), subject)  # noqa: S311


def every_answer(form: str) -> Iterator[tuple[str, Any]]:
    law = LAW["forms"][form]
    for given in (law.get("always", {}), *(plot.get("answers", {}) for plot in law.get("plots", []))):
        yield from given.items()


def ends(told: Any) -> Iterator[Any]:
    """Everything that can come out of a drawn answer."""
    if isinstance(told, dict) and told.keys() == {"pick"}:
        for each in told["pick"]:
            yield from ends(each)
    else:
        yield told


@pytest.mark.parametrize("form", sorted(LAW["forms"]))
def test_every_answer_has_its_field(form: str) -> None:
    """A field or a choice that a form no longer has is told here, not in the middle of a demonstration."""
    law = definition(form)
    fields = {each.id: each for each in law.fields}
    steps = {each.id for each in law.steps}
    for name, told in every_answer(form):
        assert name in fields, (form, name)
        options = {option.value for option in fields[name].options}
        if fields[name].type in CHOICES:
            for end in ends(told):
                assert set(end if isinstance(end, list) else [end]) <= options, (form, name, end)
        if fields[name].type is Type.TABLE:
            columns = {each.id for each in fields[name].columns}
            assert all(row.keys() <= columns for row in told), (form, name)
    for each in (LAW["forms"][form], *LAW["forms"][form].get("plots", [])):
        assert each.get("decisions", {}).keys() <= steps, form


def test_streams_and_schedules_are_of_this_library() -> None:
    """Who begins a form is in the cast, and a schedule that is told something is declared."""
    people = set(re.findall(r"login: ([\w-]+)", ORGANISATION.read_text("utf-8")))
    for stream in LAW["streams"]:
        assert set(stream["by"]) <= people
        assert stream["form"] in LAW["forms"]
    declared = "".join(path.read_text("utf-8") for path in LIBRARY.glob("procedures/*.md"))
    assert all(f"{{id: {code}, " in declared for code in LAW["schedules"])


@pytest.mark.parametrize(
    ("told", "may_be"),
    [
        ("as it is", {"as it is"}),
        (True, {True}),
        ({"pick": ["a", "b"]}, {"a", "b"}),
        ({"number": [10, 20], "step": 5}, {"10", "15", "20"}),
        ({"number": [1, 1], "places": 2}, {"1.00"}),
        ({"day": -1}, {"2026-03-01"}),
        ({"day": [0, 1]}, {"2026-03-02", "2026-03-03"}),
        ({"hours": -1}, {"2026-03-02T00:00:00.000000Z"}),
        ({"party": ["client", "member"]}, {"C-1", "M-1"}),
        ({"subject": True}, {"credit"}),
    ],
)
def test_a_draw_gives_one_of_what_it_names(told: Any, may_be: set[Any]) -> None:
    """Each word of the plots, many times."""
    source = draw("credit")
    assert {source.value("field", told) for _ in range(40)} == may_be


def test_rows_are_drawn_cell_by_cell() -> None:
    """A row may have a column of the same name as a word."""
    rows = [{"subject": "files", "department": {"subject": True}, "passed": {"pick": [False]}}]
    assert draw("credit").value("table", rows) == [
        {"subject": "files", "department": "credit", "passed": False}
    ]


def test_a_file_is_remembered_for_its_field() -> None:
    """The clerk attaches it later."""
    source = draw()
    assert source.value("evidence", {"file": "scan"}) is None
    assert source.files == {"evidence": "scan"}


def test_a_record_is_of_the_same_party_where_there_is_one() -> None:
    """What has not been filed yet cannot be named, and `own` takes nobody else's."""
    source = draw()
    with pytest.raises(NotThereYet):
        source.value("loan", {"record": "FM-02-03"})
    source.known.keep("FM-02-03", "FM-02-03-2026-000001", "C-2", None, "other")
    assert source.value("loan", {"record": "FM-02-03"}) == "FM-02-03-2026-000001"
    with pytest.raises(NotThereYet):
        source.value("loan", {"record": "FM-02-03", "own": True})
    source.known.keep("FM-02-03", "FM-02-03-2026-000002", "C-1", None, "clerk")
    assert source.value("loan", {"record": "FM-02-03", "own": True}) == "FM-02-03-2026-000002"
    source.party = "C-2"
    assert source.value("loan", {"record": "FM-02-03"}) == "FM-02-03-2026-000001"


def test_a_plot_outweighs_what_always_holds() -> None:
    """And what is told for this record outweighs both."""
    law = {"always": {"a": 1, "b": 1, "c": 1}, "plots": [{"answers": {"b": 2, "c": 2}}]}
    assert drawn_plot(Random(1), law, {"c": 3})["answers"] == {"a": 1, "b": 2, "c": 3}  # noqa: S311
