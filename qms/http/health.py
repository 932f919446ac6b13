"""What a machine asks: does the process answer, and can the workspace serve; never a word of content.

`/healthz` touches nothing. `/readyz` looks at most once a second, however often it is asked.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from flask import Blueprint, current_app, jsonify, request

from qms import runtime as parts
from qms.http.edge import bare, runtime
from qms.http.limits import limiter
from qms.runtime import Condition

if TYPE_CHECKING:
    from flask import Flask, Response

    from qms.runtime import Readiness, Runtime

pages = Blueprint("health", __name__)
KEEP: Final = 1.0
_UNREADY: Final = 503
_REMEMBERED: Final = "qms-readiness"


class Remembered:
    """The last answer of one process, looked up anew when it is older than `keep` seconds."""

    def __init__(self, keep: float = KEEP) -> None:
        """Nothing is known yet."""
        self.keep = keep
        self._lock = threading.Lock()
        self._until = 0.0
        self._found: Readiness | None = None

    def ask(self, made: Runtime) -> Readiness:
        """How the workspace is; those who ask while somebody looks wait for that look."""
        with self._lock:
            if self._found is None or time.monotonic() >= self._until:
                self._found = parts.readiness(made)
                self._until = time.monotonic() + self.keep
            return self._found


def attach(app: Flask) -> None:
    """Give the application its memory of the last look."""
    app.extensions[_REMEMBERED] = Remembered()


@pages.get("/healthz")
@bare
@limiter.exempt
def alive() -> Response:
    """The process answers."""
    return _plain("ok\n")


@pages.get("/readyz")
@bare
@limiter.exempt
def ready() -> Response:
    """Each part and how it is; 503 only where the pages cannot answer at all (REL-04)."""
    found: Readiness = current_app.extensions[_REMEMBERED].ask(runtime())
    checks = {name: f"{each.condition} {each.said}".strip() for name, each in found.checks.items()}
    if request.accept_mimetypes.best_match(["text/plain", "application/json"]) == "application/json":
        answer = jsonify({"state": found.condition, "checks": checks})
    else:
        told = {"state": str(found.condition), **checks}
        answer = _plain("".join(f"{name} {said}\n" for name, said in told.items()))
    if found.condition is Condition.DOWN:
        answer.status_code = _UNREADY
    return answer


def _plain(text: str) -> Response:
    return current_app.response_class(text, mimetype="text/plain")
