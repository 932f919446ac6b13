"""Requests for change beside their records, and the revisions they led to."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE change_request (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	number VARCHAR(80) NOT NULL, 
	document VARCHAR(60), 
	asked VARCHAR(60) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_change_request PRIMARY KEY (id), 
	CONSTRAINT ck_change_request_state CHECK (state IN ('open', 'closed', 'cancelled', 'disposed')), 
	CONSTRAINT uq_change_request_record_id UNIQUE (record_id), 
	CONSTRAINT fk_change_request_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_change_request_number UNIQUE (number)
)
""",
    """
CREATE INDEX ix_change_request_document ON change_request (document)
""",
    """
CREATE TABLE change_revision (
	id {number} NOT NULL, 
	request_id INTEGER NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	person_id INTEGER NOT NULL, 
	at_instant {instant} NOT NULL, 
	CONSTRAINT pk_change_revision PRIMARY KEY (id), 
	CONSTRAINT uq_change_revision_request_id_revision UNIQUE (request_id, revision), 
	CONSTRAINT fk_change_revision_request_id FOREIGN KEY(request_id) REFERENCES change_request (id), 
	CONSTRAINT fk_change_revision_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    """
CREATE INDEX ix_change_revision_revision ON change_revision (revision)
""",
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
