"""The restore drill: empty place, restore, scrub, chain against the living checkpoints, PDFs (REL-10)."""

from __future__ import annotations

import json
import zipfile
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from qms import accounts, parties, records, retention, runtime, trail
from qms.kernel import sealing
from qms.kernel.clock import SystemClock
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission, scrub
from qms.runtime.restore import empty, restore
from tests.cli.databases import fresh_postgresql
from tests.cli.sheets import FORM, into_force
from tests.cli.terminal import PASSWORD, Terminal
from tests.upgrade.golden import KINDS, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.runtime import Runtime

LATER: Final = timedelta(days=3)
"""When what was closed at once may be disposed of."""
CONTACT: Final = parties.Contact("Somebody", phone="13800000000")


@contextmanager
def days_later() -> Iterator[None]:
    """The machine's clock some days on, for everything that is started from now on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) + LATER)
        yield


def number(place: int) -> str:
    """The number of a record."""
    return f"{FORM}-{datetime.now(UTC).year}-{place:06d}"


KEPT, ERASED, GONE = (number(place) for place in (1, 2, 3))
EARLY: Final = "early-keys.zip"


def lived(home: Path) -> None:
    """Records with an attachment and something sealed: one kept, one erased, one that is to go, one begun."""
    into_force(home)
    made = runtime.build(home)
    for place in range(1, 4):
        ref = begun(made, place)
        with made.works.writing(*made.person("author")) as work:
            filed = records.ref_of(records.submit(work, ref))
        with made.works.writing(*made.person("manager")) as work:
            records.act(work, filed, "review", opinion="可")
        with made.works.writing(*made.person("deputy")) as work:
            records.act(work, filed, "approve", opinion="同意", decision="agree", password=PASSWORD)
    begun(made, 4)
    with made.works.writing(*made.person("manager")) as work:
        for name in ("Kept", "Erased"):
            parties.add(work, parties.Kind.CLIENT, parties.Facts(name=name, department="risk"), [CONTACT])
    runtime.backup_keys(home, home.parent / EARLY)
    with made.works.writing(*made.person("manager")) as work:
        records.erase(work, Ref("record", ERASED), "Asked for")
        parties.erase(work, "C-000002", why="Asked for")
    destroy(made)
    made.close()


def begun(made: Runtime, place: int) -> Ref:
    """A draft with its attachment."""
    answers = {"purpose": f"设备 {place}", "amount": "10.00", "holder": "某人"}
    content = f"proof {place}".encode()
    with made.works.writing(*made.person("author")) as work:
        ref = records.ref_of(records.begin(work, FORM, values=answers))
    with made.works.reading(*made.person("author")) as work:
        ready = records.ready_file(
            work, ref, "proof", name="proof.txt", media_type="text/plain", content=content
        )
    proof = {"name": "proof.txt", "digest": ready.digest, "size": str(ready.size), "type": "text/plain"}
    with made.works.writing(*made.person("author")) as work:
        records.add_file(work, ref, "proof", ready)
        records.save(work, ref, {**answers, "proof": [proof]})
    return ref


def destroy(made: Runtime) -> int:
    """What the day job does to the keys of what was erased."""
    with made.works.reading(KEEPER, every_permission()) as work:
        return records.destroy_erased(work) + parties.destroy_erased(work)


def disposed(home: Path) -> None:
    """The third record by an approved list and its certificate."""
    made = runtime.build(home)
    with made.works.writing(KEEPER, every_permission()) as work:
        deputy = accounts.person_by_login(work.session, "deputy")
        assert deputy is not None
        accounts.grant(work, deputy.id, "quality-manager")
    with made.works.writing(*made.person("manager")) as work:
        asked = retention.propose(work, [GONE]).number
    with made.works.writing(*made.person("deputy")) as work:
        retention.approve(work, asked, password=PASSWORD)
    retention.carry_out(made.works, KEEPER, every_permission(), asked)
    made.close()


@pytest.fixture(scope="module", params=KINDS)
def saved(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Terminal, list[object]]]:
    """A workspace with a past, its backup, and the words that practise with it."""
    folder = tmp_path_factory.mktemp("drill")
    with ExitStack() as stack:
        home = stack.enter_context(unpacked("0.1.0", str(request.param), folder / "golden"))
        terminal = Terminal(home)
        assert terminal("upgrade").code == 0
        lived(home)
        stack.enter_context(days_later())
        disposed(home)
        (home / "records" / "checkpoints").rename(folder / "elsewhere")
        with (home / "qms.toml").open("a", encoding="utf-8") as stream:
            stream.write(f'checkpoints = "{folder / "elsewhere"}"\n')
        file, keys = folder / "backup.zip", folder / "keys.zip"
        assert terminal("backup", file, "--keys", keys).code == 0
        words: list[object] = ["drill", file, "--keys", keys]
        if request.param == "postgresql":
            words += ["--database-url", stack.enter_context(fresh_postgresql())]
        yield terminal, words


def test_a_drill_says_how_long_and_what_would_be_lost(
    saved: tuple[Terminal, list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written since the backup is counted, and the drill is an entry; it can be done again.

    Places outside the folder, by setting or by the environment, stay those of the workspace alone.
    """
    terminal, words = saved
    monkeypatch.setenv("QMS_KEYS", str(terminal.home / "records" / "keys"))
    first = terminal.json(*words)
    assert (first.code, first.err) == (0, "")
    told = first.value
    assert (told["found"], told["pdfs"], told["lost"]) == (0, 5, 1)  # the entry that the backup was made
    assert told["blobs"] >= 8
    assert float(told["seconds"]) > 0
    again = terminal.json(*words).value
    assert (again["entries"], again["lost"]) == (told["entries"], 2)  # and the first drill
    made = runtime.build(terminal.home)
    with made.works.reading(KEEPER) as work:
        (entry, _) = trail.browse(work.session, action="workspace:drill")
    made.close()
    assert entry.after["lost"] == 2
    assert "practised" in trail.describe(entry, "en", runtime.sentences())


def _without(source: Path, target: Path, lost: str) -> str:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        names = [name for name in old.namelist() if name.startswith(lost)]
        for member in old.infolist():
            if member.filename != names[0]:
                new.writestr(member.filename, old.read(member))
    return names[0].removeprefix("vault/")


@pytest.mark.parametrize("lost", ["vault/", "checkpoints/", "procedures/", "database."])
def test_what_a_backup_lacks_is_named(
    saved: tuple[Terminal, list[object]], tmp_path: Path, lost: str
) -> None:
    """One content or one file; and the database to practise in is empty again."""
    terminal, words = saved
    broken = tmp_path / "broken.zip"
    name = _without(words[1], broken, lost)  # type: ignore[arg-type]
    answer = terminal.json(words[0], broken, *words[2:])
    assert (answer.code, answer.refused) == (8, "BackupDamaged")
    assert name in json.loads(answer.err)["message"]


def test_another_past_than_the_kept_checkpoints_is_found(
    saved: tuple[Terminal, list[object]], tmp_path: Path
) -> None:
    """A backup that is whole in itself, of a trail that the living workspace never signed (TRL-03)."""
    terminal, words = saved
    made = runtime.build(terminal.home)
    folder = made.settings.at(made.settings.checkpoints)
    last = max(folder.glob("*.txt"))
    key = trail.load_key(made.settings.at(made.settings.keys))
    size = int(last.name[:12])
    forged = key.sign(size - 1, bytes(32))
    path = folder / f"{size - 1:012d}-{'0' * 16}-forged00.txt"
    path.write_text(str(forged), "utf-8")
    try:
        answer = terminal.json(*words)
        assert (answer.code, answer.refused) == (8, "DrillFailed")
    finally:
        path.unlink()
    with made.works.writing(KEEPER, every_permission()) as work:
        work.record("workspace:backup", Ref("backup", "x"), after={"entries": 1})
    made.close()
    assert terminal.json(*words).code == 0
    assert not list(tmp_path.iterdir())


@contextmanager
def brought_back(words: list[object], folder: Path, keys: Path | None = None) -> Iterator[Runtime]:
    """The backup in a place of its own, opened; with its keys, or with those of another day."""
    url = str(words[words.index("--database-url") + 1]) if "--database-url" in words else ""
    restore(Path(str(words[1])), folder, keys or Path(str(words[3])), url, apart=True)
    made = runtime.build(folder)
    made.gate.lift()
    made.search.follow(made.works, KEEPER)
    try:
        yield made
    finally:
        made.close()
        if url:
            empty(url)


def test_what_was_sealed_erased_and_disposed_of_is_so_again(
    saved: tuple[Terminal, list[object]], tmp_path: Path
) -> None:
    """REL-10, D-0022, REC-05: sealed answers and contacts open, erased ones have no key, a stub is a stub."""
    with brought_back(saved[1], tmp_path / "back") as made:
        of_records(made)
        with made.works.reading(*made.person("manager")) as work:
            assert parties.contacts(work, "C-000001") == [CONTACT]
            assert parties.contacts(work, "C-000002") == []
        assert scrub.look(made).ok


def of_records(made: Runtime) -> None:
    """The same of records, as their author reads them."""
    with made.works.reading(*made.person("author")) as work:
        look = (work.session, work.rights)
        kept = records.record_of(*look, Ref("record", KEPT), work.today)
        assert records.values(work, kept)["holder"] == "某人"
        (file,) = records.files(work.session, kept)
        assert records.file(work, Ref("record", KEPT), file.id)[1] == b"proof 1"
        erased = records.record_of(*look, Ref("record", ERASED), work.today)
        assert erased.seal is not None
        assert not sealing.has_key(work.settings.at(work.settings.keys), erased.seal)
        values = records.values(work, erased)
        assert (values["purpose"], "holder" in values) == ("设备 2", False)
        gone = records.record_of(*look, Ref("record", GONE), work.today)
        assert gone.seal is not None
        assert not sealing.has_key(work.settings.at(work.settings.keys), gone.seal)
        assert (gone.state, gone.title, records.values(work, gone)) == (records.State.DISPOSED, "", {})
        assert list(records.files(work.session, gone)) == []
        (draft,) = records.drafts(work.session, work.rights)
        assert records.draft_values(work, draft, draft.author_id)["holder"] == "某人"  # type: ignore[index]


def test_keys_of_an_earlier_day_open_nothing_that_was_erased_since(
    saved: tuple[Terminal, list[object]], tmp_path: Path
) -> None:
    """D-0022: they come back with their file, nothing is shown by them, the day job destroys them."""
    early = saved[0].home.parent / EARLY
    with brought_back(saved[1], tmp_path / "back", early) as made:
        with made.works.reading(*made.person("author")) as work:
            erased = records.record_of(work.session, work.rights, Ref("record", ERASED), work.today)
            assert sealing.has_key(work.settings.at(work.settings.keys), erased.seal or "")
            assert "holder" not in records.values(work, erased)
        assert destroy(made) == 3
        of_records(made)


def test_a_key_that_did_not_come_back_is_named(saved: tuple[Terminal, list[object]], tmp_path: Path) -> None:
    """REL-14: the check of what came back says of whom something sealed does not open."""
    with brought_back(saved[1], tmp_path / "back") as made:
        with made.works.reading(KEEPER, every_permission()) as work:
            kept = records.record_of(work.session, work.rights, Ref("record", KEPT), work.today)
            assert sealing.destroy(work.settings.at(work.settings.keys), kept.seal or "")
        found = scrub.look(made)
    assert [each.kind for each in found.findings] == [scrub.Kind.SEALED]
    assert KEPT in found.findings[0].sentence()
