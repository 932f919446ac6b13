"""Whether the day something is due by schedule was counted before its holidays were known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from sqlalchemy import Connection

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_BEFORE = "ended_why VARCHAR(60), "
_COLUMN = "provisional BOOLEAN NOT NULL, "


def upgrade() -> None:
    """Add the column; what is there already counts as settled. SQLite writes the table anew."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _anew(connection)
        return
    connection.exec_driver_sql("ALTER TABLE occurrence ADD provisional BOOLEAN NOT NULL DEFAULT false")
    connection.exec_driver_sql("ALTER TABLE occurrence ALTER provisional DROP DEFAULT")


def _anew(connection: Connection) -> None:
    described = [
        row.sql
        for row in connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'occurrence' AND sql IS NOT NULL"
            " ORDER BY type DESC, name"
        )
    ]
    connection.exec_driver_sql("CREATE TEMPORARY TABLE aside_occurrence AS SELECT * FROM occurrence")
    connection.exec_driver_sql("DROP TABLE occurrence")
    for sql in described:
        connection.exec_driver_sql(sql.replace(_BEFORE, f"{_BEFORE}\n\t{_COLUMN}"))
    connection.exec_driver_sql("INSERT INTO occurrence SELECT *, 0 FROM aside_occurrence")
    connection.exec_driver_sql("DROP TABLE aside_occurrence")
