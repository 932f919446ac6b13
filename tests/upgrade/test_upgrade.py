"""A workspace of every release comes forward whole: rows, trail, bytes, signatures, sign-in (REL-12)."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Never

import pytest
from sqlalchemy import Engine, delete, event, select, text

from qms import accounts, documents, migrations, runtime, trail
from qms.accounts.models import RolePermission, Signature
from qms.accounts.permissions import ROLES
from qms.cli.main import main
from qms.kernel.database import build_engine
from qms.runtime import KEEPER, every_permission
from tests.cli.terminal import Terminal, run
from tests.upgrade import later
from tests.upgrade.golden import KINDS, RELEASES, database, known, unpacked
from tests.upgrade.make_golden import facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qms.runtime import Runtime

KILLED: Final = 9
GROWN: Final = {
    "trail_entry", "trail_head", "trail_personal", "trail_checkpoint", "role", "role_permission",
    "alembic_version",
}  # fmt: skip
"""Tables an upgrade itself may add to: it is an entry, and brings new permissions."""
CHANGES: Final = ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class Golden:
    """A golden workspace on its way forward, and what was known of it."""

    home: Path
    known: dict[str, Any]

    @property
    def terminal(self) -> Terminal:
        """Somebody in front of it."""
        return Terminal(self.home)

    def schema(self) -> str:
        """Where its database stands."""
        return str(facts(database(self.home))["schema"])


@pytest.fixture(scope="session", params=[f"{release} {kind}" for release in RELEASES for kind in KINDS])
def old(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Every release on either database."""
    release, kind = str(request.param).split()
    return release, kind


@pytest.fixture
def golden(old: tuple[str, str], tmp_path: Path) -> Iterator[Golden]:
    """A golden workspace of the test's own, as it was left."""
    with unpacked(*old, tmp_path / "golden") as home:
        yield Golden(home, known(*old))


@pytest.fixture(scope="session")
def upgraded(
    old: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Golden, Runtime]]:
    """One that was brought forward by the command, for tests that only look."""
    with unpacked(*old, tmp_path_factory.mktemp("upgraded") / "golden") as home:
        answer = Terminal(home).json("upgrade")
        assert (answer.code, answer.err) == (0, "")
        opened = runtime.build(home)
        yield Golden(home, known(*old)), opened
        opened.close()


Upgraded = tuple[Golden, "Runtime"]


def test_every_row_is_there_still(upgraded: Upgraded) -> None:
    """No table of the release has lost or gained a row, but where the upgrade writes itself."""
    golden, _ = upgraded
    now = facts(database(golden.home))
    assert now["schema"] == migrations.head()
    assert {name: now["rows"][name] for name in golden.known["rows"] if name not in GROWN} == {
        name: count for name, count in golden.known["rows"].items() if name not in GROWN
    }
    assert now["pdfs"] == golden.known["pdfs"]


def test_the_trail_goes_on_from_its_old_hashes(upgraded: Upgraded) -> None:
    """Old entries verify as they were written, and the upgrade is the next one (REL-13)."""
    golden, opened = upgraded
    hashes = facts(database(golden.home))["trail"]
    assert hashes[: len(golden.known["trail"])] == golden.known["trail"]
    report = trail.check(opened.works, KEEPER)
    assert (report.ok, report.checkpoints >= 3) == (True, True)
    with opened.works.reading(KEEPER) as work:
        (entry,) = trail.browse(work.session, action="workspace:upgrade")
    assert entry.seq == len(golden.known["trail"]) + 1
    assert (entry.before["schema"], entry.after["schema"]) == (golden.known["schema"], migrations.head())
    assert entry.after["backup"].startswith("before-")


def test_issued_bytes_and_signatures_hold(upgraded: Upgraded) -> None:
    """Each PDF gives its digest, and each signature of everybody verifies (DOC-05, P11-70)."""
    golden, opened = upgraded
    assert golden.known["pdfs"]
    for digest in golden.known["pdfs"].values():
        content = opened.works.vault.read(digest)
        assert hashlib.sha256(content).hexdigest() == digest
        assert content.startswith(b"%PDF-1.7")
    with opened.works.reading(KEEPER, every_permission()) as work:
        given = work.session.scalars(select(Signature)).all()
        assert len(given) == golden.known["rows"]["signature"]
        assert all(accounts.verify_signature(work.session, each) for each in given)
        standing = [
            (each.label, each.standing.value)
            for each in documents.timeline(work.session, work.rights, "CP-07", work.today)
        ]
    assert sorted(standing) == [("A/0", "superseded"), ("A/1", "in_force")]


def test_people_sign_in_and_go_on_working(upgraded: Upgraded) -> None:
    """Old passwords open old keys: what was in review when the release ended is signed on."""
    golden, opened = upgraded
    terminal = golden.terminal
    listed = terminal.json("document", "list", login="reader")
    assert (listed.code, [row["number"] for row in listed.value]) == (0, ["CP-07", "CP-09"])
    signed = terminal("document", "sign", "CP-08@zh-Hans@A/0", "--opinion", "同意", login="manager")
    assert (signed.code, signed.err) == (0, "")
    opened.search.follow(opened.works, KEEPER)
    found = terminal.json("search", "find", "风险", login="reader").value
    assert "CP-07" in {row["number"] for row in found}
    assert terminal("doctor", "--deep").code == 0


def test_what_later_versions_brought_works_there(golden: Golden) -> None:
    """A form is issued and records are filed, signed and amended by keys as old as the workspace."""
    assert golden.terminal.json("upgrade").code == 0
    first, second = later.filed(golden.home)
    assert golden.terminal("search", "rebuild").code == 0
    shown = golden.terminal.json("record", "show", second.key, login="author")
    assert (shown.code, shown.err) == (0, "")
    assert "材料" in shown.out
    told = golden.terminal.json("doctor", "--deep")
    assert told.code == 0, told.out
    assert golden.terminal("record", "show", first.key, login="outsider").code == 4


def test_roles_are_those_of_a_new_workspace(upgraded: Upgraded) -> None:
    """Permissions that a later version adds reach the people of older workspaces."""
    _, opened = upgraded
    query = text("SELECT code, permission FROM role JOIN role_permission ON role.id = role_id")
    with opened.engine.connect() as connection:
        found = {(code, permission) for code, permission in connection.execute(query)}
    assert found == {(role.code, each) for role in ROLES.values() for each in role.permissions}


def test_the_backup_made_first_holds_the_old_schema(upgraded: Upgraded) -> None:
    golden, _ = upgraded
    (file,) = golden.home.glob("before-*.qms-backup.zip")
    with zipfile.ZipFile(file) as packed:
        note = json.loads(packed.read("qms-backup.json"))
    assert (note["entries"], note["head"]) == (len(golden.known["trail"]), golden.known["trail"][-1])


# killed in the middle


def _upgrade_until(home: Path, kill: str) -> int:
    """Run the command in a fork that dies at a step; its exit code."""
    child = os.fork()
    if child == 0:
        _die_at(kill)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _command(home)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _command(home: Path) -> Never:
    try:
        main(["--home", str(home), "upgrade"])
    except SystemExit as left:
        os._exit(int(left.code or 0))
    except BaseException:  # noqa: BLE001 - the fork must never go on as its parent
        os._exit(1)
    os._exit(0)


def _die_at(kill: str) -> None:
    count = 0

    def step(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal count
        if statement.lstrip().upper().startswith(CHANGES):
            count += 1
            if str(count) == kill:
                os._exit(KILLED)

    def ended(_: object) -> None:
        if kill == "commit" and count:
            os._exit(KILLED)

    event.listen(Engine, "after_cursor_execute", step)
    event.listen(Engine, "commit", ended)


def _steps(home: Path) -> int:
    """How many changing statements an upgrade makes, counted without making any of them last."""
    count = 0
    engine = build_engine(database(home))

    def step(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal count
        count += statement.lstrip().upper().startswith(CHANGES)

    event.listen(engine, "after_cursor_execute", step)
    with engine.connect() as connection, connection.begin() as transaction:
        migrations.run(connection)
        transaction.rollback()
    engine.dispose()
    return count


def test_killed_in_the_middle_it_is_done_again_whole(golden: Golden) -> None:
    """At the first, a middle, the last change and before the commit: the old schema stands (REL-12)."""
    last = _steps(golden.home)
    assert golden.schema() == golden.known["schema"]
    for kill in dict.fromkeys(("1", str(last // 2), str(last), str(last + 1), "commit")):
        assert _upgrade_until(golden.home, kill) == KILLED, kill
        assert facts(database(golden.home)) == golden.known, kill
    answer = golden.terminal.json("upgrade")
    assert (answer.code, answer.value["to"], golden.schema()) == (0, migrations.head(), migrations.head())
    opened = runtime.build(golden.home)
    assert trail.check(opened.works, KEEPER).ok
    opened.close()
    assert golden.terminal.json("upgrade").value == {"schema": migrations.head()}


# what is refused


def test_nothing_works_before_the_upgrade(golden: Golden) -> None:
    """An older schema is refused with the command that helps, and nothing is written."""
    for words in (("document", "list"), ("worker", "--once"), ("backup", golden.home / "x.zip")):
        assert golden.terminal.json(*words, login="reader").refused == "SchemaBehind"
    assert "qms upgrade" in golden.terminal("doctor").err
    assert facts(database(golden.home)) == golden.known


def test_a_newer_schema_is_refused_with_a_sentence(golden: Golden) -> None:
    """There is no way back but the backup: what this program does not know it leaves alone."""
    engine = build_engine(database(golden.home))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    before = facts(database(golden.home))
    for words in (("upgrade",), ("doctor",), ("worker", "--once"), ("serve",)):
        answer = golden.terminal.json(*words)
        assert (answer.code, answer.refused) == (6, "SchemaUnknown"), words
    assert "9999" in golden.terminal("upgrade").err
    assert "更新的版本" in run("--home", golden.home, "--language", "zh-Hans", "upgrade").err
    assert facts(database(golden.home)) == before


def test_what_an_organisation_took_away_does_not_come_back(golden: Golden) -> None:
    """A permission that was taken from its last role stays taken; only new ones are added."""
    assert golden.terminal.json("upgrade").code == 0
    opened = runtime.build(golden.home)
    taken = "documents:acknowledge"
    with opened.works.writing(KEEPER, every_permission()) as work:
        for role in ROLES.values():
            if taken in role.permissions:
                left = [each for each in role.permissions if each != taken]
                accounts.set_role(work, role.code, {"en": role.name}, left)
        work.session.execute(delete(RolePermission).where(RolePermission.permission == "evidence:build"))
    with opened.works.writing(KEEPER, every_permission()) as work:
        assert accounts.renew_roles(work) == ["evidence:build"]
    query = text("SELECT count(*) FROM role_permission WHERE permission = :each")
    with opened.engine.connect() as connection:
        counted = [connection.scalar(query, {"each": each}) for each in (taken, "evidence:build")]
    assert counted == [0, sum("evidence:build" in role.permissions for role in ROLES.values())]
    opened.close()
