"""Making a workspace, and bringing one to this program's schema."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from qms import accounts, evidence, migrations, standards, trail
from qms.kernel import settings as configuration
from qms.kernel.clock import SystemClock
from qms.kernel.database import assert_safe, build_engine
from qms.kernel.refs import Ref
from qms.runtime.parts import (
    FINISHED,
    KEEPER,
    AlreadyAWorkspace,
    NotAWorkspace,
    Runtime,
    SimulatedClockRefused,
    assemble,
    every_permission,
    is_workspace,
    opened,
    reached,
    refuse_unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from qms.kernel.clock import Clock


def make(
    home: Path,
    organisation: Mapping[str, str],
    *,
    demo: bool = False,
    clock: Clock | None = None,
    told: Callable[[Runtime, accounts.Founded], None] = lambda *_: None,
) -> tuple[Runtime, accounts.Founded]:
    """Make an empty workspace: folders, keys, schema, root department and three administrators.

    Whether it is a demonstration stands in the first entry of the trail and never changes (law 16).
    `told` gets the first passwords before the workspace counts as made: who is killed on the way
    begins again where it was, with new ones.
    """
    if clock is not None and not demo:
        raise SimulatedClockRefused
    home.mkdir(parents=True, exist_ok=True)
    settings = configuration.load(home)
    keys = settings.at(settings.keys)
    if (keys / FINISHED).exists():
        raise AlreadyAWorkspace(folder=home)
    _folders(settings)
    made = assemble(settings, clock or SystemClock())
    made.demo = made.works.demo = demo
    try:
        with reached():
            migrations.upgrade(made.engine)
            assert_safe(made.engine)
        founded = _begun(made, keys, organisation)
        told(made, founded)
        _secret(keys / FINISHED)
    except BaseException:
        made.close()
        raise
    return made, founded


def _begun(made: Runtime, keys: Path, organisation: Mapping[str, str]) -> accounts.Founded:
    with made.works.reading(KEEPER) as work:
        first = trail.since(work.session, 0, 1)
    if first:
        return _resumed(made, keys, first[0].after)
    return _founded(made, _keys(made, keys), organisation)


def _folders(settings: configuration.Settings) -> None:
    for folder in (
        settings.records,
        settings.search_index,
        settings.procedures,
        settings.forms,
        settings.checkpoints,
        settings.outbox,
    ):
        settings.at(folder).mkdir(parents=True, exist_ok=True)
    settings.at(settings.keys).mkdir(mode=0o700, parents=True, exist_ok=True)


def _keys(made: Runtime, folder: Path) -> trail.SigningKey:
    """New keys; what a killed beginning left of some is worth nothing, for nothing was signed by them."""
    for left in folder.glob("*.pem"):
        left.unlink()
    key = trail.make_key(folder)
    evidence.make_key(folder, made.settings.organisation, made.works.clock.now())
    return key


def _founded(made: Runtime, key: trail.SigningKey, organisation: Mapping[str, str]) -> accounts.Founded:
    with made.works.writing(KEEPER, every_permission()) as work:
        work.record(
            "workspace:make",
            Ref("workspace", made.settings.organisation),
            after={"demo": made.demo, "names": dict(organisation), "key": key.public.fingerprint},
        )
        founded = accounts.found(work, "centre", organisation)
        for code, text in standards.shipped().items():
            standards.load_edition(work, text, f"{code}.yaml")
        return founded


def _resumed(made: Runtime, keys: Path, begun: Mapping[str, object]) -> accounts.Founded:
    """The administrators of a beginning that nobody was told of, with new passwords.

    Only where the database was begun with the very key that lies here: another's is left as it is.
    """
    if trail.load_key(keys).public.fingerprint != begun.get("key"):
        raise AlreadyAWorkspace(folder=made.settings.database_url or keys)
    logins, passwords = {}, {}
    with made.works.writing(KEEPER, every_permission()) as work:
        for role in accounts.ADMINISTRATORS:
            (person_id,) = accounts.role_holders(work.session, role, work.today)
            logins[role] = accounts.person(work.session, person_id).login
            passwords[role] = accounts.reset_password(work, person_id, "qms init was interrupted")
    return accounts.Founded(logins, passwords)


def _secret(path: Path) -> None:
    """Whole or not at all, for its being there says that the workspace is made."""
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(32))
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.rename(path)


def schema(home: Path) -> tuple[str | None, str]:
    """The schema the workspace's database is at, and the one this program needs."""
    if not is_workspace(home):
        raise NotAWorkspace(folder=home)
    engine = build_engine(configuration.load(home).database)
    try:
        with reached():
            return migrations.current(engine), migrations.head()
    finally:
        engine.dispose()


def upgrade(home: Path, saved: str) -> None:
    """Bring the database forward to this program's schema; the caller has made the backup `saved` (REL-12).

    Schema, new permissions and the entry that tells of it are one transaction: who is killed in the
    middle has done nothing, and does it again. Rows of the trail and stored bytes are not touched (REL-13).
    """
    found, wanted = schema(home)
    refuse_unknown(found)
    made = opened(home)
    try:
        with made.works.writing(KEEPER, every_permission()) as work:
            migrations.run(work.session.connection())
            told = {"schema": wanted, "permissions": accounts.renew_roles(work), "backup": saved}
            work.record("workspace:upgrade", Ref("workspace", made.settings.organisation),
                        before={"schema": found or "-"}, after=told)  # fmt: skip
    finally:
        made.close()
