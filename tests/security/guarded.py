"""What watches over records in the house: a warning of a control point, a hold, a disposal carried out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from qms import accounts, retention, risks, tasks
from qms.accounts import Meaning
from qms.feedback.models import Complaint, HandedIn
from qms.feedback.rules import Matter
from qms.kernel.refs import Ref
from qms.objectives import Direction, Grade, State, Unit
from qms.objectives.models import Objective
from qms.records import Record
from qms.retention import DisposalLine, DisposalList, Result
from qms.risks.models import ControlCheck, ControlWarning
from tests.security.filed import AUTHOR

if TYPE_CHECKING:
    from qms.kernel.work import Work
    from tests.security.house import House, Variant

CODE: Final = "cp-look"
POINT: Final = (
    "control-points: [{{id: cp-look, kind: review, standard: Look at it,"
    " owner: deputy-general-manager, record: {form}}}]\n"
)
"""The key of a head that declares a control point whose checks are filed on `form`."""


def fill(house: House, variant: Variant) -> None:
    """A warning about the closed record of a variant, a hold on it, and a list it stands on."""
    with house.keeping() as work:
        house.warnings[variant.name] = _warning(work, house, variant)
    with house.acting("quality-manager") as work:
        number = house.records["held", variant.name]
        house.holds[variant.name] = retention.hold(work, number, f"Canary{variant.name} suit").id
    house.lists[variant.name] = _list(house, variant)
    with house.keeping() as work:
        house.objectives[variant.name] = _objective(work, house, variant)
        _complaint(work, house, variant)
        house.letters[variant.name] = _letter(work)


def record_of(work: Work, house: House, variant: Variant) -> Record:
    """The closed record of a variant."""
    number = house.records["closed", variant.name].key
    return work.session.scalars(select(Record).where(Record.number == number)).one()


def _warning(work: Work, house: House, variant: Variant) -> int:
    """The author of the record was warned of it."""
    record, document = record_of(work, house, variant), house.refs["issued", variant.name].key.split("@")[0]
    point = {"document": document, "code": CODE}
    check = ControlCheck(
        record_id=record.id, record=record.number, on_day=work.today, verdict=f"Canary{variant.name}", **point
    )
    work.session.add(check)
    work.session.flush()
    made = ControlWarning(
        check_id=check.id,
        words={"en": f"Canary{variant.name} is out of bounds"},
        posts=[],
        secrecy=int(variant.secrecy),
        circle=variant.circle,
        due_on=work.today + timedelta(days=5),
        opened_at=work.now,
        **point,
    )
    work.session.add(made)
    work.session.flush()
    facts: dict[str, Any] = {"point": f"{document}#{CODE}", "record": record.number}
    facts |= {tasks.SECRECY: int(variant.secrecy), tasks.CIRCLE: variant.circle}
    facts[tasks.RIGHT] = "documents:read"
    ref = Ref("control-warning", str(made.id))
    tasks.owe(work, kind=risks.TASK, ref=ref, person_ids=[house.ids[AUTHOR]], subject=risks.TASK, facts=facts)
    return made.id


def _objective(work: Work, house: House, variant: Variant) -> str:
    """The closed record as an objective that is proposed: it exists for whoever sees the record."""
    record = record_of(work, house, variant)
    words = dict.fromkeys(("code", "name", "indicator", "source"), f"Canary{variant.name}")
    made = Objective(
        record_id=record.id,
        record=record.number,
        level=Grade.DEPARTMENT,
        department=record.department,
        owner=AUTHOR,
        unit=Unit.PERCENT,
        direction=Direction.LARGER,
        from_on=work.today,
        until_on=work.today,
        state=State.PROPOSED,
        **words,
    )
    work.session.add(made)
    work.session.flush()
    return made.record


def _letter(work: Work) -> int:
    """Something a stranger handed in: whoever holds the post of the box may take it on."""
    words = f"{work.session.scalar(select(func.count(HandedIn.id)))}"
    made = HandedIn(
        receipt=words, received_at=work.now, matter=Matter.COMPLAINT, content=f"Nr. {words}", demand=""
    )
    work.session.add(made)
    work.session.flush()
    return made.id


def _complaint(work: Work, house: House, variant: Variant) -> None:
    """The closed record as a complaint: it exists for whoever sees the record."""
    record = record_of(work, house, variant)
    words = dict.fromkeys(("channel", "first_asked", "owner", "concerned"), f"Canary{variant.name}")
    made = Complaint(
        record_id=record.id,
        number=record.number,
        form=record.form,
        revision=str(house.refs["form", variant.name]),
        received_at=work.now,
        received_on=work.today,
        acknowledged_at=work.now,
        matter=Matter.COMPLAINT,
        department=record.department,
        at_once=False,
        reviewed=False,
        **words,
    )
    work.session.add(made)
    work.session.flush()


def _list(house: House, variant: Variant) -> str:
    """A list that was carried out, and found its record changed."""
    made = DisposalList(number=f"DL-2026-000{variant.place + 1}", digest="0" * 64)
    with house.acting("quality-manager") as work:
        made.proposed_by, made.proposed_at = house.ids["desk-author"], work.now
        signed = accounts.sign(
            work,
            password=house.keys["quality-manager"],
            meaning=Meaning.APPROVED,
            ref=retention.ref_of(made),
            digest=made.digest,
        )
        made.approved_by, made.approved_at, made.signature_id = work.rights.person_id, work.now, signed.id
        made.state, made.done_at = retention.State.DONE, work.now
        made.certificate_digest = house.works.vault.put(f"Canary{variant.name} certificate".encode())
        work.session.add(made)
        work.session.flush()
        line = line_of(made, record_of(work, house, variant))
        line.result, line.done_at = Result.CHANGED, work.now
        work.session.add(line)
        work.session.flush()
        return made.number


def line_of(found: DisposalList, record: Record) -> DisposalLine:
    """A record on a list."""
    return DisposalLine(
        list_id=found.id,
        record_id=record.id,
        number=record.number,
        form=record.form,
        class_name=f"Canary class of {record.number}",
        keep="1 year",
        event="closed",
        event_on=record.filed_on,
        due_on=record.filed_on,
    )
