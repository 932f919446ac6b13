"""A workbook somebody brings is opened by a child with limits (SEC-14, SEC-15, SEC-16)."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest
from openpyxl import Workbook

from qms.uploads import SheetUnreadable, table, worker

if TYPE_CHECKING:
    from collections.abc import Callable

SHEET: Final = "xl/worksheets/sheet1.xml"
BOOK: Final = "xl/workbook.xml"
_ENTITIES: Final = "".join(
    f'<!ENTITY a{place} "{(f"&a{place - 1};" if place else "lol") * 10}">' for place in range(10)
)
LAUGHS: Final = f'<?xml version="1.0"?><!DOCTYPE x [{_ENTITIES}]>'.encode()
OUTSIDE: Final = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'


def book() -> bytes:
    """An honest workbook of two lines."""
    made, kept = Workbook(), io.BytesIO()
    for line in (["kind", "name"], ["client", "晨光"]):
        made.worksheets[0].append(line)
    made.save(kept)
    return kept.getvalue()


def bent(name: str, change: Callable[[bytes], bytes], **more: bytes) -> bytes:
    """The same with one member changed and others added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
        for member, content in more.items():
            new.writestr(member, content)
    return made.getvalue()


def headed(head: bytes) -> Callable[[bytes], bytes]:
    """A member under another head, whose words call an entity."""
    return lambda content: (
        head
        + content.split(b"?>", 1)[-1]
        .replace(b"client", b"client&a9;")
        .replace(b'name="Sheet"', b'name="&a9;"')
    )


def test_an_honest_workbook_is_read() -> None:
    """By its texts, each line with its number."""
    assert table.read(book(), "x.xlsx") == [{"kind": "client", "name": "晨光", "": "2"}]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bent(SHEET, lambda content: content[:-40]), id="sheet cut"),
        pytest.param(bent(BOOK, lambda _: b"<x"), id="book cut"),
        pytest.param(bent("xl/styles.xml", lambda _: b"\xff\xfe"), id="styles of other letters"),
        pytest.param(bent(SHEET, headed(LAUGHS)), id="laughs in the sheet"),
        pytest.param(bent(BOOK, headed(LAUGHS)), id="laughs in the book"),
        pytest.param(bent("xl/_rels/workbook.xml.rels", lambda _: b"<a/>"), id="no relations"),
        pytest.param(bent(SHEET, lambda content: content, bomb=bytes(51 << 20)), id="bomb"),
        pytest.param(b"PK\x03\x04" + bytes(300), id="no archive"),
    ],
)
def test_whatever_its_bytes_are_it_is_refused_with_a_sentence(content: bytes) -> None:
    """SEC-14, SEC-15: cut and bent XML, a thousand million laughs, a bomb: no fault of the program."""
    with pytest.raises(SheetUnreadable) as refused:
        table.read(content, "x.xlsx")
    assert "x.xlsx" in refused.value.sentence("en")


def test_nothing_outside_is_read() -> None:
    """SEC-15, SEC-16: an entity that names a file of the machine brings none of its words."""
    try:
        told = str(table.read(bent(SHEET, headed(OUTSIDE)), "x.xlsx"))
    except SheetUnreadable as refusal:
        told = refusal.sentence("en")
    assert "root:" not in told


@pytest.mark.nightly
def test_one_that_eats_memory_or_time_is_ended() -> None:
    """REL-18: two million cells of one letter pass the limits of the child and harm nobody else."""
    row = b'<row r="3">' + b'<c t="inlineStr"><is><t>a</t></is></c>' * 900_000 + b"</row></sheetData>"
    big = bent(SHEET, lambda content: content.replace(b"</sheetData>", row))
    with suppress(SheetUnreadable):
        assert table.read(big, "x.xlsx")
    assert table.read(book(), "x.xlsx")


def test_the_child_is_confined() -> None:
    """SEC-14: no network, no programs, and the limits are those the table names."""
    code = (
        "import resource, socket, qms.uploads.worker as w; w.confine(w.MEGABYTES); w.allow(w.SECONDS)\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 20, resource.getrlimit(resource.RLIMIT_CPU)[0])\n"
        "socket.socket()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    space, seconds = map(int, ended.stdout.split())
    assert space == table.MEGABYTES
    assert seconds >= table.SECONDS
    assert "ConfinedError" in ended.stderr


def test_the_child_tells_faults_by_name_alone() -> None:
    """What a file is cannot word what a person reads."""
    assert worker.answer(b"x") == {"fault": "BadZipFile"}
