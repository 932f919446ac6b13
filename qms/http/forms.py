"""What a form was filled in with and what is wrong with it, so that nothing typed is lost."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from flask import request

from qms.http.problems import status
from qms.kernel.errors import Collided, Conflict, Invalid, Missing, Problem, QmsError
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_OK: Final = 200


class Form:
    """The fields of this request beside their faults; without a POST, the fields of `start`.

    A view tries inside `with form.catch():` and falls through to the same page, which shows each
    fault beside its field and all of them on top.
    """

    def __init__(self, **start: str) -> None:
        """Begin with what was sent, else with `start`."""
        self._start = start
        self._found: list[Problem] = []
        self.problems: list[Problem] = []
        self.status = _OK

    def get(self, name: str) -> str:
        """What stands in a field."""
        if request.method == "POST":
            return request.form.get(name, "")
        return request.args.get(name, self._start.get(name, ""))

    def has(self, name: str, value: str) -> bool:
        """Whether a value is among those chosen."""
        return value in (request.form.getlist(name) if request.method == "POST" else [self.get(name)])

    def text(self, name: str) -> str:
        """What stands in a field that must not be empty; `check` refuses where it is."""
        text = self.get(name).strip()
        if not text:
            self._found.append(Problem(N_("Fill this in."), field=name))
        return text

    def day(self, name: str) -> date:
        """The day in a field; `check` refuses where there is none."""
        return self.maybe_day(name, needed=True) or date.min

    def maybe_day(self, name: str, *, needed: bool = False) -> date | None:
        """The day in a field that may be left empty."""
        text = self.get(name).strip()
        if not text and not needed:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._found.append(Problem(N_("Write a day such as 2026-11-22."), field=name))
        return None

    def next_day(self, name: str) -> date:
        """The day after the one in a field: people name the last day, spans end before a day."""
        found = self.day(name)
        self.check()
        if found == date.max:
            raise Invalid([Problem(N_("Write a day such as 2026-11-22."), field=name)])
        return found + timedelta(days=1)

    def chosen(self, name: str, choices: Iterable[tuple[str, str]]) -> str:
        """The value of a choice, which must be one that was offered (SEC-23)."""
        value = self.get(name)
        if value not in {each for each, _ in choices}:
            raise Invalid([Problem(N_("Choose one from the list."), field=name)])
        return value

    def check(self) -> None:
        """Refuse, before any Work is opened, what the fields read so far lack."""
        if self._found:
            raise Invalid(self._found)

    def faults(self, name: str, language: str) -> list[str]:
        """What is wrong with a field, in sentences."""
        return [say(each.message, language, **each.facts) for each in self.problems if each.field == name]

    @contextmanager
    def catch(
        self, field: str | None = None, fields: Mapping[type[QmsError], str] | None = None
    ) -> Iterator[None]:
        """Take up what is refused inside; `fields` say beside which field a kind of refusal stands.

        Only what the person can correct on this page is taken up: what is forbidden or damaged goes
        on to the edge.
        """
        try:
            yield
        except Collided:
            raise  # the edge repeats the whole request; there is nothing to correct
        except (Invalid, Conflict, Missing) as error:
            beside = (to for kind, to in (fields or {}).items() if isinstance(error, kind))
            self.take(error, next(beside, field))

    def take(self, error: QmsError, field: str | None = None) -> None:
        """Show a refusal beside a field; an `Invalid` brings its own faults with their fields."""
        self.status = status(error)
        if isinstance(error, Invalid) and error.problems:
            self.problems += [
                Problem(each.message, each.file, each.line, each.field or field, each.facts)
                for each in error.problems
            ]
        else:
            self.problems.append(Problem(error.message, field=field, facts=error.facts))
