"""Registers: rows, typed cells, codes through time, saved views and exports."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE register_row (
	id {number} NOT NULL, 
	register_id INTEGER NOT NULL, 
	record_id INTEGER NOT NULL, 
	number VARCHAR(60) NOT NULL, 
	form VARCHAR(60) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	filed_on DATE NOT NULL, 
	closed_on DATE, 
	month INTEGER NOT NULL, 
	department VARCHAR(60) NOT NULL, 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	author_id INTEGER NOT NULL, 
	CONSTRAINT pk_register_row PRIMARY KEY (id), 
	CONSTRAINT uq_register_row_record_id_register_id UNIQUE (record_id, register_id), 
	CONSTRAINT fk_register_row_register_id FOREIGN KEY(register_id) REFERENCES document (id), 
	CONSTRAINT fk_register_row_author_id FOREIGN KEY(author_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_register_row_filed ON register_row (register_id, filed_on, id)",
    """
CREATE TABLE register_cell (
	row_id INTEGER NOT NULL, 
	column_id VARCHAR(60) NOT NULL, 
	place SMALLINT NOT NULL, 
	register_id INTEGER NOT NULL, 
	code VARCHAR(20), 
	text TEXT, 
	number BIGINT, 
	on_day DATE, 
	at_instant {instant}, 
	ref VARCHAR(200), 
	sort_key VARCHAR(80){bytes}, 
	mark VARCHAR(40), 
	CONSTRAINT pk_register_cell PRIMARY KEY (row_id, column_id, place), 
	CONSTRAINT ck_register_cell_marked CHECK (mark IS NULL OR sort_key IS NULL), 
	CONSTRAINT fk_register_cell_row_id FOREIGN KEY(row_id) REFERENCES register_row (id), 
	CONSTRAINT ck_register_cell_register_cell_mark CHECK (mark IN ('sealed', 'faulty', 'earlier'))
){rowless}
""",
    "CREATE INDEX ix_register_cell_key ON register_cell (register_id, column_id, sort_key, row_id)",
    "CREATE INDEX ix_register_cell_ref ON register_cell (ref, row_id) WHERE ref IS NOT NULL",
    """
CREATE TABLE register_code (
	id {number} NOT NULL, 
	document_id INTEGER NOT NULL, 
	bearer VARCHAR(40) NOT NULL, 
	name VARCHAR(130) NOT NULL, 
	label TEXT NOT NULL, 
	code VARCHAR(20), 
	from_on DATE NOT NULL, 
	until_on DATE, 
	revision_id INTEGER NOT NULL, 
	CONSTRAINT pk_register_code PRIMARY KEY (id), 
	CONSTRAINT uq_register_code_document_id_bearer_name_from_on UNIQUE (document_id, bearer, name, from_on), 
	CONSTRAINT ck_register_code_days CHECK (until_on IS NULL OR until_on >= from_on), 
	CONSTRAINT fk_register_code_document_id FOREIGN KEY(document_id) REFERENCES document (id), 
	CONSTRAINT ck_register_code_register_code_bearer CHECK (bearer IN ('column', 'field')), 
	CONSTRAINT fk_register_code_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id)
)
""",
    "CREATE INDEX ix_register_code_code ON register_code (code)",
    """
CREATE TABLE register_view (
	id {number} NOT NULL, 
	register_id INTEGER NOT NULL, 
	owner_id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	department VARCHAR(60), 
	content TEXT NOT NULL, 
	changed_at {instant} NOT NULL, 
	CONSTRAINT pk_register_view PRIMARY KEY (id), 
	CONSTRAINT uq_register_view_register_id_owner_id_name UNIQUE (register_id, owner_id, name), 
	CONSTRAINT fk_register_view_register_id FOREIGN KEY(register_id) REFERENCES document (id), 
	CONSTRAINT fk_register_view_owner_id FOREIGN KEY(owner_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_register_view_department ON register_view (register_id, department)",
    """
CREATE TABLE register_export (
	id {number} NOT NULL, 
	register_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	format VARCHAR(40) NOT NULL, 
	language VARCHAR(10) NOT NULL, 
	content TEXT NOT NULL, 
	asked_at {instant} NOT NULL, 
	made_at {instant}, 
	digest VARCHAR(64), 
	row_count INTEGER, 
	failure TEXT, 
	CONSTRAINT pk_register_export PRIMARY KEY (id), 
	CONSTRAINT ck_register_export_made CHECK ((made_at IS NULL) = (digest IS NULL)), 
	CONSTRAINT fk_register_export_register_id FOREIGN KEY(register_id) REFERENCES document (id), 
	CONSTRAINT fk_register_export_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT ck_register_export_register_export_format CHECK (format IN ('csv', 'xlsx'))
)
""",
    "CREATE INDEX ix_register_export_person ON register_export (person_id)",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER", "bytes": "", "rowless": "\n WITHOUT ROWID\n\n"},
    "postgresql": {
        "instant": "TIMESTAMP WITH TIME ZONE",
        "number": "SERIAL",
        "bytes": ' COLLATE "C"',
        "rowless": "",
    },
}


def upgrade() -> None:
    """Make the tables in the words of this database."""
    connection = op.get_bind()
    words = _WORDS[connection.dialect.name]
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**words))
