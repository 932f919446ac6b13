"""Locks of signing, second factors and their recovery codes."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
CREATE TABLE signing_lock (
	person_id INTEGER NOT NULL, 
	failures INTEGER NOT NULL, 
	failed_at {instant}, 
	until_at {instant}, 
	CONSTRAINT pk_signing_lock PRIMARY KEY (person_id), 
	CONSTRAINT ck_signing_lock_failures CHECK (failures >= 0), 
	CONSTRAINT fk_signing_lock_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    """
CREATE TABLE second_factor (
	person_id INTEGER NOT NULL, 
	sealed TEXT NOT NULL, 
	made_at {instant} NOT NULL, 
	on_at {instant}, 
	last_step INTEGER, 
	failures INTEGER NOT NULL, 
	failed_at {instant}, 
	CONSTRAINT pk_second_factor PRIMARY KEY (person_id), 
	CONSTRAINT ck_second_factor_failures CHECK (failures >= 0), 
	CONSTRAINT ck_second_factor_on_by_a_code CHECK ((on_at IS NULL) = (last_step IS NULL)), 
	CONSTRAINT fk_second_factor_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    """
CREATE TABLE recovery_code (
	id {number} NOT NULL, 
	person_id INTEGER NOT NULL, 
	hashed VARCHAR(64) NOT NULL, 
	made_at {instant} NOT NULL, 
	used_at {instant}, 
	CONSTRAINT pk_recovery_code PRIMARY KEY (id), 
	CONSTRAINT fk_recovery_code_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_recovery_code_hashed UNIQUE (hashed)
)
""",
    "CREATE INDEX ix_recovery_code_person_id ON recovery_code (person_id)",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}


def upgrade() -> None:
    """Make the three tables, in the words of this database."""
    connection = op.get_bind()
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
