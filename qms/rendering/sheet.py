"""Pure data: everything that is printed on a document, as frozen values that travel as JSON."""

from __future__ import annotations

import base64
import dataclasses
import json
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from qms.kernel.clock import iso
from qms.rendering.fonts import OwnFont

if TYPE_CHECKING:
    from collections.abc import Mapping


class Layout(StrEnum):
    """How the sheet is set: running text, a form to fill in, a register in landscape, or a filled form."""

    TEXT = "text"
    FORM = "form"
    REGISTER = "register"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Approval:
    """One row of the approval table: what was signed, by whom in which post, when and in which zone.

    All texts are ready to print in the sheet's language, for example
    `Approval("批准", "王一", "分管副总经理", "2026-11-20 16:05 UTC+08:00")` (P11-50).
    """

    meaning: str
    name: str
    post: str
    at: str


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the revision history (DOC-06)."""

    revision: str
    on: str
    summary: str
    reason: str


@dataclass(frozen=True, slots=True)
class Heading:
    """One entry of the contents; `anchor` is the id of the heading in the body."""

    number: str
    text: str
    level: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A document this one leans on, as listed on the sheet."""

    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One fact in the head band of a record, ready to print."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the body: the name used there, its media type and its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the world sees of one revision; the same sheet gives the same bytes (DOC-12).

    `at` is the instant the file says it was made (that of the release); `effective_on` empty means
    a draft. A record has neither: its `state` says how far it is, its `details` stand in the head band,
    and `void` says in red why it counts no more. `verification_url` and `short_code` are empty where
    nothing can be looked up yet.
    """

    organisation: str
    kind: str
    number: str
    title: str
    revision: str
    language: str
    owner: str
    secrecy: str
    body: str
    at: datetime
    layout: Layout = Layout.TEXT
    landscape: bool = False
    subtitle: str = ""
    published_on: date | None = None
    effective_on: date | None = None
    distribution: str = ""
    parent: str = ""
    clauses: str = ""
    approvals: tuple[Approval, ...] = ()
    history: tuple[Change, ...] = ()
    contents: tuple[Heading, ...] = ()
    references: tuple[Reference, ...] = ()
    pictures: tuple[Picture, ...] = ()
    verification_url: str = ""
    short_code: str = ""
    keywords: tuple[str, ...] = ()
    fonts: tuple[OwnFont, ...] = ()
    demo: bool = False
    state: str = ""
    void: str = ""
    details: tuple[Detail, ...] = ()


_ROWS: Mapping[str, type] = {
    "approvals": Approval,
    "history": Change,
    "contents": Heading,
    "references": Reference,
    "pictures": Picture,
    "fonts": OwnFont,
    "details": Detail,
}


def to_json(sheet: Sheet) -> str:
    """The sheet as one JSON text with sorted keys, the same for the same sheet."""
    return json.dumps(_plain(sheet), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    return value


def from_json(text: str | bytes) -> Sheet:
    """The sheet of a JSON text made by `to_json`; a key that a sheet has not is a programmer's error."""
    given = json.loads(text)
    values: dict[str, Any] = dict(given)
    for name, row in _ROWS.items():
        values[name] = tuple(_row(row, item) for item in given.get(name, ()))
    values["at"] = datetime.fromisoformat(given["at"]).astimezone(UTC)
    values["layout"] = Layout(given.get("layout", Layout.TEXT))
    values["keywords"] = tuple(given.get("keywords", ()))
    for name in ("published_on", "effective_on"):
        if given.get(name):
            values[name] = date.fromisoformat(given[name])
    return Sheet(**values)


def _row(kind: type, item: Mapping[str, Any]) -> Any:
    values = dict(item)
    if kind is Picture:
        values["content"] = base64.b64decode(values["content"], validate=True)
    return kind(**values)
