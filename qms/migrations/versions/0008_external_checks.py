"""Looks at external documents."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE external_check (
	id {number} NOT NULL, 
	revision_id INTEGER NOT NULL, 
	due_on DATE NOT NULL, 
	done_at {instant}, 
	done_on DATE, 
	outcome VARCHAR(40), 
	edition VARCHAR(200) NOT NULL, 
	person_id INTEGER, 
	note TEXT NOT NULL, 
	CONSTRAINT pk_external_check PRIMARY KEY (id), 
	CONSTRAINT uq_external_check_revision_id_due_on UNIQUE (revision_id, due_on), 
	CONSTRAINT ck_external_check_done CHECK ((done_at IS NULL) = (outcome IS NULL)), 
	CONSTRAINT ck_external_check_edition CHECK (outcome <> 'replaced' OR edition <> ''), 
	CONSTRAINT fk_external_check_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_external_check_external_check_outcome CHECK (outcome IN ('current', 'replaced', 'gone')), 
	CONSTRAINT fk_external_check_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
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
