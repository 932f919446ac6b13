"""What no honest browser sends: NUL in any value, and numbers no register can hold (SEC-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import BadRequest

from qms.kernel.database import NotStorable

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

_NUL = "\x00"


def attach(app: Flask) -> None:
    """Answer such requests as not understood, instead of as a fault of ours."""

    @app.before_request
    def _refuse_nul() -> None:
        values = (value for fields in (request.args, request.form) for _, value in fields.items(multi=True))
        if _NUL in request.path or any(_NUL in value for value in values):
            raise BadRequest

    def _not_storable(_: Exception) -> ResponseReturnValue:
        return app.handle_http_exception(BadRequest())

    for fault in (OverflowError, NotStorable):
        app.register_error_handler(fault, _not_storable)
