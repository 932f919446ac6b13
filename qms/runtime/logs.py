"""What the processes of a workspace log: one line an event, as text or JSON, without secrets (SEC-25).

Where a line comes from stands in `about`: the edge and the worker put it there around what they do.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from qms.kernel.settings import Settings

FORMS: Final = ("text", "json")
about: ContextVar[Mapping[str, Any]] = ContextVar("about", default={})  # noqa: B039 - never changed in place
_GONE: Final = "\N{REPLACEMENT CHARACTER}"
_BETWEEN: Final = " | "


def neutral(text: str) -> str:
    """A text on one line, without control characters, terminal codes and marks that turn its direction."""
    return "".join(char if char.isprintable() else _GONE for char in text)


class Line(logging.Formatter):
    """An event as one line: instant in UTC, level, who says it, what, and the facts that came along.

    Facts travel as `extra={"facts": {...}}`; a trace is folded into the line.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The whole line."""
        return self.line(self.told(record))

    def told(self, record: logging.LogRecord) -> dict[str, Any]:
        """Everything the line says, by name, each text made harmless."""
        at = datetime.fromtimestamp(record.created, UTC)
        found: dict[str, Any] = {
            "time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **about.get(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            found["fault"] = _BETWEEN.join(line.strip() for line in trace.splitlines())
        return {
            name: neutral(value) if isinstance(value, str) else value
            for name, value in found.items()
            if value is not None
        }

    def line(self, told: dict[str, Any]) -> str:
        """The event for people: the head, then `name=value`."""
        head = [told.pop(name) for name in ("time", "level", "logger", "event")]
        return " ".join([*map(str, head), *(f"{name}={_quoted(value)}" for name, value in told.items())])


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or " " in text or '"' in text else text


class JsonLine(Line):
    """The same as one JSON object, for programs."""

    def line(self, told: dict[str, Any]) -> str:
        """The event with its keys in their order."""
        return json.dumps(told, ensure_ascii=False, default=str)


def set_up(settings: Settings, stream: TextIO | None = None) -> logging.Handler:
    """Let this process log as the workspace asks, everything to one stream; whoever serves does it once."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLine() if settings.log == "json" else Line())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("qms").setLevel(logging.INFO)
    for name in ("gunicorn.error", "gunicorn.access"):
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = True
    return handler
