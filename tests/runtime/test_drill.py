"""The restore drill: empty place, restore, scrub, chain against the living checkpoints, PDFs (REL-10)."""

from __future__ import annotations

import json
import zipfile
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from qms import runtime, trail
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission
from tests.cli.databases import fresh_postgresql
from tests.cli.terminal import Terminal
from tests.upgrade.golden import KINDS, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
    assert (told["found"], told["pdfs"], told["lost"]) == (0, 3, 1)  # the entry that the backup was made
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
