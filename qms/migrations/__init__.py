"""The schema's history: numbered Alembic revisions, forward only, the same for both databases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

FOLDER = Path(__file__).parent


def config() -> Config:
    """Alembic's configuration, built here so that no ini file can disagree with it."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return made


def head() -> str:
    """The one newest revision of the schema."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    if newest is None:
        message = "there are no migrations"
        raise RuntimeError(message)
    return newest


def known() -> frozenset[str]:
    """Every revision this program can bring forward."""
    return frozenset(each.revision for each in ScriptDirectory.from_config(config()).walk_revisions())


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision in one transaction."""
    with engine.connect() as connection, connection.begin():
        run(connection)


def run(connection: Connection) -> None:
    """Bring the database to the newest revision inside a transaction that somebody else ends (REL-12)."""
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")
