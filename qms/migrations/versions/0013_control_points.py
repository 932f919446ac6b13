"""Checks of control points by records, and the warnings that follow."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE control_check (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	document VARCHAR(60) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	record VARCHAR(80) NOT NULL, 
	on_day DATE NOT NULL, 
	verdict VARCHAR(200), 
	stands BOOLEAN NOT NULL, 
	CONSTRAINT pk_control_check PRIMARY KEY (id), 
	CONSTRAINT uq_control_check_record_id UNIQUE (record_id), 
	CONSTRAINT fk_control_check_record_id FOREIGN KEY(record_id) REFERENCES record (id)
)
""",
    """
CREATE INDEX ix_control_check_document_code ON control_check (document, code)
""",
    """
CREATE TABLE control_warning (
	id {number} NOT NULL, 
	check_id INTEGER NOT NULL, 
	document VARCHAR(60) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	words TEXT NOT NULL, 
	posts TEXT NOT NULL, 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	state VARCHAR(40) NOT NULL, 
	due_on DATE NOT NULL, 
	opened_at {instant} NOT NULL, 
	measure TEXT NOT NULL, 
	treated_by_id INTEGER, 
	treated_at {instant}, 
	remark TEXT NOT NULL, 
	reported_by_id INTEGER, 
	reported_at {instant}, 
	CONSTRAINT pk_control_warning PRIMARY KEY (id), 
	CONSTRAINT ck_control_warning_treated CHECK (state NOT IN ('treated', 'reported') OR length(measure) > 0), 
	CONSTRAINT ck_control_warning_reported CHECK ((state = 'reported') = (reported_at IS NOT NULL)), 
	CONSTRAINT ck_control_warning_secrecy CHECK (secrecy BETWEEN 0 AND 3), 
	CONSTRAINT uq_control_warning_check_id UNIQUE (check_id), 
	CONSTRAINT fk_control_warning_check_id FOREIGN KEY(check_id) REFERENCES control_check (id), 
	CONSTRAINT ck_control_warning_control_warning_state CHECK (state IN ('open', 'treated', 'reported', 'void')), 
	CONSTRAINT fk_control_warning_treated_by_id FOREIGN KEY(treated_by_id) REFERENCES person (id), 
	CONSTRAINT fk_control_warning_reported_by_id FOREIGN KEY(reported_by_id) REFERENCES person (id)
)
""",
    """
CREATE INDEX ix_control_warning_document_code ON control_warning (document, code)
""",
    """
CREATE INDEX ix_control_warning_state_due_on ON control_warning (state, due_on)
""",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}


def upgrade() -> None:
    """Make the two tables, in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
