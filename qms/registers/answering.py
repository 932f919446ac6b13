"""What registers tell lower slices: whether one offers a choice, and what is recorded about a party (S33)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from qms.kernel.labels import in_language
from qms.kernel.refs import Ref
from qms.registers import access, declared, queries
from qms.registers.errors import NoSuchRegister
from qms.registers.models import RegisterCell, RegisterRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Line:
    """One record about a party, as its card lists it."""

    ref: Ref
    number: str
    title: str
    on: date
    form: str


class RegisterAnswers:
    """The ports `registers` and `dossiers`."""

    def offers(self, work: Work, register: str, value: str) -> bool:
        """Whether a register in force holds the value in a row the person sees."""
        session, rights, day = work.session, work.rights, work.today
        try:
            found = declared.register(session, rights, register, day, work.language)
        except NoSuchRegister:
            return False
        if not found.is_in_force:
            return False
        query = (
            select(RegisterCell.row_id)
            .join(RegisterRow, RegisterRow.id == RegisterCell.row_id)
            .where(
                RegisterRow.register_id == found.id,
                or_(RegisterCell.text == value, RegisterCell.ref == value, RegisterRow.number == value),
                access.visible(access.sight(rights, found.near), found.seated),
            )
        )
        return session.scalar(query.limit(1)) is not None

    def lines(self, work: Work, numbers: Collection[str]) -> list[Line]:
        """The records that name one of these parties, each once, the newest first."""
        found: dict[str, Line] = {}
        for party in numbers:
            for each in queries.dossier(
                work.session, work.rights, f"party:{party}", work.today, work.language
            ):
                ref = Ref("record", each.number)
                title = in_language(each.title, work.language)
                found.setdefault(each.number, Line(ref, each.number, title, each.filed_on, each.form))
        return sorted(found.values(), key=lambda line: (line.on, line.number), reverse=True)
