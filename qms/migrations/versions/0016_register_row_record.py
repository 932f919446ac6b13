"""A line of a register points at its record, in the schema too (law 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from sqlalchemy import Connection

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KEY = "CONSTRAINT fk_register_row_record_id FOREIGN KEY(record_id) REFERENCES record (id)"
_BESIDE = "CONSTRAINT fk_register_row_register_id FOREIGN KEY(register_id) REFERENCES document (id)"


def upgrade() -> None:
    """Add the foreign key; SQLite knows no way but to write both tables anew."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _anew(connection)
    else:
        connection.exec_driver_sql(f"ALTER TABLE register_row ADD {_KEY}")


def _anew(connection: Connection) -> None:
    """Put the rows aside, cells first since they point at lines, and make the tables as they are described."""
    described = {
        table: [
            row.sql
            for row in connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC, name",
                (table,),
            )
        ]
        for table in ("register_row", "register_cell")
    }
    for table in ("register_cell", "register_row"):
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE aside_{table} AS SELECT * FROM {table}")
        connection.exec_driver_sql(f"DROP TABLE {table}")
    for table in ("register_row", "register_cell"):
        for sql in described[table]:
            connection.exec_driver_sql(sql.replace(_BESIDE, f"{_BESIDE}, \n\t{_KEY}"))
        connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM aside_{table}")  # noqa: S608 - no value
        connection.exec_driver_sql(f"DROP TABLE aside_{table}")
