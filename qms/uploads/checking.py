"""What a file must be to be kept: one of few kinds, by its name and its content (SEC-13, SEC-14).

The name a person gave is kept for telling alone; the bytes lie in the vault under their digest (SEC-17).
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES: Final = 12 << 20
"""The most bytes of one file; a request as a whole has its own bound at the edge."""
"""The most files of one act."""
_LONGEST_NAME: Final = 120
_MOST_MEMBERS: Final = 2000
_MOST_UNPACKED: Final = 200 << 20
_MOST_RATIO: Final = 200
_SMALL: Final = 1 << 20
_NESTED: Final = (".zip", ".7z", ".rar", ".gz", ".tar", ".xz", ".bz2")


class UploadRefused(Invalid):
    """A file is not taken; each fault stands beside the field of the file."""

    message = "The file was not taken."


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in the vault: the name it came with, and what it is."""

    name: str
    digest: str
    size: int
    type: str


def checked(name: str, content: bytes, field: str = "file") -> tuple[str, str]:
    """The plain name and media type of a file that may be taken; every other one is refused."""
    plain = _plain(name)
    suffix = PurePosixPath(plain).suffix.lower()
    kind = _KINDS.get(suffix)
    if not content:
        raise _refused(field, N_("The file {name} is empty."), name=plain)
    if len(content) > MOST_BYTES:
        raise _refused(
            field, N_("The file {name} is larger than {most} MB."), name=plain, most=MOST_BYTES >> 20
        )
    if kind is None:
        raise _refused(
            field,
            N_("Files of the kind of {name} are not taken; take one of {kinds}."),
            name=plain,
            kinds=", ".join(sorted(each[1:] for each in _KINDS)),
        )
    media, is_it = kind
    if not is_it(content):
        raise _refused(field, N_("The file {name} is not what its name says."), name=plain)
    return plain, media


def _refused(field: str, text: str, **facts: object) -> UploadRefused:
    return UploadRefused([Problem(text, field=field, facts=facts)])


def _plain(name: str) -> str:
    """The last part of a name, without signs that lead or mislead."""
    last = PurePosixPath(name.replace("\\", "/")).name
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    seen = re.sub(r"\s+", " ", seen).strip(" .")
    stem, dot, suffix = seen.rpartition(".")
    return f"{stem[: _LONGEST_NAME - 10]}{dot}{suffix[:9]}" if dot else seen[:_LONGEST_NAME] or "-"


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]


def _webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return all(sign in "\t\r\n\f" or unicodedata.category(sign) not in {"Cc", "Cs"} for sign in text)


def _office(part: str) -> Callable[[bytes], bool]:
    """An office file: an archive that cannot swell, without scripts, with the part its kind must have."""

    def is_it(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return _harmless(archive.infolist()) and part in archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False

    return is_it


def _harmless(members: list[zipfile.ZipInfo]) -> bool:
    names = [each.filename for each in members]
    unpacked = sum(each.file_size for each in members)
    return (
        len(members) <= _MOST_MEMBERS
        and len(set(names)) == len(names)
        and unpacked <= _MOST_UNPACKED
        and not any(_swells(each) or _strays(each.filename) for each in members)
    )


def _swells(member: zipfile.ZipInfo) -> bool:
    return member.file_size > max(_SMALL, member.compress_size * _MOST_RATIO)


def _strays(name: str) -> bool:
    low = name.lower()
    outside = name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts
    return outside or low.endswith(_NESTED) or "vbaproject" in low


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_KINDS: Final[dict[str, tuple[str, Callable[[bytes], bool]]]] = {
    ".pdf": ("application/pdf", _pdf),
    ".png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".webp": ("image/webp", _webp),
    ".txt": ("text/plain", _text),
    ".csv": ("text/csv", _text),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", _office("word/document.xml")),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _office("xl/workbook.xml")),
}
