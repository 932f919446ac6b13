"""The one file that a form brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from qms import uploads
from qms.http.edge import look

if TYPE_CHECKING:
    from qms.uploads import Kept


def sent() -> Kept | None:
    """The file of the form, checked and in the vault before any act (laws 2 and 9)."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    return uploads.kept(look(), file.filename, file.read(uploads.MOST_BYTES + 1))
