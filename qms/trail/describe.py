"""Entries in plain sentences, for people who read no tags (TRL-15)."""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.trail.journal import TrailRow

SENTENCES: Final[Mapping[str, str]] = {
    "trail:checkpoint": N_("{actor} signed a checkpoint over {size} entries ({reason})."),
    "trail:restart": N_(
        "{actor} let the trail go on from an older state; {count} signed checkpoints were given up."
    ),
    "trail:erase": N_("{actor} erased personal values from entries about {ref}."),
    "trail:clock-step": N_("The machine's clock was moved from {old_at} to {at} ({seconds} seconds)."),
    "trail:stamp": N_("{authority} confirmed that the {size} entries of {ref} stood so at {at}."),
    "trail:refuse": N_("{actor} was refused: {attempt} on {ref}."),
}
_OTHER: Final = N_("{actor}: {action} on {ref}.")
_NOTHING: Final = "–"


def describe(row: TrailRow, language: str, sentences: Mapping[str, str] | None = None) -> str:
    """The entry as one sentence; `sentences` are the other slices' by tag, told apart by nothing else.

    A sentence may use `{actor}`, `{ref}`, `{action}`, `{why}`, any plain value of `before` (as
    `{old_NAME}`) and of `after` (as `{NAME}`), and personal values (as `{personal_NAME}`).
    """
    sentence = (sentences or {}).get(row.action) or SENTENCES.get(row.action, _OTHER)
    facts: dict[str, object] = {field: _NOTHING for _, field, _, _ in Formatter().parse(sentence) if field}
    facts.update({f"old_{name}": _said(value) for name, value in row.before.items()})
    facts.update({name: _said(value) for name, value in row.after.items()})
    facts.update({f"personal_{name}": _said(value) for name, value in row.personal.items()})
    facts.update(actor=row.actor_name, ref=row.ref.key, action=row.action, why=row.why or _NOTHING)
    return say(sentence, language, **facts)


def _said(value: object) -> object:
    if value is None:
        return _NOTHING
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value
