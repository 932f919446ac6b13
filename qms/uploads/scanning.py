"""The organisation's own scanner, asked about each file before a byte of it is kept (SEC-13)."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from typing import TYPE_CHECKING, Final

from qms.kernel.errors import Problem, Unavailable
from qms.kernel.labels import N_
from qms.uploads.checking import UploadRefused

if TYPE_CHECKING:
    from qms.kernel.settings import Settings

LOG: Final = logging.getLogger("qms.uploads")
_CLEAN: Final = 0
_FOUND: Final = 1
_TOLD: Final = 500


class Harmful(UploadRefused):
    """The scanner found something in the file; the refusal is journalled."""

    journalled = True


class ScannerSilent(Unavailable):
    """The scanner gave no verdict; what nobody examined is not taken."""

    message = "The file could not be examined and was not taken; tell the system administrator."


def scan(settings: Settings, name: str, content: bytes, field: str = "file") -> None:
    """Let `scanner` read the bytes from its standard input; without one nothing is asked.

    The verdict is its exit status, as ClamAV's programs give it: 0 for nothing found, 1 for something.
    Every other status, no program and no end within `scanner_seconds` are no verdict (ScannerSilent).
    """
    if not settings.scanner:
        return
    status, said = _asked(settings, content)
    if status == _FOUND:
        LOG.warning("the scanner found something: %s", said, extra={"facts": {"name": name}})
        text = N_("The scanner found something harmful in {name}.")
        raise Harmful([Problem(text, field=field, facts={"name": name})])
    if status != _CLEAN:
        LOG.error("the scanner gave no verdict: %s", said, extra={"facts": {"status": status}})
        raise ScannerSilent


def _asked(settings: Settings, content: bytes) -> tuple[int | None, str]:
    """The exit status, None where there was none, and the last words."""
    try:
        done = subprocess.run(  # noqa: S603 - the command the organisation set
            shlex.split(settings.scanner),
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            timeout=settings.scanner_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, f"no end within {settings.scanner_seconds} s"
    except OSError as fault:
        return None, str(fault)
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()[-_TOLD:]
