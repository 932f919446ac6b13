"""The main job on real input, played once: issue the library, find in it, pull the evidence, verify it."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest

from qms import accounts, clocks, documents, evidence, records, schedules, tasks, trail
from qms.app import create_app
from qms.cli.demo.story import NotIssued, Story
from qms.cli.output import Output
from qms.kernel.clock import start_of
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, build, every_permission
from tests.cli.databases import fresh_postgresql
from tests.stories.recall import MOST, ask, recall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.cli.demo.story import Told
    from qms.documents.queries import Given, Listed
    from qms.runtime import Runtime

pytestmark = pytest.mark.xdist_group("main job")

ROOT = Path(__file__).parents[2]
OVERSEER = "internal-auditor"
LIVING = {
    *("FM-02-01", "FM-02-02", "FM-02-03", "FM-02-04", "FM-07-01", "FM-07-04", "FM-08-01", "FM-08-02"),
    *("FM-08-03", "FM-12-01", "FM-13-01", "FM-13-02", "FM-13-03", "FM-14-01", "FM-14-02", "FM-14-03"),
}
OLD, NEW = Ref("revision", "WI-12-01@zh-Hans@A/0"), Ref("revision", "WI-12-01@zh-Hans@A/1")


@dataclass(frozen=True, slots=True)
class Played:
    """The workspace after its story."""

    home: Path
    runtime: Runtime
    told: Told


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.nightly)])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The whole story, once for each database; it takes minutes, so every test reads from it."""
    home = tmp_path_factory.mktemp("story") / "demo"
    url = request.getfixturevalue("postgresql_of_the_story") if request.param == "postgresql" else ""
    story = Story(home, Output(as_json=True, language="en"), database_url=url)
    told = story.tell()
    yield Played(home, story.runtime, told)
    story.runtime.close()


@pytest.fixture(scope="session")
def postgresql_of_the_story() -> Iterator[str]:
    """An empty database of the story's own."""
    with fresh_postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def library(played: Played) -> list[Listed]:
    """Everything in force today."""
    with played.runtime.works.reading(KEEPER, every_permission()) as work:
        return documents.library(work.session, work.rights, work.today)


def signed(played: Played, ref: Ref) -> list[Given]:
    with played.runtime.works.reading(KEEPER, every_permission()) as work:
        return documents.signatures(work.session, work.rights, ref, work.today)


def test_every_file_of_the_library_was_issued(played: Played, library: list[Listed]) -> None:
    files = [*(ROOT / "procedures").glob("*.md"), *(ROOT / "forms").glob("*.yaml")]
    assert len(files) == 51
    assert len(played.told.issued) == 51
    assert {f"{each.number}@{each.language}" for each in library} == {
        key.rpartition("@")[0] for key in played.told.issued
    }
    assert all(each.pdf_digest and each.pages and each.code for each in library)


def test_every_route_was_walked(played: Played, library: list[Listed]) -> None:
    """Each stage has the signatures its head asks for, each verifies, and no author approved (DOC-02)."""
    assert len(library) == 51
    with played.runtime.works.reading(KEEPER, every_permission()) as work:
        for each in library:
            revision = documents.revision(work.session, work.rights, each.ref, work.today)
            given = [
                one
                for one in documents.signatures(work.session, work.rights, each.ref, work.today)
                if not one.is_void
            ]
            assert all(one.is_verified for one in given), each.ref
            by = {
                meaning: [one for one in given if one.meaning == meaning]
                for meaning in ("author", "reviewed", "approved", "released")
            }
            assert [one.person_id for one in by["author"]] == [revision.author_id]
            for stage, meaning in (("review", "reviewed"), ("approve", "approved"), ("release", "released")):
                asked = revision.route[stage]
                posts = {one.post for one in by[meaning]}
                assert by[meaning], (each.ref, stage)
                if asked["quorum"] in {"all", "each"}:
                    assert set(asked["posts"]) <= posts, (each.ref, stage)
            assert revision.author_id not in {one.person_id for one in by["approved"]}


def test_one_came_back_and_went_its_way_again(played: Played) -> None:
    ref = Ref("revision", played.told.returned)
    assert ref.key == "WI-14-02@zh-Hans@A/0"
    with played.runtime.works.reading(KEEPER, every_permission()) as work:
        acts = [row.action for row in trail.history(work.session, ref, 500)][::-1]
        remarks = documents.comments(work.session, work.rights, ref, work.today)
    back = acts.index("document:revision:return")
    submitted = [place for place, act in enumerate(acts) if act == "document:revision:submit"]
    assert len(submitted) == 2
    assert submitted[0] < back < submitted[1]
    assert [each.resolved_at is not None for each in remarks] == [True]
    assert {each.round for each in signed(played, ref) if each.meaning == "author"} == {1, 2}
    assert {each.round for each in signed(played, ref) if each.meaning == "approved"} == {2}


def test_some_have_read_and_others_still_owe_it(played: Played) -> None:
    ref = Ref("revision", "CP-12@zh-Hans@A/0")
    with played.runtime.works.reading(KEEPER, every_permission()) as work:
        read = documents.acknowledgements(work.session, work.rights, ref, work.today)
        owed = documents.outstanding(work.session, work.rights, ref, work.today)
        inbox = tasks.outstanding(work.session, "documents:read", ref)
    assert played.told.acknowledged > 100
    assert read
    assert owed
    assert not {each.person_id for each in read} & {each.person_id for each in owed}
    assert {task.person_id for task in inbox} == {each.person_id for each in owed}


def test_a_year_of_life_went_by(played: Played) -> None:
    """Records of every form that is begun by hand or asked for, in every state, most in time and some not."""
    lived = played.told.lived
    assert lived is not None
    assert lived.days > 360
    assert lived.records > 600
    assert 0 < lived.overdue < lived.owed
    with played.runtime.works.reading(KEEPER, every_permission()) as work:
        rows = records.listing(work.session, work.rights, work.today, limit=3000)
        states = Counter(each.state for each in rows)
        assert {each.form for each in rows} >= LIVING
        assert states[records.State.OPEN] > 5
        assert states[records.State.CLOSED] > states[records.State.OPEN]
        assert sum(each.form == "FM-02-03" for each in rows) >= 12
        months = {each.filed_on.strftime("%Y-%m") for each in rows if each.filed_on}
        assert len(months) >= 12


def test_the_year_left_marks_on_every_desk(played: Played) -> None:
    """What schedules ask is done, late and missed; limits were kept and overrun; something went back."""
    with played.runtime.works.reading(KEEPER, every_permission()) as work:
        asked = schedules.due(work, limit=3000)
        states = Counter(each.state for each in asked)
        assert states[schedules.State.DONE] > states[schedules.State.MISSED] > 0
        assert any(each.late for each in asked)
        assert trail.browse(work.session, action="record:return")
        assert trail.browse(work.session, action="action:close")
        month = work.today.replace(day=1) - timedelta(days=40)
        told = clocks.bulletin(work.session, work.rights, month, work.now).totals
        assert told.kept > told.late + told.overdue
        assert told.late + told.overdue > 0


def test_the_revision_took_over_on_its_day(played: Played) -> None:
    """A/1 entered at midnight of its day by the day job, and A/0 ended that very day (law 5, law 6)."""
    day = played.told.revised_on
    assert day is not None
    assert played.told.revised == NEW.key
    with played.runtime.works.reading(KEEPER, every_permission()) as work:
        before = documents.in_force(work.session, work.rights, "WI-12-01", "zh-Hans", day - timedelta(days=1))
        after = documents.in_force(work.session, work.rights, "WI-12-01", "zh-Hans", day)
        entered = [
            row
            for row in trail.history(work.session, NEW, 500)
            if row.action == "document:revision:enter-force"
        ]
        left = [
            row
            for row in trail.history(work.session, OLD, 500)
            if row.action == "document:revision:leave-force"
        ]
    assert (before.label, after.label) == ("A/0", "A/1")
    midnight = start_of(day, played.runtime.settings.zone_info)
    assert [midnight <= row.at <= midnight + timedelta(hours=1) for row in entered] == [True]
    assert [midnight <= row.at <= midnight + timedelta(hours=1) for row in left] == [True]


def test_the_story_says_whether_it_went_well(played: Played) -> None:
    """One wrong answer or one failed check, and `qms demo run` ends with a fault."""
    assert played.told.ok
    assert not replace(played.told, trail_ok=False).ok
    wrong = [replace(played.told.answers[0], found=())]
    assert not replace(played.told, answers=wrong).ok
    assert not replace(played.told, bundles=[{"checks": [{"ok": False}]}]).ok


def test_the_story_stops_where_something_was_not_issued(tmp_path: Path) -> None:
    """A failed job is no success: the story tells only what has happened."""
    story = Story(tmp_path / "short", Output(as_json=True, language="en"))
    story.found_the_centre()
    refs = story.walker.draft([story.home / "procedures" / "PL-01.md"])
    with pytest.raises(NotIssued, match="PL-01"):
        story.refuse_unissued(refs)
    story.loop.close()
    story.runtime.close()


def test_ten_questions_find_what_they_ask_for(played: Played) -> None:
    assert len(played.told.answers) == 10
    assert [each.question for each in played.told.answers if not each.right] == []


def test_the_judged_questions_find_their_answers_among_ten(played: Played) -> None:
    """DOC-18, R61: what staff type finds a document that answers, and mostly the very clause of it."""

    def find(text: str) -> list[tuple[str, str]]:
        actor, rights = played.runtime.person("quality-manager")
        with played.runtime.works.reading(actor, rights) as work:
            page = played.runtime.search.find(work, text, size=MOST)
        return [(hit.number, hit.anchor) for hit in page.hits]

    asked = ask(find)
    judged = recall([one for one in asked if one.kind != "fresh"])
    fresh = recall([one for one in asked if one.kind == "fresh"])
    assert judged.missed == ()
    assert judged.documents >= 0.9
    assert judged.clauses >= 0.9
    assert judged.reciprocal_rank >= 0.9
    assert fresh.questions >= 0.9, fresh.missed


def test_both_bundles_verify_by_every_check(played: Played) -> None:
    """Standard tools and our own; the fingerprint is the one of the workspace (BND-03)."""
    assert len(played.told.bundles) == 2
    for bundle in played.told.bundles:
        commands = " ".join(check["command"] for check in bundle["checks"])
        for tool in ("sha256sum -c", "openssl cms -verify", "verify.py", "bagit.py", "qms evidence verify"):
            assert tool in commands
        assert [check for check in bundle["checks"] if not check["ok"]] == []
        report = evidence.verify_bundle(Path(bundle["file"]), bundle["fingerprint"])
        assert report.ok
        assert report.authentic
        assert not evidence.verify_bundle(Path(bundle["file"]), "0" * 64).ok


def test_the_bundles_differ_in_the_revised_instruction(played: Played) -> None:
    told = played.told.differences
    assert len(told) == 1
    assert told[0].startswith("WI-12-01")
    assert "A/0" in told[0].partition("→")[0]
    assert "A/1" in told[0].partition("→")[2]


def test_the_trail_verifies_from_the_first_entry(played: Played) -> None:
    assert played.told.trail_ok
    report = trail.check(played.runtime.works, KEEPER)
    assert report.ok
    assert report.checked == report.last >= played.told.entries
    assert report.checkpoints > 47


def test_everything_is_marked_as_demonstration(played: Played, library: list[Listed]) -> None:
    """The trail's first entry, every page and every PDF say so (law 16)."""
    again = build(played.home)
    assert again.demo
    again.close()
    page = create_app(played.runtime).test_client().get("/sign-in", base_url="https://localhost")
    assert page.status_code == 200
    assert '<div class="demo" role="note">' in page.text
    for number in ("PL-01", "WI-12-01", "FM-12-01", "RG-12-01"):
        digest = next(each.pdf_digest for each in library if each.number == number)
        assert digest is not None
        stored = pypdf.PdfReader(io.BytesIO(played.runtime.works.vault.read(digest)))
        for sheet in stored.pages:
            text = sheet.extract_text()
            assert "演示" in text or "Demonstration" in text, number


def test_every_password_opens_the_door(played: Played) -> None:
    """Each person's own by checking it; the three administrators must still choose theirs."""
    people = {login: played.told.passwords[login] for login in (OVERSEER, "document-controller", "hr-head")}
    now = played.runtime.works.clock.now()
    for login, password in people.items():
        with played.runtime.works.reading(KEEPER) as work:
            checked = accounts.check_password(work.session, login, password, address="story", now=now)
        assert checked.right, login
    for login in accounts.ADMINISTRATORS:
        with played.runtime.works.writing(KEEPER) as work:
            ticket = accounts.sign_in(work, login, played.told.passwords[login], address="story")
        assert ticket.must_change


def test_passwords_are_written_nowhere(played: Played) -> None:
    """Shown once means that no file of the workspace holds one."""
    wanted = [password.encode() for password in played.told.passwords.values()]
    assert len(wanted) > 30
    for folder, _, names in os.walk(played.home):
        for name in names:
            content = Path(folder, name).read_bytes()
            assert not any(password in content for password in wanted), name


def test_the_story_says_where_everything_lies(played: Played) -> None:
    text = (played.home / "DEMO.txt").read_text("utf-8")
    for name in ("procedures", "forms", "records/vault", "records/checkpoints", "search_index", "evidence"):
        assert str(played.home / name) in text
        assert (played.home / name).is_dir()


def test_the_register_of_a_bundle_lists_what_was_in_force(played: Played) -> None:
    """The older bundle holds A/0 as the file in force on its day, the newer one A/1."""
    labels = []
    for bundle in played.told.bundles:
        bag = Path(bundle["file"]).with_suffix("")
        (listing,) = sorted(bag.glob("data/**/*in-force*.csv"))
        cells = [set(row.values()) for row in csv.DictReader(io.StringIO(listing.read_text("utf-8-sig")))]
        labels.append([row & {"A/0", "A/1"} for row in cells if {"WI-12-01", "zh-Hans"} <= row])
    assert labels == [[{"A/0"}], [{"A/1"}]]
