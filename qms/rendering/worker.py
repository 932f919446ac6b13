"""The child that sets sheets: `python -m qms.rendering.worker`, confined before it reads anything foreign.

One JSON line on stdin names a request file and a result file of the child's own folder; one JSON
line on stdout answers. It ends with its input, so that it never outlives its parent.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any, Final

from qms.kernel.errors import QmsError
from qms.rendering.pdf import render_bytes
from qms.rendering.sheet import from_json

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


def _allow(seconds: int) -> None:
    """Let this job use that much processor time on top of what the child has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Do one order; what went wrong is told in the answer, except what kills the process."""
    _allow(int(order["seconds"]))
    given = json.loads(Path(order["request"]).read_text("utf-8"))
    try:
        made = render_bytes(
            from_json(given["sheet"]), base64.b64decode(given["source"]), str(given["source_name"])
        )
    except MemoryError:
        return {"fault": "memory"}
    except QmsError as refusal:
        return {"fault": "refused", "reason": str(refusal.facts.get("reason", refusal))}
    except Exception as fault:  # noqa: BLE001 - the parent turns any fault of a bad document into a refusal
        return {"fault": "failed", "reason": f"{type(fault).__name__}: {fault}"[:500]}
    Path(order["result"]).write_bytes(made.pdf)
    return {"pages": made.pages, "versions": dict(made.versions)}


def main() -> None:
    """Serve orders until the input ends; stdout belongs to the answers alone."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    confine(int(sys.argv[1]))
    for line in sys.stdin:
        replies.write(json.dumps(answer(json.loads(line))) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
