"""Sets sheets in child processes that can be killed; a warm child serves one sheet after the other."""

from __future__ import annotations

import base64
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from qms.rendering.errors import RenderFailed, RenderTimeout, RenderTooLarge
from qms.rendering.rendered import Rendered
from qms.rendering.sheet import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.rendering.sheet import Sheet

_ROOT: Final = Path(__file__).parents[2]
_NO_FONTS: Final = (
    '<?xml version="1.0"?><fontconfig><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>'
)
_OUT_OF_MEMORY: Final = (-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGKILL, -signal.SIGSEGV, -signal.SIGBUS)


class _Child:
    """One worker process with a folder of its own, which goes when the process goes."""

    def __init__(self, megabytes: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="qms-sheet-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        (self.folder / "fonts.conf").write_text(_NO_FONTS, "utf-8")
        self.log = self.folder / "log"
        self.served = 0
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-W", "ignore", "-m", "qms.rendering.worker", str(megabytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        """Nothing of the parent's secrets; only shipped fonts exist for the child."""
        return {
            "PATH": os.defpath,
            "PYTHONPATH": str(_ROOT),
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(self.folder),
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder),
            "FONTCONFIG_FILE": str(self.folder / "fonts.conf"),
        }

    def ask(self, order: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """The answer to an order, or None when it did not come in time; EOF gives an empty answer."""
        pipe_in, pipe_out = self.process.stdin, self.process.stdout
        if pipe_in is None or pipe_out is None:  # pragma: no cover - both are pipes by construction
            raise RuntimeError("the child has no pipes")
        with suppress(BrokenPipeError):
            pipe_in.write(json.dumps(order).encode() + b"\n")
            pipe_in.flush()
        line = b""
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(pipe_out, selectors.EVENT_READ)
            while not line.endswith(b"\n"):
                if not selector.select(max(until - time.monotonic(), 0)):
                    return None
                piece = os.read(pipe_out.fileno(), 65536)
                if not piece:
                    return {}
                line += piece
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> int:
        """Kill the process group, collect its exit status and remove its folder."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
        self._folder.cleanup()
        return status


class Pool:
    """At most `size` children; each is replaced after `serves` sheets and after any fault.

    One bad sheet cannot stop others: it ends with its child, as a refusal (REL-18).
    """

    def __init__(self, *, seconds: int = 120, megabytes: int = 2048, size: int = 1, serves: int = 64) -> None:
        """Set the limits for one sheet; children start when they are needed."""
        self.seconds = seconds
        self.megabytes = megabytes
        self.serves = serves
        self._room = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []

    def __enter__(self) -> Self:
        """Use as a context: leaving it ends the children."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the children."""
        self.close()

    def close(self) -> None:
        """End the idle children; the pool may be used again afterwards."""
        with self._lock:
            children, self._idle = self._idle, []
        for child in children:
            child.end()

    def render(self, sheet: Sheet, source: bytes, source_name: str) -> Rendered:
        """The sheet as PDF, or a refusal: RenderTimeout, RenderTooLarge, RenderFailed."""
        with self._child() as child:
            return self._made(child, sheet, source, source_name)

    @contextmanager
    def _child(self) -> Iterator[_Child]:
        with self._room:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            child = child or _Child(self.megabytes)
            try:
                yield child
            except BaseException:
                child.end()
                raise
            child.served += 1
            if child.served >= self.serves:
                child.end()
                return
            with self._lock:
                self._idle.append(child)

    def _made(self, child: _Child, sheet: Sheet, source: bytes, source_name: str) -> Rendered:
        request, result = child.folder / "request.json", child.folder / "result.pdf"
        given = {
            "sheet": to_json(sheet),
            "source": base64.b64encode(source).decode("ascii"),
            "source_name": source_name,
        }
        request.write_text(json.dumps(given), "utf-8")
        order = {"request": str(request), "result": str(result), "seconds": self.seconds}
        answer = child.ask(order, self.seconds)
        if answer is None:
            raise RenderTimeout(seconds=self.seconds)
        if not answer:
            raise self._died(child)
        if answer.get("fault") == "memory":
            raise RenderTooLarge(megabytes=self.megabytes)
        if "fault" in answer:
            raise RenderFailed(reason=answer["reason"])
        pdf = result.read_bytes()
        result.unlink()
        return Rendered(pdf, int(answer["pages"]), answer["versions"])

    def _died(self, child: _Child) -> RenderTimeout | RenderTooLarge | RenderFailed:
        """Why the child is gone: by its exit status."""
        status = child.process.wait()
        if status == -signal.SIGXCPU:
            return RenderTimeout(seconds=self.seconds)
        if status in _OUT_OF_MEMORY or "MemoryError" in _tail(child.log):
            return RenderTooLarge(megabytes=self.megabytes)
        return RenderFailed(reason=_tail(child.log) or f"exit status {status}")


def _tail(log: Path) -> str:
    return log.read_text("utf-8", "replace").strip()[-300:]
