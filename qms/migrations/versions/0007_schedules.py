"""Schedules, the periods they opened, and what is to be done."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE schedule (
	id {number} NOT NULL, 
	document VARCHAR(60) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	definition TEXT NOT NULL, 
	owner VARCHAR(60) NOT NULL, 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	from_on DATE NOT NULL, 
	until_on DATE, 
	CONSTRAINT pk_schedule PRIMARY KEY (id), 
	CONSTRAINT uq_schedule_revision_code UNIQUE (revision, code), 
	CONSTRAINT ck_schedule_span CHECK (until_on >= from_on), 
	CONSTRAINT ck_schedule_secrecy CHECK (secrecy BETWEEN 0 AND 3)
)
""",
    "CREATE INDEX ix_schedule_document_code ON schedule (document, code)",
    """
CREATE TABLE schedule_run (
	id {number} NOT NULL, 
	document VARCHAR(60) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	period VARCHAR(20) NOT NULL, 
	opens_on DATE NOT NULL, 
	ran_at {instant} NOT NULL, 
	population TEXT NOT NULL, 
	seed VARCHAR(32), 
	CONSTRAINT pk_schedule_run PRIMARY KEY (id), 
	CONSTRAINT uq_schedule_run_document_code_period UNIQUE (document, code, period)
)
""",
    """
CREATE TABLE occurrence (
	id {number} NOT NULL, 
	schedule_id INTEGER NOT NULL, 
	document VARCHAR(60) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	subject VARCHAR(120) NOT NULL, 
	period VARCHAR(20) NOT NULL, 
	label TEXT NOT NULL, 
	form VARCHAR(60), 
	opens_on DATE NOT NULL, 
	due_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	department VARCHAR(60) NOT NULL, 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	record VARCHAR(200), 
	remark TEXT, 
	digest VARCHAR(64), 
	signature_id INTEGER, 
	done_at {instant}, 
	ended_why VARCHAR(60), 
	CONSTRAINT pk_occurrence PRIMARY KEY (id), 
	CONSTRAINT uq_occurrence_document_code_subject_period UNIQUE (document, code, subject, period), 
	CONSTRAINT ck_occurrence_days CHECK (due_on >= opens_on AND ends_on >= due_on), 
	CONSTRAINT ck_occurrence_done CHECK (state <> 'done' OR done_at IS NOT NULL), 
	CONSTRAINT ck_occurrence_ended CHECK ((state = 'ended') = (ended_why IS NOT NULL)), 
	CONSTRAINT ck_occurrence_secrecy CHECK (secrecy BETWEEN 0 AND 3), 
	CONSTRAINT fk_occurrence_schedule_id FOREIGN KEY(schedule_id) REFERENCES schedule (id), 
	CONSTRAINT ck_occurrence_occurrence_state CHECK (state IN ('open', 'done', 'missed', 'ended')), 
	CONSTRAINT fk_occurrence_signature_id FOREIGN KEY(signature_id) REFERENCES signature (id)
)
""",
    "CREATE INDEX ix_occurrence_department_due_on ON occurrence (department, due_on)",
    "CREATE INDEX ix_occurrence_state_due_on ON occurrence (state, due_on)",
    "CREATE INDEX ix_occurrence_subject ON occurrence (subject)",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}


def upgrade() -> None:
    """Make the tables, in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
