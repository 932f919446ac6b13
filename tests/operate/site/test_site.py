"""The emergency set: whole, bounded by what its readers may see, and in its place in one step (REL-17)."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs
from pypdf import PdfReader

from qms import trail
from qms.kernel.errors import Damaged
from qms.kernel.labels import LANGUAGES
from qms.kernel.ports import Secrecy
from qms.runtime import Readers, export_site
from qms.runtime.site import MARK, SUMS, GradeAboveClearance, MayNotExportSite, NotASite
from tests.cli.terminal import copied
from tests.web.papers import source

if TYPE_CHECKING:
    from pathlib import Path

    from qms.kernel.clock import SimulatedClock
    from qms.runtime import Exported, Runtime
    from tests.web.papers import Papers

SHARED = {
    *("CP-07.zh-Hans", "CP-08.zh-Hans", "CP-08.en", "QM-01.zh-Hans"),
    *("FM-07-01.zh-Hans", "RG-07-01.zh-Hans"),
}


def _export(
    runtime: Runtime, folder: Path, login: str = "controller", readers: Readers | None = None
) -> Exported:
    actor, rights = runtime.person(login)
    return export_site(runtime, actor, rights, folder, readers=readers)


def _held(folder: Path) -> set[str]:
    return {path.stem for path in (folder / "documents").glob("*.html")}


def _pages(folder: Path) -> dict[Path, html.HtmlElement]:
    return {path: html.fromstring(path.read_bytes()) for path in folder.rglob("*.html")}


def test_every_document_in_force_is_there(papers: Papers, tmp_path: Path) -> None:
    """Page and stamped PDF of each, lists in three languages, nothing that needs a program or a network."""
    made = _export(papers.runtime, tmp_path / "site")
    folder = made.folder
    copies = {path.stem for path in (folder / "documents").glob("*.pdf")} - {"FM-07-01.zh-Hans.blank"}
    assert _held(folder) == SHARED == copies
    assert made.documents == 6
    assert {path.name for path in folder.glob("*.html")} == {
        "index.html",
        *(f"index.{x}.html" for x in LANGUAGES),
    }
    for path, page in _pages(folder).items():
        assert page.xpath("//script | //link | //iframe | //object | //form | //@onclick") == [], path
        words = " ".join(page.itertext())
        assert "2026-11-02 09:00 UTC+08:00" in words, path
        for target in (*page.xpath("//a/@href"), *page.xpath("//img/@src")):
            place, anchor = urldefrag(target)
            if place.startswith("https://qms.example.org/v/"):
                continue
            goal = path.parent / place if place else path
            assert goal.is_file(), (path, target)
            if anchor:
                assert html.fromstring(goal.read_bytes()).xpath("//*[@id=$x]", x=anchor), (path, target)
    cited = html.fromstring((folder / "documents" / "CP-07.zh-Hans.html").read_bytes())
    assert "CP-08.zh-Hans.html#first" in cited.xpath("//article//a/@href")
    assert cited.xpath("//article//img/@src") == ["CP-07.zh-Hans/flow.png"]
    for pdf in (folder / "documents").glob("*.pdf"):
        subject = str(PdfReader(pdf).metadata)
        assert any(word in subject for word in ("非受控", "UNCONTROLLED")), pdf
        assert "2026-11-02 09:00 UTC+08:00" in subject


def test_forms_and_registers_are_of_use_without_the_system(papers: Papers, tmp_path: Path) -> None:
    """A form says what it asks and comes with its stamped blank sheet; a register says what stands in it."""
    folder = _export(papers.runtime, tmp_path / "site").folder / "documents"
    form = html.fromstring((folder / "FM-07-01.zh-Hans.html").read_bytes())
    assert "用途" in " ".join(form.xpath("//article")[0].itertext())
    (blank,) = form.xpath("//a[contains(@href, '.blank.pdf')]/@href")
    sheet = PdfReader(folder / blank)
    said = "".join(page.extract_text() for page in sheet.pages)
    assert "用途" in said
    assert "金额" in said
    assert "非受控" in str(sheet.metadata)
    register = html.fromstring((folder / "RG-07-01.zh-Hans.html").read_bytes())
    assert "用途" in " ".join(register.xpath("//article")[0].itertext())
    assert register.xpath("//a[contains(@href, '.blank.pdf')]") == []
    words = {each: " ".join(papers_of(folder.parent, each).itertext()) for each in LANGUAGES}
    assert all("FM-07-01" in text and "RG-07-01" in text for text in words.values())


def papers_of(folder: Path, language: str) -> html.HtmlElement:
    """The list of a language."""
    return html.fromstring((folder / f"index.{language}.html").read_bytes())


def test_it_can_be_checked_and_is_noted(papers: Papers, tmp_path: Path) -> None:
    """`sha256sum` agrees with every byte; the trail tells who gave out how much, for whom, as which bytes."""
    folder = _export(papers.runtime, tmp_path / "site").folder
    done = subprocess.run(["sha256sum", "--strict", "--quiet", "-c", SUMS], cwd=folder, check=False)
    assert done.returncode == 0
    listed = {line.split("  ")[1] for line in (folder / SUMS).read_text("utf-8").splitlines()}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert listed == there - {SUMS}
    with papers.looking() as work:
        row = trail.browse(work.session, action="workspace:export-site", limit=1)[0]
    assert row.actor_name == "Document controller"
    assert row.after == {
        "grade": "internal",
        "departments": [],
        "documents": 6,
        "sums": hashlib.sha256((folder / SUMS).read_bytes()).hexdigest(),
    }
    mark = json.loads((folder / MARK).read_bytes())
    assert (mark["format"], mark["at"], mark["entries"]) == (
        "qms-site/1",
        "2026-11-02T01:00:00.000000Z",
        row.seq - 1,
    )


@pytest.mark.parametrize(("readers", "held"), [
    (Readers(Secrecy.PUBLIC), {"QM-01.zh-Hans"}),
    (Readers(departments=frozenset({"loans"})), SHARED | {"WI-07-02.zh-Hans"}),
    (Readers(departments=frozenset({"centre"})), SHARED),
    (Readers(departments=None), SHARED | {"WI-07-02.zh-Hans"}),
    (Readers(Secrecy.CONFIDENTIAL, None), SHARED | {"WI-07-02.zh-Hans", "CP-31.zh-Hans"}),
])  # fmt: skip
def test_it_holds_what_its_readers_may_see(
    papers: Papers, tmp_path: Path, readers: Readers, held: set[str]
) -> None:
    """SEC-06, R16, R19: grade and distribution bound it; a closed circle is in none, not even by a name."""
    folder = _export(papers.runtime, tmp_path / "site", readers=readers).folder
    assert _held(folder) == held
    words = " ".join(path.read_text("utf-8") for path in folder.rglob("*.html"))
    for hidden in {"CP-31", "CP-32", "WI-07-02"} - {name.split(".")[0] for name in held}:
        assert f"限定 {hidden}" not in words


@pytest.mark.parametrize("login", ["author", "manager", "reader", "auditor", "system-administrator"])
def test_who_does_not_control_all_may_not(runtime: Runtime, tmp_path: Path, login: str) -> None:
    """SEC-06: a copy of everything is for document controllers; others get nothing and leave nothing."""
    with pytest.raises(MayNotExportSite):
        _export(runtime, tmp_path / "site", login)
    assert list(tmp_path.glob("*site*")) == []


def test_nobody_gives_out_more_than_they_see(runtime: Runtime, tmp_path: Path) -> None:
    """R16: the grade of a set is bounded by the clearance of who makes it."""
    with pytest.raises(GradeAboveClearance):
        _export(runtime, tmp_path / "site", readers=Readers(Secrecy.SECRET))


def test_nothing_but_an_earlier_set_is_replaced(papers: Papers, tmp_path: Path) -> None:
    """A folder with something else in it, a file and a link are refused and left as they are."""
    other, file, link = tmp_path / "other", tmp_path / "file", tmp_path / "link"
    other.mkdir()
    (other / "precious").write_text("x")
    file.write_text("x")
    link.symlink_to(other)
    for place in (other, file, link):
        with pytest.raises(NotASite):
            _export(papers.runtime, place)
    assert (other / "precious").read_text() == "x"
    assert sorted(path.name for path in tmp_path.iterdir() if "site" in path.name) == []
    empty = tmp_path / "empty"
    empty.mkdir()
    assert _export(papers.runtime, empty).documents == 6


def test_the_next_set_takes_the_place_of_the_last(
    papers: Papers, tmp_path: Path, clock: SimulatedClock, sheet: bytes
) -> None:
    """What is new is in, what is superseded is out, and nothing of the old set is left."""
    folder = tmp_path / "site"
    _export(papers.runtime, folder)
    (folder / "left-behind").write_text("x")
    clock.advance(timedelta(days=1))
    papers.issued(source("CP-09", title="新的程序"), pdf=sheet)
    _export(papers.runtime, folder)
    assert _held(folder) == {*SHARED, "CP-09.zh-Hans"}
    assert "2026-11-03 09:00" in (folder / "index.html").read_text("utf-8")
    assert not (folder / "left-behind").exists()
    assert [path.name for path in tmp_path.iterdir() if "site" in path.name] == ["site"]


def test_a_damaged_sheet_leaves_the_last_set(papers: Papers, tmp_path: Path) -> None:
    """DOC-05: bytes that are not what was stored go into no set; the one before stays whole."""
    folder = tmp_path / "site"
    _export(papers.runtime, folder)
    before = (folder / SUMS).read_bytes()
    digest = str(papers.revision(papers.issued(source("CP-09"), pdf=b"%PDF-1.7 other")).pdf_digest)
    (path,) = papers.runtime.settings.at(papers.runtime.settings.records).rglob(digest)
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7 altered")
    with pytest.raises(Damaged):
        _export(papers.runtime, folder)
    assert (folder / SUMS).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "site" in path.name] == ["site"]
    with papers.looking() as work:
        assert len(trail.browse(work.session, action="workspace:export-site")) == 1


def test_the_command_asks_and_tells(founded: Path, tmp_path: Path) -> None:
    """`qms export site`: a reader is refused and that is journalled; a controller is told what was made."""
    terminal = copied(founded, tmp_path / "workspace")
    refused = terminal.json("export", "site", tmp_path / "site", login="reader")
    assert (refused.code, refused.refused) == (5, "MayNotExportSite")
    assert (
        terminal.json("export", "site", tmp_path / "site", "--department", "mars", login="controller").code
        == 4
    )
    made = terminal.json("export", "site", tmp_path / "site", "--grade", "public", login="controller")
    assert (made.code, made.value["documents"]) == (0, 0)
    assert "0 documents" in terminal("export", "site", tmp_path / "site", login="controller").out
    shown = terminal.json("trail", "show", login="manager").out
    assert "cli:export site" in shown
