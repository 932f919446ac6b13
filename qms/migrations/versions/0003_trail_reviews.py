"""Time-stamps of checkpoints and reviews of the trail."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE trail_stamp (
	id {number} NOT NULL, 
	checkpoint_id INTEGER NOT NULL, 
	at {instant} NOT NULL, 
	received_at {instant} NOT NULL, 
	authority TEXT NOT NULL, 
	serial TEXT NOT NULL, 
	until {instant} NOT NULL, 
	answer TEXT NOT NULL, 
	CONSTRAINT pk_trail_stamp PRIMARY KEY (id), 
	CONSTRAINT fk_trail_stamp_checkpoint_id FOREIGN KEY(checkpoint_id) REFERENCES trail_checkpoint (id)
)
""",
    "CREATE INDEX ix_trail_stamp_checkpoint_id ON trail_stamp (checkpoint_id)",
    """
CREATE TABLE trail_review (
	id {number} NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	due_on DATE, 
	first INTEGER NOT NULL, 
	opened_at {instant} NOT NULL, 
	last INTEGER, 
	hash VARCHAR(64), 
	found TEXT, 
	clean BOOLEAN, 
	digest VARCHAR(64), 
	signature_id INTEGER, 
	signed_at {instant}, 
	CONSTRAINT pk_trail_review PRIMARY KEY (id), 
	CONSTRAINT ck_trail_review_signed_whole CHECK ((state = 'signed') = (last IS NOT NULL) AND (last IS NULL) = (hash IS NULL) AND (last IS NULL) = (found IS NULL) AND (last IS NULL) = (clean IS NULL) AND (last IS NULL) = (digest IS NULL) AND (last IS NULL) = (signature_id IS NULL) AND (last IS NULL) = (signed_at IS NULL)), 
	CONSTRAINT ck_trail_review_range CHECK (last >= first), 
	CONSTRAINT ck_trail_review_trail_review_state CHECK (state IN ('open', 'signed')), 
	CONSTRAINT fk_trail_review_signature_id FOREIGN KEY(signature_id) REFERENCES signature (id)
)
""",
    "CREATE UNIQUE INDEX uq_trail_review_open ON trail_review (state) WHERE state = 'open'",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL"},
}
_FENCES = {
    "sqlite": (
        """
CREATE TRIGGER trail_stamp_refuse_update BEFORE UPDATE ON trail_stamp
BEGIN SELECT RAISE(ABORT, 'trail_stamp keeps its rows'); END
""",
        """
CREATE TRIGGER trail_stamp_refuse_delete BEFORE DELETE ON trail_stamp
BEGIN SELECT RAISE(ABORT, 'trail_stamp keeps its rows'); END
""",
        """
CREATE TRIGGER trail_stamp_keep BEFORE INSERT ON trail_stamp
WHEN EXISTS (SELECT 1 FROM trail_stamp WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'trail_stamp keeps its rows'); END
""",
    ),
    # The function trail_refuse stands since 0001.
    "postgresql": (
        "CREATE TRIGGER trail_stamp_refuse BEFORE UPDATE OR DELETE ON trail_stamp FOR EACH ROW EXECUTE FUNCTION trail_refuse()",
        "CREATE TRIGGER trail_stamp_refuse_truncate BEFORE TRUNCATE ON trail_stamp FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse()",
    ),
}


def upgrade() -> None:
    """Make the two tables, and fence in what is only added to, in the words of this database."""
    connection = op.get_bind()
    name = connection.dialect.name
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[name]))
    for statement in _FENCES[name]:
        connection.exec_driver_sql(statement.strip())
