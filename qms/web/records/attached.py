"""Files of records: checked by name and content, put into the vault, attached; given out as downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, request

from qms import records, uploads
from qms.forms import Type
from qms.http.edge import act
from qms.kernel.refs import Ref
from qms.web.documents.library import download
from qms.web.records._pages import pages
from qms.web.records.listing import reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask import Response

    from qms.forms import Field
    from qms.kernel.work import Work
    from qms.records import Record


def told(work: Work, record: Record) -> dict[str, Mapping[str, Any]]:
    """What answers say of the attached files, by digest."""
    return {
        each.digest: {
            "name": each.name,
            "digest": each.digest,
            "size": str(each.size),
            "type": each.media_type,
        }
        for each in records.files(work.session, record)
    }


def receive(work: Work, ref: Ref, fields: Iterable[Field]) -> None:
    """Take the files that were sent for the fields of a step; each is checked before any is kept (SEC-13)."""
    found = [
        (name, sent.filename or "", sent.read())
        for name in _names(fields)
        for sent in request.files.getlist(f"{name}~new")
        if sent.filename
    ]
    if not found:
        return
    ready = [
        (name, records.ready_file(work, ref, name, name=plain, media_type=media, content=content))
        for (plain, media), (name, _, content) in zip(uploads.admitted(work, found), found, strict=True)
    ]
    with act() as acting:
        for name, each in ready:
            records.add_file(acting, ref, name, each)
    g.received = [(name, each.digest) for name, each in ready]


def sent() -> dict[str, list[str]]:
    """The answers as they were sent, with the files received on the way."""
    found = {name: request.form.getlist(name) for name in request.form}
    for name, digest in g.get("received", ()):
        found.setdefault(name, []).append(digest)
    return found


def _names(fields: Iterable[Field]) -> list[str]:
    """The places where files may be sent: fields, and cells of tables by their rows."""
    found = [each.id for each in fields if each.type in {Type.FILE, Type.PHOTO}]
    tables = {each.id for each in fields if each.type is Type.TABLE}
    cells = {name.removesuffix("~new") for name in request.files if name.split(".")[0] in tables}
    return [*found, *sorted(cells)]


@pages.get("/records/<number>/file/<int:file_id>")
def file(number: str, file_id: int) -> Response:
    """One attached file, in clear for whoever may see the record; always a download (SEC-13)."""
    work = reader()
    found, content = records.file(work, Ref("record", number), file_id)
    return download(content, found.name, found.media_type)
