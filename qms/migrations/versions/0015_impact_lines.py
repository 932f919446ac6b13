"""The impact list of a change, concluded line by line before it is approved."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE impact_line (
	id {number} NOT NULL, 
	revision_id INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	what VARCHAR(120) NOT NULL, 
	detail TEXT NOT NULL, 
	verdict VARCHAR(40), 
	remark TEXT NOT NULL, 
	until_on DATE, 
	concluded_by_id INTEGER, 
	concluded_at {instant}, 
	CONSTRAINT pk_impact_line PRIMARY KEY (id), 
	CONSTRAINT uq_impact_line_revision_id_round_what UNIQUE (revision_id, round, what), 
	CONSTRAINT ck_impact_line_concluded CHECK ((verdict IS NULL) = (concluded_at IS NULL)), 
	CONSTRAINT ck_impact_line_by CHECK ((verdict IS NULL) = (concluded_by_id IS NULL)), 
	CONSTRAINT ck_impact_line_reason CHECK (verdict <> 'none' OR length(remark) > 0), 
	CONSTRAINT ck_impact_line_later CHECK ((verdict = 'later') = (until_on IS NOT NULL)), 
	CONSTRAINT fk_impact_line_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_impact_line_impact_kind CHECK (kind IN ('cites-changed', 'below', 'leans', 'form', 'schedule', 'language', 'request')), 
	CONSTRAINT ck_impact_line_impact_verdict CHECK (verdict IN ('together', 'none', 'later')), 
	CONSTRAINT fk_impact_line_concluded_by_id FOREIGN KEY(concluded_by_id) REFERENCES person (id)
)
"""
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}


def upgrade() -> None:
    """Make the table in the words of this database."""
    connection = op.get_bind()
    connection.exec_driver_sql(_TABLE.strip().format(**_WORDS[connection.dialect.name]))
