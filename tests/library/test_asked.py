"""Each shipped form holds what it is to hold, and nothing beyond without a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from qms import forms
from qms.documents.source import read_source

ROOT = Path(__file__).parents[2]
ASKED = YAML(typ="safe", pure=True).load((Path(__file__).parent / "asked.yaml").read_text("utf-8"))
FILLED = sorted(path.stem for kind in ("FM", "SC") for path in ROOT.glob(f"forms/{kind}-*.yaml"))
KEPT_BY = {"step", "clock", "opinion", "decision"}


def _definition(number: str) -> forms.Definition:
    path = ROOT / "forms" / f"{number}.yaml"
    return forms.build(read_source(path.read_bytes(), path.name).head)


def test_every_form_is_compared() -> None:
    """A new form needs its list."""
    assert sorted(ASKED) == FILLED


@pytest.mark.parametrize("number", sorted(ASKED))
def test_a_form_holds_what_is_asked(number: str) -> None:
    """A term without a field or a part of the engine that keeps it, or a field without a reason, fails."""
    definition, told = _definition(number), ASKED[number]
    named = [each for kept in told["asked"].values() if isinstance(kept, list) for each in kept]
    named += [each for group in told.get("more", {}).values() for each in group]
    assert sorted(named) == sorted({*named}), "a field answers one term"
    assert sorted(entry.id for entry in definition.fields) == sorted(named)


@pytest.mark.parametrize("number", sorted(ASKED))
def test_what_has_no_field_is_kept_elsewhere(number: str) -> None:
    """Where the engine keeps a term, the form declares that part."""
    definition = _definition(number)
    parts = {
        "step": bool(definition.steps),
        "clock": bool(definition.clocks) or any(step.within for step in definition.steps),
        "opinion": any(step.opinion for step in definition.steps),
        "decision": any(step.decisions for step in definition.steps),
    }
    for term, kept in ASKED[number]["asked"].items():
        if isinstance(kept, dict):
            assert set(kept) <= KEPT_BY, term
            assert all(parts[each] and kept[each] for each in kept), term
