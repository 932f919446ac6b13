"""The bundle as a whole: standard commands verify it, and it holds what its receiver may see, then."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

import bagit
import pytest
from sqlalchemy import select

from qms import evidence, trail
from qms.evidence import keys, standalone
from qms.evidence.bag import UnsafeItemError
from qms.evidence.csvs import fault
from qms.evidence.models import EvidenceRequest
from qms.kernel.database import build_engine
from qms.kernel.ports import Item, Rights, Scope
from qms.kernel.refs import Ref
from qms.kernel.vault import BlobDamaged, BlobMissing, LocalVault
from qms.kernel.work import Works
from tests.evidence.factories import EVERYTHING, SERVICE, House, Paper, People
from tests.trail.authority import authority

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qms.evidence import Request
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Work

ROOT = Path(__file__).parents[2]


def content(made: House, done: Request) -> bytes:
    """The bytes of a finished bundle."""
    assert done.bundle_digest is not None
    return made.works.vault.read(done.bundle_digest)


def files(made: House, done: Request) -> dict[str, bytes]:
    """The files of a bundle by their path inside its folder."""
    with zipfile.ZipFile(io.BytesIO(content(made, done))) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def unpacked(made: House, done: Request, folder: Path) -> Path:
    """The folder a bundle was unpacked into."""
    zipfile.ZipFile(io.BytesIO(content(made, done))).extractall(folder)
    return folder / done.number


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A program's run in the folder of a bundle."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_four_standard_commands_verify_it(made: House, tmp_path: Path) -> None:
    """On a machine that holds none of our software (BND-01), exactly as the bundle itself says."""
    done = made.built()
    root = unpacked(made, done, tmp_path / "out")
    said = (root / "data" / "00-README.txt").read_text("utf-8")
    commands = [line.strip() for line in said.split("=" * 72)[0].splitlines() if line.startswith("    ")]
    assert [command.split()[0] for command in commands] == [
        "bagit.py", "sha256sum", "openssl", "openssl", "python3", "qms",
    ]  # fmt: skip
    ran = [
        run(sys.executable, bagit.__file__, "--validate", ".", cwd=root),
        *(run(*command.split(), cwd=root) for command in commands[1:5]),
    ]
    assert [one.returncode for one in ran] == [0] * 5, ran
    assert keys.spelled(made.key.fingerprint) in ran[3].stdout
    assert keys.spelled(made.key.fingerprint) in ran[4].stdout
    assert bagit.Bag(str(root)).validate(), "nothing was left behind in the folder"
    report = evidence.verify_bundle(root, made.key.fingerprint)
    assert (report.ok, report.authentic) == (True, True), report.sentences()


def test_an_authority_confirms_its_checkpoint(made: House, tmp_path: Path) -> None:
    """TRL-11: where one is asked, its answer travels along, and openssl takes it as the bundle says."""
    with authority(tmp_path / "authority") as tsa:
        made.works.settings = replace(
            made.works.settings, timestamp_url=tsa.url, timestamp_certificates=tsa.root
        )
        done = made.built()
        tsa.spoil = lambda _: b"not now"
        without = made.built()
    root = unpacked(made, done, tmp_path / "out")
    (root.parent / "authority.pem").write_bytes(tsa.root.read_bytes())
    said = (root / "data" / "00-README.txt").read_text("utf-8").split("=" * 72)[0]
    (command,) = [line.strip() for line in said.splitlines() if "openssl ts" in line]
    ran = run(*command.replace("authority.pem", "../authority.pem").split(), cwd=root)
    assert (ran.returncode, "Verification: OK" in ran.stdout + ran.stderr) == (0, True)
    assert "CN=test authority" in said
    note = root / "data" / "trail" / "checkpoint.txt"
    note.write_text(note.read_text("utf-8").replace("\n", "\n0", 1), "utf-8")
    assert run(*command.replace("authority.pem", "../authority.pem").split(), cwd=root).returncode != 0
    assert evidence.verify_bundle(io.BytesIO(content(made, done)), made.key.fingerprint).authentic
    assert "data/trail/checkpoint.tsr" not in files(made, without)
    assert "no third party has confirmed" in files(made, without)["data/00-README.txt"].decode()


def test_we_verify_it_without_a_database(made: House, tmp_path: Path) -> None:
    """File, stream and folder alike; without a fingerprint nothing is said about where it comes from."""
    done = made.built()
    path = tmp_path / "bundle.zip"
    path.write_bytes(content(made, done))
    with path.open("rb") as stream:
        reports = [
            evidence.verify_bundle(source, made.key.fingerprint) for source in (path, str(path), stream)
        ]
    assert [(report.ok, report.authentic) for report in reports] == [(True, True)] * 3
    report = evidence.verify_bundle(path)
    assert (report.ok, report.authentic, report.fingerprint) == (True, None, made.key.fingerprint)
    assert (report.number, report.receiver, report.purpose) == (
        done.number,
        "Auditor · 示例认证机构",
        "监督审核",
    )
    assert (report.files, report.fingerprint) == (done.files, done.fingerprint)
    assert report.checkpoint_size == done.checkpoint_size
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert keys.spelled(report.fingerprint) in report.sentences(language)[2]
    wrong = evidence.verify_bundle(path, "ab" * 32)
    assert (wrong.ok, wrong.authentic) == (False, False)


def test_the_row_names_the_bundle(made: House) -> None:
    """Digest, tag manifest and extent stand in the register."""
    done = made.built()
    whole = files(made, done)
    assert done.size == len(content(made, done))
    assert done.files == sum(name.startswith("data/") for name in whole)
    assert done.manifest_digest == hashlib.sha256(whole["tagmanifest-sha256.txt"]).hexdigest()


def test_two_receivers_two_contents(made: House) -> None:
    """Each gets what they may see, and the page names for whom it is (BND-08, SEC-07)."""
    plain, secret = made.built(), made.built(receiver="inspector")
    shown, all_of_it = files(made, plain), files(made, secret)
    assert "data/documents/CP-13/CP-13_A-0.pdf" in all_of_it
    assert "data/documents/CP-13/CP-13_A-0.pdf" not in shown
    assert not any(b"CP-13" in text for text in shown.values()), "not even in the extract or a list"
    assert b"Inspector" in all_of_it["data/01-index.html"]
    assert b"Auditor" in shown["data/01-index.html"]
    assert b"Inspector" not in shown["data/01-index.html"]


def test_as_of_a_day(made: House) -> None:
    """A bundle of a day holds what was in force then, whatever has come since (BND-06)."""
    then, now = made.built(Scope(as_of=date(2026, 9, 30))), made.built()
    assert "data/documents/CP-12/CP-12_A-0.pdf" in files(made, then)
    assert "data/documents/CP-12/CP-12_A-1.pdf" not in files(made, then)
    assert "data/documents/CP-12/CP-12_A-1.pdf" in files(made, now)
    assert "data/documents/CP-12/CP-12_A-0.pdf" not in files(made, now)


def opened(made: House, done: Request) -> list[dict[str, object]]:
    """The bodies that the extract of a bundle opens."""
    lines = files(made, done)["data/trail/extract.jsonl"].decode().splitlines()
    rows = [json.loads(line) for line in lines[1:]]
    return [json.loads(row["body"]) for row in rows if "body" in row]


def test_what_came_after_the_day_stays_shut(made: House, clock: SimulatedClock) -> None:
    """The extract opens the entries up to the last day of the scope, and those of the request itself."""
    clock.advance(timedelta(days=3))
    with made.works.writing(SERVICE, EVERYTHING) as work:
        work.record("document:note", Ref("document", "CP-12"), why="later")
    then = made.built(Scope(as_of=date(2026, 11, 4)))
    now = made.built(Scope(as_of=date(2026, 11, 5)))
    assert "document:note" not in {body["action"] for body in opened(made, then)}
    assert "document:note" in {body["action"] for body in opened(made, now)}
    assert "evidence:approve" in {body["action"] for body in opened(made, then)}
    for done in (then, now):
        assert evidence.verify_bundle(io.BytesIO(content(made, done)), made.key.fingerprint).ok


def test_an_origin_one_may_not_see_stays_shut(made: House) -> None:
    """SEC-07: an entry that names a thing hidden from the receiver goes without its body, and verifies."""
    secret, ref = Ref("record", "FM-07-02-2026-000001"), Ref("document", "CP-12")
    rights = []

    def sight(work: Work, refs: Iterable[Ref]) -> frozenset[Ref]:
        rights.append(work.rights.person_id)
        return frozenset(refs) & {secret}

    made.works.ports = {**made.works.ports, "sight": (sight,)}
    with made.works.writing(SERVICE, EVERYTHING) as work:
        for origin in (secret, Ref("record", "FM-07-02-2026-000002")):
            work.record("action:open", ref, after={"origin": str(origin)})
        work.record("document:change-request", ref, after={"origin": "suggestion"})
    done = made.built()
    told = [body["after"] for body in opened(made, done) if body["ref"] == str(ref) and "after" in body]
    assert {"origin": "record:FM-07-02-2026-000002"} in told
    assert {"origin": "suggestion"} in told
    assert {"origin": str(secret)} not in told
    assert set(rights) == {made.ids["auditor"]}
    assert evidence.verify_bundle(io.BytesIO(content(made, done)), made.key.fingerprint).ok


def test_the_extract_opens_only_what_the_bundle_speaks_of(made: House) -> None:
    done = made.built(Scope(numbers=("WI-13-01",)))
    refs = {body["ref"] for body in opened(made, done)}
    assert refs == {"revision:WI-13-01@zh-Hans@A-0", f"evidence:{done.number}"}


def test_what_was_asked_but_is_not_there_is_said(made: House) -> None:
    """A number the receiver may not see and one that does not exist look alike (BND-07, law 11)."""
    page = files(made, made.built(Scope(numbers=("CP-12", "CP-13", "CP-99"))))["data/01-index.html"].decode()
    assert re.findall(r"<li>([^<]*)</li>", page) == ["CP-13", "CP-99"]


PROCESS = """
import sys
from pathlib import Path
from queue import Queue
from qms.evidence import load_key, make
from qms.kernel.vault import LocalVault
print(make(LocalVault(Path(sys.argv[1])), sys.argv[2], load_key(Path(sys.argv[3]))).bundle_digest)
"""


def test_a_frozen_plan_gives_the_same_bytes_in_another_process(made: House) -> None:
    """Any time later, with another hash seed, from plan and vault alone (BND-05)."""
    done = made.built()
    with made.works.reading(SERVICE) as work:
        plan = str(work.session.scalars(select(EvidenceRequest.plan_digest)).one())
    settings = made.works.settings
    arguments = [str(settings.at(settings.records) / "vault"), plan, str(settings.at(settings.keys))]
    found = {
        subprocess.run(
            [sys.executable, "-c", PROCESS, *arguments],
            cwd=ROOT, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert found == {done.bundle_digest}


def test_the_same_register_gives_the_same_bytes(made: House, tmp_path: Path) -> None:
    """Gathered twice from equal registers, whatever the clock says meanwhile (BND-05)."""
    if made.works.engine.dialect.name != "sqlite":
        pytest.skip("copies the database file; the plan is the same code on both databases")
    number = made.approved()
    settings = made.works.settings
    twin_home = tmp_path / "twin"
    made.works.engine.dispose()
    shutil.copytree(settings.at(settings.records), twin_home / "records")
    twin = Works(
        build_engine(f"sqlite:///{twin_home / 'records' / 'qms.sqlite3'}"),
        LocalVault(twin_home / "records" / "vault"),
        type(settings)(home=twin_home, public_url=settings.public_url),
        made.works.clock, made.works.append, made.works.ports,
    )  # fmt: skip
    first = evidence.build(made.works, number)
    made.works.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]  # a simulated clock
    second = evidence.build(twin, number)
    twin.engine.dispose()
    assert first.bundle_digest == second.bundle_digest


def test_one_consistent_look_while_others_write(made: House) -> None:
    """People enrolled meanwhile: as many in the list as the trail knew at that moment (BND-09)."""
    made.works.ports = {"evidence": (made.papers, People())}
    stop, faults, written = threading.Event(), [], Queue[int]()

    def enrol() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                enrol_one(made, number)
            except Exception as fault:  # noqa: BLE001 - a thread must tell its test
                faults.append(fault)
                return
            written.put(number)

    first = made.approved()
    thread = threading.Thread(target=enrol)
    thread.start()
    try:
        done = evidence.build(made.works, first, progress=lambda _: one_more(written))
    finally:
        stop.set()
        thread.join()
    assert faults == []
    rows = files(made, done)["data/people.csv"].decode("utf-8-sig").splitlines()[1:]
    enrolled = [row for row in rows if ",new-" in row]
    entries = [body for body in opened(made, done) if body["action"] == "person:enrol"]
    assert len(enrolled) == len(entries) > 0
    assert evidence.verify_bundle(io.BytesIO(content(made, done)), made.key.fingerprint).ok


def enrol_one(made: House, number: int) -> None:
    """A person and the entry about them, in one act."""
    with made.works.writing(SERVICE, EVERYTHING) as work:
        person = People.enrol(work, f"new-{number}")
        work.record("person:enrol", Ref("person", str(person.id)), after={"login": person.login})


def one_more(written: Queue[int]) -> None:
    """Wait until at least one more act has been committed."""
    for _ in range(written.qsize()):
        written.get_nowait()
    written.get(timeout=60)


class Stop(BaseException):
    """The process dies here."""


STEPS = ["gather", "checkpoint", "extract", "plan", "freeze", "bundle", "record"]


@pytest.mark.parametrize("step", STEPS)
def test_a_build_that_dies_is_made_again(made: House, step: str) -> None:
    """Killed before any step, the request is as it was; what was frozen gives the same bytes (REL-01)."""
    number = made.approved()
    told: list[str] = []

    def die(now: str) -> None:
        told.append(now)
        if now == step:
            raise Stop

    with pytest.raises(Stop):
        evidence.build(made.works, number, progress=die)
    assert told == STEPS[: STEPS.index(step) + 1]
    with made.looking("manager") as work:
        state = evidence.request_of(work.session, work.rights, number).state
    frozen = step in {"bundle", "record"}
    assert state is (evidence.State.BUILDING if frozen else evidence.State.APPROVED)
    again: list[str] = []
    done = evidence.build(made.works, number, progress=again.append)
    assert again == (["bundle", "record"] if frozen else STEPS)
    assert evidence.verify_bundle(io.BytesIO(content(made, done)), made.key.fingerprint).ok
    with made.works.reading(SERVICE) as work:
        actions = [row.action for row in trail.history(work.session, done.ref)]
    assert actions.count("evidence:build") == 1


def test_what_finishes_the_job_stands_in_the_same_transaction(made: House) -> None:
    """A lost lease undoes the record as well (law 2)."""
    number = made.approved()

    def refuse(work: Work) -> None:
        raise RuntimeError(f"lease lost at {work.now}")

    with pytest.raises(RuntimeError):
        evidence.build(made.works, number, last=refuse)
    with made.looking("manager") as work:
        assert evidence.request_of(work.session, work.rights, number).state is evidence.State.BUILDING


def test_every_act_of_a_build_is_kept_and_checkpointed(made: House) -> None:
    """A checkpoint is signed for each bundle and covers the moment it was gathered at."""
    done = made.built()
    assert done.head_seq is not None
    assert done.checkpoint_size is not None
    assert done.checkpoint_size >= done.head_seq
    with made.works.reading(SERVICE) as work:
        assert trail.checkpoints(work.session)[0].reason == f"evidence {done.number}"
    assert trail.check(made.works, SERVICE).ok


class Links(HTMLParser):
    """The targets of all links and resources of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note every target."""
        self.tags.add(tag)
        self.targets += [value or "" for name, value in attrs if name in {"href", "src", "action"}]


def test_every_link_resolves_offline(made: House, tmp_path: Path) -> None:
    """From the index everything is reached, nothing leads out, no page holds a script (BND-07, BND-12)."""
    made.papers.add(
        made.works,
        Paper("WI-12-01", "A-0", b"%PDF", date(2026, 1, 1), title="<script>alert(1)</script> & 'x'"),
    )
    root = unpacked(made, made.built(), tmp_path) / "data"
    todo, reached = ["01-index.html"], set()
    while todo:
        name = todo.pop()
        if name in reached:
            continue
        reached.add(name)
        assert (root / name).is_file(), name
        if not name.endswith(".html"):
            continue
        page = Links()
        page.feed((root / name).read_text("utf-8"))
        assert not page.tags & {"script", "iframe", "object", "embed", "form", "img", "link"}, name
        assert not [target for target in page.targets if re.match(r"[a-z]+:|/|\.\.", target)], name
        todo += page.targets
    every = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert reached == every


def test_pages_speak_two_languages_and_tables_are_text(made: House) -> None:
    """Chinese and English on each page, each CSV with a mark and without formulas (BND-12, SEC-21)."""
    evil = "=HYPERLINK(1)"
    made.papers.add(made.works, Paper("WI-12-02", "A-0", b"%PDF", date(2026, 1, 1), title=evil))
    found = files(made, made.built())
    for name in ("data/01-index.html", "data/system-description.html"):
        page = found[name].decode()
        assert 'lang="zh-Hans"' in page
        assert 'lang="en"' in page
    assert "如何核验" in found["data/01-index.html"].decode()
    tables = {name: text for name, text in found.items() if name.endswith(".csv")}
    assert len(tables) >= 2
    assert [fault(text) for text in tables.values()] == [None] * len(tables)
    rows = list(csv.reader(io.StringIO(tables["data/01-index.csv"].decode("utf-8-sig"))))
    assert f"'{evil}" in {row[1] for row in rows}


def test_a_demonstration_says_so(made: House) -> None:
    """On its pages and in its label, for ever (law 16)."""
    made.works.demo = True
    found = files(made, made.built())
    assert b"QMS-Demonstration: " in found["bag-info.txt"]
    assert "演示" in found["data/01-index.html"].decode()
    assert "演示" in found["data/system-description.html"].decode()


class Faulty:
    """Evidence that gives one item."""

    def __init__(self, item: Item) -> None:
        self.item = item

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """The item."""
        del work, scope, rights
        return [self.item]


@pytest.mark.parametrize(
    "item",
    [
        Item("../evil", content=b"x"),
        Item("文件.pdf", content=b"x"),
        Item("verify.py", content=b"x"),
        Item("nothing.txt"),
        Item("both.txt", digest="0" * 64, content=b"x"),
        Item("bad.csv", content=b"a,b"),
        Item("bad2.csv", content="\ufeff=1".encode()),
    ],
)
def test_a_faulty_item_is_refused_before_anything_is_written(made: House, item: Item) -> None:
    made.works.ports = {"evidence": (Faulty(item),)}
    number = made.approved()
    with pytest.raises(UnsafeItemError):
        evidence.build(made.works, number)
    with made.looking("manager") as work:
        assert evidence.request_of(work.session, work.rights, number).state is evidence.State.APPROVED


def test_missing_and_damaged_bytes_are_refused(made: House) -> None:
    """No bundle is made of bytes that are not those that were issued (DOC-05)."""
    made.works.ports = {"evidence": (Faulty(Item("a.pdf", digest="0" * 64)),)}
    number = made.approved()
    with pytest.raises(BlobMissing):
        evidence.build(made.works, number)
    digest = made.works.vault.put(b"issued")
    made.works.ports = {"evidence": (Faulty(Item("a.pdf", digest=digest)),)}
    vault = made.works.vault
    assert isinstance(vault, LocalVault)
    vault.path(digest).chmod(0o600)
    vault.path(digest).write_bytes(b"Issued")
    with pytest.raises(BlobDamaged):
        evidence.build(made.works, number)


def test_the_description_names_keys_and_controls(made: House) -> None:
    """How content comes about, is stored, kept whole, and who is behind it (CN-05)."""
    page = files(made, made.built())["data/system-description.html"].decode()
    assert made.key.fingerprint in page
    for heading in ("内容如何生成", "内容如何储存", "如何保持完整性", "如何鉴别发件人"):
        assert heading in page


def test_the_program_in_the_bundle_is_ours(made: House) -> None:
    found = files(made, made.built())
    assert found["data/verify.py"] == Path(standalone.__file__).read_bytes()
