"""The file of an organisation's calendars in the folder of the workspace, read again when it has changed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from qms.calendar.days import STAND_IN, Calendar
from qms.calendar.source import Calendars, CalendarsUnreadable, read
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

FILE: Final = "calendars.yaml"


def calendars(home: Path) -> Calendars:
    """The calendars of a workspace; without a file the statutory one alone."""
    path = home / FILE
    try:
        standing = path.stat()
    except FileNotFoundError:
        return Calendars()
    return _read(path, standing.st_mtime_ns, standing.st_size)


def kept(home: Path) -> Calendar:
    """The organisation's calendar, which holds wherever none is named.

    While its file cannot be read the statutory days stand in for it, provisionally: what has to be counted
    is counted, and counted again once the file is mended. `clocks.faults` says what is wrong with it.
    """
    try:
        return calendars(home).default
    except CalendarsUnreadable:
        return STAND_IN


@lru_cache(maxsize=8)
def _read(path: Path, _mtime: int, _size: int) -> Calendars:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as fault:
        problem = Problem(N_("The file is not in UTF-8."), FILE)
        raise CalendarsUnreadable([problem]) from fault
    return read(text, FILE)
