"""Information codes: what carries which, since when, and what an old code became (S12)."""

from __future__ import annotations

from flask import request

from qms import registers
from qms.forms import spoken
from qms.http.edge import page
from qms.registers import words
from qms.web.registers._pages import pages, seen


@pages.get("/registers/codes")
def codes() -> str:
    """Every code with its columns and fields; one code, where it is asked."""
    work = seen()
    code = request.args.get("code", "").strip()
    return page(
        "registers/codes.html",
        code=code,
        rows=registers.codes.codes(work.session, work.rights, work.today, code),
        bearers=words.BEARERS,
        spoken=lambda text: spoken(text, work.language),
    )
