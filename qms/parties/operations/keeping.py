"""Adding parties and keeping what is told of them: facts, contacts, stage, end (R59, S31 to S33)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from qms.accounts import require
from qms.kernel import sealing
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.parties import access, choices, rows
from qms.parties.errors import (
    IdentifierTaken,
    MayNotSetLists,
    PartyActive,
    PartyChanged,
    PartyErased,
    PartyInvalid,
    PartyNotActive,
    StageNotAfter,
)
from qms.parties.kinds import State
from qms.parties.models import Party, PartyContact, PartyLists
from qms.parties.operations import facts as told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.work import Work
    from qms.parties.kinds import Kind
    from qms.parties.operations.facts import Facts

LISTS: Final = Ref("lists", "parties")
MOST_CONTACTS: Final = 50
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody one speaks to at a party: personal data, kept sealed (R17)."""

    name: str
    post: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""


def add(work: Work, kind: Kind, facts: Facts, contacts: Sequence[Contact] = ()) -> Party:
    """Add a party under the next number of its kind."""
    require(work, access.MANAGE)
    values = told.checked(work, facts)
    rows.allow(work, values["department"])
    row = Party(number=rows.next_number(work, kind), kind=kind, added_at=work.now, **values)
    work.session.add(row)
    work.session.flush()
    _identify(work, row, facts)
    given = told.identifiers_of(work, row)
    work.record("party:add", rows.ref_of(row), after=told.told(row), personal=told.personal(row, given))
    if contacts:
        _speak(work, row, contacts)
    return row


def change(work: Work, party: str, facts: Facts, *, version: int) -> Party:
    """Change what is told of a party; `version` is the one that was read, so that nobody's change is lost."""
    row = rows.active(work, party)
    if row.version != version:
        raise PartyChanged(party=row.number)
    values = told.checked(work, facts)
    rows.allow(work, values["department"])
    before, had = told.told(row), told.identifiers_of(work, row)
    old = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    _identify(work, row, facts)
    given = told.identifiers_of(work, row)
    changed = [name for name, value in values.items() if name != "folded" and old[name] != value]
    changed += [f"identifier {each}" for each in sorted({*had, *given}) if had.get(each) != given.get(each)]
    if not changed:
        return row
    row.version += 1
    work.session.flush()
    after = {**told.told(row), "changed": changed}
    work.record(
        "party:change", rows.ref_of(row), before=before, after=after, personal=told.personal(row, given)
    )
    return row


def _identify(work: Work, row: Party, facts: Facts) -> None:
    try:
        told.identify(work, row, facts.identifiers)
    except IntegrityError as fault:  # somebody else gave it to another party at the same moment
        raise IdentifierTaken(value=", ".join(facts.identifiers.values())) from fault


def set_contacts(work: Work, party: str, contacts: Sequence[Contact]) -> Party:
    """Say whom one speaks to; all of it is sealed under the party's own key (R17)."""
    row = rows.active(work, party)
    _speak(work, row, contacts)
    return row


def _speak(work: Work, row: Party, contacts: Sequence[Contact]) -> None:
    if row.erased_at is not None:
        raise PartyErased(party=row.number)
    if len(contacts) > MOST_CONTACTS or any(not _fits(each) for each in contacts):
        text = N_("Write a name for everybody, and at most {most} characters in each field.")
        raise PartyInvalid([Problem(text, field="contacts", facts={"most": _LONGEST})])
    keep(work, row, contacts)
    row.version += 1
    work.session.flush()
    work.record("party:contacts", rows.ref_of(row), after={"count": len(contacts)})


def _fits(contact: Contact) -> bool:
    return bool(contact.name.strip()) and all(len(text) <= _LONGEST for text in asdict(contact).values())


def keep(work: Work, row: Party, contacts: Sequence[Contact]) -> None:
    """Write the contacts sealed; the key is made with the first of them."""
    keys = work.settings.at(work.settings.keys)
    work.session.execute(delete(PartyContact).where(PartyContact.party_id == row.id))
    if contacts and row.seal is None:
        row.seal = sealing.new_key(keys)
    for position, contact in enumerate(contacts, 1):
        text = json.dumps(asdict(contact), ensure_ascii=False)
        sealed = sealing.seal_text(keys, row.seal or "", about(row), text)
        work.session.add(PartyContact(party_id=row.id, position=position, sealed=sealed))
    work.session.flush()


def about(row: Party) -> str:
    """What a sealed contact is bound to."""
    return f"contact of party {row.id}"


def opened(work: Work, row: Party) -> list[Contact]:
    """Whom one speaks to at a party; of an erased one nothing is left."""
    if row.seal is None or row.erased_at is not None:
        return []
    keys = work.settings.at(work.settings.keys)
    boxes = select(PartyContact.sealed).where(PartyContact.party_id == row.id).order_by(PartyContact.position)
    return [
        Contact(**json.loads(sealing.unseal_text(keys, row.seal, about(row), box)))
        for box in work.session.scalars(boxes)
    ]


def reach_stage(work: Work, party: str, stage: str) -> Party:
    """The party reached a stage of data collection; from then on that is known of it (R59)."""
    row = rows.active(work, party)
    if not rows.present_lists(work.session).comes_after(stage, row.stage):
        raise StageNotAfter(party=row.number, stage=stage)
    before, row.stage = row.stage, stage
    row.version += 1
    work.session.flush()
    work.record("party:stage", rows.ref_of(row), before={"stage": before}, after={"stage": stage})
    return row


def end(work: Work, party: str, *, why: str) -> Party:
    """The organisation deals with the party no more; all that is kept stays."""
    row = rows.active(work, party)
    return _stand(work, row, State.ENDED, "party:end", rows.reason(why))


def resume(work: Work, party: str, *, why: str) -> Party:
    """The organisation deals with the party again."""
    row = rows.locked(work, party)
    if row.state is State.ACTIVE:
        raise PartyActive(party=row.number)
    if row.state is State.MERGED:
        raise PartyNotActive(party=row.number)
    return _stand(work, row, State.ACTIVE, "party:resume", rows.reason(why))


def _stand(work: Work, row: Party, state: State, action: str, why: str) -> Party:
    before, row.state = row.state, state
    row.ended_at = work.now if state is State.ENDED else None
    row.version += 1
    work.session.flush()
    work.record(
        action, rows.ref_of(row), before={"state": before.value}, after={"state": state.value}, why=why
    )
    return row


def set_lists(work: Work, text: str) -> None:
    """Keep the organisation's own lists of tiers, stages, identifiers, and what is expected of a file."""
    if not work.rights.may(access.MANAGE) or work.rights.permissions[access.MANAGE] is not None:
        raise MayNotSetLists
    choices.read(text, "lists.yaml")
    row = work.session.get(PartyLists, rows.OWN_LISTS, with_for_update=True)
    before = rows.lists_text(work.session)
    if row is None:
        work.session.add(PartyLists(id=rows.OWN_LISTS, text=text, changed_at=work.now))
    else:
        row.text, row.changed_at = text, work.now
    work.session.flush()
    work.record("party:lists", LISTS, before={"lists": before}, after={"lists": text})
