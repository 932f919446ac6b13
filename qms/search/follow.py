"""The one follower: reads the trail since the entry kept in the index and brings the index there (law 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qms.search.engine import Health, State
from qms.search.entries import digest
from qms.search.errors import IndexDamaged, IndexMissing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qms.kernel.ports import Actor, Entry
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work, Works
    from qms.search.engine import Engine
    from qms.search.register import Register

BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Followed:
    """What one round did: trail entries read, things put in anew, and where it stands."""

    rows: int
    groups: int
    seq: int
    behind: int


def follow(works: Works, actor: Actor, engine: Engine, register: Register, limit: int = BATCH) -> Followed:
    """Bring the index one batch nearer to the head of the trail.

    All entries of a batch about one thing become one deletion and one addition (REL-08); the number of
    the last one is kept by the same commit, so that a killed follower repeats the batch and no more. Two
    followers at once are harmless: the later commit sets the number to its own snapshot's, so that
    whatever it overwrote is read again.
    """
    state = _sound(engine.state())
    with works.reading(actor) as work:
        rows = register.since(work.session, state.seq, limit)
        head = register.head_seq(work)
        changes = _present(work, register, register.groups_of(rows))
    last = rows[-1].seq if rows else state.seq
    if rows:
        engine.apply(changes, last)
    return Followed(len(rows), len(changes), last, max(0, head - last))


def catch_up(works: Works, actor: Actor, engine: Engine, register: Register) -> Followed:
    """Bring the index to the head of the trail; one that is missing, damaged or outdated is built anew.

    The head is what it was at the first look: a busy trail never keeps the worker here.
    """
    if engine.state().health is not Health.SOUND:
        rebuild(works, actor, engine, register)
    done = follow(works, actor, engine, register)
    goal = done.seq + done.behind
    while done.seq < goal:
        more = follow(works, actor, engine, register)
        done = Followed(done.rows + more.rows, done.groups + more.groups, more.seq, more.behind)
    return done


def rebuild(works: Works, actor: Actor, engine: Engine, register: Register) -> int:
    """Build the index from zero out of one snapshot of the register; gives the trail number it stands at."""
    with works.reading(actor) as work:
        seq = register.head_seq(work)
        engine.rebuild(register.everything(work), seq)
    return seq


def reconcile(works: Works, actor: Actor, engine: Engine, register: Register) -> list[str]:
    """Read every byte of the index, compare each entry with the register, and mend what differs (REL-07).

    Gives the things that differed. What the trail has changed since is the follower's business.
    """
    state = _sound(engine.check())
    kept: dict[str, dict[str, str]] = {}
    for group, key, known in engine.digests():
        kept.setdefault(group, {})[key] = known
    wrong: dict[str, Sequence[Entry]] = {}
    with works.reading(actor) as work:
        moved = {str(group) for group in register.groups_of(register.since(work.session, state.seq, BATCH))}
        for thing in register.groups(work):
            entries = register.entries(work, thing)
            if kept.pop(str(thing), {}) != {entry.key: digest(entry) for entry in entries}:
                wrong[str(thing)] = entries
    wrong.update(dict.fromkeys(kept, ()))
    mend = {group: entries for group, entries in wrong.items() if group not in moved}
    if mend:
        engine.apply(mend, state.seq)
    return sorted(mend)


def _sound(state: State) -> State:
    if state.health is Health.MISSING:
        raise IndexMissing
    if state.health is Health.DAMAGED:
        raise IndexDamaged(what=state.fault)
    return state


def _present(work: Work, register: Register, groups: Iterable[Ref]) -> dict[str, Sequence[Entry]]:
    return {str(group): register.entries(work, group) for group in groups}
