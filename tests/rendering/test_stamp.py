"""Stamped copies: what leaves says what it is, and carries neither source nor signatures (DOC-04)."""

from __future__ import annotations

import hashlib
import io
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops

from qms.rendering import GlyphMissing, PdfUnreadable, Rendered, StampKind, own_font, stamp
from qms.rendering.fonts import FOLDER
from qms.rendering.xmp import stamped_metadata

from .factories import SOURCE, mark

if TYPE_CHECKING:
    from pathlib import Path


def picture(pdf: bytes, page: int = 1) -> Image.Image:
    """One page as poppler paints it."""
    made = subprocess.run(
        ["pdftoppm", "-r", "40", "-f", str(page), "-l", str(page), "-png", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    )
    return Image.open(io.BytesIO(made.stdout)).convert("RGB")


@pytest.mark.parametrize("kind", StampKind)
@pytest.mark.parametrize("name", ["text", "register"])
def test_each_page_of_a_copy_is_marked(kind: StampKind, name: str, originals: dict[str, Rendered]) -> None:
    """The word across the page and the line at its foot are seen on all of them."""
    original = originals[name].pdf
    copy = stamp(original, mark(kind))
    for page in range(1, originals[name].pages + 1):
        before, after = picture(original, page), picture(copy, page)
        assert before.size == after.size
        changed = ImageChops.difference(before, after).convert("L").point(lambda value: 255 * (value > 4))
        width, height = before.size
        middle = changed.crop((width // 4, height // 4, 3 * width // 4, 3 * height // 4))
        # At 40 dots an inch the strip of 10 to 28 points is the last 16 rows without the last 5.
        strip = changed.crop((width // 4, height - 16, 3 * width // 4, height - 5))
        assert middle.getbbox() is not None
        assert strip.getbbox() is not None


def test_the_same_copy_has_the_same_bytes(originals: dict[str, Rendered]) -> None:
    """And another time or name gives another file (DOC-12)."""
    original = originals["form"].pdf
    copy = stamp(original, mark())
    assert copy == stamp(original, mark())
    assert copy != stamp(original, mark(made_at=mark().made_at + timedelta(seconds=1)))
    assert copy != stamp(original, mark(name="陈岚"))


def test_a_copy_carries_no_source(originals: dict[str, Rendered]) -> None:
    """Neither as an attachment nor in any corner of the file."""
    copy = stamp(originals["text"].pdf, mark())
    with pikepdf.open(io.BytesIO(copy)) as document:
        assert list(document.attachments) == []
        assert "/AF" not in document.Root
        assert "/Dests" in document.Root.Names
        for item in document.objects:
            if isinstance(item, pikepdf.Stream):
                assert SOURCE[:40] not in item.read_bytes()
                assert item.get("/Type") != Name.EmbeddedFile
    assert copy.count(b"%%EOF") == 1
    assert b"CP-12.md" not in copy


def test_a_copy_says_what_it_is_and_where_from(originals: dict[str, Rendered]) -> None:
    """Description, dates and identity; the title stays."""
    original = originals["text"].pdf
    sha = hashlib.sha256(original).hexdigest()
    with pikepdf.open(io.BytesIO(stamp(original, mark(StampKind.SUPERSEDED, note="A/2")))) as document:
        text = "已被取代 · 已被取代，不得使用 · A/2 · 供 王建华 使用，2026-11-22 16:15 UTC+08:00"
        assert str(document.docinfo["/Subject"]) == text
        assert str(document.docinfo["/ModDate"]) == "D:20261122081500Z"
        assert str(document.docinfo["/Title"]) == "CP-12 A/1 文件与记录控制程序"
        with document.open_metadata(update_docinfo=False) as meta:
            assert meta["dc:description"] == text
            assert meta["xmp:ModifyDate"] == "2026-11-22T08:15:00Z"
            assert meta["xmp:CreateDate"] == "2026-11-20T08:05:00Z"
            assert meta["dc:source"] == f"sha256:{sha}"
            assert meta["pdfaid:part"] == "3"
            assert meta["pdfuaid:part"] == "1"
            assert meta["xmpMM:DocumentID"] == meta["xmpMM:InstanceID"]
        packet = document.Root.Metadata.read_raw_bytes()
        assert packet.count(b"<dc:description") == 1


def signed(pdf: bytes, *, other_field: bool = False) -> bytes:
    """The PDF with two signature fields, a visible one and one below a parent, and what comes with them."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        value = document.make_indirect(
            Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=b"x")
        )
        field = document.make_indirect(Dictionary(FT=Name.Sig, T=b"s1", V=value))
        widget = document.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=Array([0, 0, 9, 9]), Parent=field)
        )
        field.Kids = Array([widget])
        parent = document.make_indirect(Dictionary(T=b"group"))
        below = document.make_indirect(Dictionary(FT=Name.Sig, T=b"s2", V=value, Parent=parent))
        parent.Kids = Array([below])
        paper = document.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))
        )
        text = document.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=b"t", Rect=Array([0, 0, 9, 9]))
        )
        more = [text] if other_field else []
        fields = [field, parent, *more]
        document.Root.AcroForm = Dictionary(Fields=Array(fields), SigFlags=3)
        document.Root.Perms = Dictionary(DocMDP=value)
        document.Root.DSS = Dictionary()
        page.Annots = Array([*page.get("/Annots", Array()), widget, paper, *more])
        page.AF = Array([])
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()


@pytest.mark.parametrize("other_field", [True, False])
def test_a_copy_carries_no_signature(other_field: bool, originals: dict[str, Rendered]) -> None:  # noqa: FBT001 - a case
    """A copy is not what was signed, so it must not look signed; other fields stay."""
    original = signed(originals["text"].pdf, other_field=other_field)
    with pikepdf.open(io.BytesIO(stamp(original, mark()))) as document:
        assert ("/AcroForm" in document.Root) is other_field
        if other_field:
            assert [str(field.T) for field in document.Root.AcroForm.Fields] == ["t"]
            assert "/SigFlags" not in document.Root.AcroForm
        assert "/Perms" not in document.Root
        assert "/DSS" not in document.Root
        kinds = [item.Subtype for item in document.pages[0].get("/Annots", Array())]
        assert kinds == ([Name.Widget] if other_field else [])
        assert "/AF" not in document.pages[0]
        for item in document.objects:
            assert not (isinstance(item, Dictionary) and "/ByteRange" in item)


def test_a_name_that_cannot_be_printed_is_refused(originals: dict[str, Rendered], tmp_path: Path) -> None:
    """Never left out; an own font may print it."""
    with pytest.raises(GlyphMissing) as refused:
        stamp(originals["form"].pdf, mark(name="张𠮷"))
    assert (refused.value.facts["char"], refused.value.facts["code"]) == ("𠮷", "U+20BB7")
    path = tmp_path / "own.ttf"
    path.write_bytes((FOLDER / "NotoSansSC-400.ttf").read_bytes())
    with pytest.raises(GlyphMissing):
        stamp(originals["form"].pdf, mark(name="张𠮷", fonts=(own_font(path),)))


def test_stamps_speak_three_languages(originals: dict[str, Rendered]) -> None:
    """Traditional words in traditional glyphs."""
    assert mark(StampKind.WITHDRAWN, language="zh-Hant").word == "作廢"
    assert mark(StampKind.DRAFT, language="en").line.startswith("Draft, not to be used · for 王建华 at ")
    traditional = stamp(originals["form"].pdf, mark(language="zh-Hant", name="王" * 120))
    assert traditional != stamp(originals["form"].pdf, mark(name="王" * 120))


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    """Only PDFs are stamped."""
    with pytest.raises(PdfUnreadable):
        stamp(content, mark())


def test_a_broken_description_is_refused() -> None:
    """A packet that cannot be read is not replaced by a guess."""
    with pytest.raises(PdfUnreadable):
        stamped_metadata(b"<x", "t", mark().made_at, "0", "0")
