"""Time limits, who answers for them, and their pauses."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE clock (
	id {number} NOT NULL, 
	subject VARCHAR(200) NOT NULL, 
	name VARCHAR(50) NOT NULL, 
	label TEXT NOT NULL, 
	length VARCHAR(40) NOT NULL, 
	warn VARCHAR(40), 
	cut_off VARCHAR(5), 
	calendar VARCHAR(40), 
	started_at {instant} NOT NULL, 
	since DATE NOT NULL, 
	due_at {instant} NOT NULL, 
	due_on DATE NOT NULL, 
	day_at {instant} NOT NULL, 
	provisional BOOLEAN NOT NULL, 
	warn_at {instant}, 
	lost INTEGER NOT NULL, 
	paused_at {instant}, 
	stopped_at {instant}, 
	cancelled_at {instant}, 
	warned_at {instant}, 
	overdue_at {instant}, 
	department VARCHAR(60), 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	CONSTRAINT pk_clock PRIMARY KEY (id), 
	CONSTRAINT ck_clock_one_end CHECK (stopped_at IS NULL OR cancelled_at IS NULL), 
	CONSTRAINT ck_clock_lost CHECK (lost >= 0), 
	CONSTRAINT ck_clock_due CHECK (due_at >= started_at)
)
""",
    "CREATE INDEX ix_clock_due ON clock (due_on)",
    "CREATE INDEX ix_clock_late ON clock (due_at) WHERE stopped_at IS NULL AND cancelled_at IS NULL AND overdue_at IS NULL",
    "CREATE INDEX ix_clock_near ON clock (warn_at) WHERE stopped_at IS NULL AND cancelled_at IS NULL AND warned_at IS NULL AND overdue_at IS NULL AND warn_at IS NOT NULL",
    "CREATE INDEX ix_clock_open_due ON clock (due_on) WHERE stopped_at IS NULL AND cancelled_at IS NULL",
    "CREATE INDEX ix_clock_stopped ON clock (stopped_at)",
    "CREATE INDEX ix_clock_subject ON clock (subject)",
    "CREATE UNIQUE INDEX uq_clock_open ON clock (subject, name) WHERE stopped_at IS NULL AND cancelled_at IS NULL",
    """
CREATE TABLE clock_owner (
	clock_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	CONSTRAINT pk_clock_owner PRIMARY KEY (clock_id, person_id), 
	CONSTRAINT fk_clock_owner_clock_id FOREIGN KEY(clock_id) REFERENCES clock (id), 
	CONSTRAINT fk_clock_owner_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_clock_owner_person_id ON clock_owner (person_id)",
    """
CREATE TABLE clock_pause (
	id {number} NOT NULL, 
	clock_id INTEGER NOT NULL, 
	from_at {instant} NOT NULL, 
	until_at {instant}, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_clock_pause PRIMARY KEY (id), 
	CONSTRAINT fk_clock_pause_clock_id FOREIGN KEY(clock_id) REFERENCES clock (id)
)
""",
    "CREATE INDEX ix_clock_pause_clock_id ON clock_pause (clock_id)",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}


def upgrade() -> None:
    """Make the three tables, in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
