"""Initial schema.

The statements stand frozen beside this file, one text for each database, since the same law is
said in other words there: what a released version was founded with never changes.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the frozen statements of this database."""
    connection = op.get_bind()
    text = (Path(__file__).parent / f"0001_initial.{connection.dialect.name}.sql").read_text("utf-8")
    for statement in text.split("\n--;;\n"):
        connection.exec_driver_sql(statement.strip())
