"""`qms library check`: clean on the shipped library; each kind of fault is found where it is seeded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qms import library
from tests.library.shelf import FILES, shipped, spoilt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qms.library import Shelf


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """The shipped library."""
    return shipped()


def test_the_shipped_library_agrees_with_itself(shelf: Shelf) -> None:
    """Nothing is missing, nothing is called two ways (R64)."""
    assert [each.sentence() for each in library.problems(shelf)] == []


def test_each_form_of_the_shipped_library_states_what_it_answers(shelf: Shelf) -> None:
    """The row and requirement behind each form and register; a rule of this project alone."""
    assert [number for number, source in shelf.declared.items() if not source.head.get("basis")] == []
    free = spoilt(shelf, "FM-13-02.yaml", lambda head: head.pop("basis"))
    assert library.problems(free) == []


def test_one_text_alone_is_told_what_it_names_and_has_not(shelf: Shelf) -> None:
    """Unknown clauses of its own, and documents nobody knows; what is known hinders nothing."""
    changed = spoilt(shelf, "CP-14.md", lambda head: head["forms"].append("FM-14-09"))
    text = next(each for each in changed.sources if each.file == "CP-14.md")
    named = library.numbers(text)
    assert {"FM-14-01", "FM-14-09", "CP-02"} <= named
    assert library.loose(text, named) == []
    (problem,) = library.loose(text, named - {"FM-14-09"})
    assert "FM-14-09" in problem.sentence()


def test_a_scorecard_belongs_to_a_procedure(shelf: Shelf) -> None:
    """As forms and registers do (R01)."""
    alone = spoilt(shelf, "CP-14.md", lambda head: head["forms"].remove("SC-16-01"))
    (problem,) = library.problems(alone)
    assert problem.sentence() == "SC-16-01.yaml:1 · number: No procedure names SC-16-01 under forms."


def _of(head: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in head[key] if each.get("id") == name)
    return found


Seed = tuple[str, "Callable[[dict[str, Any]], object]", tuple[str, ...]]
SEEDS: dict[str, Seed] = {
    "missing form": ("CP-14.md", lambda head: head["forms"].append("FM-14-09"), ("FM-14-09",)),
    "missing register": ("CP-07.md", lambda head: head["registers"].append("RG-07-09"), ("RG-07-09",)),
    "missing parent": ("CP-07.md", lambda head: head.update(parent="QM-09"), ("QM-09",)),
    "opened form that is not there": (
        "FM-14-01.yaml",
        lambda head: head["opens"][1].update(form="FM-13-09"),
        ("FM-13-09",),
    ),
    "record of a form that is not there": (
        "FM-02-03.yaml",
        lambda head: _of(head, "fields", "need").update(form=["FM-02-09"]),
        ("FM-02-09",),
    ),
    "choices of a register that is not there": (
        "FM-02-03.yaml",
        lambda head: _of(head, "fields", "product").update(options={"register": "RG-01-01"}),
        ("RG-01-01",),
    ),
    "scheduled form that is not there": (
        "CP-07.md",
        lambda head: head["schedules"][0].update(form="FM-07-09"),
        ("FM-07-09",),
    ),
    "column without a source": (
        "RG-14-01.yaml",
        lambda head: _of(head, "columns", "channel").update(id="chanel"),
        ("chanel",),
    ),
    "code used twice": (
        "FM-02-03.yaml",
        lambda head: _of(head, "fields", "purpose").update(code="1.11.004"),
        ("1.11.004",),
    ),
    "term spelt two ways": (
        "RG-14-01.yaml",
        lambda head: _of(head, "columns", "channel").update(label={"zh-Hans": "途径", "en": "Channel"}),
        ("渠道", "途径"),
    ),
    "label without languages": (
        "RG-14-01.yaml",
        lambda head: _of(head, "columns", "channel").update(label="途径"),
        ("途径",),
    ),
    "post nobody has": (
        "FM-02-03.yaml",
        lambda head: head["steps"][2]["by"].update(posts=["revewer"]),
        ("revewer",),
    ),
    "role nobody has": (
        "FM-14-01.yaml",
        lambda head: head["steps"][0]["by"].update(roles=["first-asked"]),
        ("first-asked",),
    ),
    "department that is not there": ("CP-13.md", lambda head: head.update(owner="risks"), ("risks",)),
    "owner of a control point": (
        "CP-13.md",
        lambda head: head["control-points"][0].update(owner="risk-hed"),
        ("risk-hed",),
    ),
    "control point without its record": (
        "CP-13.md",
        lambda head: head["control-points"][0].update(record="FM-13-09"),
        ("FM-13-09", "cp-overlap"),
    ),
    "clause that is not there": (
        "CP-13.md",
        lambda head: head["control-points"][0].update(clause="murge"),
        ("murge",),
    ),
}


@pytest.mark.parametrize("seed", list(SEEDS))
def test_each_fault_is_found(shelf: Shelf, seed: str) -> None:
    """A seeded fault is told with its file and what is wrong."""
    file, spoil, words = SEEDS[seed]
    told = [each.sentence() for each in library.problems(spoilt(shelf, file, spoil))]
    assert any(all(word in line for word in (file, *words)) for line in told), told


def test_what_need_not_be_said_is_no_fault(shelf: Shelf) -> None:
    """A point without owner, clause or record declares less, but nothing wrong."""
    poor = spoilt(
        shelf, "CP-13.md", lambda head: [head["control-points"][0].pop(key) for key in ("owner", "record")]
    )
    poor = spoilt(poor, "CP-14.md", lambda head: head["control-points"][0].pop("clause"))
    assert library.problems(poor) == []


def test_a_form_and_a_register_without_procedure(shelf: Shelf) -> None:
    """What no text names is told under its own file (R01)."""
    poor = shelf
    for file in ("CP-14.md", "WI-14-01.md", "WI-14-02.md"):
        poor = spoilt(poor, file, lambda head: [head.pop(key, None) for key in ("forms", "registers")])
    told = {(each.file, each.facts.get("number")) for each in library.problems(poor)}
    assert {("FM-14-02.yaml", "FM-14-02"), ("RG-14-01.yaml", "RG-14-01")} <= told


def test_a_register_without_forms(shelf: Shelf) -> None:
    """A register no form feeds stays empty for ever."""
    poor = spoilt(shelf, "RG-14-01.yaml", lambda head: head.pop("from"))
    poor = spoilt(poor, "FM-14-01.yaml", lambda head: head.pop("register"))
    assert [each.file for each in library.problems(poor)] == ["RG-14-01.yaml"]


def test_files_that_cannot_be_read_are_told_beside(shelf: Shelf, tmp_path: Path) -> None:
    """A faulty file is one fault more, with its line; the rest is checked."""
    (tmp_path / "FM-09-01.yaml").write_text("number: FM-09-01\n", "utf-8")
    shape = next(path for path in FILES if path.name == "FM-14-02.yaml").read_text("utf-8")
    (tmp_path / "FM-14-02.yaml").write_text(shape.replace("survey_kind == 'b'", "survey_kin == 'b'"), "utf-8")
    papers = library.of_files(sorted(tmp_path.iterdir()))
    told = [each.sentence() for each in library.check(papers, shelf.structure)]
    assert any(line.startswith("FM-09-01.yaml") for line in told)
    assert any(line.startswith("FM-14-02.yaml:") and "survey_kin" in line for line in told)
