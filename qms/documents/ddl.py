"""The laws of documents in the schema of either database, for `create_all` and for Alembic alike (law 12).

Nothing here asks for a PostgreSQL extension: one document and language are folded into a one-number
range, so that the range operators every PostgreSQL has can exclude an overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event

from qms.kernel.database import Base
from qms.kernel.labels import LANGUAGES

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

_PARTS: Final = (
    "revision_audience",
    "revision_image",
    "revision_clause",
    "revision_reference",
    "revision_standard_clause",
)
_KEPT: Final = ("validity", "enactment", "route_signature", "acknowledgement")
_PLACE: Final = " ".join(f"WHEN '{code}' THEN {place}" for place, code in enumerate(LANGUAGES))
_KEY: Final = f"document_id::bigint * {len(LANGUAGES)} + CASE language {_PLACE} END"

_SQLITE_OVERLAP: Final = """
CREATE TRIGGER validity_one_a_day_{verb} BEFORE {event} ON validity
WHEN EXISTS (
  SELECT 1 FROM validity AS other
  WHERE other.document_id = NEW.document_id AND other.language = NEW.language AND other.id IS NOT NEW.id
    AND (NEW.until_on IS NULL OR NEW.from_on < NEW.until_on)
    AND (other.until_on IS NULL OR other.from_on < other.until_on)
    AND (other.until_on IS NULL OR NEW.from_on < other.until_on)
    AND (NEW.until_on IS NULL OR other.from_on < NEW.until_on))
BEGIN SELECT RAISE(ABORT, 'two revisions would be in force on one day'); END
"""
_SQLITE_ISSUED: Final = """
CREATE TRIGGER revision_issued_{verb} BEFORE {event} ON revision WHEN OLD.state = 'issued'
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
"""
_SQLITE_PART: Final = """
CREATE TRIGGER {table}_issued_{verb} BEFORE {event} ON {table}
WHEN EXISTS (SELECT 1 FROM revision WHERE id = {side}.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
"""
_SQLITE_KEPT: Final = """
CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, 'this row is evidence, never deleted'); END
"""

_POSTGRES_OVERLAP: Final = f"""
ALTER TABLE validity ADD CONSTRAINT ex_validity_one_a_day EXCLUDE USING gist (
  int8range({_KEY}, {_KEY}, '[]') WITH &&, daterange(from_on, until_on, '[)') WITH &&)
"""
_POSTGRES_ISSUED_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION revision_issued_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an issued revision is never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES_ISSUED: Final = """
CREATE TRIGGER revision_issued_refuse BEFORE UPDATE OR DELETE ON revision
FOR EACH ROW WHEN (OLD.state = 'issued') EXECUTE FUNCTION revision_issued_refuse()
"""
_POSTGRES_PART_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION revision_part_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owner integer;
BEGIN
  IF TG_OP = 'INSERT' THEN owner := NEW.revision_id; ELSE owner := OLD.revision_id; END IF;
  IF EXISTS (SELECT 1 FROM revision WHERE id = owner AND state = 'issued') THEN
    RAISE EXCEPTION 'an issued revision is never changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$
"""
_POSTGRES_PART: Final = """
CREATE TRIGGER {table}_issued_refuse BEFORE INSERT OR UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION revision_part_refuse()
"""
_POSTGRES_KEPT_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION evidence_kept_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this row is evidence, never deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES_KEPT: Final = """
CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION evidence_kept_refuse()
"""

_SIDES: Final = {"insert": ("INSERT", "NEW"), "update": ("UPDATE", "OLD"), "delete": ("DELETE", "OLD")}


def statements(dialect: str) -> tuple[str, ...]:
    """The DDL that follows the tables: one revision a day, issued rows frozen, evidence kept."""
    return _sqlite() if dialect == "sqlite" else _postgresql()


def _sqlite() -> tuple[str, ...]:
    overlap = [_SQLITE_OVERLAP.format(verb=verb, event=_SIDES[verb][0]) for verb in ("insert", "update")]
    issued = [_SQLITE_ISSUED.format(verb=verb, event=_SIDES[verb][0]) for verb in ("update", "delete")]
    parts = [
        _SQLITE_PART.format(table=table, verb=verb, event=name, side=side)
        for table in _PARTS
        for verb, (name, side) in _SIDES.items()
    ]
    kept = [_SQLITE_KEPT.format(table=table) for table in _KEPT]
    return (*overlap, *issued, *parts, *kept)


def _postgresql() -> tuple[str, ...]:
    parts = [_POSTGRES_PART.format(table=table) for table in _PARTS]
    kept = [_POSTGRES_KEPT.format(table=table) for table in _KEPT]
    return (
        _POSTGRES_OVERLAP,
        _POSTGRES_ISSUED_FUNCTION,
        _POSTGRES_ISSUED,
        _POSTGRES_PART_FUNCTION,
        *parts,
        _POSTGRES_KEPT_FUNCTION,
        *kept,
    )


@event.listens_for(Base.metadata, "after_create")
def _after_create(_: MetaData, connection: Connection, **told: Any) -> None:
    # create_all fires this once for every table it made; nothing is repeated where they stood.
    if any(table.name == "validity" for table in told.get("tables") or ()):
        for statement in statements(connection.dialect.name):
            connection.exec_driver_sql(statement)
