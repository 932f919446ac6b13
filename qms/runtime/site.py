"""The emergency set: every document in force as a folder of plain pages that need no program (REL-17).

It is what one class of readers may see at one instant, and says so on each page. The folder appears
whole or not at all, and takes the place of an earlier one in one step.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qms import accounts, documents, rendering, trail
from qms.kernel.clock import iso
from qms.kernel.errors import Conflict, Forbidden
from qms.kernel.labels import LANGUAGES, in_language, say
from qms.kernel.ports import Rights, Secrecy
from qms.kernel.refs import Ref
from qms.rendering import Pool, Stamp, StampKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from qms.documents import Listed, Revision
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work
    from qms.rendering import Citation
    from qms.runtime.parts import Runtime

FORMAT: Final = "qms-site/1"
MARK: Final = "qms-site.json"
SUMS: Final = "SHA256SUMS"
_PAGES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates" / "site", encoding="utf-8"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_UNSAFE: Final = re.compile(r"[^\w.-]")
_PICTURE: Final = re.compile(r'(<img [^>]*?\bsrc=")([^":/]*)(")')
_EXCHANGE: Final = 2
_HERE: Final = -100
_BLANK: Final = ".blank.pdf"


class MayNotExportSite(Forbidden):
    """A copy of everything is for those who control everything."""

    message = "Only who controls the documents of all departments may export them as a whole."


class GradeAboveClearance(Forbidden):
    """Nobody gives out what they may not see."""

    message = "You may not export documents of the grade {grade}: it is above your own clearance."


class NotASite(Conflict):
    """Nothing but an earlier set is ever replaced."""

    message = "{folder} holds something else; name a new folder, an empty one, or an earlier set."


@dataclass(frozen=True, slots=True)
class Readers:
    """For whom a set is made: a grade, and whose distribution it follows; closed circles never.

    `departments=None` means those of every department.
    """

    grade: Secrecy = Secrecy.INTERNAL
    departments: frozenset[str] | None = frozenset()

    def rights(self, session: Any) -> Rights:
        """What such a reader may see: nothing but documents, within the grade, in no circle."""
        given = self.departments or frozenset()
        for code in given:
            accounts.department(session, code)
        return Rights(
            permissions={"documents:read": None},
            departments=accounts.tree(session).lines(given),
            secrecy=self.grade,
            oversees=self.departments is None,
        )


@dataclass(frozen=True, slots=True)
class Exported:
    """What a set holds."""

    folder: Path
    documents: int
    files: int
    bytes: int


@dataclass(slots=True)
class _Folder:
    """The unfinished folder, and the digest of each file in it."""

    path: Path
    sums: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def add(self, name: str, content: bytes) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.sums[name] = hashlib.sha256(content).hexdigest()
        self.size += len(content)


def export_site(
    runtime: Runtime,
    actor: Actor,
    rights: Rights,
    folder: Path,
    *,
    readers: Readers | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Exported:
    """Write the set into a folder of this machine; who may not is refused, and it is journalled.

    The pages are made beside the folder in one reading Work; the entry of the trail is written
    before the folder appears, so that nothing is ever given out unnoted.
    """
    readers = readers or Readers()
    allow(rights, readers.grade)
    refuse_other(folder)
    with _beside(folder) as unfinished:
        with runtime.works.reading(actor) as look:
            seen = readers.rights(look.session)
        with runtime.works.reading(actor, seen) as work:
            made = _write(work, _Folder(unfinished), readers, told)
            head = trail.head(work.session)
        _finish(made, {"grade": readers.grade.name.lower(), "entries": head[0], "at": iso(work.now)})
        count = sum(name.startswith("documents/") and name.endswith(".html") for name in made.sums)
        after = {
            "grade": readers.grade.name.lower(),
            "departments": None if readers.departments is None else sorted(readers.departments),
            "documents": count,
            "sums": hashlib.sha256((made.path / SUMS).read_bytes()).hexdigest(),
        }
        with runtime.works.writing(actor, rights) as act:
            act.record("workspace:export-site", Ref("site", folder.name), after=after)
        os.sync()
        _swap(made.path, folder)
    return Exported(folder, count, len(made.sums), made.size)


def allow(rights: Rights, grade: Secrecy) -> None:
    """Refuse whoever does not control all documents, or asks for more than they may see (SEC-06)."""
    if rights.permissions.get("documents:control", frozenset()) is not None:
        raise MayNotExportSite
    if grade > rights.secrecy:
        raise GradeAboveClearance(grade=documents.GRADES[grade])


def refuse_other(folder: Path) -> None:
    """Refuse a place that holds anything but an earlier set."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir() or folder.is_symlink():
        raise NotASite(folder=folder)
    if any(folder.iterdir()) and not (folder / MARK).is_file():
        raise NotASite(folder=folder)


def _write(work: Work, folder: _Folder, readers: Readers, told: Callable[[int, int], None] | None) -> _Folder:
    listed = documents.library(work.session, work.rights, work.today)
    site = _Site(work, listed, readers)
    with _setting(work) as pool:
        for count, each in enumerate(listed, 1):
            revision = documents.revision(work.session, work.rights, each.ref, work.today)
            folder.add(f"documents/{site.name(each)}.html", site.document(each, revision))
            folder.add(f"documents/{site.name(each)}.pdf", site.copy(each))
            if each.kind == documents.Kind.FORM:
                folder.add(f"documents/{site.name(each)}{_BLANK}", site.blank(each, pool))
            for picture, digest in documents.pictures(work, each.ref).items():
                folder.add(f"documents/{site.name(each)}/{picture}", work.vault.read(digest))
            if told:
                told(count, len(listed))
    for language in LANGUAGES:
        folder.add(f"index.{language}.html", site.index(language))
    folder.add("index.html", site.index(work.settings.language))
    return folder


def _setting(work: Work) -> Pool:
    """The typesetter of blank sheets, a process of its own that begins with the first of them (SEC-19)."""
    settings = work.settings
    return Pool(seconds=settings.render_seconds, megabytes=settings.render_megabytes, size=1)


class _Site:
    """The pages of one set."""

    def __init__(self, work: Work, listed: Sequence[Listed], readers: Readers) -> None:
        self.work = work
        self.listed = listed
        self.readers = readers
        self.as_of = documents.local(work, work.now)
        self.departments = {each.code: each.names for each in accounts.departments(work.session)}
        self._anchors: dict[Ref, dict[str, str]] = {}

    def name(self, each: Listed) -> str:
        """The file of a document, without its ending."""
        return _UNSAFE.sub("-", f"{each.number}.{each.language}")

    def index(self, language: str) -> bytes:
        """The list by kind and by department, in one language."""
        kinds: dict[documents.Kind, list[Listed]] = defaultdict(list)
        owners: dict[str, list[Listed]] = defaultdict(list)
        for each in self.listed:
            kinds[documents.Kind(each.kind)].append(each)
            owners[each.owner].append(each)
        by_kind = [(kind, documents.KINDS[kind], kinds[kind]) for kind in documents.Kind if kind in kinds]
        return self._page("index.html", language, kinds=by_kind, owners=sorted(owners.items()))

    def document(self, each: Listed, revision: Revision) -> bytes:
        """The text of one document in its own language, with what it says about itself."""
        body = documents.body_html(self.work, revision, lambda citation: self._link(each, citation))
        body = _PICTURE.sub(lambda found: f"{found[1]}{self.name(each)}/{found[2]}{found[3]}", body)
        contents = [
            clause
            for clause in documents.clauses(self.work.session, self.work.rights, each.ref, self.work.today)
            if clause.anchor and clause.heading
        ]
        return self._page(
            "document.html",
            each.language,
            each=each,
            body=Markup(body),  # noqa: S704 - sanitised by rendering
            contents=contents,
            others=[other for other in self.listed if other.number == each.number and other is not each],
            address=f"{self.work.settings.public_url.rstrip('/')}/v/{each.code}" if each.code else "",
        )

    def copy(self, each: Listed) -> bytes:
        """The stored PDF, stamped as an uncontrolled copy of this instant (DOC-04)."""
        return rendering.stamp(self.work.vault.read(each.pdf_digest or ""), self._mark(each))

    def blank(self, each: Listed, pool: Pool) -> bytes:
        """The empty sheet of a form, to be filled in by hand while nothing else answers."""
        printed = documents.blank(self.work, each.ref)
        made = pool.render(printed.sheet, printed.source, printed.source_name)
        return rendering.stamp(made.pdf, self._mark(each))

    def _mark(self, each: Listed) -> Stamp:
        settings = self.work.settings
        return Stamp(
            kind=StampKind.UNCONTROLLED,
            language=each.language,
            name=settings.organisation,
            at=self.as_of,
            made_at=self.work.now,
            note=say("Emergency set", each.language),
            fonts=rendering.own_fonts(settings.at(settings.fonts)),
        )

    def _page(self, template: str, language: str, **facts: Any) -> bytes:
        def words(text: str, **more: object) -> str:
            return say(text, language, **more)

        def title(names: Mapping[str, str]) -> str:
            return in_language(names, language)

        return (
            _PAGES.get_template(template)
            .render(
                _=words,
                title=title,
                language=language,
                languages=LANGUAGES,
                organisation=self.work.settings.organisation,
                demo=self.work.demo,
                as_of=self.as_of,
                grade=documents.GRADES[self.readers.grade],
                departments=self.departments,
                kind_names=documents.KINDS,
                grades=documents.GRADES,
                kind_of=documents.Kind,
                grade_of=Secrecy,
                name=self.name,
                blank=_BLANK,
                own=lambda each: in_language(each.title, each.language),
                count=len(self.listed),
                **facts,
            )
            .encode()
        )

    def _link(self, source: Listed, citation: Citation) -> str | None:
        """The page of a cited document that is in the set, in the same language where it has one."""
        there = [each for each in self.listed if each.number == citation.number]
        if not there:
            return None
        best = next((each for each in there if each.language == source.language), there[0])
        anchor = self._anchor(best, citation.clause) if citation.clause else ""
        return f"{self.name(best)}.html" + (f"#{anchor}" if anchor else "")

    def _anchor(self, each: Listed, clause: str) -> str:
        if each.ref not in self._anchors:
            rows = documents.clauses(self.work.session, self.work.rights, each.ref, self.work.today)
            self._anchors[each.ref] = {row.number: row.anchor for row in rows if row.anchor}
        return self._anchors[each.ref].get(clause, "")


def _finish(made: _Folder, facts: Mapping[str, object]) -> None:
    """The mark by which a later set knows this one, and the digests that anybody can check."""
    made.add(MARK, json.dumps({"format": FORMAT, **facts}, sort_keys=True).encode())
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(made.sums.items()))
    (made.path / SUMS).write_text(lines, "utf-8")


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder on the same disk, gone again in any case."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    unfinished.chmod(0o755)
    try:
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _swap(made: Path, folder: Path) -> None:
    """Put the new folder in the place of the old one in one step; the old one is left under its name."""
    if not folder.exists():
        made.rename(folder)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_HERE, os.fsencode(made), _HERE, os.fsencode(folder), _EXCHANGE) == 0:
        return
    # A file system that cannot exchange two names: for a moment there is none.
    aside = made.with_name(f"{made.name}.old")
    folder.rename(aside)
    made.rename(folder)
    aside.rename(made)
