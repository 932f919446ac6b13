"""Stamped copies: what leaves the system says what it is, and carries neither source nor signatures.

The copy is a full new file, never an update of the original, so that nothing stripped can be dug out.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from qms.kernel.labels import N_, say
from qms.rendering.errors import PdfUnreadable
from qms.rendering.outlines import Outline, outline
from qms.rendering.xmp import stamped_metadata

if TYPE_CHECKING:
    from qms.rendering.fonts import OwnFont

_ROOT_PARTS: Final = ("/AF", "/Collection", "/Legal", "/Perms", "/DSS", "/Extensions")
_MARK, _LINE, _BLEND = "/QmsStampMark", "/QmsStampLine", "/QmsStampBlend"
_FOOT_AT: Final = 14.0
_FOOT_SIZE: Final = 7.5
_SIDE: Final = 40.0
_DEEPEST: Final = 16


class StampKind(StrEnum):
    """What a copy is (DOC-04, DOC-11)."""

    DRAFT = "draft"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    UNCONTROLLED = "uncontrolled"


@dataclass(frozen=True, slots=True)
class Stamp:
    """One stamp: what the copy is, for whom it was made and when.

    `at` is the instant as it shall be read (with zone), `made_at` the same instant for the file;
    `note` may add what stands in its place, for example `A/2, 2026-12-01`.
    """

    kind: StampKind
    language: str
    name: str
    at: str
    made_at: datetime
    note: str = ""
    fonts: tuple[OwnFont, ...] = ()

    @property
    def word(self) -> str:
        """The word across the page."""
        return say(_WORDS[self.kind], self.language)

    @property
    def line(self) -> str:
        """The line at the foot of each page."""
        parts = [say(_LINES[self.kind], self.language), self.note]
        parts.append(say("for {name} at {at}", self.language, name=self.name, at=self.at))
        return " · ".join(part for part in parts if part)


_WORDS: Final = {
    StampKind.DRAFT: N_("DRAFT"),
    StampKind.SUPERSEDED: N_("SUPERSEDED"),
    StampKind.WITHDRAWN: N_("WITHDRAWN"),
    StampKind.UNCONTROLLED: N_("UNCONTROLLED"),
}
_LINES: Final = {
    StampKind.DRAFT: N_("Draft, not to be used"),
    StampKind.SUPERSEDED: N_("Superseded, not to be used"),
    StampKind.WITHDRAWN: N_("Withdrawn, not to be used"),
    StampKind.UNCONTROLLED: N_("Uncontrolled copy"),
}
# A hidden mark would be dangerous on what must not be used: there it lies above, multiplied into the page.
_ABOVE: Final = frozenset({StampKind.SUPERSEDED, StampKind.WITHDRAWN})
_COLOURS: Final = {
    StampKind.DRAFT: (0.88, 0.90, 0.91),
    StampKind.UNCONTROLLED: (0.93, 0.94, 0.945),
    StampKind.SUPERSEDED: (0.98, 0.84, 0.81),
    StampKind.WITHDRAWN: (0.98, 0.80, 0.77),
}


def stamp(pdf: bytes, mark: Stamp) -> bytes:
    """A stamped copy of an issued PDF, still PDF/A-3a and PDF/UA-1; the same input, the same bytes.

    Source attachments, signatures and their validation data are gone from the copy.
    """
    try:
        copy = Pdf.open(io.BytesIO(pdf))
    except pikepdf.PdfError as fault:
        raise PdfUnreadable from fault
    with copy:
        _strip(copy)
        _draw(copy, mark)
        _describe(copy, mark, hashlib.sha256(pdf).hexdigest())
        made = io.BytesIO()
        copy.save(
            made,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve,
            fix_metadata_version=False,
        )
    return made.getvalue()


def _strip(copy: Pdf) -> None:
    """Take out attachments and signatures; links and outline stay."""
    root = copy.Root
    for key in _ROOT_PARTS:
        if key in root:
            del root[key]
    if "/Names" in root and "/EmbeddedFiles" in root.Names:
        del root.Names["/EmbeddedFiles"]
    if "/AcroForm" in root:
        _strip_fields(root)
    for page in copy.pages:
        if "/Annots" in page:
            page.Annots = Array([item for item in page.Annots if not _leaves(item)])
    for item in copy.objects:
        if isinstance(item, Dictionary) and "/AF" in item:
            del item["/AF"]


def _leaves(annotation: pikepdf.Object) -> bool:
    """Whether an annotation carries a file or shows a signature."""
    if annotation.get("/Subtype") == Name.FileAttachment:
        return True
    return annotation.get("/Subtype") == Name.Widget and _field_type(annotation) == Name.Sig


def _field_type(field: pikepdf.Object) -> pikepdf.Object | None:
    """The type of a field, which it may have from a parent."""
    for _ in range(_DEEPEST):
        if "/FT" in field or "/Parent" not in field:
            break
        field = field.Parent
    return field.get("/FT")


def _strip_fields(root: pikepdf.Object) -> None:
    form = root.AcroForm
    fields = [item for item in form.get("/Fields", Array()) if not _signs(item, 0)]
    if not fields:
        del root["/AcroForm"]
        return
    form.Fields = Array(fields)
    if "/SigFlags" in form:
        del form["/SigFlags"]


def _signs(field: pikepdf.Object, depth: int) -> bool:
    if field.get("/FT") == Name.Sig:
        return True
    return depth < _DEEPEST and any(_signs(kid, depth + 1) for kid in field.get("/Kids", Array()))


def _draw(copy: Pdf, mark: Stamp) -> None:
    """Put the word and the foot line on each page as artifacts, each drawn once and shared."""
    word = outline(mark.word, mark.language, 700, mark.fonts)
    line = outline(mark.line, mark.language, 400, mark.fonts)
    word_form = _form(copy, word, _COLOURS[mark.kind])
    line_form = _form(copy, line, (0.33, 0.37, 0.41))
    blend = copy.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name.Multiply))
    streams: dict[tuple[float, ...], tuple[pikepdf.Object, pikepdf.Object]] = {}
    for page in copy.pages:
        box = tuple(float(value) for value in page.cropbox)
        if box not in streams:
            streams[box] = _streams(copy, mark.kind, box, word, line)
        before, after = streams[box]
        resources = _shallow(page.resources)
        resources.XObject = _shallow(resources.get("/XObject"))
        resources.XObject[_MARK], resources.XObject[_LINE] = word_form, line_form
        resources.ExtGState = _shallow(resources.get("/ExtGState"))
        resources.ExtGState[_BLEND] = blend
        page.Resources = resources
        old = page.Contents
        page.Contents = Array([before, *(old if isinstance(old, Array) else [old]), after])


def _shallow(given: pikepdf.Object | None) -> Dictionary:
    """A copy of a dictionary that pages share, so that one page's may be added to."""
    made = Dictionary()
    for key, value in (given or Dictionary()).items():
        made[key] = value
    return made


def _form(copy: Pdf, words: Outline, colour: tuple[float, float, float]) -> pikepdf.Object:
    shade = " ".join(f"{part:g}" for part in colour)
    form = copy.make_stream(shade.encode() + b" rg\n" + words.path + b"\nf")
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array([0, -300, math.ceil(words.width), 1100])
    form.Resources = Dictionary()
    return form


def _streams(
    copy: Pdf, kind: StampKind, box: tuple[float, ...], word: Outline, line: Outline
) -> tuple[pikepdf.Object, pikepdf.Object]:
    """What is drawn before and after a page of this size; the page itself is wrapped in q and Q."""
    big = _word_matrix(box, word)
    blend = f"{_BLEND} gs " if kind in _ABOVE else ""
    mark = f"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q {blend}{big} cm {_MARK} Do Q EMC\n"
    small = _line_matrix(box, line)
    foot = f"/Artifact <</Type /Pagination /Subtype /Footer>> BDC q {small} cm {_LINE} Do Q EMC\n"
    before = "q\n" if kind in _ABOVE else f"{mark}q\n"
    after = f"\nQ\n{mark if kind in _ABOVE else ''}{foot}"
    return copy.make_stream(before.encode()), copy.make_stream(after.encode())


def _word_matrix(box: tuple[float, ...], word: Outline) -> str:
    """Along the rising diagonal, two thirds of it long, centred."""
    left, bottom, right, top = box
    width, height = right - left, top - bottom
    angle = math.atan2(height, width)
    scale = min(math.hypot(width, height) * 0.62 / word.width, min(width, height) * 0.26 / 1000)
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    half, rise = word.width / 2, 380.0
    x = (left + right) / 2 - cos * half + sin * rise
    y = (bottom + top) / 2 - sin * half - cos * rise
    return " ".join(f"{value:.5f}" for value in (cos, sin, -sin, cos, x, y))


def _line_matrix(box: tuple[float, ...], line: Outline) -> str:
    """Centred in the strip that every sheet leaves free, smaller when it is long."""
    left, bottom, right, _ = box
    room = right - left - 2 * _SIDE
    scale = min(_FOOT_SIZE, room * 1000 / line.width) / 1000
    x = (left + right) / 2 - line.width * scale / 2
    return f"{scale:.5f} 0 0 {scale:.5f} {x:.3f} {bottom + _FOOT_AT:.3f}"


def _describe(copy: Pdf, mark: Stamp, original: str) -> None:
    """Say in the file's own data what it is and which original it was made from."""
    text = f"{mark.word} · {mark.line}"
    facts = [original, mark.kind.value, text, mark.made_at.astimezone(UTC).isoformat()]
    identity = uuid.UUID(bytes=hashlib.sha256(json.dumps(facts).encode()).digest()[:16])
    made_at = mark.made_at.astimezone(UTC).replace(microsecond=0)
    copy.docinfo["/Subject"] = text
    copy.docinfo["/ModDate"] = made_at.strftime("D:%Y%m%d%H%M%SZ")
    packet = copy.Root.Metadata.read_bytes()
    copy.Root.Metadata.write(stamped_metadata(packet, text, made_at, original, str(identity)), filter=None)
