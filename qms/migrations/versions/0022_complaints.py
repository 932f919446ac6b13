"""Complaints and suggestions beside their records, and what is handed in without signing in."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE complaint (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	number VARCHAR(80) NOT NULL, 
	form VARCHAR(80) NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	received_at {instant} NOT NULL, 
	received_on DATE NOT NULL, 
	acknowledged_at {instant} NOT NULL, 
	channel VARCHAR(80) NOT NULL, 
	matter VARCHAR(40) NOT NULL, 
	department VARCHAR(60) NOT NULL, 
	lead VARCHAR(60), 
	concerned VARCHAR(100), 
	first_asked VARCHAR(100) NOT NULL, 
	owner VARCHAR(100) NOT NULL, 
	handler VARCHAR(100), 
	at_once BOOLEAN NOT NULL, 
	accepted_at {instant}, 
	graded_at {instant}, 
	weight VARCHAR(40), 
	level VARCHAR(80), 
	repeated BOOLEAN, 
	investigated_at {instant}, 
	finding VARCHAR(40), 
	cause VARCHAR(80), 
	action_needed BOOLEAN, 
	replied_at {instant}, 
	opinion VARCHAR(40), 
	reviewed BOOLEAN NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	closed_on DATE, 
	CONSTRAINT pk_complaint PRIMARY KEY (id), 
	CONSTRAINT ck_complaint_state CHECK (state IN ('open', 'closed', 'cancelled', 'disposed')), 
	CONSTRAINT uq_complaint_record_id UNIQUE (record_id), 
	CONSTRAINT fk_complaint_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_complaint_number UNIQUE (number), 
	CONSTRAINT ck_complaint_complaint_matter CHECK (matter IN ('complaint', 'suggestion', 'opinion', 'repair', 'report')), 
	CONSTRAINT ck_complaint_complaint_weight CHECK (weight IN ('ordinary', 'major')), 
	CONSTRAINT ck_complaint_complaint_finding CHECK (finding IN ('justified', 'partly', 'unjustified', 'unclear')), 
	CONSTRAINT ck_complaint_complaint_opinion CHECK (opinion IN ('satisfied', 'basically', 'dissatisfied', 'none'))
)
""",
    """
CREATE INDEX ix_complaint_received_on ON complaint (received_on)
""",
    """
CREATE INDEX ix_complaint_state_received_on ON complaint (state, received_on)
""",
    """
CREATE TABLE handed_in (
	id {number} NOT NULL, 
	receipt VARCHAR(64) NOT NULL, 
	received_at {instant} NOT NULL, 
	matter VARCHAR(40) NOT NULL, 
	content TEXT NOT NULL, 
	demand TEXT NOT NULL, 
	CONSTRAINT pk_handed_in PRIMARY KEY (id), 
	CONSTRAINT uq_handed_in_receipt UNIQUE (receipt), 
	CONSTRAINT ck_handed_in_handed_in_matter CHECK (matter IN ('complaint', 'suggestion', 'opinion', 'repair', 'report'))
)
""",
    """
CREATE INDEX ix_handed_in_received_at ON handed_in (received_at)
""",
)
_WORDS = {
    "sqlite": {"number": "INTEGER", "instant": "DATETIME"},
    "postgresql": {"number": "SERIAL", "instant": "TIMESTAMP WITH TIME ZONE"},
}


def upgrade() -> None:
    """Make the tables in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
