"""The process that is killed: `python -m tests.crash.child` does one act for each order it reads.

Each act runs in a fork of its own, which has everything imported and a typesetter at work already, and
ends by `os._exit` at the step that is asked for, or at the act's end.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qms.kernel.labels import LANGUAGES, catalogue
from qms.rendering import Pool, Sheet
from qms.search.analysis.tokens import tokens
from tests.crash.acts import ACTS
from tests.crash.hooks import Steps, install
from tests.crash.house import opened

if TYPE_CHECKING:
    from typing import Never


def blank() -> Sheet:
    """The least that can be set, to warm a typesetter."""
    return Sheet(
        organisation="x", kind="x", number="CP-00", title="x", revision="A/0", language="en", owner="x",
        secrecy="x", body="<p>x</p>", at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def perform(order: dict[str, Any], pool: Pool) -> Never:
    """Do the act in this process and end it."""
    steps = Steps(os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), order["kill"])
    try:
        act = ACTS[order["act"]]
        house = opened(Path(order["home"]), order["url"], act.at)
        install(steps, house.runtime)
        act.do(house, pool)
        steps.say("returned")
        steps.at("after the act")
    except BaseException:  # noqa: BLE001 - whatever it is, the fork must not go on as its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Serve orders until the input ends; the answer is how the fork ended."""
    for language in LANGUAGES:
        catalogue(language)
    tokens("文件控制程序")
    with Pool() as pool:
        pool.render(blank(), b"x", "CP-00.md")
        for line in sys.stdin:
            child = os.fork()
            if child == 0:
                perform(json.loads(line), pool)
            _, status = os.waitpid(child, 0)
            sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
