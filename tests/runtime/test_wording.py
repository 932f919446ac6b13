"""TRL-15: entries and jobs are told in the words of people, in each language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from qms.documents.models import Purpose
from qms.documents.operations import walk
from qms.documents.route import StageName
from qms.kernel.refs import Ref
from qms.runtime import wording
from qms.tasks.chasing import Step
from qms.trail import TrailRow

AT = datetime(2026, 11, 2, tzinfo=UTC)


def entry(action: str, ref: str, **after: Any) -> TrailRow:
    """An entry as it is read back."""
    return TrailRow(
        seq=1,
        at=AT,
        actor="person:4",
        action=action,
        ref=Ref.parse(ref),
        body={"actor": {"id": "person:4"}, "after": after},
        hash="",
        personal={"actor": "李四"},
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("CP-12@zh-Hans@A/0", "CP-12 A/0 (zh-Hans)"),
        ("revision:CP-12@en@A/1", "CP-12 A/1 (en)"),
        ("CP-12@zh-Hans@A/0@2", "CP-12 A/0 (zh-Hans) #2"),
        ("CP-12", "CP-12"),
        ("EB-2026-0001", "EB-2026-0001"),
        ("a@b.example", "a@b.example"),
    ],
)
def test_refs_are_written_as_people_write_them(key: str, expected: str) -> None:
    """The label first, the language in brackets; what is no revision stays as it is."""
    assert expected == wording.named(key)


def test_codes_are_told_in_words() -> None:
    """Meanings, kinds of tasks, reasons of checkpoints, and people by name."""
    signed = entry("signature:sign", "revision:CP-12@zh-Hans@A/0", meaning="approved")
    assert wording.sentence(signed, "en") == "李四 signed CP-12 A/0 (zh-Hans) as Approved."
    assert "含义：批准" in wording.sentence(signed, "zh-Hans")
    owed = entry("task:owe", "revision:CP-12@zh-Hans@A/0", kind="documents:read", due="2026-12-02")
    assert "（阅知）" in wording.sentence(owed, "zh-Hans")
    named = entry("person:add", "person:7")
    assert "王五" in wording.sentence(named, "en", {"7": "王五"})
    for reason, expected in (("start", "start of the worker"), ("issue CP-12@en@A/0", "CP-12 A/0 (en)")):
        bound = entry("trail:checkpoint", "checkpoint:1", size=3, reason=reason)
        assert f"({expected})" in wording.sentence(bound, "en")
    own = entry("trail:checkpoint", "checkpoint:1", size=3, reason="quarterly")
    assert "(quarterly)" in wording.sentence(own, "en")


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_every_task_and_step_has_a_word(language: str) -> None:
    """No code of a stage or of a reminder reaches a page."""
    kinds = ["documents:read", walk.REWORK, "documents:periodic-review"]
    kinds += [walk.task_kind(purpose, stage) for purpose in Purpose for stage in StageName]
    for kind in kinds:
        assert kind not in wording.sentence(entry("task:owe", "revision:CP-12@en@A/0", kind=kind), language)
    for step in Step:
        said = wording.sentence(entry("task:chase", "revision:CP-12@en@A/0", step=step.value), language)
        assert step.value not in said


def test_jobs_say_what_they_do() -> None:
    """A job of a kind without words keeps its name."""
    assert (
        wording.job("documents.issue", "revision:CP-12@en@A/0").sentence("zh-Hans") == "发布 CP-12 A/0 (en)"
    )
    assert wording.job("else", "x").sentence("en") == "else"
    assert wording.step("freeze").sentence("zh-Hans") == "冻结清单"
    assert wording.step("content 3").sentence("en") == "content 3"
