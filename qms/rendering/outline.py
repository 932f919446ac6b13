"""Pure rules: in the outline of a document ids are unique and lasting, numbers run without gaps."""

from __future__ import annotations

import re
from typing import Final, Protocol

from qms.kernel.labels import N_

_ID: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class Report(Protocol):
    """Takes a fault at a line of the body."""

    def __call__(self, message: str, line: int, **facts: object) -> None:
        """Note the fault."""
        ...


class Outline:
    """Follows the headings in order and reports what is wrong with their numbers and ids."""

    def __init__(self, report: Report) -> None:
        """Begin before the first heading."""
        self._report = report
        self._last: tuple[int, ...] = ()
        self._numbers: dict[str, int] = {}
        self.known: dict[str, int] = {}

    def enter(self, typed: str, level: int, given: str, line: int) -> str:
        """The lasting id of a heading: the given one, or one derived from its number (`c-5-3`)."""
        number = typed.rstrip(".．、").replace("．", ".")
        if number != typed:
            self._report(
                N_("Write the number {number} with plain dots and none at its end."), line, number=number
            )
        if number:
            self._follow(number, level, line)
        if given:
            return self.claim(given, line)
        derived = f"c-{number.replace('.', '-')}" if number else ""
        if not derived:
            self._report(N_("A heading without a number needs an id on the line above it."), line)
            derived = f"heading-{len(self.known) + 1}"
        return self.claim(derived, line)

    def claim(self, wanted: str, line: int) -> str:
        """Take an id; one that is taken is reported, and made different so that links stay right."""
        if not _ID.fullmatch(wanted):
            self._report(
                N_("The id {id} is not right; use small Latin letters, digits and hyphens."), line, id=wanted
            )
            wanted = f"id-{len(self.known) + 1}"
        elif wanted in self.known:
            self._report(N_("The id {id} is used twice in this document."), line, id=wanted)
            wanted = f"{wanted}-again-{len(self.known) + 1}"
        self.known[wanted] = line
        return wanted

    def _follow(self, number: str, level: int, line: int) -> None:
        parts = tuple(int(part) for part in number.split("."))
        if len(parts) != level:
            self._report(
                N_("Clause {number} needs {wanted} hash sign(s), not {found}."),
                line,
                number=number,
                wanted=len(parts),
                found=level,
            )
        if number in self._numbers:
            self._report(N_("The clause number {number} is used twice."), line, number=number)
            return
        self._numbers[number] = line
        expected = self._expected(parts)
        if parts != expected:
            self._report(
                N_("Clause {number} is out of order; {expected} comes next here."),
                line,
                number=number,
                expected=".".join(str(part) for part in expected),
            )
        self._last = parts

    def _expected(self, parts: tuple[int, ...]) -> tuple[int, ...]:
        """The number that may stand here at the depth of `parts`."""
        depth = min(len(parts), len(self._last) + 1)
        if depth > len(self._last):
            return (*self._last, 1)
        return (*self._last[: depth - 1], self._last[depth - 1] + 1)
