"""What registers contribute to a bundle: each register in scope as CSV, by the rights of its receiver."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

from qms import accounts, documents
from qms.kernel.labels import in_language
from qms.kernel.ports import Item
from qms.registers import declared, exporting, making
from qms.registers.views import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work
    from qms.registers.declared import Register


class RegisterEvidence:
    """The Evidence of registers: their rows filed in the scope's days, sealed cells as sealed (BND-06)."""

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """One CSV a register that has rows in scope, by number."""
        if scope.kinds and documents.Kind.REGISTER not in scope.kinds:
            return []
        found = declared.registers(work.session, rights, work.today, work.language)
        asked = [each for each in found if _in_scope(work, scope, each)]
        return [item for register in asked for item in _extract(work, scope, rights, register)]


def _in_scope(work: Work, scope: Scope, register: Register) -> bool:
    if scope.numbers and register.number not in scope.numbers:
        return False
    if not scope.clauses:
        return True
    named = register.clauses.get(scope.edition or work.settings.standard, ())
    return any(f"{each}.".startswith(f"{clause}.") for each in named for clause in scope.clauses)


def _days(work: Work, scope: Scope) -> tuple[date | None, date]:
    if scope.as_of is not None:
        return None, scope.as_of
    return scope.since, scope.until or work.today


def _extract(work: Work, scope: Scope, rights: Rights, register: Register) -> Iterator[Item]:
    since, until = _days(work, scope)
    view = View(since=since, until=until)
    within = accounts.tree(work.session).subtrees(scope.departments) if scope.departments else None
    made = io.BytesIO()
    head = exporting.heads(register.columns, work.language)
    rows = making.table(work, rights, register, view, register.columns, departments=within)
    if exporting.to_csv(made, head, rows):
        title = in_language(register.title, work.language)
        ref = documents.document_ref(register.number)
        path = f"registers/{_safe(register.number)}.csv"
        yield Item(path, content=made.getvalue(), title=title, refs=(ref,))


def _safe(number: str) -> str:
    return "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in number)
