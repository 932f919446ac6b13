"""The key `control-points` of a head: checked and previewed; nothing is stored that validity tells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qms import accounts, schedules
from qms.kernel.errors import Problem
from qms.kernel.labels import N_, say
from qms.risks import declared, describe, rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.risks.rules import Point


class ControlPointSection:
    """What a document declares under `control-points` (S09, R56, R57)."""

    key = declared.SECTION

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:
        """The faults of the declaration, and posts that are not here.

        Whether clause and record exist the check of the whole library tells, so that a procedure may be
        written before its forms.
        """
        del head
        found = rules.faults(value) or list(_unknown(work, rules.read(value)))
        return [replace(each, field=".".join(filter(None, (self.key, each.field)))) for each in found]

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """What begins, changes and ends."""
        before = {each.id: each for each in rules.read(old or [])}
        after = {each.id: each for each in rules.read(new or [])}
        told = [
            say(describe.CHANGES if name in before else describe.BEGINS, work.language,
                point=dict(each.standard), record=each.form)
            for name, each in after.items()
            if before.get(name) != each
        ]  # fmt: skip
        gone = [before[name] for name in before if name not in after]
        told += [say(describe.ENDS, work.language, point=dict(each.standard)) for each in gone]
        return [*told, *schedules.foretell(work, _scheduled(old or []), _scheduled(new or []))]

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """The points count from the day on because the document does; their checks are owed by schedule."""
        schedules.begin(work, revision, _scheduled(value), on)

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """The points end with the document; what they found stays, what is open of checks ends."""
        elsewhere = schedules.declared_elsewhere(work, revision, self.key, on)
        going_on = {each["id"] for found in elsewhere for each in _scheduled(found)}
        schedules.stop(work, revision, on, {each["id"] for each in _scheduled(value)}, going_on)


def _scheduled(value: Any) -> list[dict[str, Any]]:
    """The schedules of points; what entered force before the law of points was read asks for nothing."""
    if rules.faults(value):
        return []
    found = rules.scheduled(rules.read(value))
    return [each for each in found if schedules.every_of(each["every"]) is not None]


def _unknown(work: Work, points: Sequence[Point]) -> Iterator[Problem]:
    posts = {each.code for each in accounts.posts(work.session)}
    for place, each in enumerate(points, 1):
        if each.every and schedules.every_of(each.every) is None:
            facts = {"choices": ", ".join(schedules.EVERY)}
            yield Problem(N_("Write one of: {choices}."), field=f"{place}.every", facts=facts)
    text = N_("There is no “{code}” here.")
    for place, each in enumerate(points, 1):
        named = {"owner": (each.owner,), "warn.to": each.warn.posts if each.warn else ()}
        for at, codes in named.items():
            for code in sorted(set(codes) - posts):
                yield Problem(text, field=f"{place}.{at}", facts={"code": code})
