"""A sheet as HTML, by templates: what the typesetter reads, and what a preview may show."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from qms.kernel.labels import say
from qms.rendering.furniture import fact_rows, signed_line, state_line
from qms.rendering.grammar import sanitised
from qms.rendering.sheet import Layout, Sheet

SCHEME: Final = "asset:"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("qms.rendering"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_html(sheet: Sheet) -> str:
    """The sheet as HTML for the typesetter; the body is sanitised once more (SEC-18)."""
    language = sheet.language

    def words(text: str, **facts: object) -> str:
        return say(text, language, **facts)

    return (
        _templates()
        .get_template("sheet.html")
        .render(
            sheet=sheet,
            _=words,
            body=Markup(_body(sheet)),  # noqa: S704 - sanitised in _body
            state=state_line(sheet),
            signed=signed_line(sheet),
            facts=[[(fact.label, fact.value) for fact in row] for row in fact_rows(sheet)],
            keywords=", ".join((sheet.number, sheet.revision, *sheet.keywords)),
            at=sheet.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            landscape=sheet.landscape or sheet.layout is Layout.REGISTER,
            qr=f"{SCHEME}qr.svg" if sheet.verification_url else "",
            qr_words=say("QR code of {address}", language, address=sheet.verification_url),
        )
    )


def _body(sheet: Sheet) -> str:
    """The body with its pictures pointed at memory; addresses elsewhere are dropped.

    A picture that the sheet does not carry keeps its name, so that the typesetter refuses it.
    """

    def address(tag: str, attribute: str, value: str) -> str | None:
        if (tag, attribute) != ("img", "src"):
            return value
        return None if ":" in value or value.startswith("/") else f"{SCHEME}picture/{value}"

    return sanitised(sheet.body, address)
