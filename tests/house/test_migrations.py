"""One line of numbered migrations, and they make exactly the schema that the models say (REL-12, law 12)."""

from __future__ import annotations

import re
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from qms import migrations
from qms.kernel.database import build_engine
from qms.runtime import METADATA
from tests.conftest import skip_or_fail
from tests.postgresql import UNREACHABLE, server, url_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

OURS: Final = "alembic_version"
NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.py")
SQLITE: Final = {
    "everything": "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
}
POSTGRESQL: Final = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, character_maximum_length, is_nullable,
               column_default, is_identity, is_generated
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, tgenabled::text, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(pg_proc.oid) FROM pg_proc
        JOIN pg_language ON pg_language.oid = prolang
        WHERE pronamespace = 'public'::regnamespace AND lanname = 'plpgsql'""",
    "extensions": "SELECT extname FROM pg_extension",
}


@contextmanager
def empty(kind: str, folder: Path) -> Iterator[Engine]:
    """A database without any table."""
    name = f"qms_schema_{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        engine = build_engine(f"sqlite:///{folder / name}.sqlite3")
        yield engine
        engine.dispose()
        return
    line = server()
    with line.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = build_engine(url_of(name))
    yield engine
    engine.dispose()
    with line.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    line.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each test runs on both databases."""
    if request.param == "postgresql" and UNREACHABLE:
        skip_or_fail(UNREACHABLE)
    return str(request.param)


@pytest.fixture
def migrated(kind: str, tmp_path: Path) -> Iterator[Engine]:
    """A database made by the migrations alone."""
    with empty(kind, tmp_path) as engine:
        migrations.upgrade(engine)
        yield engine


@pytest.fixture
def modelled(kind: str, tmp_path: Path) -> Iterator[Engine]:
    """A database made from the models alone."""
    with empty(kind, tmp_path) as engine:
        METADATA.create_all(engine)
        yield engine


def schema(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the database itself says of its schema, but Alembic's own table."""
    asked = SQLITE if engine.dialect.name == "sqlite" else POSTGRESQL
    with engine.connect() as connection:
        return {what: _rows(connection, query) for what, query in asked.items()}


def _rows(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    rows = [tuple(row) for row in connection.execute(text(query))]
    return sorted((row for row in rows if not any(OURS in str(value) for value in row)), key=repr)


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """The rows a new database begins with."""
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(table.select())]
            for name, table in METADATA.tables.items()
        }


def drift(engine: Engine) -> list[Any]:
    """What Alembic would put into the next migration."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))


def test_migrations_are_one_numbered_line() -> None:
    """Each is named by its number and what it does, follows the one before it, and there is one head."""
    script = ScriptDirectory.from_config(migrations.config())
    line = list(reversed(list(script.walk_revisions())))
    assert script.get_heads() == [migrations.head()] == [line[-1].revision]
    files = sorted(path.name for path in (migrations.FOLDER / "versions").glob("*.py"))
    numbers = [found[1] for name in files if (found := NAME.fullmatch(name))]
    assert len(numbers) == len(files) == len(line)
    assert numbers == [f"{place:04d}" for place in range(1, len(files) + 1)]
    assert [each.revision for each in line] == numbers
    assert [each.down_revision for each in line] == [None, *numbers[:-1]]


def test_the_models_have_not_drifted(migrated: Engine) -> None:
    """Alembic finds nothing to migrate."""
    assert drift(migrated) == []
    assert migrations.current(migrated) == migrations.head()


def test_migrations_make_what_the_models_say(migrated: Engine, modelled: Engine) -> None:
    """Columns, constraints, indexes, triggers and functions to the letter, and the rows."""
    wanted, found = schema(modelled), schema(migrated)
    for what, rows in wanted.items():
        assert len(rows) > 0 or what == "extensions"
        assert found[what] == rows, what
    assert content(migrated) == content(modelled)


def test_upgrading_again_changes_nothing(migrated: Engine) -> None:
    """A second run finds everything done."""
    before = schema(migrated), content(migrated)
    migrations.upgrade(migrated)
    assert (schema(migrated), content(migrated)) == before


def test_lines_of_registers_outlive_their_key(kind: str, tmp_path: Path) -> None:
    """0016 writes both tables anew on SQLite: every line and cell is there, and no line without a record."""
    when = datetime(2026, 11, 2, tzinfo=UTC)
    tables = METADATA.tables
    rows: tuple[tuple[str, dict[str, Any]], ...] = (
        ("person", {"id": 1, "login": "a", "name": "A", "enrolled_by": "test", "enrolled_at": when}),
        (
            "document",
            {
                "id": 1,
                "number": "RG-02-01",
                "folded": "rg0201",
                "kind": "register",
                "owner": "risk",
                "created_at": when,
                "created_by": "test",
            },
        ),
        (
            "revision",
            {
                "id": 1,
                "document_id": 1,
                "language": "en",
                "label": "A/0",
                "edition": 1,
                "modification": 0,
                "source_digest": "0" * 64,
                "head": {},
                "title": {},
                "secrecy": 1,
                "distribution": {},
                "created_at": when,
                "changed_at": when,
            },
        ),
        (
            "record",
            {
                "id": 1,
                "number": "FM-1",
                "form": "FM-02-01",
                "revision_id": 1,
                "state": "open",
                "department": "risk",
                "secrecy": 1,
                "author_id": 1,
                "version": 1,
                "filed_on": when.date(),
                "created_at": when,
                "changed_at": when,
            },
        ),
    )
    line = {
        "id": 7,
        "register_id": 1,
        "record_id": 1,
        "number": "FM-1",
        "form": "FM-02-01",
        "state": "open",
        "filed_on": when.date(),
        "month": 24323,
        "department": "risk",
        "secrecy": 1,
        "author_id": 1,
    }
    cell = {"row_id": 7, "column_id": "amount", "place": 0, "register_id": 1, "text": "100.00"}
    with empty(kind, tmp_path) as engine:
        with engine.begin() as connection:
            made = migrations.config()
            made.attributes["connection"] = connection
            command.upgrade(made, "0015")
            for name, values in (*rows, ("register_row", line), ("register_cell", cell)):
                connection.execute(tables[name].insert().values(**values))
        migrations.upgrade(engine)
        with engine.connect() as connection:
            (kept,) = connection.execute(tables["register_row"].select())
            (told,) = connection.execute(tables["register_cell"].select())
        assert (kept.id, kept.record_id, kept.filed_on) == (7, 1, when.date())
        assert (told.row_id, told.text) == (7, "100.00")
        stray = {**line, "id": 8, "record_id": 99}
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(tables["register_row"].insert().values(**stray))


def test_what_is_owed_outlives_a_new_column(kind: str, tmp_path: Path) -> None:
    """0017 writes the table anew on SQLite: everything is there, and its day counts as settled."""
    with empty(kind, tmp_path) as engine:
        with engine.begin() as connection:
            made = migrations.config()
            made.attributes["connection"] = connection
            command.upgrade(made, "0016")
            connection.exec_driver_sql(
                "INSERT INTO schedule (id, document, code, revision, definition, owner, secrecy, from_on)"
                " VALUES (1, 'CP-07', 'visit', 'r', '{}', 'risk', 1, '2026-11-02')"
            )
            connection.exec_driver_sql(
                "INSERT INTO occurrence (id, schedule_id, document, code, subject, period, label, opens_on,"
                " due_on, ends_on, state, department, secrecy) VALUES (7, 1, 'CP-07', 'visit', 's',"
                " '2026-11', '{}', '2026-11-02', '2026-11-10', '2026-11-30', 'open', 'risk', 1)"
            )
        migrations.upgrade(engine)
        with engine.connect() as connection:
            (kept,) = connection.execute(METADATA.tables["occurrence"].select())
        assert (kept.id, kept.due_on.isoformat(), kept.state, kept.provisional) == (
            7,
            "2026-11-10",
            "open",
            False,
        )


FENCE: Final = {
    "sqlite": "DROP TRIGGER trail_head_forward",
    "postgresql": "DROP TRIGGER trail_head_forward ON trail_head",
}


@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX uq_revision_open",
        "ALTER TABLE job ADD COLUMN hidden INTEGER",
        FENCE,
    ],
)
def test_the_comparison_bites(migrated: Engine, modelled: Engine, change: str | dict[str, str]) -> None:
    """An index, a column or a trigger more or less is a difference."""
    assert schema(migrated) == schema(modelled)
    with migrated.begin() as connection:
        connection.exec_driver_sql(change if isinstance(change, str) else change[migrated.dialect.name])
    assert schema(migrated) != schema(modelled)


def test_a_failed_upgrade_leaves_nothing(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All migrations run in one transaction: killed or refused half-way, the database is as it was."""
    with empty(kind, tmp_path) as engine:
        before = schema(engine)
        real = command.upgrade

        def half(*args: Any) -> None:
            real(*args)
            raise InterruptedError

        monkeypatch.setattr(command, "upgrade", half)
        with pytest.raises(InterruptedError):
            migrations.upgrade(engine)
        assert schema(engine) == before
        assert migrations.current(engine) is None
        monkeypatch.undo()
        migrations.upgrade(engine)
        assert migrations.current(engine) == migrations.head()
