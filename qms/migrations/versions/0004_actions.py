"""Actions and their evidence."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE action_counter (
	year INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_action_counter PRIMARY KEY (year), 
	CONSTRAINT ck_action_counter_last CHECK (last >= 0)
)
""",
    """
CREATE TABLE action (
	id {number} NOT NULL, 
	number VARCHAR(20) NOT NULL, 
	year INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	detail TEXT NOT NULL, 
	origin VARCHAR(200), 
	owner_id INTEGER NOT NULL, 
	next_owner_id INTEGER, 
	department VARCHAR(60) NOT NULL, 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	due_on DATE NOT NULL, 
	opened_by_id INTEGER, 
	opened_by VARCHAR(200) NOT NULL, 
	opened_at {instant} NOT NULL, 
	opened_on DATE NOT NULL, 
	ended_by_id INTEGER, 
	ended_at {instant}, 
	outcome TEXT NOT NULL, 
	CONSTRAINT pk_action PRIMARY KEY (id), 
	CONSTRAINT uq_action_number UNIQUE (number), 
	CONSTRAINT uq_action_year_seq UNIQUE (year, seq), 
	CONSTRAINT ck_action_grade CHECK (secrecy BETWEEN 0 AND 3), 
	CONSTRAINT ck_action_ended CHECK ((state = 'open') = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_by_id IS NULL)), 
	CONSTRAINT ck_action_reason CHECK (state <> 'cancelled' OR length(outcome) > 0), 
	CONSTRAINT ck_action_hand_over CHECK (next_owner_id IS NULL OR state = 'open'), 
	CONSTRAINT ck_action_action_state CHECK (state IN ('open', 'closed', 'cancelled')), 
	CONSTRAINT fk_action_owner_id FOREIGN KEY(owner_id) REFERENCES person (id), 
	CONSTRAINT fk_action_next_owner_id FOREIGN KEY(next_owner_id) REFERENCES person (id), 
	CONSTRAINT fk_action_opened_by_id FOREIGN KEY(opened_by_id) REFERENCES person (id), 
	CONSTRAINT fk_action_ended_by_id FOREIGN KEY(ended_by_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_action_department ON action (department)",
    "CREATE INDEX ix_action_origin ON action (origin)",
    "CREATE INDEX ix_action_owner_id ON action (owner_id)",
    "CREATE INDEX ix_action_state_due ON action (state, due_on)",
    """
CREATE TABLE action_evidence (
	id {number} NOT NULL, 
	action_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	name VARCHAR(200), 
	digest VARCHAR(64), 
	size INTEGER, 
	type VARCHAR(120), 
	person_id INTEGER NOT NULL, 
	at {instant} NOT NULL, 
	CONSTRAINT pk_action_evidence PRIMARY KEY (id), 
	CONSTRAINT ck_action_evidence_something CHECK (length(text) > 0 OR digest IS NOT NULL), 
	CONSTRAINT ck_action_evidence_file_whole CHECK ((digest IS NULL) = (name IS NULL) AND (digest IS NULL) = (size IS NULL) AND (digest IS NULL) = (type IS NULL)), 
	CONSTRAINT fk_action_evidence_action_id FOREIGN KEY(action_id) REFERENCES action (id), 
	CONSTRAINT fk_action_evidence_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_action_evidence_action_id ON action_evidence (action_id)",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}


def upgrade() -> None:
    """Make the tables in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
