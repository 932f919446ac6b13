"""Whether what an answer names exists and may be named by who answers (SEC-06, SEC-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import accounts, documents
from qms.forms import Type
from qms.kernel.errors import Missing
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref
from qms.records import rows
from qms.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from qms.forms import Field
    from qms.kernel.work import Work


class Known:
    """What forms ask about the names in answers."""

    def __init__(self, work: Work, given: Mapping[str, Any] | None = None) -> None:
        """Ask with the rights of who acts; what another record wrote into this one stands as `given`."""
        self._work = work
        self._given = given or {}

    def exists(self, field: Field, value: str) -> bool:
        """Whether the person, department, party, document, clause or record of the field exists.

        Who is asked by a record of another department need not see what that record named.
        """
        if self._given.get(field.id) == value:
            return True
        match field.type:
            case Type.PERSON:
                return self._person(value)
            case Type.DEPARTMENT:
                return any(each.code == value for each in accounts.departments(self._work.session))
            case Type.PARTY:
                return any(each.knows(self._work, value, field.kinds) for each in self._ask("parties"))
            case Type.RECORD:
                return self._recorded(value, field.forms)
            case _:
                return self._document(value.partition(" ")[0])

    def offers(self, register: str, value: str) -> bool:
        """Whether a register offers a choice; where nothing keeps registers, none does."""
        return any(each.offers(self._work, register, value) for each in self._ask("registers"))

    def _ask(self, port: str) -> Sequence[Any]:
        return self._work.ports.get(port, ())

    def _person(self, login: str) -> bool:
        found = accounts.person_by_login(self._work.session, login)
        return found is not None and found.active and found.login == login

    def _document(self, number: str) -> bool:
        work = self._work
        try:
            return documents.document(work.session, work.rights, number, work.today).number == number
        except Missing:
            return False

    def _recorded(self, number: str, forms: Collection[str]) -> bool:
        work = self._work
        try:
            form = rows.seen(work.session, work.rights, work.today, Ref(rows.KIND, number)).form
        except Missing:
            if not any(each.shows(work, number) for each in self._ask("published")):
                return False
            form = work.session.scalars(select(Record.form).where(Record.number == number)).one()
        return not forms or form in forms


GRADES: Final = {grade.name.lower(): grade for grade in Secrecy}
