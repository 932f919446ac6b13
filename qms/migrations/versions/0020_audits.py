"""Audits, findings and what lies beside them; who drew a link between editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from sqlalchemy import Connection

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE audit (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	number VARCHAR(80) NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	programme VARCHAR(200), 
	modes TEXT NOT NULL, 
	team TEXT NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE NOT NULL, 
	period_from DATE NOT NULL, 
	period_until DATE NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	started_on DATE, 
	reported_on DATE, 
	delivered_on DATE, 
	CONSTRAINT pk_audit PRIMARY KEY (id), 
	CONSTRAINT ck_audit_state CHECK (state IN ('open', 'closed', 'cancelled', 'disposed')), 
	CONSTRAINT ck_audit_days CHECK (until_on >= from_on), 
	CONSTRAINT ck_audit_period CHECK (period_until >= period_from), 
	CONSTRAINT ck_audit_reported CHECK (reported_on IS NULL OR started_on IS NOT NULL), 
	CONSTRAINT ck_audit_delivered CHECK (delivered_on IS NULL OR reported_on IS NOT NULL), 
	CONSTRAINT uq_audit_record_id UNIQUE (record_id), 
	CONSTRAINT fk_audit_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_audit_number UNIQUE (number)
)
""",
    """
CREATE INDEX ix_audit_state_from_on ON audit (state, from_on)
""",
    """
CREATE TABLE audit_department (
	audit_id INTEGER NOT NULL, 
	department VARCHAR(60) NOT NULL, 
	CONSTRAINT pk_audit_department PRIMARY KEY (audit_id, department), 
	CONSTRAINT fk_audit_department_audit_id FOREIGN KEY(audit_id) REFERENCES audit (id)
)
""",
    """
CREATE TABLE audit_criterion (
	audit_id INTEGER NOT NULL, 
	document VARCHAR(60) NOT NULL, 
	clause VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_audit_criterion PRIMARY KEY (audit_id, document, clause), 
	CONSTRAINT fk_audit_criterion_audit_id FOREIGN KEY(audit_id) REFERENCES audit (id)
)
""",
    """
CREATE TABLE audit_answer (
	id {number} NOT NULL, 
	audit_id INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	document VARCHAR(60), 
	clause VARCHAR(80), 
	revision VARCHAR(200), 
	result VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_audit_answer PRIMARY KEY (id), 
	CONSTRAINT uq_audit_answer_audit_id_place UNIQUE (audit_id, place), 
	CONSTRAINT ck_audit_answer_result CHECK (result IN ('conforming', 'finding', 'not-checked')), 
	CONSTRAINT fk_audit_answer_audit_id FOREIGN KEY(audit_id) REFERENCES audit (id)
)
""",
    """
CREATE INDEX ix_audit_answer_document ON audit_answer (document)
""",
    """
CREATE TABLE audit_delivery (
	audit_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	delivered_at {instant} NOT NULL, 
	received_at {instant}, 
	CONSTRAINT pk_audit_delivery PRIMARY KEY (audit_id, person_id), 
	CONSTRAINT ck_audit_delivery_received CHECK (received_at >= delivered_at), 
	CONSTRAINT fk_audit_delivery_audit_id FOREIGN KEY(audit_id) REFERENCES audit (id), 
	CONSTRAINT fk_audit_delivery_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    """
CREATE TABLE audit_finding (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	number VARCHAR(80) NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	audit VARCHAR(80), 
	department VARCHAR(60) NOT NULL, 
	document VARCHAR(60), 
	clause VARCHAR(80), 
	grade VARCHAR(200), 
	weight INTEGER, 
	standpoint VARCHAR(200), 
	common BOOLEAN, 
	major BOOLEAN, 
	state VARCHAR(20) NOT NULL, 
	found_on DATE NOT NULL, 
	classed_on DATE, 
	delivered_on DATE, 
	CONSTRAINT pk_audit_finding PRIMARY KEY (id), 
	CONSTRAINT ck_audit_finding_state CHECK (state IN ('open', 'closed', 'cancelled', 'disposed')), 
	CONSTRAINT ck_audit_finding_weight CHECK (weight >= 0), 
	CONSTRAINT ck_audit_finding_delivered CHECK (delivered_on IS NULL OR classed_on IS NOT NULL), 
	CONSTRAINT uq_audit_finding_record_id UNIQUE (record_id), 
	CONSTRAINT fk_audit_finding_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_audit_finding_number UNIQUE (number)
)
""",
    """
CREATE INDEX ix_audit_finding_audit ON audit_finding (audit)
""",
    """
CREATE INDEX ix_audit_finding_department_document ON audit_finding (department, document)
""",
    """
CREATE TABLE audit_finding_spread (
	finding_id INTEGER NOT NULL, 
	department VARCHAR(60) NOT NULL, 
	action VARCHAR(80) NOT NULL, 
	CONSTRAINT pk_audit_finding_spread PRIMARY KEY (finding_id, department), 
	CONSTRAINT fk_audit_finding_spread_finding_id FOREIGN KEY(finding_id) REFERENCES audit_finding (id), 
	CONSTRAINT uq_audit_finding_spread_action UNIQUE (action)
)
""",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}


_BEFORE = "new_number VARCHAR(20) NOT NULL, "
_COLUMN = "drawn_by VARCHAR(200), "


def upgrade() -> None:
    """Make the tables in the words of this database; links that are there came from files."""
    connection = op.get_bind()
    words = _WORDS[connection.dialect.name]
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**words))
    if connection.dialect.name == "sqlite":
        _anew(connection)
    else:
        connection.exec_driver_sql("ALTER TABLE standard_clause_link ADD drawn_by VARCHAR(200)")


def _anew(connection: Connection) -> None:
    """SQLite writes the table anew, so that its words are those of the models."""
    described = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'standard_clause_link' AND sql IS NOT NULL"
    ).scalar_one()
    connection.exec_driver_sql("CREATE TEMPORARY TABLE aside_link AS SELECT * FROM standard_clause_link")
    connection.exec_driver_sql("DROP TABLE standard_clause_link")
    connection.exec_driver_sql(described.replace(_BEFORE, f"{_BEFORE}\n\t{_COLUMN}"))
    connection.exec_driver_sql("INSERT INTO standard_clause_link SELECT *, NULL FROM aside_link")
    connection.exec_driver_sql("DROP TABLE aside_link")
