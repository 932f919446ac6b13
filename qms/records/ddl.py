"""The laws of records in the schema: what is frozen is never changed, and goes by disposal alone (REC-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event

from qms.kernel.database import Base

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

FROZEN: Final = ("record_content", "record_act", "record_amendment")
_SQLITE_UPDATE: Final = """
CREATE TRIGGER {table}_frozen_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'what is recorded is frozen'); END
"""
_SQLITE_DELETE: Final = """
CREATE TRIGGER {table}_frozen_delete BEFORE DELETE ON {table}
WHEN NOT EXISTS (SELECT 1 FROM record WHERE id = OLD.record_id AND state = 'disposed')
BEGIN SELECT RAISE(ABORT, 'what is recorded is frozen'); END
"""
_SQLITE_RECORD: Final = """
CREATE TRIGGER record_kept BEFORE DELETE ON record WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a filed record is kept'); END
"""
_POSTGRES_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION record_frozen_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM record WHERE id = OLD.record_id AND state = 'disposed') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'what is recorded is frozen' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES_FROZEN: Final = """
CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION record_frozen_refuse()
"""
_POSTGRES_KEPT_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION record_kept_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a filed record is kept' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES_KEPT: Final = """
CREATE TRIGGER record_kept BEFORE DELETE ON record
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION record_kept_refuse()
"""


def statements(dialect: str) -> tuple[str, ...]:
    """The DDL that follows the tables."""
    if dialect == "sqlite":
        frozen = [form.format(table=table) for table in FROZEN for form in (_SQLITE_UPDATE, _SQLITE_DELETE)]
        return (*frozen, _SQLITE_RECORD)
    frozen = [_POSTGRES_FROZEN.format(table=table) for table in FROZEN]
    return (_POSTGRES_FUNCTION, *frozen, _POSTGRES_KEPT_FUNCTION, _POSTGRES_KEPT)


@event.listens_for(Base.metadata, "after_create")
def _after_create(_: MetaData, connection: Connection, **told: Any) -> None:
    if any(table.name == "record_content" for table in told.get("tables") or ()):
        for statement in statements(connection.dialect.name):
            connection.exec_driver_sql(statement)
