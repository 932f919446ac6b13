"""The child that sets sheets: `python -m qms.rendering.worker`, confined before it reads anything foreign.

One JSON line on stdin names a request file and a result file of the child's own folder; one JSON
line on stdout answers. It ends with its input, so that it never outlives its parent.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from qms.kernel.confined import allow, confine, exhausted
from qms.kernel.errors import QmsError
from qms.rendering.pdf import render_bytes
from qms.rendering.sheet import from_json


def answer(order: dict[str, Any]) -> dict[str, Any]:
    """Do one order; what went wrong is told in the answer, except what kills the process."""
    allow(int(order["seconds"]))
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
        if exhausted():
            return {"fault": "memory"}
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
