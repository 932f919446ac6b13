"""Scores and their lines beside their records."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE score (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	record VARCHAR(80) NOT NULL, 
	card VARCHAR(80) NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	unit VARCHAR(100) NOT NULL, 
	unit_kind VARCHAR(20) NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	total VARCHAR(60), 
	vetoed BOOLEAN NOT NULL, 
	size VARCHAR(60), 
	CONSTRAINT pk_score PRIMARY KEY (id), 
	CONSTRAINT ck_score_period CHECK (until_on >= from_on), 
	CONSTRAINT ck_score_unit_kind CHECK (unit_kind IN ('department', 'party', 'person')), 
	CONSTRAINT ck_score_state CHECK (state IN ('open', 'closed', 'cancelled', 'disposed')), 
	CONSTRAINT uq_score_record_id UNIQUE (record_id), 
	CONSTRAINT fk_score_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_score_record UNIQUE (record)
)
""",
    """
CREATE INDEX ix_score_card_from_on ON score (card, from_on)
""",
    """
CREATE INDEX ix_score_unit_card ON score (unit, card)
""",
    """
CREATE TABLE score_line (
	id {number} NOT NULL, 
	score_id INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	indicator VARCHAR(80) NOT NULL, 
	rate VARCHAR(60), 
	events INTEGER NOT NULL, 
	off VARCHAR(60) NOT NULL, 
	vetoed BOOLEAN NOT NULL, 
	value VARCHAR(60), 
	adds VARCHAR(60), 
	source VARCHAR(80), 
	CONSTRAINT pk_score_line PRIMARY KEY (id), 
	CONSTRAINT uq_score_line_score_id_place UNIQUE (score_id, place), 
	CONSTRAINT fk_score_line_score_id FOREIGN KEY(score_id) REFERENCES score (id)
)
""",
)
_WORDS = {
    "sqlite": {"number": "INTEGER"},
    "postgresql": {"number": "SERIAL"},
}


def upgrade() -> None:
    """Make the tables in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
