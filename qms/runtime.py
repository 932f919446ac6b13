"""Puts the parts together once; knows no web framework and no command line."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from typing import TYPE_CHECKING

from qms.kernel.ports import Change, Rights, Secrecy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.work import Work

LOG = logging.getLogger(__name__)
COLLECTED: list[Change] = []
for _slice in ("trail", "jobs", "accounts", "tasks", "standards", "documents", "forms", "evidence", "search"):
    try:
        if importlib.util.find_spec(f"qms.{_slice}.models"):
            importlib.import_module(f"qms.{_slice}.models")
    except Exception as fault:  # noqa: BLE001 - while the slices are being built
        LOG.warning("qms.%s: %r", _slice, fault)


def append_to_trail(work: Work, changes: Sequence[Change]) -> None:
    """Write the collected changes."""
    try:
        importlib.import_module("qms.trail").append(work, changes)
    except (ImportError, AttributeError):
        COLLECTED.extend(changes)


def every_permission() -> Rights:
    """Rights that allow everything."""

    class _All(dict[str, None]):
        def __contains__(self, key: object) -> bool:
            return True

        def __getitem__(self, key: str) -> None:
            return None

    return Rights(permissions=_All(), secrecy=Secrecy.SECRET, oversees=True)
