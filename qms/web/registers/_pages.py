"""The one blueprint of registers, and what its views share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, request

from qms import registers
from qms.http.edge import NothingToSee, look

if TYPE_CHECKING:
    from qms.kernel.errors import Problem
    from qms.kernel.work import Work
    from qms.registers import Register, View

pages: Final = Blueprint("registers", __name__)


def seen() -> Work:
    """The look of a reader of documents, of which registers are some."""
    work = look()
    if not work.rights.may("documents:read"):
        raise NothingToSee
    return work


def register_at(work: Work, number: str) -> Register:
    """The register of an address."""
    return registers.register(work.session, work.rights, number, work.today, work.language)


def unread(work: Work, register: Register) -> list[Problem]:
    """What the address asks that the register does not answer; parts that are no filter are other pages'."""
    parts = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if "." in name or name in {"since", "until", "sort", "columns"}
    ]
    return registers.views.unread(parts, register.columns, work.settings.zone_info)


def asked(register: Register, *, sent: bool = False) -> View:
    """The view an address or a form asks for, as far as the person may have it."""
    parts = request.form if sent else request.args
    found = registers.views.parsed(parts.items(multi=True))
    return registers.views.kept(found, register.columns)
