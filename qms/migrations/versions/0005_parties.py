"""Parties, their numbers, identifiers, contacts and lists."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE party_counter (
	kind VARCHAR(40) NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_party_counter PRIMARY KEY (kind), 
	CONSTRAINT ck_party_counter_last CHECK (last >= 0), 
	CONSTRAINT ck_party_counter_party_counter_kind CHECK (kind IN ('client', 'member', 'partner', 'supplier', 'outside'))
)
""",
    """
CREATE TABLE party (
	id {number} NOT NULL, 
	number VARCHAR(12) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	short_name VARCHAR(60) NOT NULL, 
	folded VARCHAR(300) NOT NULL, 
	owner_id INTEGER, 
	department VARCHAR(60) NOT NULL, 
	tier VARCHAR(60), 
	stage VARCHAR(60), 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	note TEXT NOT NULL, 
	seal VARCHAR(32), 
	version INTEGER NOT NULL, 
	merged_into_id INTEGER, 
	added_at {instant} NOT NULL, 
	ended_at {instant}, 
	erased_at {instant}, 
	CONSTRAINT pk_party PRIMARY KEY (id), 
	CONSTRAINT ck_party_name CHECK (length(name) > 0), 
	CONSTRAINT ck_party_secrecy CHECK (secrecy BETWEEN 0 AND 3), 
	CONSTRAINT ck_party_merged CHECK ((state = 'merged') = (merged_into_id IS NOT NULL)), 
	CONSTRAINT ck_party_not_into_itself CHECK (merged_into_id <> id), 
	CONSTRAINT uq_party_number UNIQUE (number), 
	CONSTRAINT ck_party_party_kind CHECK (kind IN ('client', 'member', 'partner', 'supplier', 'outside')), 
	CONSTRAINT ck_party_party_state CHECK (state IN ('active', 'ended', 'merged')), 
	CONSTRAINT fk_party_owner_id FOREIGN KEY(owner_id) REFERENCES person (id), 
	CONSTRAINT fk_party_merged_into_id FOREIGN KEY(merged_into_id) REFERENCES party (id)
)
""",
    "CREATE INDEX ix_party_department ON party (department)",
    "CREATE INDEX ix_party_folded ON party (folded)",
    "CREATE INDEX ix_party_kind_state_number ON party (kind, state, number)",
    "CREATE INDEX ix_party_owner_id ON party (owner_id)",
    "CREATE INDEX ix_party_tier ON party (tier)",
    """
CREATE TABLE party_identifier (
	id {number} NOT NULL, 
	party_id INTEGER NOT NULL, 
	scheme VARCHAR(60) NOT NULL, 
	value VARCHAR(120) NOT NULL, 
	folded VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_party_identifier PRIMARY KEY (id), 
	CONSTRAINT uq_party_identifier_scheme_folded UNIQUE (scheme, folded), 
	CONSTRAINT fk_party_identifier_party_id FOREIGN KEY(party_id) REFERENCES party (id)
)
""",
    "CREATE INDEX ix_party_identifier_party_id ON party_identifier (party_id)",
    """
CREATE TABLE party_contact (
	id {number} NOT NULL, 
	party_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	sealed TEXT NOT NULL, 
	CONSTRAINT pk_party_contact PRIMARY KEY (id), 
	CONSTRAINT uq_party_contact_party_id_position UNIQUE (party_id, position), 
	CONSTRAINT fk_party_contact_party_id FOREIGN KEY(party_id) REFERENCES party (id)
)
""",
    """
CREATE TABLE party_lists (
	id {number} NOT NULL, 
	text TEXT NOT NULL, 
	changed_at {instant} NOT NULL, 
	CONSTRAINT pk_party_lists PRIMARY KEY (id), 
	CONSTRAINT ck_party_lists_one CHECK (id = 1)
)
""",
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
