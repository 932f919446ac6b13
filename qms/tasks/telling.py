"""Who may be told of a task: nobody beyond the secrecy and circle of what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.ports import Rights

SECRECY: Final = "secrecy"
CIRCLE: Final = "circle"
RIGHT: Final = "right"


def may_be_told(facts: Mapping[str, Any], rights: Rights) -> bool:
    """Whether somebody of these rights may be told of a task (SEC-07).

    What the task is about says so in the facts `secrecy`, `circle` (one, or several of which each is
    needed) and `right`, the permission that opens it; for everybody else the task does not exist.
    """
    circle, right = facts.get(CIRCLE) or (), facts.get(RIGHT)
    circles = {circle} if isinstance(circle, str) else set(circle)
    inside = int(facts.get(SECRECY, 0)) <= rights.secrecy and circles <= rights.circles
    return inside and (right is None or rights.may(right))
