"""Files that only their owner may read: written once, and never believed when others could read them."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class OpenToOthersError(Exception):
    """Others than the owner may read the file; each slice says so in a refusal of its own."""


def write_once(path: Path, content: bytes) -> None:
    """Write a secret durably, mode 0600 in a folder of 0700; a FileExistsError where there is one.

    What could not be written whole leaves no file, which would be half a secret for ever (REL-04).
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        path.unlink()
        raise


def read_private(path: Path) -> bytes:
    """The content of a secret file; the mode is asked of the very file that is read."""
    with path.open("rb") as stream:
        mode = os.fstat(stream.fileno()).st_mode
        content = stream.read()
    if mode & _OTHERS:
        raise OpenToOthersError(f"mode {stat.S_IMODE(mode):04o}")
    return content
