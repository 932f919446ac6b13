"""How well the search answers the judged questions: recall among the first ten hits, rank of the first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QUESTIONS = Path(__file__).with_name("questions.yaml")
MOST = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the documents and clauses judged to answer it, and what the search gave, best first."""

    kind: str
    text: str
    documents: tuple[str, ...]
    clauses: tuple[str, ...]
    found: tuple[tuple[str, str], ...]

    @property
    def rank(self) -> int:
        """The place of the first right document among the hits, from 1; 0 where there is none."""
        return _place(self.documents, [number for number, _ in self.found])

    @property
    def clause_rank(self) -> int:
        """The place of the first right clause among the hits, from 1; 0 where there is none."""
        return _place(self.clauses, ["#".join(hit) for hit in self.found])


@dataclass(frozen=True, slots=True)
class Recall:
    """The figures over some questions; the misses by name."""

    questions: float
    documents: float
    clauses: float
    reciprocal_rank: float
    missed: tuple[str, ...]


def ask(find: Callable[[str], Sequence[tuple[str, str]]]) -> list[Asked]:
    """Every judged question, put to `find`, which gives the number and anchor of its hits."""
    judged = YAML(typ="safe").load(QUESTIONS)
    return [
        Asked(
            kind,
            row["ask"],
            tuple(row["documents"]),
            tuple(row.get("clauses", ())),
            tuple(find(row["ask"])[:MOST]),
        )
        for kind, rows in judged.items()
        for row in rows
    ]


def recall(asked: Sequence[Asked]) -> Recall:
    """Shares of questions answered, judged documents found and places opened; mean reciprocal rank."""
    wanted = sum(len(one.documents) for one in asked)
    got = sum(len(set(one.documents) & {number for number, _ in one.found}) for one in asked)
    placed = [one for one in asked if one.clauses]
    return Recall(
        questions=sum(one.rank > 0 for one in asked) / len(asked),
        documents=got / wanted,
        clauses=sum(one.clause_rank > 0 for one in placed) / len(placed) if placed else 1.0,
        reciprocal_rank=sum(1 / one.rank for one in asked if one.rank) / len(asked),
        missed=tuple(one.text for one in asked if not one.rank),
    )


def _place(right: Sequence[str], found: Sequence[str]) -> int:
    return next((place for place, each in enumerate(found, 1) if each in right), 0)
