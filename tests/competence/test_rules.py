"""Whether evidence counts, what a training and a quiz declare, and how a quiz is scored."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from qms.competence import quiz
from qms.competence.rules import Standing, Validity, is_current, read_training, standing, training_faults
from qms.kernel import plain_yaml

PAGE = Path(__file__).parents[2] / "docs" / "writing.md"
DAY = date(2026, 11, 2)
GOOD: dict[str, Any] = {
    "pass": 60,
    "attempts": 2,
    "questions": [
        {"ask": {"zh-Hans": "几天？", "en": "How many days?"}, "options": ["2", "3", "5"], "right": [2]},
        {"ask": "Who signs?", "options": ["author", "reviewer", {"en": "releaser"}], "right": [2, 3]},
        {"ask": "When?", "options": ["now", "later"], "right": 1},
    ],
}


def test_the_page_says_how_a_quiz_is_written() -> None:
    """The example of docs/writing.md is right, is scored as it says, and every key has its line."""
    part = PAGE.read_text("utf-8").split("### Quizzes")[1].split("\n### ")[0]
    (example,) = re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)
    declared = plain_yaml.read(example).value["quiz"]
    assert list(quiz.faults(declared)) == []
    found = quiz.read(declared)
    assert (found.least, found.attempts, len(found.questions)) == (80, 3, 2)
    assert [quiz.score(found, {1: [2], 2: chosen}) for chosen in ([1, 2], [1], [1, 2, 3])] == [100, 50, 50]
    assert all(f"`{key}`" in part for key in ("pass", "attempts", "questions", "ask", "options", "right"))
    assert {"pass", "attempts", "questions"} == declared.keys()


def held(first: int, last: int | None = None) -> Validity:
    return Validity(DAY + timedelta(days=first), None if last is None else DAY + timedelta(days=last))


@pytest.mark.parametrize(
    ("spans", "required", "found"),
    [
        ([], True, Standing.GAP),
        ([], False, Standing.NOT_ASKED),
        ([held(1)], True, Standing.GAP),
        ([held(-1)], True, Standing.MET),
        ([held(-1)], False, Standing.MET),
        ([held(-9, 61)], True, Standing.MET),
        ([held(-9, 60)], True, Standing.EXPIRING),
        ([held(-9, 0)], True, Standing.EXPIRING),
        ([held(-9, -1)], True, Standing.EXPIRED),
        ([held(-9, -1)], False, Standing.NOT_ASKED),
        ([held(-9, -1), held(-1)], True, Standing.MET),
    ],
)
def test_evidence_counts_from_its_first_to_its_last_day(
    spans: list[Validity],
    required: bool,  # noqa: FBT001 - a case of the table
    found: Standing,
) -> None:
    """The best of all that is verified decides; sixty days before its end it is told to run out."""
    assert standing(spans, DAY, required=required) is found
    assert is_current(found) is (found in {Standing.MET, Standing.EXPIRING})


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({"posts": ["reviewer"], "hours": 2, "within": "10 working days"}, []),
        ({"posts": ["reviewer"]}, []),
        ("reviewer", ["training"]),
        ({}, ["training.posts"]),
        ({"posts": [["reviewer"]]}, ["training.posts.1"]),
        ({"posts": ["nobody"], "hours": -1}, ["training.posts.1", "training.hours"]),
        ({"posts": ["reviewer"], "hours": True}, ["training.hours"]),
        ({"posts": ["reviewer"], "hours": "two", "days": 2}, ["training", "training.hours"]),
        ({"posts": ["reviewer"], "within": "soon"}, ["training.within"]),
    ],
)
def test_each_fault_of_a_training_is_told_by_field(value: Any, fields: list[str]) -> None:
    """A post that is not there, hours that are none, a span nobody can read."""
    assert [each.field for each in training_faults(value, {"reviewer"})] == fields


def test_a_training_is_read() -> None:
    """What is left out has its default."""
    read = read_training({"posts": ["reviewer"]})
    assert (read.posts, read.hours, str(read.within)) == (("reviewer",), 0, "20 working days")


def changed(place: int, **more: Any) -> dict[str, Any]:
    questions = [dict(each) for each in GOOD["questions"]]
    questions[place].update(more)
    return {**GOOD, "questions": questions}


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (GOOD, []),
        ([], ["quiz"]),
        ({**GOOD, "pass": 0}, ["quiz.pass"]),
        ({**GOOD, "pass": True}, ["quiz.pass"]),
        ({**GOOD, "attempts": 21}, ["quiz.attempts"]),
        ({**GOOD, "colour": 1}, ["quiz"]),
        ({"pass": 80}, ["quiz.questions"]),
        ({"questions": []}, ["quiz.questions"]),
        ({"questions": ["?"]}, ["quiz.questions.1"]),
        (changed(0, ask=" "), ["quiz.questions.1.ask"]),
        (changed(0, ask={}), ["quiz.questions.1.ask"]),
        (changed(0, why="x"), ["quiz.questions.1"]),
        (changed(1, options=["one"]), ["quiz.questions.2.options"]),
        (changed(1, options="one, two"), ["quiz.questions.2.options"]),
        (changed(1, options=["one", 2]), ["quiz.questions.2.options"]),
        (changed(2, right=[]), ["quiz.questions.3.right"]),
        (changed(2, right=[3]), ["quiz.questions.3.right"]),
        (changed(2, right="now"), ["quiz.questions.3.right"]),
    ],
)
def test_each_fault_of_a_quiz_is_told_by_field(value: Any, fields: list[str]) -> None:
    """Whoever writes a quiz learns where it is wrong."""
    assert [each.field for each in quiz.faults(value)] == fields


def test_the_order_can_be_told_again() -> None:
    """The same seed asks in the same order; every question and option is there once."""
    read = quiz.read(GOOD)
    first, again = quiz.asked(read, "a", "en"), quiz.asked(read, "a", "en")
    assert first == again
    assert {quiz.asked(read, str(each), "en") for each in range(20)} != {first}
    assert sorted(each.place for each in first) == [1, 2, 3]
    by_place = {each.place: each for each in first}
    assert by_place[1].ask == "How many days?"
    assert sorted(place for place, _ in by_place[2].options) == [1, 2, 3]
    assert (by_place[1].several, by_place[2].several) == (False, True)


@pytest.mark.parametrize(
    ("answers", "percent"),
    [
        ({1: [2], 2: [2, 3], 3: [1]}, 100),
        ({1: [2], 2: [2], 3: [1]}, 66),
        ({1: [2], 2: [1, 2, 3]}, 33),
        ({}, 0),
    ],
)
def test_a_question_counts_when_all_and_only_the_right_options_are_chosen(
    answers: dict[int, list[int]], percent: int
) -> None:
    """Percent are never rounded up."""
    assert quiz.score(quiz.read(GOOD), answers) == percent
