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
    from collections.abc import Mapping
    from pathlib import Path

    from qms.kernel.clock import Clock


def make(
    home: Path, organisation: Mapping[str, str], *, demo: bool = False, clock: Clock | None = None
) -> tuple[Runtime, accounts.Founded]:
    """Make an empty workspace: folders, keys, schema, root department and three administrators.

    Whether it is a demonstration stands in the first entry of the trail and never changes (law 16).
    """
    if clock is not None and not demo:
        raise SimulatedClockRefused
    home.mkdir(parents=True, exist_ok=True)
    settings = configuration.load(home)
    keys = settings.at(settings.keys)
    if (keys / FINISHED).exists():
        raise AlreadyAWorkspace(folder=home)
    for folder in (
        settings.records,
        settings.search_index,
        settings.procedures,
        settings.forms,
        settings.checkpoints,
        settings.outbox,
    ):
        settings.at(folder).mkdir(parents=True, exist_ok=True)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = assemble(settings, clock or SystemClock())
    with reached():
        migrations.upgrade(made.engine)
        assert_safe(made.engine)
    key = trail.make_key(keys)
    evidence.make_key(keys, settings.organisation, made.works.clock.now())
    made.demo = made.works.demo = demo
    with made.works.writing(KEEPER, every_permission()) as work:
        work.record(
            "workspace:make",
            Ref("workspace", settings.organisation),
            after={"demo": demo, "names": dict(organisation), "key": key.public.fingerprint},
        )
        founded = accounts.found(work, "centre", organisation)
        for code, text in standards.shipped().items():
            standards.load_edition(work, text, f"{code}.yaml")
    _secret(keys / FINISHED)
    return made, founded


def _secret(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(32))
        stream.flush()
        os.fsync(stream.fileno())


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
