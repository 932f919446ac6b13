"""What search asks of the slices and the trail, through the ports alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Entries, Entry
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


class Row(Protocol):
    """What is read of a trail entry."""

    @property
    def seq(self) -> int:
        """Its number."""
        ...

    @property
    def ref(self) -> Ref:
        """What it is about."""
        ...


class GroupMismatchError(ValueError):
    """A fault of the program: a slice gave an entry of another group than it was asked for."""


@dataclass(frozen=True, slots=True)
class Register:
    """The registered Entries of all slices, and the trail to follow."""

    ports: Sequence[Entries]
    since: Callable[[Session, int, int], Sequence[Row]]
    head: Callable[[Session], tuple[int, str]]

    def head_seq(self, work: Work) -> int:
        """The number of the last trail entry."""
        return self.head(work.session)[0]

    def groups_of(self, rows: Iterable[Row]) -> list[Ref]:
        """The things whose entries the rows may have changed, each once (REL-08)."""
        found: dict[Ref, None] = {}
        for row in rows:
            for port in self.ports:
                group = port.group_of(row.ref)
                if group is not None:
                    found[group] = None
        return list(found)

    def entries(self, work: Work, group: Ref) -> list[Entry]:
        """All present entries of one thing, from whichever slices know it."""
        found = [
            entry
            for port in self.ports
            if port.group_of(group) == group
            for entry in port.entries(work, group)
        ]
        for entry in found:
            if entry.group != str(group):
                message = f"entry {entry.key!r} names group {entry.group!r}, not {str(group)!r}"
                raise GroupMismatchError(message)
        return found

    def groups(self, work: Work) -> Iterator[Ref]:
        """Every thing that has entries, each once."""
        seen = set()
        for port in self.ports:
            for group in port.groups(work):
                if group not in seen:
                    seen.add(group)
                    yield group

    def everything(self, work: Work) -> Iterator[list[Entry]]:
        """The entries of every thing, one thing at a time."""
        for group in self.groups(work):
            yield self.entries(work, group)
