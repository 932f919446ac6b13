"""What a child gives up before it reads foreign bytes: network, programs, memory, space, time (SEC-19)."""

from __future__ import annotations

import ctypes
import resource
import sys
from pathlib import Path
from typing import Final

_NEW_USER: Final = 0x10000000
_NEW_NET: Final = 0x40000000
_SPACE: Final = 512 << 20
_FILES: Final = 256
_CLOSED: Final = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "pty.")


class ConfinedError(RuntimeError):
    """The child tried to reach the network or to start a program."""


def confine(megabytes: int) -> None:
    """Give up network, programs, core dumps, and memory and space beyond the limits (SEC-19, REL-18).

    Where the kernel allows it the process leaves the network namespace; the audit hook, which
    cannot be taken off again, closes sockets and programs in any case.
    """
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_SPACE, _SPACE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NET) != 0:
        libc.unshare(_NEW_USER | _NEW_NET)
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    del arguments
    if event.startswith(_CLOSED):
        raise ConfinedError(event)


def exhausted() -> bool:
    """Whether this process came within a sixteenth of its limit of memory at any time.

    The interpreter and C libraries answer a refused allocation not always with MemoryError, but also with a
    SystemError or a pointer to nothing: what fails at the limit failed because of the limit.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return False
    told = Path("/proc/self/status").read_text("ascii").splitlines()
    peak = next(line for line in told if line.startswith("VmPeak:"))
    return int(peak.split()[1]) << 10 > limit - limit // 16


def allow(seconds: int) -> None:
    """Let this job use that much processor time on top of what the child has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
