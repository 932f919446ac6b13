"""Objectives with the versions of their targets, and their checks."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE objective (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	record VARCHAR(80) NOT NULL, 
	code VARCHAR(80) NOT NULL, 
	name TEXT NOT NULL, 
	family VARCHAR(80) NOT NULL, 
	level VARCHAR(40) NOT NULL, 
	parent VARCHAR(80), 
	department VARCHAR(60) NOT NULL, 
	owner VARCHAR(100) NOT NULL, 
	indicator TEXT NOT NULL, 
	source TEXT NOT NULL, 
	unit VARCHAR(40) NOT NULL, 
	direction VARCHAR(40) NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	ended_on DATE, 
	CONSTRAINT pk_objective PRIMARY KEY (id), 
	CONSTRAINT ck_objective_period CHECK (until_on >= from_on), 
	CONSTRAINT ck_objective_ended CHECK ((state = 'ended') = (ended_on IS NOT NULL)), 
	CONSTRAINT uq_objective_record_id UNIQUE (record_id), 
	CONSTRAINT fk_objective_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_objective_record UNIQUE (record), 
	CONSTRAINT ck_objective_objective_level CHECK (level IN ('centre', 'department', 'person')), 
	CONSTRAINT ck_objective_objective_unit CHECK (unit IN ('percent', 'count', 'money', 'days')), 
	CONSTRAINT ck_objective_objective_direction CHECK (direction IN ('larger', 'smaller')), 
	CONSTRAINT ck_objective_objective_state CHECK (state IN ('proposed', 'set', 'ended', 'void'))
)
""",
    """
CREATE INDEX ix_objective_code ON objective (code)
""",
    """
CREATE INDEX ix_objective_department_from_on ON objective (department, from_on)
""",
    """
CREATE INDEX ix_objective_parent ON objective (parent)
""",
    """
CREATE INDEX ix_objective_until_on_from_on ON objective (until_on, from_on)
""",
    """
CREATE TABLE objective_target (
	id {number} NOT NULL, 
	objective_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	record VARCHAR(80) NOT NULL, 
	filing VARCHAR(80) NOT NULL, 
	from_on DATE NOT NULL, 
	target VARCHAR(60) NOT NULL, 
	parts TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_objective_target PRIMARY KEY (id), 
	CONSTRAINT uq_objective_target_objective_id_version UNIQUE (objective_id, version), 
	CONSTRAINT fk_objective_target_objective_id FOREIGN KEY(objective_id) REFERENCES objective (id), 
	CONSTRAINT uq_objective_target_record UNIQUE (record)
)
""",
    """
CREATE TABLE objective_check (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	record VARCHAR(80) NOT NULL, 
	objective_id INTEGER NOT NULL, 
	level VARCHAR(40) NOT NULL, 
	by_self BOOLEAN NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE NOT NULL, 
	target VARCHAR(60), 
	actual VARCHAR(60), 
	achieved BOOLEAN, 
	planned VARCHAR(60), 
	done VARCHAR(60), 
	score VARCHAR(60), 
	corrective_action VARCHAR(80), 
	stands BOOLEAN NOT NULL, 
	CONSTRAINT pk_objective_check PRIMARY KEY (id), 
	CONSTRAINT uq_objective_check_record_id UNIQUE (record_id), 
	CONSTRAINT fk_objective_check_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_objective_check_record UNIQUE (record), 
	CONSTRAINT fk_objective_check_objective_id FOREIGN KEY(objective_id) REFERENCES objective (id), 
	CONSTRAINT ck_objective_check_objective_check_level CHECK (level IN ('month', 'week', 'day', 'random'))
)
""",
    """
CREATE INDEX ix_objective_check_objective_id_from_on ON objective_check (objective_id, from_on)
""",
)
_WORDS = {"sqlite": {"number": "INTEGER"}, "postgresql": {"number": "SERIAL"}}


def upgrade() -> None:
    """Make the tables in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
