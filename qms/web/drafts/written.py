"""What somebody types, shown as it would be set: nothing is stored, every fault is told by line and field."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from flask import url_for
from markupsafe import Markup

from qms import documents, rendering, uploads
from qms import library as libraries
from qms.documents import Kind
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, in_language
from qms.web.documents.text import addressed
from qms.web.revisions import parts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any

    from werkzeug.datastructures import FileStorage

    from qms.kernel.refs import Ref
    from qms.kernel.settings import Settings
    from qms.kernel.work import Work

_DECLARED: Final = frozenset({Kind.FORM, Kind.REGISTER, Kind.SCORECARD, Kind.OBJECTIVE_SHEET})
_MISSING: Final = N_("The image {name} is missing; put it beside the text.")
_HEADINGS: Final = {
    "zh-Hans": ("目的", "适用范围", "职责", "过程", "记录"),
    "zh-Hant": ("目的", "適用範圍", "職責", "過程", "記錄"),
    "en": ("Purpose", "Scope", "Duties", "Process", "Records"),
}
_IDS: Final = ("purpose", "scope", "duties", "process", "records")
_FIRST: Final = {"zh-Hans": "首次发布", "zh-Hant": "首次發布", "en": "First issue"}
_FIELD: Final = {"zh-Hans": "内容", "zh-Hant": "內容", "en": "Content"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A typed text as it would be set, with its faults and with what it names that is not there yet."""

    html: Markup
    title: str
    lang: str
    problems: tuple[Problem, ...]
    loose: tuple[Problem, ...] = ()
    is_sheet: bool = False


def as_bytes(text: str) -> bytes:
    """Typed text as a source: browsers end lines in their own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode()


def shown(work: Work, text: str, file: str, ref: Ref) -> Shown:
    """The typed text as it would be set, with all that its submission would be refused for.

    What cannot be read shows its faults alone.
    """
    try:
        source = documents.source.read_source(as_bytes(text), file)
    except Invalid as fault:
        return Shown(Markup(), "", work.language, fault.problems)
    head = source.head
    title = head["title"] if isinstance(head["title"], str) else in_language(head["title"], head["language"])
    wrong = documents.faults(work, ref, source)
    if head["kind"] in _DECLARED:
        return _declared(work, source, title, wrong)
    there = documents.pictures(work, ref)
    read = rendering.read(source.body, file, source.body_line, number_pattern=work.settings.number_pattern)
    missing = [Problem(_MISSING, file, facts={"name": name}) for name in read.images if name not in there]
    html = addressed(read.html, lambda name: url_for("documents.picture", name=name, **parts_of(ref)))
    problems = (*wrong, *read.problems, *missing)
    # What breaks its shape may name anything; what it names is looked for once it is mended.
    loose = () if wrong else tuple(_loose(work, source))
    return Shown(Markup(html), title, head["language"], problems, loose)  # noqa: S704 - sanitised


def _loose(work: Work, source: documents.source.Source) -> Sequence[Problem]:
    named = libraries.numbers(source)
    known = documents.in_library(work.session, work.rights, named, work.today)
    return libraries.loose(source, {*known, source.head["number"]})


def _declared(work: Work, source: documents.source.Source, title: str, wrong: Sequence[Problem]) -> Shown:
    head = source.head
    body = next((each for each in work.ports.get("bodies", ()) if head["kind"] in each.kinds), None)
    is_sound = body is not None and not body.check(head, source.file)
    made = str(body.markup(head, head["language"])) if body is not None and is_sound else ""
    return Shown(Markup(made), title, head["language"], tuple(wrong), is_sheet=True)  # noqa: S704 - sanitised


def skeleton(head: Mapping[str, Any]) -> bytes:
    """The source a new document begins with: its head, and the usual headings or one field."""
    lang = head["language"]
    full = {**head, "change": {"reason": _FIRST[lang], "summary": _FIRST[lang]}}
    if head["kind"] not in _DECLARED:
        pieces = [
            f"{{#{name}}}\n# {place} {heading}\n"
            for place, (name, heading) in enumerate(zip(_IDS, _HEADINGS[lang], strict=True), 1)
        ]
        return documents.write_source(full, "\n".join(["", *pieces]))
    columns = {"columns": [{"id": "content", "label": _FIELD[lang], "type": "text"}]}
    fields = {"fields": [{"id": "content", "label": _FIELD[lang], "type": "text"}]}
    return documents.write_source({**full, **(columns if head["kind"] == Kind.REGISTER else fields)}, "")


def uploaded(settings: Settings, files: Sequence[FileStorage]) -> dict[str, bytes]:
    """The pictures of a form by their plain names, after the scanner has seen them (SEC-13)."""
    found = {name_of(each): each.read() for each in files if each.filename}
    for name, content in found.items():
        uploads.scan(settings, name, content, "pictures")
    return found


def name_of(file: FileStorage) -> str:
    """The plain name of an uploaded file."""
    name = PurePosixPath((file.filename or "").replace("\\", "/")).name
    return "" if name == ".." else name


def with_pictures(text: str, names: Collection[str]) -> str:
    """The text with pictures it does not name yet at its end, so that none that was sent is lost."""
    stray = [name for name in names if f"({name})" not in text]
    return "\n".join([text.rstrip("\n"), *(f"\n![]({name})" for name in stray)]) + "\n" if stray else text
