"""The command line: one file a noun; thin, with tables for people and `--json` for programs."""

from __future__ import annotations

import gc
import importlib


def run() -> None:
    """Run the command line of this process; it ends with its exit code.

    Nothing that a start makes is garbage: looking for some while a thousand modules are read takes a fifth of
    the start. What has been read by then is left out of later looks, too.
    """
    gc.disable()
    program = importlib.import_module("qms.cli.main")
    gc.freeze()
    gc.enable()
    program.main()
