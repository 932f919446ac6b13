"""The records of the house: one of each kind in each state, filed through the steps of its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import records, registers
from qms.records.models import RecordOpening
from qms.registers import Format, View

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from tests.security.house import House, Variant

AUTHOR: Final = "author"
"""Whose drafts and records they are."""
DESK: Final = "desk-reviewer"
REMARK: Final = {"remark": "seen"}
FORM: Final = """number: {number}
kind: form
language: zh-Hans
title: {{zh-Hans: {title}, en: {title}}}
owner: {owner}
route:
  review: {{roles: [reviewer]}}
  approve: {{roles: [approver]}}
  release: {{roles: [document-controller]}}
{more}
record-number: "{number}-{{year}}-{{seq:6}}"
change: {{reason: {title}, summary: {title}}}
fields:
  - {{id: purpose, label: {{en: Purpose}}, type: text, required: true}}
  - {{id: proof, label: {{en: Proof}}, type: file}}
  - {{section: {{en: Review}}, step: review}}
  - {{id: remark, label: {{en: Remark}}, type: text, required: true}}
  - {{id: annex, label: {{en: Annex}}, type: file}}
steps:
  - {{id: file, label: {{en: File}}, by: {{roles: [author]}}}}
  - {{id: review, label: {{en: Review}}, by: {{roles: [reviewer, quality-manager], quorum: any}},
     opinion: required, accept: required, within: 3 working days}}
opens:
  - {{when: "purpose != 'x'", at: file, task: {{label: {{en: Look into it}}}}, to: {{roles: [reviewer]}}}}
"""
REQUEST: Final = """number: FM-12-01
kind: form
language: zh-Hans
title: {{zh-Hans: 修订申请, en: Request for change}}
owner: {owner}
route:
  review: {{roles: [reviewer]}}
  approve: {{roles: [approver]}}
  release: {{roles: [document-controller]}}
change: {{reason: new, summary: new}}
record-number: "FM-12-01-{{year}}-{{seq:6}}"
fields:
  - {{id: document, label: {{en: Document}}, type: text}}
"""
"""The form on which any reader asks for a change; records of it are begun here and go no further."""
REGISTER: Final = """number: {number}
kind: register
language: zh-Hans
title: {{zh-Hans: {title}, en: {title}}}
owner: {owner}
route:
  review: {{roles: [reviewer]}}
  approve: {{roles: [approver]}}
  release: {{roles: [document-controller]}}
{more}
change: {{reason: {title}, summary: {title}}}
publish: daily
from: [{form}]
columns:
  - {{id: purpose, label: {{en: Purpose}}, type: text}}
  - {{id: remark, label: {{en: Remark}}, type: text}}
"""


def register_of(variant: Variant) -> str:
    """The number of the register of a variant."""
    return f"RG-07-0{variant.place + 1}"


def register(variant: Variant, owner: str) -> bytes:
    """The source of the register that the records of a variant stand in."""
    number = register_of(variant)
    title = f"Canary{variant.name}{number.replace('-', '')}"
    return REGISTER.format(
        number=number, title=title, owner=owner, more=variant.head, form=number_of(variant)
    ).encode()


def number_of(variant: Variant) -> str:
    """The number of the form of a variant."""
    return f"FM-07-0{variant.place + 1}"


def form(variant: Variant, owner: str) -> bytes:
    """The source of a form whose records are of a variant."""
    number = number_of(variant)
    title = f"Canary{variant.name}{number.replace('-', '')}"
    return FORM.format(number=number, title=title, owner=owner, more=variant.head).encode()


def fill(house: House, variant: Variant) -> None:
    """A record in every state, each step by the person who takes it."""
    _kept(house, "draft", variant, _begun(house, variant, "draft"))
    for state in ("review", "accepted", "held", "closed"):
        ref = _filed(house, variant, state)
        _kept(house, state, variant, ref)
        if state == "review":
            with house.works.reading(house.actor(AUTHOR), house.now(AUTHOR)) as work:
                opened = select(RecordOpening).order_by(RecordOpening.id.desc())
                house.openings[variant.name] = work.session.scalars(opened).first().id  # type: ignore[union-attr]  # the form opens one
            continue
        with house.acting(DESK) as work:
            if state == "held":
                records.hold(work, ref, "review", f"Canary{variant.name} waits")
                continue
            records.accept(work, ref, "review")
            if state == "closed":
                opinion = f"Canary{variant.name} opinion"
                records.act(work, ref, "review", values=REMARK, opinion=opinion)
    _view(house, variant)


def _view(house: House, variant: Variant) -> None:
    """A view of the register that somebody keeps, and a file of it."""
    number = register_of(variant)
    with house.acting(AUTHOR) as work:
        house.views[variant.name] = registers.save_view(work, number, f"Canary{variant.name} view", View()).id
        asked = registers.ask_export(work, number, View(), Format.CSV).id
    house.exports[variant.name] = asked
    digest = house.works.vault.put(f"Canary{variant.name} rows".encode())
    with house.works.writing(house.actor(AUTHOR), house.now(AUTHOR)) as work:
        registers.finish_export(work, asked, number=number, rows=1, digest=digest)


def _kept(house: House, state: str, variant: Variant, ref: Ref) -> None:
    house.records[state, variant.name] = ref


def _begun(house: House, variant: Variant, state: str) -> Ref:
    """A draft with a file."""
    values: dict[str, Any] = {"purpose": f"Canary{variant.name} 金丝雀{variant.name}"}
    with house.acting(AUTHOR) as work:
        made = records.begin(work, number_of(variant), values=values)
        ref = records.ref_of(made)
        if state == "draft":
            house.drafts[variant.name] = made.id
    content = f"Canary{variant.name} proof".encode()
    with house.looking(AUTHOR) as work:
        ready = records.ready_file(
            work, ref, "proof", name="proof.txt", media_type="text/plain", content=content
        )
    with house.acting(AUTHOR) as work:
        paper = records.add_file(work, ref, "proof", ready).id
        told = {"name": ready.name, "digest": ready.digest, "size": str(ready.size), "type": ready.media_type}
        records.save(work, ref, {**values, "proof": [told]})
    if state == "draft":
        house.digests[variant.name] = ready.digest
    if state == "review":
        house.papers[variant.name] = paper
    return ref


def _filed(house: House, variant: Variant, state: str) -> Ref:
    ref = _begun(house, variant, state)
    with house.acting(AUTHOR) as work:
        return records.ref_of(records.submit(work, ref))
