"""Retention: holds, disposal lists and what became of each record."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE disposal_counter (
	year INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_disposal_counter PRIMARY KEY (year), 
	CONSTRAINT ck_disposal_counter_last CHECK (last >= 0)
)
""",
    """
CREATE TABLE disposal_list (
	id {number} NOT NULL, 
	number VARCHAR(20) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	reason TEXT NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	proposed_by INTEGER NOT NULL, 
	proposed_at {instant} NOT NULL, 
	approved_by INTEGER, 
	approved_at {instant}, 
	signature_id INTEGER, 
	rejected_by INTEGER, 
	done_at {instant}, 
	certificate_digest VARCHAR(64), 
	CONSTRAINT pk_disposal_list PRIMARY KEY (id), 
	CONSTRAINT ck_disposal_list_two_persons CHECK (approved_by <> proposed_by), 
	CONSTRAINT ck_disposal_list_approved CHECK ((state IN ('approved', 'done')) = (approved_by IS NOT NULL)), 
	CONSTRAINT ck_disposal_list_signed CHECK ((approved_by IS NULL) = (signature_id IS NULL)), 
	CONSTRAINT ck_disposal_list_certified CHECK ((state = 'done') = (certificate_digest IS NOT NULL)), 
	CONSTRAINT ck_disposal_list_rejected CHECK ((state = 'rejected') = (rejected_by IS NOT NULL)), 
	CONSTRAINT ck_disposal_list_digest CHECK (length(digest) = 64), 
	CONSTRAINT uq_disposal_list_number UNIQUE (number), 
	CONSTRAINT ck_disposal_list_disposal_state CHECK (state IN ('proposed', 'rejected', 'approved', 'done')), 
	CONSTRAINT fk_disposal_list_proposed_by FOREIGN KEY(proposed_by) REFERENCES person (id), 
	CONSTRAINT fk_disposal_list_approved_by FOREIGN KEY(approved_by) REFERENCES person (id), 
	CONSTRAINT uq_disposal_list_signature_id UNIQUE (signature_id), 
	CONSTRAINT fk_disposal_list_signature_id FOREIGN KEY(signature_id) REFERENCES signature (id), 
	CONSTRAINT fk_disposal_list_rejected_by FOREIGN KEY(rejected_by) REFERENCES person (id)
)
""",
    """
CREATE TABLE retention_hold (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	set_by INTEGER NOT NULL, 
	set_at {instant} NOT NULL, 
	lifted_by INTEGER, 
	lifted_at {instant}, 
	lift_reason TEXT NOT NULL, 
	CONSTRAINT pk_retention_hold PRIMARY KEY (id), 
	CONSTRAINT ck_retention_hold_reason CHECK (length(reason) > 0), 
	CONSTRAINT ck_retention_hold_lifted CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)), 
	CONSTRAINT fk_retention_hold_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_retention_hold_set_by FOREIGN KEY(set_by) REFERENCES person (id), 
	CONSTRAINT fk_retention_hold_lifted_by FOREIGN KEY(lifted_by) REFERENCES person (id)
)
""",
    """
CREATE INDEX ix_retention_hold_record_id ON retention_hold (record_id)
""",
    """
CREATE TABLE disposal_line (
	id {number} NOT NULL, 
	list_id INTEGER NOT NULL, 
	record_id INTEGER NOT NULL, 
	number VARCHAR(80) NOT NULL, 
	form VARCHAR(60) NOT NULL, 
	class_name VARCHAR(200) NOT NULL, 
	keep VARCHAR(40) NOT NULL, 
	event VARCHAR(20) NOT NULL, 
	event_on DATE NOT NULL, 
	due_on DATE NOT NULL, 
	result VARCHAR(40) NOT NULL, 
	digests TEXT NOT NULL, 
	copies TEXT NOT NULL, 
	done_at {instant}, 
	CONSTRAINT pk_disposal_line PRIMARY KEY (id), 
	CONSTRAINT uq_disposal_line_list_id_record_id UNIQUE (list_id, record_id), 
	CONSTRAINT ck_disposal_line_done CHECK ((result = 'waiting') = (done_at IS NULL)), 
	CONSTRAINT fk_disposal_line_list_id FOREIGN KEY(list_id) REFERENCES disposal_list (id), 
	CONSTRAINT fk_disposal_line_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT ck_disposal_line_disposal_result CHECK (result IN ('waiting', 'disposed', 'held', 'changed'))
)
""",
    """
CREATE INDEX ix_disposal_line_record_id ON disposal_line (record_id)
""",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}


def upgrade() -> None:
    """Make the tables in the words of this database."""
    connection = op.get_bind()
    words = _WORDS[connection.dialect.name]
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**words))
