"""What is taken as a file of evidence, and what is not (SEC-13, SEC-14, SEC-17)."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from qms import uploads
from qms.uploads import checking
from tests.uploads import bringing

if TYPE_CHECKING:
    from qms.kernel.work import Works

PNG = b"\x89PNG\r\n\x1a\n rest"


def book(members: dict[str, bytes], part: str = "xl/workbook.xml") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {part: b"<x/>", **members}.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7 x %%EOF\n", "application/pdf"),
        ("a.PNG", PNG, "image/png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0 x", "image/jpeg"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        ("记录.txt", "做完了\n".encode(), "text/plain"),
        ("a.xlsx", book({}), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_of_a_known_kind_is_taken(name: str, content: bytes, kind: str) -> None:
    """The kind follows from name and content together."""
    assert checking.checked(name, content) == (name, kind)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b""),
        ("a.exe", b"MZ"),
        ("a.svg", b"<svg/>"),
        ("nothing", b"x"),
        ("a.pdf", b"<html>"),
        ("a.txt", b"\xff\xfe"),
        ("a.txt", b"a\x00b"),
        ("a.xlsx", b"PK no archive"),
        ("a.xlsx", book({}, "word/document.xml")),
        ("a.xlsx", book({"xl/vbaProject.bin": b"x"})),
        ("a.xlsx", book({"../out": b"x"})),
        ("a.xlsx", book({"/out": b"x"})),
        ("a.xlsx", book({"in.zip": b"x"})),
        ("a.xlsx", book({"bomb": b"0" * (2 << 20)})),
        ("a.txt", b"x" * (uploads.MOST_BYTES + 1)),
    ],
)
def test_every_other_one_is_refused(name: str, content: bytes) -> None:
    """What is empty, too large, of another kind, or an archive that could harm is not taken."""
    with pytest.raises(uploads.UploadRefused) as refused:
        checking.checked(name, content, "proof")
    assert [each.field for each in refused.value.problems] == ["proof"]


def test_a_name_is_only_a_name(works: Works) -> None:
    """Folders, control and bidirectional signs of a name are dropped; the blob is named by its digest."""
    kept = bringing.kept(works, "..\\up/a\u202e\n b" + "x" * 300 + ".png", PNG)
    assert kept.name.startswith("a b")
    assert kept.name.endswith(".png")
    assert len(kept.name) < 130
    assert works.vault.read(kept.digest) == PNG
