"""Pure rules of competence: whether evidence counts on a day, what a training declares (TRN-01)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from qms.calendar import Span, SpanUnreadable, span
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

WARN: Final = timedelta(days=60)
"""How long before its last day evidence is told to be running out."""
WITHIN: Final = "20 working days"
"""How long people have for a training whose declaration says nothing else."""
_MOST_HOURS: Final = 1000
_KEYS: Final = frozenset({"posts", "hours", "within"})


class Basis(StrEnum):
    """On what competence rests (ISO 9001 7.2 b)."""

    EDUCATION = "education"
    TRAINING = "training"
    EXPERIENCE = "experience"
    CERTIFICATE = "certificate"


class Standing(StrEnum):
    """How a person stands to what is asked of them."""

    MET = "met"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    GAP = "gap"
    NOT_ASKED = "not_asked"


BASES: Final[Mapping[Basis, str]] = {
    Basis.EDUCATION: N_("education"),
    Basis.TRAINING: N_("training"),
    Basis.EXPERIENCE: N_("experience"),
    Basis.CERTIFICATE: N_("certificate"),
}
STANDINGS: Final[Mapping[Standing, str]] = {
    Standing.MET: N_("met"),
    Standing.EXPIRING: N_("running out"),
    Standing.EXPIRED: N_("run out"),
    Standing.GAP: N_("missing"),
    Standing.NOT_ASKED: N_("not asked"),
}


@dataclass(frozen=True, slots=True)
class Validity:
    """From which day evidence counts, and its last day; None where it does not end."""

    from_on: date
    until_on: date | None


def standing(held: Iterable[Validity], day: date, *, required: bool = True) -> Standing:
    """How evidence stands on a day: the best of all that is verified."""
    began = [each for each in held if each.from_on <= day]
    if any(each.until_on is None or each.until_on > day + WARN for each in began):
        return Standing.MET
    if any(each.until_on is not None and each.until_on >= day for each in began):
        return Standing.EXPIRING
    if not required:
        return Standing.NOT_ASKED
    return Standing.EXPIRED if began else Standing.GAP


def is_current(found: Standing) -> bool:
    """Whether what is asked is there today."""
    return found in {Standing.MET, Standing.EXPIRING}


@dataclass(frozen=True, slots=True)
class Training:
    """What a document asks of the holders of posts when it enters force (TRN-02)."""

    posts: tuple[str, ...]
    hours: int
    within: Span


def training_faults(value: Any, posts: Collection[str]) -> Iterator[Problem]:
    """Every fault of a declared training, by field; `posts` are those there are."""
    if not isinstance(value, Mapping):
        yield Problem(N_("Write a map of keys and values here."), field="training")
        return
    for key in value:
        if key not in _KEYS:
            text = N_("There is no key {key} here; remove it or correct it.")
            yield Problem(text, field="training", facts={"key": key})
    named = value.get("posts")
    if not isinstance(named, list) or not named:
        yield Problem(N_("Name the posts whose holders are trained: [one, two]."), field="training.posts")
    else:
        for place, code in enumerate(named, 1):
            if str(code) not in posts:
                text = N_("There is no post {code}.")
                yield Problem(text, field=f"training.posts.{place}", facts={"code": code})
    hours = value.get("hours", 0)
    if isinstance(hours, bool) or not isinstance(hours, int) or not 0 <= hours <= _MOST_HOURS:
        facts = {"least": 0, "most": _MOST_HOURS}
        yield Problem(N_("Write a number from {least} to {most}."), field="training.hours", facts=facts)
    try:
        span(str(value.get("within", WITHIN)))
    except SpanUnreadable as fault:
        yield Problem(fault.message, field="training.within", facts=fault.facts)


def read_training(value: Mapping[str, Any]) -> Training:
    """The training of a declaration that has no faults."""
    return Training(tuple(value["posts"]), value.get("hours", 0), span(str(value.get("within", WITHIN))))
