"""Going on after an old backup came back: the one act that a closed workspace lets through (TRL-10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qms import trail
from qms.accounts import NotAllowed
from qms.kernel.labels import N_, Phrase
from qms.runtime.startup import TrailBroken

if TYPE_CHECKING:
    from qms.kernel.errors import QmsError
    from qms.kernel.ports import Actor, Rights
    from qms.runtime.parts import Runtime


def restart_trail(runtime: Runtime, actor: Actor, rights: Rights, why: str) -> int:
    """Record that the trail goes on from an older state, and why; gives how many checkpoints were given up.

    Whatever else closes the workspace stays closed to this too. What is not whole by itself is refused.
    """
    if not rights.may("trail:restart"):
        raise NotAllowed(permission=Phrase(N_("Let the trail go on after a restore")))
    refuse_closed(runtime)
    works = runtime.works
    settings = works.settings
    files, public = trail.kept(settings), trail.load_key(settings.at(settings.keys)).public
    with replace(works, closed=_open).writing(actor, rights) as work:
        count = trail.restart(work, files, public, why)
    runtime.gate.look()
    return count


def refuse_closed(runtime: Runtime) -> None:
    """Refuse where the workspace is closed for another reason than its trail."""
    refusal = runtime.gate()
    if refusal is not None and not isinstance(refusal, TrailBroken):
        raise refusal


def _open() -> QmsError | None:
    """Nothing speaks against this one act."""
