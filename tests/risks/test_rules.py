"""What a control point declares and what a record answers (S09, R56, R57)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qms.kernel.ports import Filed
from qms.kernel.refs import Ref
from qms.risks import rules

GOOD = {"id": "a", "kind": "risk", "standard": "s", "owner": "risk-head", "record": "FM-02-02"}
WARN = {"when": "x > 1", "say": "w", "to": {"posts": ["p"]}, "within": "2 days"}


def _filed(values: dict[str, Any], **more: Any) -> Filed:
    return Filed(
        ref=Ref("record", "R-1"), record_id=1, number="R-1", form="FM-02-02",
        revision=Ref("revision", "FM-02-02@zh-Hans@A/0"), event="submit", step=None, state="closed",
        department="risk", secrecy=1, circle=None, author_id=1, filed_on=date(2026, 1, 1),
        closed_on=None, values=values, **more,
    )  # fmt: skip


def test_a_point_is_read_with_its_defaults() -> None:
    """Checks are filed on the record's form, warnings go to the owner in the standard's words."""
    (plain,) = rules.read([GOOD])
    assert (plain.form, plain.method, plain.warn) == ("FM-02-02", None, None)
    (short,) = rules.read([{**GOOD, "method": {"en": "look"}, "warn": {"when": "x > 1"}}])
    assert short.method == {"en": "look"}
    assert short.warn is not None
    assert (short.warn.posts, short.warn.say, short.warn.within) == (
        ("risk-head",),
        {"zh-Hans": "s"},
        rules.WITHIN,
    )
    (full,) = rules.read([{**GOOD, "form": "FM-07-01", "warn": WARN}])
    assert full.form == "FM-07-01"
    assert full.warn is not None
    assert full.warn.posts == ("p",)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("text", None),
        (["text"], None),
        ([GOOD, GOOD], "2.id"),
        ([{**GOOD, "new": 1}], "1.new"),
        ([{**GOOD, "owner": ""}], "1.owner"),
        ([{**GOOD, "owner": 5}], "1.owner"),
        ([{**GOOD, "standard": {}}], "1.standard"),
        ([{**GOOD, "method": 5}], "1.method"),
        ([{**GOOD, "method": {"en": 5}}], "1.method"),
        ([{**GOOD, "kind": "other"}], "1.kind"),
        ([{**GOOD, "kind": 5}], "1.kind"),
        ([{**GOOD, "every": "month"}], "1.form"),
        ([{**GOOD, "id": "a" * 61}], "1.id"),
        ([{**GOOD, "warn": "x > 1"}], "1.warn"),
        ([{**GOOD, "warn": {"say": "w"}}], "1.warn"),
        ([{**GOOD, "warn": {**WARN, "new": 1}}], "1.warn.new"),
        ([{**GOOD, "warn": {**WARN, "when": "x >"}}], "1.warn.when"),
        ([{**GOOD, "warn": {**WARN, "say": 5}}], "1.warn.say"),
        ([{**GOOD, "warn": {**WARN, "to": "p"}}], "1.warn.to"),
        ([{**GOOD, "warn": {**WARN, "to": {"posts": []}}}], "1.warn.to"),
        ([{**GOOD, "warn": {**WARN, "within": "soon"}}], "1.warn.within"),
    ],
)
def test_each_fault_is_named_where_it_stands(given: Any, field: str | None) -> None:
    """By place and key."""
    assert field in [each.field for each in rules.faults(given)]


def test_what_is_well_written_has_no_fault() -> None:
    """With and without a warning."""
    assert rules.faults([GOOD, {**GOOD, "id": "b", "method": "look", "warn": WARN}]) == []
    assert rules.faults([{**GOOD, "warn": {"when": "x > 1"}}]) == []


def test_a_record_answers_by_origin_or_by_field() -> None:
    """The origin goes before the field; an id alone leaves the document open."""
    assert rules.answered(_filed({})) is None
    assert rules.answered(_filed({}, origin=Ref("task", "1"))) is None
    assert rules.answered(_filed({"control_point": "a"})) == ("", "a")
    assert rules.answered(_filed({"control_point": "CP-02#a"})) == ("CP-02", "a")
    origin = Ref("control-point", "CP-07#b")
    assert rules.answered(_filed({"control_point": "a"}, origin=origin)) == ("CP-07", "b")


def test_a_sealed_or_personal_verdict_is_not_kept_again() -> None:
    """The record alone has it."""
    assert rules.verdict(_filed({"verdict": "ok"})) == "ok"
    assert rules.verdict(_filed({})) is None
    assert rules.verdict(_filed({"verdict": "ok"}, sealed=True)) is None
    assert rules.verdict(_filed({"verdict": "ok"}, personal=frozenset({"verdict"}))) is None


def test_a_point_has_a_reference() -> None:
    """Its document and its id."""
    assert rules.ref_of("CP-02", "a") == Ref("control-point", "CP-02#a")
