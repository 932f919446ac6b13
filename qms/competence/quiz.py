"""Pure rules of a quiz: how its declaration is read, in what order it is asked, how it is scored (R13).

Positions of options count from 1 in the declaration, as people count.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from qms.kernel.errors import Problem
from qms.kernel.labels import N_, in_language

MOST_QUESTIONS: Final = 100
MOST_OPTIONS: Final = 12
MOST_ATTEMPTS: Final = 20
_KEYS: Final = frozenset({"pass", "attempts", "questions"})
_QUESTION_KEYS: Final = frozenset({"ask", "options", "right"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `right` are the places of its right options, all of which must be chosen."""

    ask: Any
    options: tuple[Any, ...]
    right: frozenset[int]


@dataclass(frozen=True, slots=True)
class Quiz:
    """What must be answered rightly before the reading of a document counts."""

    least: int
    attempts: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as one person meets it: its place in the declaration and the order of its options."""

    place: int
    ask: str
    options: tuple[tuple[int, str], ...]
    several: bool


def faults(value: Any) -> Iterator[Problem]:
    """Every fault of a declared quiz, by field."""
    if not isinstance(value, Mapping):
        yield Problem(N_("Write a map of keys and values here."), field="quiz")
        return
    for key in value:
        if key not in _KEYS:
            yield _unknown(key, "quiz")
    if not _within(value.get("pass", 100), 1, 100):
        yield Problem(N_("Write a percentage from 1 to 100."), field="quiz.pass")
    if not _within(value.get("attempts", 1), 1, MOST_ATTEMPTS):
        yield Problem(
            N_("Write a number from {least} to {most}."),
            field="quiz.attempts",
            facts={"least": 1, "most": MOST_ATTEMPTS},
        )
    questions = value.get("questions")
    if not isinstance(questions, list) or not 0 < len(questions) <= MOST_QUESTIONS:
        yield Problem(
            N_("A quiz has 1 to {most} questions."), field="quiz.questions", facts={"most": MOST_QUESTIONS}
        )
        return
    for place, question in enumerate(questions, 1):
        yield from _question_faults(question, f"quiz.questions.{place}")


def _question_faults(question: Any, field: str) -> Iterator[Problem]:
    if not isinstance(question, Mapping):
        yield Problem(N_("Write a map of keys and values here."), field=field)
        return
    for key in question:
        if key not in _QUESTION_KEYS:
            yield _unknown(key, field)
    if not _is_text(question.get("ask")):
        yield Problem(N_("Write the question."), field=f"{field}.ask")
    options = question.get("options")
    if (
        not isinstance(options, list)
        or not 1 < len(options) <= MOST_OPTIONS
        or not all(_is_text(each) for each in options)
    ):
        yield Problem(
            N_("A question has 2 to {most} options, each a text."),
            field=f"{field}.options",
            facts={"most": MOST_OPTIONS},
        )
        return
    right = question.get("right")
    places = right if isinstance(right, list) else [right]
    if not places or not all(_within(each, 1, len(options)) for each in places):
        yield Problem(N_("Say which options are right, counted from 1: [1, 3]."), field=f"{field}.right")


def _unknown(key: Any, field: str) -> Problem:
    return Problem(
        N_("There is no key {key} here; remove it or correct it."), field=field, facts={"key": key}
    )


def _within(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_text(value: Any) -> bool:
    texts = list(value.values()) if isinstance(value, Mapping) else [value]
    return bool(texts) and all(isinstance(each, str) and each.strip() for each in texts)


def read(value: Mapping[str, Any]) -> Quiz:
    """The quiz of a declaration that has no faults."""
    return Quiz(
        least=value.get("pass", 100),
        attempts=value.get("attempts", 1),
        questions=tuple(
            Question(
                ask=each["ask"],
                options=tuple(each["options"]),
                right=frozenset(each["right"] if isinstance(each["right"], list) else [each["right"]]),
            )
            for each in value["questions"]
        ),
    )


def asked(quiz: Quiz, seed: str, language: str) -> tuple[Asked, ...]:
    """The questions in an order that looks random and is the same for the same seed."""
    order = random.Random(seed)  # noqa: S311 - an order that can be told again, no secret
    places = list(range(len(quiz.questions)))
    order.shuffle(places)
    found = []
    for place in places:
        question = quiz.questions[place]
        options = list(range(1, len(question.options) + 1))
        order.shuffle(options)
        found.append(
            Asked(
                place=place + 1,
                ask=_said(question.ask, language),
                options=tuple((each, _said(question.options[each - 1], language)) for each in options),
                several=len(question.right) > 1,
            )
        )
    return tuple(found)


def _said(text: Any, language: str) -> str:
    return in_language(text, language) if isinstance(text, Mapping) else str(text)


def score(quiz: Quiz, answers: Mapping[int, Sequence[int]]) -> int:
    """Percent of the questions whose right options, and no other, were chosen; never rounded up."""
    right = sum(
        frozenset(answers.get(place, ())) == question.right
        for place, question in enumerate(quiz.questions, 1)
    )
    return right * 100 // len(quiz.questions)
