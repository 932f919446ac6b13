"""Packs of management reviews beside their records."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE review_pack (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	record VARCHAR(80) NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	digest VARCHAR(64), 
	frozen_at {instant}, 
	frozen_by INTEGER, 
	CONSTRAINT pk_review_pack PRIMARY KEY (id), 
	CONSTRAINT ck_review_pack_frozen CHECK ((digest IS NULL) = (frozen_at IS NULL) AND (digest IS NULL) = (frozen_by IS NULL)), 
	CONSTRAINT ck_review_pack_state CHECK (state IN ('open', 'closed', 'cancelled', 'disposed')), 
	CONSTRAINT ck_review_pack_digest CHECK (digest IS NULL OR length(digest) = 64), 
	CONSTRAINT uq_review_pack_record_id UNIQUE (record_id), 
	CONSTRAINT fk_review_pack_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT uq_review_pack_record UNIQUE (record), 
	CONSTRAINT fk_review_pack_frozen_by FOREIGN KEY(frozen_by) REFERENCES person (id)
)
""",
    """
CREATE INDEX ix_review_pack_digest ON review_pack (digest)
""",
)
_WORDS = {
    "sqlite": {"number": "INTEGER", "instant": "DATETIME"},
    "postgresql": {"number": "SERIAL", "instant": "TIMESTAMP WITH TIME ZONE"},
}


def upgrade() -> None:
    """Make the tables in the words of this database."""
    connection = op.get_bind()
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[connection.dialect.name]))
