"""Making the file of a view: row by row into a stream, the same for page, command line, job and bundle."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from qms.kernel.labels import in_language
from qms.registers import exporting, looking, naming
from qms.registers.models import Format

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work
    from qms.registers.columns import Column
    from qms.registers.declared import Register
    from qms.registers.looking import Line
    from qms.registers.views import View

_IN_MEMORY = 4_000_000


@dataclass(slots=True)
class Made:
    """A file being made: its stream, and how many rows stand in it."""

    stream: BinaryIO
    rows: int = 0


@contextmanager
def file(
    work: Work, register: Register, view: View, kind: Format, told: Callable[[int], None] = lambda _: None
) -> Iterator[Made]:
    """The file of a view with the rights of the Work, whichever columns were chosen; all where none were.

    A large one lies in a temporary file while it is made. What is sealed leaves as sealed.
    """
    chosen = tuple(each for each in register.columns if each.id in view.columns) or register.columns
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as stream:
        made = Made(cast("BinaryIO", stream))
        rows = table(work, work.rights, register, view, chosen, told=told)
        head = exporting.heads(chosen, work.language)
        if kind is Format.CSV:
            made.rows = exporting.to_csv(stream, head, rows)
        else:
            title = f"{register.number} {in_language(register.title, work.language)}"
            made.rows = exporting.to_xlsx(stream, title, head, rows)
        stream.seek(0)
        yield made


def table(
    work: Work,
    rights: Rights,
    register: Register,
    view: View,
    columns: Sequence[Column],
    *,
    departments: Collection[str] | None = None,
    told: Callable[[int], None] = lambda _: None,
) -> Iterator[list[Any]]:
    """The rows of a file, one at a time, names instead of codes and logins."""
    zone = work.settings.zone_info
    places = naming.departments(work.session, work.language)
    count = 0
    for page in looking.every_page(work.session, rights, register, view, zone, shown=columns):
        names = places | naming.people(work.session, page.lines, columns)
        asked = (line for line in page.lines if departments is None or line.department in departments)
        yield from exporting.rows(asked, columns, work.language, zone, names)
        count += len(page.lines)
        told(count)


def names_of(work: Work, lines: Sequence[Line], columns: Sequence[Column]) -> naming.Names:
    """What a page calls the people and departments of its lines."""
    people = naming.people(work.session, lines, columns)
    return naming.departments(work.session, work.language) | people
