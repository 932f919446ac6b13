"""A sheet set as PDF/A-3a and PDF/UA-1 in one file, with its source attached; the same sheet, the same bytes.

Nothing is fetched but what `assets` offers. Long work belongs into `pool`, which can kill it.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import pydyf
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.ffi import pango
from weasyprint.text.fonts import FontConfiguration

from qms.kernel.labels import say
from qms.rendering.assets import Assets
from qms.rendering.errors import RenderFailed
from qms.rendering.fonts import SHIPPED, font_bytes
from qms.rendering.furniture import page_label
from qms.rendering.page import SCHEME, render_html
from qms.rendering.qr import qr_svg
from qms.rendering.rendered import Rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.rendering.fonts import OwnFont
    from qms.rendering.sheet import Sheet

_LIBRARIES: Final = (
    "weasyprint",
    "pydyf",
    "fonttools",
    "pillow",
    "segno",
    "nh3",
    "markdown-it-py",
    "jinja2",
    "qms",
)
_SHARES: Final = "\n".join(f".w-{percent} {{ width: {percent}% }}" for percent in range(1, 101))
_UA: Final = (
    '<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>'
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>'
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>PDF/UA part number</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
    "</rdf:Description></rdf:RDF>"
)


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """The versions of everything that has a say in the bytes; the fonts by their common digest."""
    number = int(pango.pango_version())
    fonts = hashlib.sha256(b"".join(hashlib.sha256(face.path.read_bytes()).digest() for face in SHIPPED))
    return {
        **{name: version(name) for name in _LIBRARIES},
        "pango": f"{number // 10000}.{number // 100 % 100}.{number % 100}",
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "fonts": fonts.hexdigest(),
    }


def render_bytes(sheet: Sheet, source: bytes, source_name: str) -> Rendered:
    """The sheet as PDF with its source attached, in this very process; others use `Pool.render`.

    Whatever cannot be printed as given (a picture that does not open, an address that is asked
    for) refuses the whole sheet: an issued document is never quietly incomplete.
    """
    assets = Assets(_given(sheet))
    fonts = _fonts(sheet.fonts)
    with _complaints() as complaints:
        document = HTML(string=render_html(sheet), url_fetcher=assets).render(
            font_config=fonts,
            stylesheets=[_style(sheet.language, sheet.fonts)],
            presentational_hints=False,
            pdf_variant="pdf/a-3a",
        )
        if assets.denied:
            asked = say("the sheet asked for {address}", sheet.language, address=assets.denied[0])
            raise RenderFailed(reason=asked)
        # An attachment serves once, so each render makes its own; its dates are those of the sheet.
        attached = Attachment(
            string=source,
            name=source_name,
            description=say(
                "Source of {number} {revision}", sheet.language, number=sheet.number, revision=sheet.revision
            ),
            created=sheet.at,
            modified=sheet.at,
            relationship="Source",
        )
        pdf = document.write_pdf(
            finisher=_finish, pdf_variant="pdf/a-3a", attachments=[attached], presentational_hints=False
        )
    if complaints:
        raise RenderFailed(reason="; ".join(complaints))
    used = dict(versions())
    if sheet.fonts:
        used["own-fonts"] = " ".join(font.sha256 for font in sheet.fonts)
    return Rendered(pdf, len(document.pages), used)


def _given(sheet: Sheet) -> dict[str, tuple[str, bytes]]:
    given = {f"picture/{item.name}": (item.media_type, item.content) for item in sheet.pictures}
    if sheet.verification_url:
        given["qr.svg"] = ("image/svg+xml", qr_svg(sheet.verification_url))
    return given


@lru_cache(maxsize=2)
def _fonts(own: tuple[OwnFont, ...]) -> FontConfiguration:
    """The fonts, loaded once for all sheets of this process that use the same ones."""
    fonts = FontConfiguration()
    given = {f"own/{count}": ("font/ttf", font_bytes(font)) for count, font in enumerate(own)}
    rules = [
        f"@font-face {{ font-family: '{face.family}'; font-weight: {face.weight};"
        f" src: url({SCHEME}font/{face.file}) }}"
        for face in SHIPPED
    ]
    rules += [
        f"@font-face {{ font-family: 'own-{count}'; src: url({SCHEME}own/{count}) }}"
        for count in range(len(own))
    ]
    CSS(string="\n".join(rules), font_config=fonts, url_fetcher=Assets(given))
    return fonts


@lru_cache(maxsize=6)
def _style(language: str, own: tuple[OwnFont, ...]) -> CSS:
    """The print style for a language."""
    names = ["Noto Sans SC", "Noto Sans TC", *(f"own-{count}" for count in range(len(own)))]
    families = {
        "zh-Hans": names,
        "zh-Hant": [names[1], names[0], *names[2:]],
        "en": names,
    }
    listed = {key: ", ".join(f'"{name}"' for name in value) for key, value in families.items()}
    label = " counter(page) ".join(f'"{part}"' for part in page_label(language)[:2])
    label += f' counter(pages) "{page_label(language)[2]}"'
    text = files("qms.rendering").joinpath("templates/sheet.css").read_text("utf-8")
    text = text.replace("PAGE", label).replace("FAMILY", listed[language])
    by_language = "\n".join(f":lang({key}) {{ font-family: {value} }}" for key, value in listed.items())
    return CSS(string=f"{text}\n{by_language}\n{_SHARES}", font_config=_fonts(own), url_fetcher=Assets())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What the typesetter could not read or find; its remarks on syntax are not among them."""
    heard: list[str] = []

    class _Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage()[:200])

    logger = logging.getLogger("weasyprint")
    ear = _Ear(logging.ERROR)
    logger.addHandler(ear)
    try:
        yield heard
    finally:
        logger.removeHandler(ear)


def _finish(document: Any, pdf: Any) -> None:
    """Declare PDF/UA-1 beside PDF/A-3a, and let readers show the title instead of the file name."""
    del document
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.extra.get("Type") == "/Metadata":
            item.stream = [part.replace(b"</rdf:RDF>", _UA.encode()) for part in item.stream]
            item.compress = False
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
