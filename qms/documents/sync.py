"""Files as a door to drafts: the register is the truth, nothing is overwritten unseen (law 14).

`plan_sync` looks and says what would happen; `sync_file` does one step, with everything looked at
again; `export` and `place` write the current source back.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms.documents import errors, numbering, prepared, rows, tree
from qms.documents.defaults import DECLARED, Kind
from qms.documents.lifecycle import State
from qms.documents.models import Revision, SyncedFile
from qms.documents.operations import drafting
from qms.documents.source import Source, read_source
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qms.documents.prepared import Prepared
    from qms.kernel.settings import Settings
    from qms.kernel.vault import Vault
    from qms.kernel.work import Work

_NAME: Final = N_("The file name says {said}, the head says {head}; make them the same.")
_ORDER: Final = {kind: place for place, kind in enumerate(Kind)}


class Deed(StrEnum):
    """What a sync does with a file."""

    UNCHANGED = "unchanged"
    CREATE = "create"
    REVISE = "revise"
    SAVE = "save"
    CONFLICT = "conflict"
    REFUSED = "refused"
    INVALID = "invalid"
    GONE = "gone"


CHANGES: Final = frozenset({Deed.CREATE, Deed.REVISE, Deed.SAVE})
DEEDS: Final = {
    Deed.UNCHANGED: N_("unchanged"),
    Deed.CREATE: N_("new document"),
    Deed.REVISE: N_("next revision"),
    Deed.SAVE: N_("draft changed"),
    Deed.CONFLICT: N_("conflict: file and register have both changed"),
    Deed.REFUSED: N_("refused: in review, approved or being issued"),
    Deed.INVALID: N_("faulty"),
    Deed.GONE: N_("the file is gone; the register keeps the document"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One file and what a sync would do with it; a conflict carries both texts."""

    path: str
    deed: Deed
    number: str | None = None
    language: str | None = None
    digest: str | None = None
    revision: str | None = None
    problems: tuple[Problem, ...] = ()
    in_file: str = field(default="", repr=False)
    in_register: str = field(default="", repr=False)

    @property
    def difference(self) -> str:
        """The register's text and the file's, line by line, where they conflict."""
        lines = difflib.unified_diff(
            self.in_register.splitlines(keepends=True),
            self.in_file.splitlines(keepends=True),
            fromfile=self.revision or "",
            tofile=self.path,
        )
        return "".join(lines)


@dataclass(frozen=True, slots=True)
class Exported:
    """The current source of a revision and the file it belongs into."""

    path: Path
    data: bytes
    images: Mapping[str, bytes]
    revision: str


def files_of(settings: Settings) -> list[Path]:
    """The source files of the workspace, parents before what stands below them."""
    procedures, forms = settings.at(settings.procedures), settings.at(settings.forms)
    return in_order([*sorted(procedures.glob("*.md")), *sorted(forms.glob("*.yaml"))])


def in_order(files: Iterable[Path]) -> list[Path]:
    """Files so that a parent comes before its children; what cannot be read keeps its place at the end."""
    heads = {path: _head(path) for path in files}
    parents = {str(head["number"]): head.get("parent") for head in heads.values() if head}

    def place(path: Path) -> tuple[int, int, str, str]:
        head = heads[path]
        if not head:
            return (len(heads), len(_ORDER), path.name, "")
        above = tree.above(head["number"], parents)
        return (len(above), _ORDER[Kind(head["kind"])], str(head["number"]), path.name)

    return sorted(heads, key=place)


def _head(path: Path) -> Mapping[str, str]:
    try:
        return read_source(path.read_bytes(), path.name).head
    except Invalid:
        return {}


def plan_sync(work: Work, files: Iterable[Path] | None = None) -> list[Step]:
    """What a sync of the workspace's files would do, file by file, without doing it."""
    chosen = files_of(work.settings) if files is None else in_order(files)
    steps = [_step(work, path) for path in chosen]
    if files is None:
        steps += _gone(work, {step.path for step in steps})
    return steps


def _gone(work: Work, present: set[str]) -> list[Step]:
    known = work.session.scalars(select(SyncedFile.path).order_by(SyncedFile.path))
    return [Step(path, Deed.GONE) for path in known if path not in present]


def known_as(settings: Settings, path: Path) -> str:
    """The name a file is remembered by: its path inside the workspace."""
    try:
        return path.resolve().relative_to(settings.home.resolve()).as_posix()
    except ValueError as fault:
        raise errors.FileOutside(file=path.name) from fault


def _step(work: Work, path: Path) -> Step:
    name = known_as(work.settings, path)
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    try:
        source = _named(read_source(data, path.name), path)
    except Invalid as fault:
        return Step(name, Deed.INVALID, digest=digest, problems=fault.problems)
    number, language = source.head["number"], source.head["language"]
    deed, revision = _deed(work, name, number, language, digest)
    own = None if revision is None else str(rows.ref_of(revision))
    step = Step(name, deed, number, language, digest, own)
    if deed is not Deed.CONFLICT or revision is None:
        return step
    if not rows.may_see(work.session, work.rights, work.today, revision):
        return step  # both texts are shown to those who may read them (SEC-07)
    theirs = work.vault.read(revision.source_digest).decode("utf-8", "replace")
    return Step(
        name,
        deed,
        number,
        language,
        digest,
        own,
        in_file=data.decode("utf-8", "replace"),
        in_register=theirs,
    )


def _named(source: Source, path: Path) -> Source:
    """The source, refused where the file name tells another number or language than the head."""
    number, language = numbering.of_file(path.name)
    head = source.head
    said = f"{number} {language or ''}".strip()
    if head["number"] != number or (language is not None and head["language"] != language):
        facts = {"said": said, "head": f"{head['number']} {head['language']}"}
        raise errors.SourceInvalid([Problem(_NAME, path.name, source.line("number"), "number", facts)])
    return source


def _deed(work: Work, name: str, number: str, language: str, digest: str) -> tuple[Deed, Revision | None]:
    document = rows.find_document(work.session, number)
    opened = None if document is None else rows.open_revision(work.session, document.id, language)
    issued = None if document is None else rows.last_issued(work.session, document.id, language)
    present = opened or issued
    if present is None:
        return Deed.CREATE, None
    if present.source_digest == digest:
        return Deed.UNCHANGED, present
    synced = work.session.scalar(select(SyncedFile).where(SyncedFile.path == name))
    if synced is not None and synced.digest == digest:
        return Deed.UNCHANGED, present
    if opened is not None and opened.state is not State.DRAFT:
        return Deed.REFUSED, opened
    if synced is None or synced.source_digest != present.source_digest:
        return Deed.CONFLICT, present
    return (Deed.REVISE if opened is None else Deed.SAVE), present


def prepare_file(vault: Vault, settings: Settings, path: Path) -> Prepared:
    """A file and the images beside it made ready; done outside any writing Work."""
    known_as(settings, path)
    data = path.read_bytes()
    ready = prepared.prepare(vault, settings, data, path.name, _images(path, data, settings))
    _named(ready.source, path)
    return ready


def _images(path: Path, data: bytes, settings: Settings) -> dict[str, bytes]:
    """The images a text names, from its own folder only."""
    folder = path.parent.resolve()
    found: dict[str, bytes] = {}
    for name in prepared.images_named(data, path.name, settings):
        image = (folder / name).resolve()
        if image.is_relative_to(folder) and image.is_file():
            found[name] = image.read_bytes()
    return found


def sync_file(
    work: Work, path: Path, ready: Prepared, *, overwrite: bool = False, new_edition: bool = False
) -> Revision | None:
    """Bring one file into the register: a new draft or a changed one; None where nothing changed.

    A draft changed elsewhere since the file was last read is a Conflict, unless a person who has
    seen both says that the file shall win (`overwrite`).
    """
    name = known_as(work.settings, path)
    head = ready.source.head
    document = rows.find_document(work.session, head["number"])
    if document is not None:
        rows.lock_document(work, document.id)
    deed, present = _deed(work, name, head["number"], head["language"], ready.digest)
    if deed is Deed.REFUSED and present is not None:
        raise errors.SourceMoved(what=rows.name(present), file=name)
    if deed is Deed.CONFLICT and present is not None:
        if not overwrite:
            raise errors.FileConflict(what=rows.name(present), file=name)
        deed = Deed.SAVE if present.state is State.DRAFT else Deed.REVISE
    if deed is Deed.UNCHANGED:
        if present is not None and present.source_digest == ready.digest:
            _remember(work, name, present, ready.digest)
        return None
    if deed is Deed.SAVE and present is not None:
        made = drafting.save_draft(work, rows.ref_of(present), ready)
    else:
        made = drafting.draft(work, ready, new_edition=new_edition)
    _remember(work, name, made, ready.digest)
    return made


def _remember(work: Work, name: str, revision: Revision, digest: str) -> None:
    row = work.session.scalar(select(SyncedFile).where(SyncedFile.path == name))
    if row is None:
        row = SyncedFile(path=name)
        work.session.add(row)
    row.document_id = revision.document_id
    row.language = revision.language
    row.digest = digest
    row.source_digest = revision.source_digest
    row.at = work.now
    work.session.flush()


def export(work: Work, number: str, language: str) -> Exported:
    """The current source of a document: the open draft the person may see, else what was issued last."""
    document = rows.find_document(work.session, number)
    found: Revision | None = None
    if document is not None:
        for candidate in (
            rows.open_revision(work.session, document.id, language),
            rows.last_issued(work.session, document.id, language),
        ):
            if candidate is not None and rows.may_see(work.session, work.rights, work.today, candidate):
                found = candidate
                break
    if found is None:
        raise errors.DocumentMissing(number=number)
    settings = work.settings
    folder = settings.at(settings.forms if found.document.kind in DECLARED else settings.procedures)
    images = {name: work.vault.read(digest) for name, digest in rows.images(work.session, found.id).items()}
    data = work.vault.read(found.source_digest)
    return Exported(folder / prepared.file_of(settings, found), data, images, str(rows.ref_of(found)))


def place(exported: Exported) -> None:
    """Write an exported source and its images, each file whole or not at all."""
    exported.path.parent.mkdir(parents=True, exist_ok=True)
    for name, content in exported.images.items():
        target = exported.path.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, content)
    _write(exported.path, exported.data)


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(path)


def note_export(work: Work, exported: Exported) -> None:
    """Remember that the file now holds what the register holds, so that the next change of it is seen."""
    revision = rows.known(work.session, Ref.parse(exported.revision))
    digest = hashlib.sha256(exported.data).hexdigest()
    _remember(work, known_as(work.settings, exported.path), revision, digest)
