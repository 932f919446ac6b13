"""Making, synchronising, checking, backing up, restoring and upgrading a workspace."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qms import documents, runtime
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission
from tests.cli.databases import fresh_postgresql
from tests.cli.terminal import DRAFT, PASSWORD, SOURCE, Terminal, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import At

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], str]:
    """A workspace as `qms init` makes it, with the library; its first passwords; what was said."""
    home = tmp_path_factory.mktemp("init") / "workspace"
    answer = run("init", home, "--name", '银行"一"', "--public-url", "https://qms.example.org")
    assert (answer.code, answer.err) == (0, "")
    rows = [line.split() for line in answer.out.splitlines() if "administrator" in line]
    return home, {login: password for _, login, password in rows}, answer.out


def test_a_new_workspace_has_three_administrators_and_only_drafts(
    begun: tuple[Path, dict[str, str], str],
) -> None:
    """Nothing is issued, and there is nobody but the three who exclude each other (MLP-04)."""
    home, passwords, said = begun
    files = [*(ROOT / "procedures").glob("*.md"), *(ROOT / "forms").glob("*.yaml")]
    assert set(passwords) == {"system-administrator", "security-administrator", "audit-administrator"}
    assert len(set(passwords.values())) == 3
    assert f"{len(files)} documents of the starter library are drafts." in said
    made = runtime.build(home)
    with made.works.reading(KEEPER, every_permission()) as work:
        states = work.session.connection().exec_driver_sql("SELECT state, count(*) FROM revision GROUP BY 1")
        assert [tuple(row) for row in states] == [("draft", len(files))]
        people = work.session.connection().exec_driver_sql("SELECT count(*) FROM person").scalar()
    assert (people, made.demo, made.settings.organisation) == (3, False, '银行"一"')
    made.close()
    assert Terminal(home)("doctor").code == 0


def test_first_passwords_are_kept_nowhere_and_must_be_changed(
    begun: tuple[Path, dict[str, str], str],
) -> None:
    home, passwords, _ = begun
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(password.encode() in content for password in passwords.values())
    first = passwords["system-administrator"]
    early = Terminal(home).json("people", "list", login="system-administrator", typed=(first,))
    assert (early.code, early.refused) == (5, "PasswordMustChange")


def test_a_second_init_changes_nothing(begun: tuple[Path, dict[str, str], str]) -> None:
    home, _, _ = begun
    settings = (home / "qms.toml").read_text("utf-8")
    answer = run("--json", "init", home, "--name", "Another")
    assert (answer.code, answer.out) == (6, "")
    assert json.loads(answer.err)["refused"] == "AlreadyAWorkspace"
    assert (home / "qms.toml").read_text("utf-8") == settings


def test_init_answers_in_json_and_without_the_library(tmp_path: Path) -> None:
    answer = run("--json", "init", tmp_path / "empty", "--empty")
    assert [set(row) for row in answer.value["administrators"]] == [{"role", "login", "password"}] * 3
    assert not list((tmp_path / "empty" / "procedures").iterdir())


def test_init_on_postgresql(tmp_path: Path) -> None:
    with fresh_postgresql() as url:
        home = tmp_path / "workspace"
        assert run("init", home, "--empty", "--database-url", url).code == 0
        rows = Terminal(home).json("doctor").value
        assert rows[0]["text"].startswith("postgresql")
        assert all(row["ok"] for row in rows)


def test_a_database_that_does_not_answer_is_a_refusal(tmp_path: Path) -> None:
    nowhere = "postgresql://127.0.0.1:1/nothing"
    answer = run("--json", "init", tmp_path / "workspace", "--empty", "--database-url", nowhere)
    assert answer.code == 6
    assert json.loads(answer.err)["refused"] == "DatabaseUnreachable"


def test_there_must_be_a_workspace(tmp_path: Path) -> None:
    """In the language that was asked for."""
    assert run("--home", tmp_path, "doctor").code == 6
    assert "工作区" in run("--home", tmp_path, "--language", "zh-Hans", "doctor").err
    assert run("--home", tmp_path, "serve").code == 6


def test_an_unknown_setting_is_named(at: At) -> None:
    terminal = at("founded")
    with (terminal.home / "qms.toml").open("a", encoding="utf-8") as stream:
        stream.write('colour = "red"\n')
    answer = terminal("doctor")
    assert answer.code == 7
    assert "colour" in answer.err


def test_sync_brings_new_and_changed_files_as_drafts(terminal: Terminal) -> None:
    terminal.write()
    dry = terminal.json("sync", "--dry-run", login="author").value
    assert [(step["path"], step["deed"]) for step in dry] == [("procedures/CP-07.md", "new document")]
    assert terminal.json("document", "list", "--drafts", login="author").value == []
    assert terminal("sync", login="author").code == 0
    assert len(terminal.json("document", "list", "--drafts", login="author").value) == 1
    terminal.write(SOURCE.replace("3 个工作日", "2 个工作日"))
    assert terminal.json("sync", login="author").value[0]["deed"] == "draft changed"
    assert terminal.json("sync", login="author").value[0]["deed"] == "unchanged"


def test_sync_shows_both_sides_of_a_conflict(at: At) -> None:
    """Neither side is overwritten until a person says so (law 14)."""
    terminal = at("founded")
    path = terminal.write()
    assert terminal("sync", login="author").code == 0
    made = runtime.build(terminal.home)
    actor, rights = made.person("author")
    works, other = made.works, SOURCE.replace("3 个工作日", "5 个工作日")
    ready = documents.prepare(works.vault, works.settings, other.encode(), "CP-07.md")
    with works.writing(actor, rights) as work:
        documents.save_draft(work, Ref("revision", DRAFT), ready)
    made.close()
    path.write_text(SOURCE.replace("3 个工作日", "9 个工作日"), "utf-8")
    answer = terminal("sync", login="author")
    assert answer.code == 6
    assert "-责任人在 5 个工作日" in answer.out
    assert "+责任人在 9 个工作日" in answer.out
    assert "9 个工作日" in terminal.json("sync", "--dry-run", login="author").value[0]["difference"]
    assert terminal("sync", "--overwrite", login="author").code == 0
    assert terminal.json("sync", login="author").value[0]["deed"] == "unchanged"


def test_sync_refuses_what_is_in_review_and_names_faults(at: At) -> None:
    terminal = at("in review")
    terminal.write(SOURCE.replace("3 个工作日", "4 个工作日"))
    terminal.write(SOURCE.replace("kind: control-procedure", "kind: poem"), "CP-08.md")
    answer = terminal.json("sync", login="author")
    assert answer.code == 6
    said = {step["path"]: step for step in answer.value}
    assert said["procedures/CP-07.md"]["deed"].startswith("refused")
    assert said["procedures/CP-08.md"]["deed"] == "faulty"
    assert "CP-08.md:3" in said["procedures/CP-08.md"]["problem"]


def test_doctor_names_what_is_damaged(at: At) -> None:
    """A lost content and a changed entry are found, with the exit code of damage."""
    terminal = at("issued")
    sound = terminal.json("doctor", "--deep")
    assert (sound.code, [row["what"] for row in sound.value if not row["ok"]]) == (0, [])
    vault = terminal.home / "records" / "vault"
    stored = next(path for path in sorted(vault.rglob("*")) if path.is_file() and len(path.name) > 60)
    stored.chmod(0o600)
    content = stored.read_bytes()
    stored.unlink()
    lost = terminal.json("doctor")
    assert (lost.code, [row["what"] for row in lost.value if not row["ok"]]) == (8, ["Stored content"])
    stored.write_bytes(content[:-1] + b"!")
    assert terminal.json("doctor", "--deep").code == 8


def test_a_changed_entry_of_the_trail_is_named(at: At) -> None:
    """Whoever owns the file can change it; the first bad entry is told (TRL-02)."""
    terminal = at("draft")
    with closing(sqlite3.connect(terminal.home / "records" / "qms.sqlite3")) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='trigger'")]
        for name in names:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE trail_entry SET body = replace(body, 'zh-Hans', 'zh-Hant') WHERE seq = 5")
        connection.execute("UPDATE trail_entry SET body = body || ' ' WHERE seq = 5")
        connection.commit()
    answer = terminal.json("trail", "verify")
    assert (answer.code, answer.value["ok"]) == (8, False)
    assert "5" in answer.value["fault"]


def test_the_trail_is_read_and_signed_by_those_who_may(at: At) -> None:
    terminal = at("draft")
    rows = terminal.json("trail", "show", "--ref", f"revision:{DRAFT}", login="manager").value
    assert [row["action"] for row in rows] == ["document:revision:draft"]
    assert "CP-07" in terminal("trail", "show", login="audit-administrator").out
    made = terminal.json("trail", "checkpoint", "--reason", "audit", login="manager")
    assert made.code == 0
    since = terminal.json("trail", "verify", "--since-checkpoint").value
    assert (since["ok"], since["checkpoints"] >= 1) == (True, True)


def test_the_index_is_rebuilt(at: At) -> None:
    terminal = at("issued")
    for path in (terminal.home / "search_index").rglob("*"):
        if path.is_file():
            path.unlink()
    assert terminal.json("search", "state").value["health"] != "sound"
    hits = terminal.json("search", "find", "风险", login="reader").value
    assert hits[0]["number"] == "CP-07"
    assert terminal("search", "rebuild").code == 0
    assert terminal.json("search", "state").value["health"] == "sound"
    hidden = terminal("search", "find", "风险", login="outsider")
    assert (hidden.code, "CP-07" in hidden.out) == (0, False)


def test_nothing_to_upgrade(at: At) -> None:
    answer = at("founded").json("upgrade")
    assert (answer.code, set(answer.value)) == (0, {"schema"})


def test_a_later_schema_is_refused_and_left_as_it_is(at: At, tmp_path: Path) -> None:
    """A backup is made first; what this program does not know it does not touch (REL-12)."""
    terminal = at("founded")
    with closing(sqlite3.connect(terminal.home / "records" / "qms.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert terminal.json("document", "list", login="reader").refused == "SchemaUnknown"
    answer = terminal.json("upgrade", "--backup", tmp_path / "before.zip")
    assert (answer.code, answer.refused) == (6, "SchemaUnknown")
    assert zipfile.is_zipfile(tmp_path / "before.zip")


# backup and restore


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database to restore into; none is needed on SQLite."""
    if request.param == "sqlite":
        yield ""
        return
    with fresh_postgresql() as url:
        yield url


def saved(terminal: Terminal, folder: Path) -> tuple[Path, Path]:
    """A backup and its keys."""
    file, keys = folder / "backup.zip", folder / "keys.zip"
    answer = terminal.json("backup", file, "--keys", keys)
    assert (answer.code, answer.err) == (0, "")
    return file, keys


def test_a_workspace_comes_back_whole(terminal: Terminal, tmp_path: Path) -> None:
    """People, drafts, bytes, trail and keys: who could sign before can sign again (REL-10)."""
    assert terminal("document", "draft", terminal.write(), login="author").code == 0
    file, keys = saved(terminal, tmp_path)
    assert {path.stat().st_mode & 0o777 for path in (file, keys)} == {0o600}
    back = tmp_path / "back"
    words = ["restore", file, back, "--keys", keys]
    if "postgresql" in (terminal.home / "qms.toml").read_text("utf-8"):
        with fresh_postgresql() as url:
            restored(back, [*words, "--database-url", url])
    else:
        restored(back, words)
    assert terminal.json("trail", "verify").value["ok"] is True


def restored(back: Path, words: list[object]) -> None:
    answer = run("--json", *words)
    assert (answer.code, answer.err) == (0, "")
    again = Terminal(back)
    assert again("document", "submit", DRAFT, login="author").code == 0
    assert again.json("trail", "verify").value["ok"] is True
    assert (back / "procedures" / "CP-07.md").read_text("utf-8") == SOURCE
    assert (back / "records" / "keys").stat().st_mode & 0o777 == 0o700


def test_nothing_is_written_over(at: At, tmp_path: Path) -> None:
    terminal = at("founded")
    file, keys = saved(terminal, tmp_path)
    assert terminal.json("backup", file).refused == "BackupExists"
    assert terminal.json("backup", tmp_path / "other.zip", "--keys", keys).refused == "BackupExists"
    answer = run("--json", "restore", file, terminal.home, "--keys", keys)
    assert json.loads(answer.err)["refused"] == "FolderNotEmpty"
    assert terminal("doctor").code == 0


def test_a_database_of_one_kind_is_not_put_into_another(at: At, tmp_path: Path) -> None:
    file, keys = saved(at("founded"), tmp_path)
    words = ("restore", file, tmp_path / "back", "--keys", keys, "--database-url", "postgresql://127.0.0.1/x")
    answer = run("--json", *words)
    assert (answer.code, json.loads(answer.err)["refused"]) == (6, "OtherDatabase")
    assert not (tmp_path / "back").exists()


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> Path:
    """A copy of an archive with each member as `change` wants it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            for name, content in change(member.filename, old.read(member)):
                new.writestr(name, content)
    return target


def _flipped(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [(name, content[:-1] + bytes([content[-1] ^ 1]) if name.startswith("vault/") else content)]


def _without(lost: str) -> Callable[[str, bytes], list[tuple[str, bytes]]]:
    return lambda name, content: [] if name.startswith(lost) else [(name, content)]


def _with(added: str) -> Callable[[str, bytes], list[tuple[str, bytes]]]:
    return lambda name, content: [(name, content), *([(added, b"x")] if name == "qms-backup.json" else [])]


def _changed(which: str) -> Callable[[str, bytes], list[tuple[str, bytes]]]:
    return lambda name, content: [(name, content + b"\n# more" if name.startswith(which) else content)]


DAMAGE = {
    "flipped content": _flipped,
    "lost content": _without("vault/"),
    "lost database": _without("database."),
    "lost note": _without("qms-backup.json"),
    "lost source": _without("procedures/"),
    "lost settings": _without("qms.toml"),
    "lost checkpoint": _without("checkpoints/"),
    "changed source": _changed("procedures/"),
    "changed database": _changed("database."),
    "added source": _with("procedures/CP-99.md"),
    "upwards": _with("procedures/../../escaped.md"),
    "absolute": _with("procedures//escaped.md"),
    "root": _with("/escaped.md"),
    "back slash": _with("procedures\\..\\escaped.md"),
    "stranger": _with("bin/sh"),
    "another name": _with("vault/" + "0" * 64),
}


@pytest.fixture(scope="session")
def backed_up(
    templates: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """A backup of an issued document, and its keys."""
    return saved(Terminal(templates("issued")), tmp_path_factory.mktemp("backup"))


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused(backed_up: tuple[Path, Path], tmp_path: Path, damage: str) -> None:
    """Every kind is named, nothing lands outside, and the folder is clean again (REL-10)."""
    file, keys = backed_up
    broken = rewritten(file, tmp_path / "broken.zip", DAMAGE[damage])
    back = tmp_path / "in" / "here"
    back.mkdir(parents=True)
    answer = run("--json", "restore", broken, back, "--keys", keys)
    assert (answer.code, json.loads(answer.err)["refused"]) == (8, "BackupDamaged")
    assert list(back.iterdir()) == []
    assert not list(tmp_path.rglob("escaped.md"))
    assert not Path("/escaped.md").exists()


def test_a_doubled_name_is_refused(backed_up: tuple[Path, Path], tmp_path: Path) -> None:
    file, keys = backed_up
    broken = tmp_path / "broken.zip"
    broken.write_bytes(file.read_bytes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(broken, "a") as packed:
        packed.writestr("qms.toml", b"")
    assert run("restore", broken, tmp_path / "back", "--keys", keys).code == 8
    assert not (tmp_path / "back").exists()


def test_a_cut_or_foreign_file_is_refused(backed_up: tuple[Path, Path], tmp_path: Path) -> None:
    file, keys = backed_up
    cut = tmp_path / "cut.zip"
    cut.write_bytes(file.read_bytes()[:-200])
    assert run("restore", cut, tmp_path / "back", "--keys", keys).code == 8
    assert run("restore", keys, tmp_path / "back", "--keys", file).code == 8
    assert run("restore", file, tmp_path / "back", "--keys", file).code == 8
    assert not (tmp_path / "back").exists()


def test_the_keys_of_another_workspace_do_not_fit(backed_up: tuple[Path, Path], tmp_path: Path) -> None:
    """The trail's checkpoints were signed by this workspace's own key (TRL-03)."""
    assert run("init", tmp_path / "other", "--empty").code == 0
    keys = tmp_path / "other-keys.zip"
    assert Terminal(tmp_path / "other")("backup", tmp_path / "other.zip", "--keys", keys).code == 0
    assert run("restore", backed_up[0], tmp_path / "back", "--keys", keys).code == 8
    assert not (tmp_path / "back").exists()


def test_a_folder_of_the_settings_that_lies_elsewhere_is_not_overwritten(
    backed_up: tuple[Path, Path], tmp_path: Path
) -> None:
    """An absolute path in the settings leads out of the folder; what lies there stays."""
    file, keys = backed_up
    precious = tmp_path / "records"
    precious.mkdir()
    (precious / "qms.sqlite3").write_text("precious")
    text = f'records = "{precious}"\n'.encode()

    def moved(name: str, content: bytes) -> list[tuple[str, bytes]]:
        if name == "qms.toml":
            return [(name, text)]
        if name == "qms-backup.json":
            note = json.loads(content)
            note["files"]["qms.toml"] = hashlib.sha256(text).hexdigest()
            return [(name, json.dumps(note).encode())]
        return [(name, content)]

    broken = rewritten(file, tmp_path / "moved.zip", moved)
    answer = run("--json", "restore", broken, tmp_path / "back", "--keys", keys)
    assert json.loads(answer.err)["refused"] == "FolderNotEmpty"
    assert (precious / "qms.sqlite3").read_text() == "precious"


# people


def test_people_are_imported_listed_and_reset(at: At, tmp_path: Path) -> None:
    """Two administrators do it: one brings the people, the other gives the rights (MLP-04)."""
    terminal = at("founded")
    people = tmp_path / "people.yaml"
    people.write_text("people: [{login: new, name: New, verified: badge, departments: [risk]}]", "utf-8")
    added = terminal.json("people", "import", people, login="system-administrator")
    assert added.value["added"] == {"people": 1}
    first = added.value["passwords"]["new"]
    assert "Added: -." in terminal("people", "import", people, login="system-administrator").out
    people.write_text("people: [{login: new, grants: [reader]}]", "utf-8")
    assert terminal.json("people", "import", people, login="system-administrator").code == 5
    assert terminal("people", "import", people, login="security-administrator").code == 0
    assert terminal.json("document", "list", login="new", typed=(first,)).refused == "PasswordMustChange"
    chosen = "eleven quiet harbours 7"
    assert terminal("people", "password", login="new", typed=(first, chosen)).code == 0
    assert terminal.json("document", "list", login="new", typed=(chosen,)).value == []
    listed = terminal.json("people", "list", login="system-administrator").value
    assert "new" in {row["login"] for row in listed}
    reset = terminal.json("people", "reset", "new", "--reason", "lost it", login="system-administrator")
    assert terminal.json("document", "list", login="new", typed=(chosen,)).refused == "SignInRefused"
    again = terminal.json("document", "list", login="new", typed=(reset.value["password"],))
    assert again.refused == "PasswordMustChange"


def test_faults_of_an_organisation_are_named_by_line(at: At, tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text("people:\n  - {login: new, name: New, post: [x]}\n", "utf-8")
    answer = at("founded")("people", "import", file, login="system-administrator")
    assert answer.code == 7
    assert "people.yaml:2" in answer.err


def test_a_password_is_changed_only_by_who_knows_it(at: At) -> None:
    """A wrong one is counted like a wrong sign-in; a weak one is refused (SEC-09)."""
    terminal = at("founded")
    words = ("people", "password")
    assert terminal.json(*words, login="reader", typed=("wrong", "eleven quiet harbours 7")).code == 5
    assert terminal.json(*words, login="reader", typed=(PASSWORD, "short")).code == 7
    assert terminal.json(*words, login="nobody", typed=(PASSWORD, "eleven quiet harbours 7")).code == 5
    rows = terminal.json("trail", "show", login="manager").value
    assert "person:sign-in:refuse" in {row["action"] for row in rows}


def test_who_acts_must_be_said(at: At) -> None:
    terminal = at("founded")
    assert terminal("document", "list").code == 2
    assert "谁" in terminal("document", "list", language="zh-Hans").err


def test_standards_are_listed_mapped_and_imported(at: At, tmp_path: Path) -> None:
    terminal = at("issued")
    editions = terminal.json("standard", "list", login="reader").value
    assert "iso9001-2015" in {row["code"] for row in editions}
    rows = terminal.json("standard", "matrix", login="reader").value
    assert [row["documents"] for row in rows if row["clause"] == "6.1.2"] == [["CP-07"]]
    file = tmp_path / "own.yaml"
    text = """edition: own-2026
status: confirmed
title: {zh-Hans: 本单位, zh-Hant: 本單位, en: Our own}
clauses:
  - {number: "1", title: {zh-Hans: 范围, zh-Hant: 範圍, en: Scope}}
"""
    file.write_text(text, "utf-8")
    assert terminal.json("standard", "import", file, login="manager").value == {"code": "own-2026"}
    file.write_text(text.replace("status", "state"), "utf-8")
    wrong = terminal("standard", "import", file, login="manager")
    assert wrong.code == 7
    assert "own.yaml:2" in wrong.err


def test_calendars_are_checked_and_travel(at: At, tmp_path: Path) -> None:
    """The doctor names the line of a fault in the calendars; a backup carries the file and brings it back."""
    terminal = at("founded")
    written = terminal.home / "calendars.yaml"
    written.write_text("calendars:\n  shop: {hours: late}\n", "utf-8")
    refused = terminal("doctor")
    assert refused.code == 8
    assert "calendars.yaml:2" in refused.out
    written.write_text("default: shop\ncalendars:\n  shop: {hours: 08:30-18:30}\n", "utf-8")
    assert terminal("doctor").code == 0
    file, keys = saved(terminal, tmp_path)
    assert run("restore", file, tmp_path / "back", "--keys", keys).code == 0
    assert "shop" in (tmp_path / "back" / "calendars.yaml").read_text("utf-8")
