"""What a person may sign on a route now: in their own name or for whom they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qms import accounts
from qms.kernel.errors import Conflict

if TYPE_CHECKING:
    from qms.documents import Waiting
    from qms.http.forms import Form
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Desk:
    """The open stage of a route as one person meets it.

    `voices` are those in whose name they may sign: "" for their own, else the id of another and
    the name of that person.
    """

    stage: str
    waiting: Waiting | None
    voices: tuple[tuple[str, str], ...]

    @property
    def may_sign(self) -> bool:
        """Whether the person has anything to sign here."""
        return bool(self.voices)


def desk_of(work: Work, waiting: Waiting | None) -> Desk:
    """What the acting person may sign of an open stage."""
    if waiting is None:
        return Desk("", None, ())
    me = work.actor.person_id or 0
    voices = [("", work.actor.name)] if me in waiting.people else []
    others = sorted(waiting.standing_in.get(me, ()))
    names = accounts.names_of(work.session, others)
    voices += [(str(other), names[other]) for other in others]
    return Desk(waiting.stage.value, waiting, tuple(voices))


class StageMoved(Conflict):
    """The stage that the page showed is no longer the open one."""

    message = "Meanwhile this stage was closed. Look again: what is open now is another stage."


def refuse_other_stage(form: Form, stage: str) -> None:
    """Sign only the stage that the page showed: a second click must not sign the next one (SEC-28)."""
    if form.get("stage") not in {"", stage}:
        raise StageMoved


def standing_for(form: Form) -> int | None:
    """In whose name the form is signed; None for one's own."""
    chosen = form.get("standing_for")
    return int(chosen) if chosen.isascii() and chosen.isdigit() else None
