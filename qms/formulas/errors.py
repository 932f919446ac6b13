"""What is refused: a formula nobody can read, and one that has no value for these answers."""

from __future__ import annotations

from typing import NoReturn, cast

from qms.kernel.errors import Invalid
from qms.kernel.labels import N_, Phrase


class FormulaUnreadable(Invalid):
    """A text is no formula; `why` says in one sentence what to change."""

    message = "The formula “{formula}” cannot be read. {why}"

    @property
    def why(self) -> Phrase:
        """The sentence alone, for whoever names the place himself."""
        return cast("Phrase", self.facts["why"])


class FormulaFailed(Invalid):
    """A readable formula has no value for these answers; `why` says what stands in the way."""

    message = "The formula “{formula}” has no value. {why}"

    @property
    def why(self) -> Phrase:
        """The sentence alone, for whoever names the place himself."""
        return cast("Phrase", self.facts["why"])


class Fault(Exception):  # noqa: N818 - inside this slice only; outside it is one of the two above
    """What is wrong, before it is known which formula it stands in."""

    def __init__(self, text: str, /, **facts: object) -> None:
        """Keep the sentence and its facts."""
        super().__init__(text)
        self.why = Phrase(text, **facts)


def mixed() -> NoReturn:
    """Two values of different kinds met."""
    raise Fault(N_("It puts together two kinds of answers, such as a number and a text."))
