"""Whether this program may write to this workspace: asked at the start, and again while it may not.

What keeps nobody from reading closes the workspace to acts alone, under the name of the fault (REL-15,
REL-17); what was not even opened (schema, settings of the database) is refused by `parts`.
"""

from __future__ import annotations

import logging
import os
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import qms
from qms import trail
from qms.kernel.clock import iso
from qms.kernel.errors import Exhausted, QmsError, Unavailable
from qms.kernel.labels import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qms.kernel.ports import Actor
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

LOG: Final = logging.getLogger("qms.startup")
TOLERANCE: Final = timedelta(hours=1)
"""How far the clock may stand before the last entry: less is a correction, which the trail tells of."""
AGAIN: Final = 30.0
"""After how many seconds a closed workspace is looked at again."""
_MEGABYTE: Final = 1 << 20
_GROWING: Final = ("records", "checkpoints")


class ClosedBySetting(Unavailable):
    """The organisation closed it to acts, for maintenance or in an emergency (A11-16)."""

    message = "This workspace is read-only by its settings; nothing can be changed until that is lifted."


class KeyOfAnother(Unavailable):
    """The signing key is not the one the trail began with, so nothing may be signed by it."""

    message = (
        "The signing key {found} does not belong to this trail, which began with {wanted}; "
        "nothing can be changed until the right keys are back."
    )


class KeyUnusable(Unavailable):
    """Without its signing key the trail cannot be bound by checkpoints."""

    message = "The signing key cannot be used, so nothing can be changed: {said}"


class ClockBehindTrail(Unavailable):
    """A clock that was set back would date new acts before old ones."""

    message = (
        "The clock says {now}, but the last entry was written at {last}; "
        "nothing can be changed until it is set."
    )


class ClockBehindProgram(Unavailable):
    """A clock that stands before the program was installed is wrong."""

    message = (
        "The clock says {now}, but this program was installed at {built}; "
        "nothing can be changed until it is set."
    )


class TrailBroken(Unavailable):
    """Nothing is added to a trail that does not continue what was signed of it (TRL-10)."""

    message = "The trail does not verify, so nothing can be changed: {said}"


class TrailOlder(TrailBroken):
    """A database from before its last checkpoint goes on by an explicit, recorded restart alone (TRL-10)."""

    message = (
        "The database ends at entry {last} and is older than the kept checkpoint of {signed} entries; "
        "restore a newer backup, or let the trail go on openly from here: qms trail restart"
    )


class VaultClosed(Unavailable):
    """The folder of stored content takes nothing."""

    message = "Nothing can be stored in {folder}, so nothing can be changed: {said}"


class SpaceLow(Exhausted):
    """What is left is kept for ending what has begun; reading goes on (REL-04)."""

    message = (
        "Only {free} MB are left on the disk of {folder}, and {least} MB have to stay free; "
        "nothing can be changed until there is room."
    )


def by_setting(settings: Settings) -> Unavailable | None:
    """The organisation's own word."""
    return ClosedBySetting() if settings.read_only else None


def key_fits(settings: Settings, wanted: str | None) -> Unavailable | None:
    """The key in the folder is the one the first entry of the trail names; None where it names none."""
    try:
        found = trail.load_key(settings.at(settings.keys)).public.fingerprint
    except QmsError as fault:
        return KeyUnusable(said=Phrase(fault.message, **fault.facts))
    if wanted is not None and found != wanted:
        return KeyOfAnother(found=found[:16], wanted=wanted[:16])
    return None


def installed() -> datetime:
    """When this program was put where it is, by the clock of that day."""
    return datetime.fromtimestamp(Path(qms.__file__).stat().st_mtime, UTC)


def clock_right(works: Works, actor: Actor) -> Unavailable | None:
    """The clock stands neither before the last entry nor before the program was installed."""
    now, built = works.clock.now(), installed()
    if now < built - TOLERANCE:
        return ClockBehindProgram(now=iso(now), built=iso(built))
    with works.reading(actor) as work:
        last = trail.browse(work.session, limit=1)
    if last and now < last[0].at - TOLERANCE:
        return ClockBehindTrail(now=iso(now), last=iso(last[0].at))
    return None


def vault_open(settings: Settings) -> Unavailable | None:
    """The folder of stored content takes a file; the one that is tried has no name."""
    folder = settings.at(settings.records) / "vault"
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(b"x")
            stream.flush()
    except OSError as fault:
        return VaultClosed(folder=folder, said=fault.strerror or fault)
    return None


def trail_whole(works: Works, actor: Actor) -> Unavailable | None:
    """The trail continues what was signed of it last (TRL-10); what it lacks is said apart from damage."""
    found = trail.standing(works, actor)
    if found.may_write or found.fault is None:
        return None
    if found.state is trail.State.OLDER:
        return TrailOlder(signed=found.signed, last=found.last)
    return TrailBroken(said=Phrase(found.fault.message, seq=found.fault.seq, **found.fault.facts))


def room(settings: Settings) -> Exhausted | None:
    """What must stay free is free wherever the workspace grows."""
    least = settings.stop_megabytes
    for name in _GROWING:
        folder = settings.at(getattr(settings, name))
        if folder.is_dir():
            told = os.statvfs(folder)
            free = told.f_bavail * told.f_frsize // _MEGABYTE
            if free < least:
                return SpaceLow(free=free, folder=folder, least=least)
    return None


@dataclass(slots=True)
class Gate:
    """Why nothing may be changed now; `Works` and the vault ask it before each act.

    A fault that is mended opens it again within half a minute, without a restart.
    """

    settings: Settings | None = None
    checks: Sequence[Callable[[], QmsError | None]] = ()
    found: QmsError | None = None
    _until: float = 0.0
    _said: str = ""

    def __call__(self) -> QmsError | None:
        """A refusal of its own for whoever asks, or None; a change is said in the log (REL-15)."""
        if self.found is not None and time.monotonic() >= self._until:
            self.look()
        found = self.found or (None if self.settings is None else room(self.settings))
        code = "" if found is None else found.code
        if code != self._said:
            LOG.error("closed to changes: %s", found) if found else LOG.warning("open to changes again")
        self._said = code
        return None if found is None else type(found)(**found.facts)

    def lift(self) -> None:
        """Let the keeper himself act, who brings back what others then find closed."""
        self.checks, self.found = (), None

    def look(self) -> None:
        """Ask every check; the first fault closes."""
        self.found = next((fault for check in self.checks if (fault := check()) is not None), None)
        self._until = time.monotonic() + AGAIN
