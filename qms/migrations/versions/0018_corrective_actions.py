"""Corrective actions beside their records."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE corrective_action (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	number VARCHAR(80) NOT NULL, 
	source VARCHAR(80), 
	due_on DATE, 
	observe_until DATE, 
	effective BOOLEAN, 
	state VARCHAR(20) NOT NULL, 
	closed_on DATE, 
	CONSTRAINT pk_corrective_action PRIMARY KEY (id), 
	CONSTRAINT ck_corrective_action_state CHECK (state IN ('open', 'closed', 'cancelled', 'disposed')), 
	CONSTRAINT uq_corrective_action_record_id UNIQUE (record_id), 
	CONSTRAINT fk_corrective_action_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_corrective_action_number UNIQUE (number)
)
""",
    """
CREATE INDEX ix_corrective_action_source ON corrective_action (source)
""",
    """
CREATE INDEX ix_corrective_action_state_due_on ON corrective_action (state, due_on)
""",
)
_WORDS = {"sqlite": {"number": "INTEGER"}, "postgresql": {"number": "SERIAL"}}


def upgrade() -> None:
    """Make the table in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
