"""The hostile words in every text column there is, then every page and file read (SEC-18, SEC-21).

The table of columns is the schema's: a new column of words is tried the day it appears, or stands among
those that mean something to the program, which no page takes as free words.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import zipfile
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any, Final

import pytest
from openpyxl import load_workbook
from sqlalchemy import JSON, Enum, String, Text, TypeDecorator, select, update

from qms.accounts import ADMINISTRATORS
from qms.runtime.parts import METADATA
from tests.security.face import Address, addresses, send, signed_in
from tests.security.test_stored import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Column, Connection
    from werkzeug.test import TestResponse

    from tests.security.house import House

MEANT: Final = frozenset({
    "act", "answered", "asked", "authority", "calendar", "channel", "circle", "code", "column_id", "copies",
    "created_by", "cut_off", "department", "digests", "document", "end_act", "ended_why", "entered_by",
    "event", "fields", "fingerprint", "folded", "form", "given_by", "granted_by", "key", "keep", "kind",
    "language", "length", "loaded_by", "media_type", "met_by", "number", "old_number", "new_number", "origin",
    "other", "owner", "path", "payload", "period", "permission", "population", "posts", "public",
    "record", "ref", "reset_by", "revision", "route", "salt", "scheme", "seal", "sealed", "seats", "seed",
    "series", "signed", "sort_key", "source", "state", "stage", "step", "subject", "tag", "target", "tier",
    "token", "type", "warn", "within", "withdrawn_by", "confirmed_by", "opened_by", "actor", "action",
})  # fmt: skip
"""What the program goes by, by the column's name: codes, references, states, keys, lengths of time."""
ALSO_MEANT: Final = {
    "clock.name": "which clock of a thing it is",
    "competence_evidence.type": "the kind of a file",
    "credential.earlier": "hashes",
    "credential.hashed": "a hash",
    "evidence_request.ceiling": "grade and circles the bundle may hold",
    "evidence_request.scope": "numbers, codes and days",
    "job.result": "figures and digests",
    "login_session.token_hash": "a hash",
    "party_identifier.value": "checked against the pattern of its kind",
    "person.login": "one word in a folded form",
    "quiz_attempt.answers": "numbers of options",
    "quiz_attempt.asked": "numbers of questions",
    "record_act.decision": "one of the form's values",
    "record.decision": "one of the form's values",
    "recovery_code.hashed": "a hash",
    "register_code.name": "the id of a field or column",
    "register_export.content": "a view, read back by its own reader",
    "register_view.content": "a view, read back by its own reader",
    "revision.distribution": "codes",
    "revision.label": "edition and modification",
    "revision.libraries": "versions of packages",
    "revision.plan": "frozen under a digest",
    "revision_clause.anchor": "an id",
    "revision_comment.anchor": "an id",
    "revision_reference.clause": "a number",
    "revision_standard_clause.clause": "a number",
    "revision_standard_clause.edition": "a code",
    "schedule.definition": "read back by its own reader",
    "sign_in_attempt.account": "a folded login",
    "sign_in_attempt.address": "an address of the network",
    "standard_edition.title": "shipped",
    "standard_clause.title": "shipped",
    "trail_stamp.answer": "a signed answer",
    "withdrawal.route": "the route as it was frozen",
}  # fmt: skip
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIGNED: Final = {"drafts.release"}
"""Where what was signed is verified before it is shown; names of signers were changed behind its back."""
TOLD: Final = {
    "action.title", "action_evidence.text", "competence_evidence.title", "control_warning.words",
    "occurrence.label", "party.name", "record.title", "record_act.opinion", "record_content.content",
    "register_cell.text", "register_view.name", "retention_hold.reason", "revision.title",
    "revision_comment.text", "task.facts",
}  # fmt: skip
"""Some columns of each slice that must really have been seen, so that the rest of it proves something."""
_VIEWS: Final = 4
_ANSWERS: Final = {"record_content", "record_draft"}
"""Where the answers of a record stand, as JSON text."""
_TABLES_APART: Final = {"trail_entry", "trail_head", "trail_checkpoint", "party_lists"}
"""A chain that does not verify closes the workspace; the trail gets its words in `test_stored.py`."""
_STRUCTURE: Final = {"circle", "right", "secrecy", "kind", "type", "number", "owner", "language", "id"}
_SPOKEN: Final = {
    "title",
    "label",
    "names",
    "reason",
    "summary",
    "ask",
    "issuer",
    "standard",
    "en",
    "zh-Hans",
}
_SHOWN: Final = re.compile(r"&lt;script&gt;alert\((?:&#39;|&#x27;)([a-z_.]+)(?:&#39;|&#x27;)\)")


def words(column: Column[Any]) -> str:
    """Markup and a formula that name the column they stand in."""
    name = f"{column.table.name}.{column.name}"
    return f"=1+1\"'><script>alert('{name}')</script><img src=x onerror=alert(1)>{{{{31337*3}}}}"


def free(column: Column[Any]) -> bool:
    """Whether people's words stand in a column."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    name = f"{column.table.name}.{column.name}"
    if isinstance(kind, Enum) or not isinstance(kind, String | Text | JSON) or column.foreign_keys:
        return False
    apart = column.table.name in _TABLES_APART or column.name.endswith(("digest", "hash", "prev", "salt"))
    return not (apart or column.name in MEANT or name in ALSO_MEANT)


def soiled(value: Any, evil: str, *, every: bool, under: bool = False) -> Any:
    """A value with the words before each of its texts; in a declaration only where words are spoken."""
    if isinstance(value, str):
        return evil + value if every or under else value
    if isinstance(value, list):
        return [soiled(each, evil, every=every, under=under) for each in value]
    if isinstance(value, dict):
        return {
            key: each if key in _STRUCTURE else soiled(each, evil, every=every, under=under or key in _SPOKEN)
            for key, each in value.items()
        }
    return value


def soil(connection: Connection) -> set[str]:
    """Put the words into every free column; which columns had anything to put them into."""
    done = set()
    for table in METADATA.sorted_tables:
        for column in filter(free, table.columns):
            keys = list(table.primary_key.columns)
            rows = connection.execute(select(*keys, column).where(column.is_not(None))).all()
            for row in rows:
                *known, value = row
                changed = _changed(column, value)
                if changed == value:
                    continue
                here = [key == each for key, each in zip(keys, known, strict=True)]
                connection.execute(update(table).where(*here).values({column.name: changed}))
                done.add(f"{table.name}.{column.name}")
    return done


def _changed(column: Column[Any], value: Any) -> Any:
    evil = words(column)
    if column.name == "content" and column.table.name in _ANSWERS and isinstance(value, str):
        return json.dumps(soiled(json.loads(value), evil, every=True), ensure_ascii=False)
    return soiled(value, evil, every=column.name != "head")


@pytest.fixture
def everywhere(own: House) -> House:
    """The house with the words in every column, as if each check at each door had failed."""
    with own.works.engine.connect() as connection:
        for said in (
            "COMMIT",
            "PRAGMA foreign_keys=OFF",
            "PRAGMA ignore_check_constraints=ON",
            "BEGIN IMMEDIATE",
        ):
            connection.exec_driver_sql(said)
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.exec_driver_sql(asked).all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        assert len(soil(connection)) >= 70
        connection.commit()
        connection.invalidate()
    return own


def test_every_column_of_words_is_known() -> None:
    """Whoever adds one that means something to the program says so here; no line outlives its column."""
    every = {f"{table.name}.{column.name}" for table in METADATA.sorted_tables for column in table.columns}
    assert set(ALSO_MEANT) <= every
    assert all(any(each.endswith(f".{name}") for each in every) for name in MEANT)


def _looks(app: Flask, house: House) -> Iterator[Address]:
    """Every page and file of one kind of document, files in each form; sheets are set elsewhere."""
    for address in addresses(app, house):
        if "GET" in address.methods and address.variant in {"", "plain"} and "pdf" not in address.path:
            yield address
            if "csv" in address.path:
                yield replace(address, path=address.path.replace("csv", "xlsx"))


def _turned(answer: TestResponse, seen: dict[str, int]) -> Iterator[str]:
    """The other views a page offers of itself: tabs, filters, orders; a few of each page."""
    for link in re.findall(r'href="(/[^"#]*\?[^"#]*)"', answer.text):
        path = link.partition("?")[0]
        if link not in seen and seen.get(path, 0) < _VIEWS and "pdf" not in path:
            seen[path], seen[link] = seen.get(path, 0) + 1, 1
            yield unescape(link)


def formulas(answer: TestResponse) -> list[str]:
    """The cells of a file that a spreadsheet would compute."""
    if answer.mimetype == "text/csv":
        rows = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
        return [cell for row in rows for cell in row if cell[:1] in {"=", "+", "@", "\t", "\r", "-"}]
    book = load_workbook(io.BytesIO(answer.data))
    return [str(cell.value) for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_hostile_words_in_every_column_stay_words(app: Flask, everywhere: House) -> None:
    """SEC-18, SEC-21: every page and file of every kind of thing, whatever was let in and wherever."""
    shown: set[str] = set()
    files = set()
    turned = 0
    for login in ("quality-manager", "author"):
        browser = signed_in(app, login)
        seen: dict[str, int] = {}
        for address in _looks(app, everywhere):
            answer = browser.get(address.path)
            if answer.mimetype == "text/html":
                harmless(answer.text, address.path)
                shown |= set(_SHOWN.findall(answer.text))
                for link in _turned(answer, seen):
                    other = browser.get(link)
                    turned += 1
                    if other.mimetype == "text/html":
                        harmless(other.text, link)
                    assert other.status_code < 500, link
            elif answer.mimetype in {"text/csv", XLSX}:
                assert formulas(answer) == [], address
                assert b"94011" not in answer.data
                files.add((address.endpoint, answer.mimetype))
            if answer.status_code >= 500 and address.endpoint != "health.ready":
                assert answer.status_code == 500, address  # what was signed does not verify any more
                assert address.endpoint in SIGNED, address
    assert len(files) >= 8, files
    assert turned >= 20
    assert shown >= TOLD


@pytest.mark.nightly
def test_hostile_words_in_every_column_stay_words_for_administrators(app: Flask, everywhere: House) -> None:
    """SEC-18: on the pages of people, roles, jobs and trail too."""
    shown: set[str] = set()
    for login in ADMINISTRATORS:
        browser = signed_in(app, login)
        for address in _looks(app, everywhere):
            answer = browser.get(address.path)
            if answer.mimetype == "text/html":
                harmless(answer.text, address.path)
                shown |= set(_SHOWN.findall(answer.text))
    assert shown >= {"person.name", "department.names", "post.names", "role.names", "circle.names"}


def test_hostile_words_in_every_column_stay_words_in_files_one_takes(app: Flask, everywhere: House) -> None:
    """SEC-21, SEC-22: the file of a register in both forms, a record whole, and a record as a sheet."""
    browser = signed_in(app, "quality-manager")
    token = browser.token("/me")
    found = {each.endpoint: each for each in addresses(app, everywhere) if each.variant == "plain"}
    for form in ("csv", "xlsx"):
        answer = send(browser, found["registers.export"], "POST", token, format=form)
        assert (answer.status_code, formulas(answer)) == (200, [])
        assert b"register_cell.text" in answer.data or form == "xlsx"
    record = found["retention.export"]
    answer = send(browser, record, "POST", token)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as whole:
        pages = {
            name: whole.read(name).decode() for name in whole.namelist() if name.endswith((".html", ".csv"))
        }
    assert len(pages) >= 2
    for name, text in pages.items():
        if name.endswith(".html"):
            harmless(text, name)
            assert "&lt;script&gt;" in text
        else:
            rows = csv.reader(io.StringIO(text.lstrip("\ufeff")))
            assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "@", "-"}]
    sheet = browser.get(found["records.sheet"].path)
    assert sheet.mimetype == "application/pdf"
    told = subprocess.run(["pdftotext", "-", "-"], input=sheet.data, capture_output=True, check=True).stdout
    assert b"<script>alert" in told, "it is set as the words it is"
    assert b"94011" not in told
