"""Ten questions as staff ask them, and the clause each of them must find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from qms.cli.demo.cast import Cast

QUESTIONS: Final = (
    ("审查审批时限", ("WI-02-01",)),
    ("貸審會 迴避", ("WI-02-02",)),
    ("首问负责", ("WI-14-01", "CP-14")),
    ("滿意度 抽樣", ("WI-14-02",)),
    ("质量目标 修正 备案", ("CP-08", "WI-08-01")),
    ("cp12", ("CP-12",)),
    ("zuoye zhidaoshu", ("WI-12-01", "WI-02-01", "WI-14-01", "WI-07-01", "WI-13-01")),
    ("read confirmation", ("CP-12", "WI-12-01")),
    ("问题分类 A 类", ("CP-13", "WI-13-01", "WI-02-01", "FM-13-02")),
    ("風險控制點 檢查", ("CP-07", "WI-07-01")),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The first hit of a question: number, revision, clause, heading; and how many there were."""

    question: str
    expected: tuple[str, ...]
    total: int
    number: str
    revision: str
    clause: str
    heading: str
    snippet: str
    found: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether one of the expected documents stands among the first five hits."""
        return any(number in self.expected for number in self.found)


def ask(cast: Cast, login: str) -> list[Answer]:
    """Ask all questions in the name of a person, who sees what that person may see."""
    return [_answer(cast, login, text, expected) for text, expected in QUESTIONS]


def _answer(cast: Cast, login: str, text: str, expected: tuple[str, ...]) -> Answer:
    with cast.looking(login) as work:
        page = cast.runtime.search.find(work, text, size=5)
    first = page.hits[0] if page.hits else None
    return Answer(
        question=text,
        expected=expected,
        total=page.total,
        number=first.number if first else "",
        revision=first.revision if first else "",
        clause=first.clause if first else "",
        heading=first.heading.text if first else "",
        snippet=first.snippet.text if first else "",
        found=tuple(hit.number for hit in page.hits),
    )
