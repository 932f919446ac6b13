"""Pure rules of corrective actions: what a form declares of them, who answers for them (10.2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qms.forms import Binding
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.forms import Bound

BINDING: Final = Binding(
    key="corrective-action",
    begins=N_(
        "Its records are corrective actions from now on: cause before action, effect judged by others."
    ),
    ends=N_("Its records are no corrective actions any longer."),
    one={
        "source": ("record",),
        "due": ("date",),
        "observe-until": ("date",),
        "effective": ("yes-no",),
    },
    several={
        "causes": (),
        "known": (),
        "owners": ("person",),
        "requests": ("record",),
        "closing": (),
    },
    needed=("source", "due", "observe-until", "effective", "causes", "owners"),
    steps=("decide", "verify", "close"),
)
"""`causes` and `known` are answered before the actions are decided, `closing` before it is closed."""


def owners(values: Mapping[str, Any], bound: Bound) -> set[Any]:
    """Everybody who answers for one of the actions, as the answers name them."""
    return set(bound.every(values, "owners"))
