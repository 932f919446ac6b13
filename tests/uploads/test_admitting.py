"""Each file is shown to the organisation's scanner, and nobody brings more than a day's worth (SEC-13)."""

from __future__ import annotations

import re
import shutil
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from qms import uploads
from qms.kernel.ports import Actor
from tests.conftest import skip_or_fail

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
"""The harmless file that every scanner takes for a virus."""
WEB: Final = Path(uploads.__file__).parents[1] / "web"
PERSON: Final = Actor("person:1", "Somebody", 1)
MEGABYTE: Final = 1 << 20


@pytest.fixture
def scanner(tmp_path: Path) -> str:
    """A program that speaks as ClamAV's do, and knows that one file."""
    path = tmp_path / "scan"
    path.write_text(
        f"#!{sys.executable} -I\n"
        "import os, sys\n"
        "found = b'EICAR-STANDARD' in sys.stdin.buffer.read()\n"
        "print('stream: Eicar FOUND' if found else 'stream: OK', *sorted(os.environ))\n"
        "sys.exit(found)\n",
        "utf-8",
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def with_scanner(settings: Settings, command: str, seconds: int = 60) -> Settings:
    """The settings of an organisation that has one."""
    return replace(settings, scanner=command, scanner_seconds=seconds)


def test_what_the_scanner_finds_is_not_taken(settings: Settings, scanner: str) -> None:
    """The file is named beside its field, and the refusal goes into the trail."""
    asked = with_scanner(settings, scanner)
    uploads.scan(asked, "proof.txt", b"proof")
    with pytest.raises(uploads.Harmful) as refused:
        uploads.scan(asked, "proof.txt", EICAR, "evidence")
    (problem,) = refused.value.problems
    assert (problem.field, problem.facts) == ("evidence", {"name": "proof.txt"})
    assert refused.value.journalled


def test_a_real_scanner_is_asked(settings: Settings, tmp_path: Path) -> None:
    """ClamAV with a list of its own, where it is installed."""
    program = shutil.which("clamscan")
    if program is None:
        skip_or_fail("clamscan is not installed; the program above speaks as it does")
    (tmp_path / "known.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n", "ascii")
    asked = with_scanner(settings, f"{program} --no-summary -d {tmp_path / 'known.ndb'} -")
    uploads.scan(asked, "proof.txt", b"proof")
    with pytest.raises(uploads.Harmful):
        uploads.scan(asked, "proof.txt", EICAR)


@pytest.mark.parametrize(
    "command",
    [
        "/nowhere/scan -",
        "sh -c 'echo no database; exit 2'",
        "sh -c 'kill -9 $$'",
        "sleep 60",
    ],
)
def test_what_nobody_examined_is_not_taken(settings: Settings, command: str) -> None:
    """No program, a fault of it, its end, no end: each is no verdict, and no verdict is a refusal."""
    with pytest.raises(uploads.ScannerSilent):
        uploads.scan(with_scanner(settings, command, seconds=1), "proof.txt", b"proof")


def test_the_scanner_gets_none_of_the_secrets(
    settings: Settings, scanner: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Settings in the environment stay with the program they are for."""
    monkeypatch.setenv("QMS_SMTP_PASSWORD", "canary")
    with pytest.raises(uploads.Harmful):
        uploads.scan(with_scanner(settings, scanner), "proof.txt", EICAR)
    (line,) = [each.getMessage() for each in caplog.records if each.name == "qms.uploads"]
    assert "Eicar FOUND" in line
    assert "PATH" in line
    assert "QMS" not in line


def test_every_page_that_takes_files_shows_them_to_the_scanner() -> None:
    """A new page that reads what was sent without asking fails here."""
    pages = [path.read_text("utf-8") for path in WEB.rglob("*.py") if "templates" not in path.parts]
    taking = [text for text in pages if "request.files.get" in text]
    assert len(taking) >= 5
    assert all(re.search(r"uploads\.(admitted|kept|scan)\(|written\.uploaded\(", text) for text in taking)


def test_without_a_scanner_none_is_asked(settings: Settings) -> None:
    """As it is shipped."""
    uploads.scan(settings, "proof.txt", EICAR)


@pytest.mark.parametrize(("had", "size", "taken"), [(0, 1, True), (1, 1, True), (1, 2, False), (2, 1, False)])
def test_nobody_brings_more_than_a_days_worth(works: Works, had: int, size: int, *, taken: bool) -> None:
    """What every slice has of the person within 24 hours counts, to the last byte; all or none is taken."""
    asked: list[tuple[int, object]] = []

    def count(session: Session, person_id: int, since: datetime) -> int:
        del session
        asked.append((person_id, works.clock.now() - since))
        return had * MEGABYTE // 2

    works.settings = replace(works.settings, day_megabytes=2)
    works.ports = {"uploads": (count, count)}
    files = [("photo", "a.txt", b"a" * (size * MEGABYTE - 1)), ("proof", "b.txt", b"b")]
    with works.reading(PERSON) as work:
        if taken:
            assert uploads.admitted(work, files) == [("a.txt", "text/plain"), ("b.txt", "text/plain")]
        else:
            with pytest.raises(uploads.DayFull, match="not taken") as refused:
                uploads.admitted(work, files)
            assert refused.value.problems[0].facts == {"most": 2, "had": had}
        with pytest.raises(uploads.UploadRefused):
            uploads.admitted(work, [*files, ("proof", "c.exe", b"MZ")])
    assert {(person, since.days) for person, since in asked} == {(1, 1)}  # type: ignore[attr-defined]


def test_a_service_and_an_organisation_without_a_bound_bring_what_they_like(works: Works) -> None:
    """Zero is no bound, and the named services of the house bring nothing by choice."""
    files = [("proof", "a.txt", b"a" * MEGABYTE)]
    works.ports = {"uploads": (lambda *_: 1 << 40,)}
    with works.reading(Actor("service:x", "x")) as work:
        assert uploads.admitted(work, files)
    works.settings = replace(works.settings, day_megabytes=0)
    with works.reading(PERSON) as work:
        assert uploads.admitted(work, files)
