"""The kinds of refusal and what a refusal carries; HTTP status and exit codes live at the edges."""

from __future__ import annotations

import dataclasses
import errno
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from qms.kernel.labels import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class QmsError(Exception):
    """A refusal: a fact about the world that forbids what was asked.

    Each concrete class has a `message`, an English sentence with `{facts}` that a person can act
    upon; the same sentence is the key of the catalogue for the other languages.
    """

    message: ClassVar[str] = "This is not possible."

    def __init__(self, **facts: object) -> None:
        """Keep the facts that fill the sentence."""
        super().__init__(facts)
        self.facts: Mapping[str, object] = facts

    @property
    def code(self) -> str:
        """The stable name of the refusal for machines."""
        return type(self).__name__

    def sentence(self, language: str = "en") -> str:
        """The refusal in one sentence of the asked language."""
        return say(self.message, language, **self.facts)

    def __str__(self) -> str:
        """The English sentence."""
        return self.sentence("en")


class Missing(QmsError):  # noqa: N818 - a refusal is named after the fact
    """What was asked for does not exist, or may not be known to exist."""

    message = "There is no {what} here."


class Forbidden(QmsError):  # noqa: N818 - a refusal is named after the fact
    """The person may not do this, whatever the state."""

    message = "You may not do this."


class Conflict(QmsError):  # noqa: N818 - a refusal is named after the fact
    """The state of things does not allow this now."""

    message = "The state has changed; look again and repeat."


class Collided(Conflict):
    """The database ended one of two acts that waited for each other; nothing of it was kept."""

    message = "Somebody else did something at the same moment, and nothing of yours was kept. Do it again."


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of an input: where it stands and what is wrong, as a sentence with facts.

    `file` is a name a person knows, `line` counts from 1, `field` is a dotted path such as
    `route.approve.posts`.
    """

    message: str
    file: str | None = None
    line: int | None = None
    field: str | None = None
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def sentence(self, language: str = "en") -> str:
        """The fault with its place in front."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        parts = [part for part in (place, self.field) if part]
        text = say(self.message, language, **self.facts)
        return f"{' · '.join(parts)}: {text}" if parts else text


class Invalid(QmsError):  # noqa: N818 - a refusal is named after the fact
    """The input is wrong; carries every fault found, not only the first."""

    message = "The input has {count} fault(s)."

    def __init__(self, problems: Sequence[Problem] = (), **facts: object) -> None:
        """Keep the faults; `count` is filled in."""
        facts.setdefault("count", len(problems))
        super().__init__(**facts)
        self.problems: tuple[Problem, ...] = tuple(problems)

    def sentence(self, language: str = "en") -> str:
        """The refusal and each fault on its own line."""
        head = super().sentence(language)
        return "\n".join([head, *(problem.sentence(language) for problem in self.problems)])


class Damaged(QmsError):  # noqa: N818 - a refusal is named after the fact
    """Stored bytes or rows are not what was written."""

    message = "Stored data is damaged: {what}."


class Unavailable(QmsError):  # noqa: N818 - a refusal is named after the fact
    """Nothing may be changed now, whoever asks; looking goes on (REL-17)."""

    message = "Nothing can be changed now."


class Exhausted(QmsError):  # noqa: N818 - a refusal is named after the fact
    """There is no room for what was sent; looking goes on (REL-04)."""

    message = "There is no room left."


class DiskFull(Exhausted):
    """The disk took no more; what was begun is undone."""

    message = "The disk is full. Nothing of this was kept; free some space and try again."


@contextmanager
def refuse_full() -> Iterator[None]:
    """A disk that takes no more is a refusal, not a fault of the program."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise DiskFull from fault
        raise
