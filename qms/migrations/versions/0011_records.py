"""Records: their series, contents, steps, seats, acts, files, amendments and what they open."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE record_series (
	series VARCHAR(80) NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_record_series PRIMARY KEY (series), 
	CONSTRAINT ck_record_series_last CHECK (last >= 0)
)
""",
    """
CREATE TABLE record (
	id {number} NOT NULL, 
	number VARCHAR(80), 
	form VARCHAR(60) NOT NULL, 
	revision_id INTEGER NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	department VARCHAR(60) NOT NULL, 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	sealed BOOLEAN NOT NULL, 
	seal VARCHAR(40), 
	author_id INTEGER NOT NULL, 
	origin VARCHAR(200), 
	round INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	handed_over BOOLEAN NOT NULL, 
	decision VARCHAR(60), 
	business_on DATE, 
	filed_on DATE, 
	closed_on DATE, 
	created_at {instant} NOT NULL, 
	filed_at {instant}, 
	changed_at {instant} NOT NULL, 
	cancelled_at {instant}, 
	erased_at {instant}, 
	row_version INTEGER NOT NULL, 
	CONSTRAINT pk_record PRIMARY KEY (id), 
	CONSTRAINT ck_record_numbered CHECK ((state = 'draft') = (number IS NULL)), 
	CONSTRAINT ck_record_filed CHECK ((state = 'draft') = (filed_on IS NULL)), 
	CONSTRAINT ck_record_frozen CHECK (state = 'draft' OR version >= 1), 
	CONSTRAINT ck_record_closed CHECK (state <> 'closed' OR closed_on IS NOT NULL), 
	CONSTRAINT ck_record_cancelled CHECK (state <> 'cancelled' OR cancelled_at IS NOT NULL), 
	CONSTRAINT uq_record_number UNIQUE (number), 
	CONSTRAINT fk_record_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_record_record_state CHECK (state IN ('draft', 'open', 'closed', 'cancelled', 'disposed')), 
	CONSTRAINT uq_record_seal UNIQUE (seal), 
	CONSTRAINT fk_record_author_id FOREIGN KEY(author_id) REFERENCES person (id)
)
""",
    """
CREATE INDEX ix_record_author_id_state ON record (author_id, state)
""",
    """
CREATE INDEX ix_record_department_id ON record (department, id)
""",
    """
CREATE INDEX ix_record_form_id ON record (form, id)
""",
    """
CREATE INDEX ix_record_origin ON record (origin)
""",
    """
CREATE INDEX ix_record_revision_id ON record (revision_id)
""",
    """
CREATE TABLE record_amendment (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	fields TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	signature_id INTEGER NOT NULL, 
	at_instant {instant} NOT NULL, 
	CONSTRAINT pk_record_amendment PRIMARY KEY (id), 
	CONSTRAINT uq_record_amendment_record_id_place UNIQUE (record_id, place), 
	CONSTRAINT ck_record_amendment_reason CHECK (length(reason) > 0), 
	CONSTRAINT fk_record_amendment_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_record_amendment_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_record_amendment_signature_id UNIQUE (signature_id), 
	CONSTRAINT fk_record_amendment_signature_id FOREIGN KEY(signature_id) REFERENCES signature (id)
)
""",
    """
CREATE TABLE record_content (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	event VARCHAR(20) NOT NULL, 
	content TEXT NOT NULL, 
	sealed {bytes}, 
	digest VARCHAR(64) NOT NULL, 
	person_id INTEGER NOT NULL, 
	at_instant {instant} NOT NULL, 
	CONSTRAINT pk_record_content PRIMARY KEY (id), 
	CONSTRAINT uq_record_content_record_id_version UNIQUE (record_id, version), 
	CONSTRAINT ck_record_content_digest CHECK (length(digest) = 64), 
	CONSTRAINT fk_record_content_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_record_content_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    """
CREATE TABLE record_draft (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	sealed {bytes}, 
	changed_at {instant} NOT NULL, 
	CONSTRAINT pk_record_draft PRIMARY KEY (id), 
	CONSTRAINT uq_record_draft_record_id_person_id UNIQUE (record_id, person_id), 
	CONSTRAINT fk_record_draft_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_record_draft_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    """
CREATE TABLE record_file (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	field VARCHAR(120) NOT NULL, 
	name TEXT NOT NULL, 
	media_type VARCHAR(100) NOT NULL, 
	size INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	sealed BOOLEAN NOT NULL, 
	added_by INTEGER NOT NULL, 
	added_at {instant} NOT NULL, 
	CONSTRAINT pk_record_file PRIMARY KEY (id), 
	CONSTRAINT uq_record_file_record_id_digest_field UNIQUE (record_id, digest, field), 
	CONSTRAINT ck_record_file_size CHECK (size >= 0), 
	CONSTRAINT fk_record_file_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_record_file_added_by FOREIGN KEY(added_by) REFERENCES person (id)
)
""",
    """
CREATE INDEX ix_record_file_digest ON record_file (digest)
""",
    """
CREATE TABLE record_opening (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	what VARCHAR(20) NOT NULL, 
	target VARCHAR(200) NOT NULL, 
	first_values TEXT NOT NULL, 
	answered VARCHAR(200), 
	at_instant {instant} NOT NULL, 
	CONSTRAINT pk_record_opening PRIMARY KEY (id), 
	CONSTRAINT uq_record_opening_record_id_round_place UNIQUE (record_id, round, place), 
	CONSTRAINT fk_record_opening_record_id FOREIGN KEY(record_id) REFERENCES record (id)
)
""",
    """
CREATE TABLE record_step (
	id {number} NOT NULL, 
	record_id INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	step VARCHAR(60) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	needed INTEGER NOT NULL, 
	department VARCHAR(60) NOT NULL, 
	opened_at {instant} NOT NULL, 
	accepted_at {instant}, 
	accepted_by INTEGER, 
	done_at {instant}, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_record_step PRIMARY KEY (id), 
	CONSTRAINT uq_record_step_record_id_round_step UNIQUE (record_id, round, step), 
	CONSTRAINT ck_record_step_accepted CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)), 
	CONSTRAINT ck_record_step_done CHECK (state <> 'done' OR done_at IS NOT NULL), 
	CONSTRAINT fk_record_step_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT ck_record_step_record_step_state CHECK (state IN ('open', 'done', 'returned', 'cancelled')), 
	CONSTRAINT fk_record_step_accepted_by FOREIGN KEY(accepted_by) REFERENCES person (id)
)
""",
    """
CREATE INDEX ix_record_step_state ON record_step (state, record_id)
""",
    """
CREATE TABLE record_act (
	id {number} NOT NULL, 
	step_id INTEGER NOT NULL, 
	record_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	for_person_id INTEGER, 
	voice_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	post VARCHAR(60) NOT NULL, 
	opinion TEXT NOT NULL, 
	decision VARCHAR(60) NOT NULL, 
	version INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	signature_id INTEGER, 
	at_instant {instant} NOT NULL, 
	CONSTRAINT pk_record_act PRIMARY KEY (id), 
	CONSTRAINT uq_record_act_step_id_person_id UNIQUE (step_id, person_id), 
	CONSTRAINT uq_record_act_step_id_voice_id UNIQUE (step_id, voice_id), 
	CONSTRAINT ck_record_act_voice CHECK (voice_id = COALESCE(for_person_id, person_id)), 
	CONSTRAINT fk_record_act_step_id FOREIGN KEY(step_id) REFERENCES record_step (id), 
	CONSTRAINT fk_record_act_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT fk_record_act_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_record_act_for_person_id FOREIGN KEY(for_person_id) REFERENCES person (id), 
	CONSTRAINT uq_record_act_signature_id UNIQUE (signature_id), 
	CONSTRAINT fk_record_act_signature_id FOREIGN KEY(signature_id) REFERENCES signature (id)
)
""",
    """
CREATE INDEX ix_record_act_person_id ON record_act (person_id)
""",
    """
CREATE INDEX ix_record_act_record_id ON record_act (record_id)
""",
    """
CREATE TABLE record_seat (
	id {number} NOT NULL, 
	step_id INTEGER NOT NULL, 
	record_id INTEGER NOT NULL, 
	member VARCHAR(40) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	CONSTRAINT pk_record_seat PRIMARY KEY (id), 
	CONSTRAINT uq_record_seat_step_id_member_code UNIQUE (step_id, member, code), 
	CONSTRAINT fk_record_seat_step_id FOREIGN KEY(step_id) REFERENCES record_step (id), 
	CONSTRAINT fk_record_seat_record_id FOREIGN KEY(record_id) REFERENCES record (id), 
	CONSTRAINT ck_record_seat_record_seat_member CHECK (member IN ('post', 'role', 'person'))
)
""",
    """
CREATE INDEX ix_record_seat_code ON record_seat (member, code, record_id)
""",
    """
CREATE INDEX ix_record_seat_record_id ON record_seat (record_id)
""",
)
_WORDS = {
    "sqlite": {"instant": "DATETIME", "number": "INTEGER", "bytes": "BLOB"},
    "postgresql": {"instant": "TIMESTAMP WITH TIME ZONE", "number": "SERIAL", "bytes": "BYTEA"},
}
_FENCES = {
    "sqlite": (
        """
CREATE TRIGGER record_content_frozen_update BEFORE UPDATE ON record_content
BEGIN SELECT RAISE(ABORT, 'what is recorded is frozen'); END
""",
        """
CREATE TRIGGER record_content_frozen_delete BEFORE DELETE ON record_content
WHEN NOT EXISTS (SELECT 1 FROM record WHERE id = OLD.record_id AND state = 'disposed')
BEGIN SELECT RAISE(ABORT, 'what is recorded is frozen'); END
""",
        """
CREATE TRIGGER record_act_frozen_update BEFORE UPDATE ON record_act
BEGIN SELECT RAISE(ABORT, 'what is recorded is frozen'); END
""",
        """
CREATE TRIGGER record_act_frozen_delete BEFORE DELETE ON record_act
WHEN NOT EXISTS (SELECT 1 FROM record WHERE id = OLD.record_id AND state = 'disposed')
BEGIN SELECT RAISE(ABORT, 'what is recorded is frozen'); END
""",
        """
CREATE TRIGGER record_amendment_frozen_update BEFORE UPDATE ON record_amendment
BEGIN SELECT RAISE(ABORT, 'what is recorded is frozen'); END
""",
        """
CREATE TRIGGER record_amendment_frozen_delete BEFORE DELETE ON record_amendment
WHEN NOT EXISTS (SELECT 1 FROM record WHERE id = OLD.record_id AND state = 'disposed')
BEGIN SELECT RAISE(ABORT, 'what is recorded is frozen'); END
""",
        """
CREATE TRIGGER record_kept BEFORE DELETE ON record WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a filed record is kept'); END
""",
    ),
    "postgresql": (
        """
CREATE OR REPLACE FUNCTION record_frozen_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM record WHERE id = OLD.record_id AND state = 'disposed') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'what is recorded is frozen' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
        """
CREATE TRIGGER record_content_frozen BEFORE UPDATE OR DELETE ON record_content
FOR EACH ROW EXECUTE FUNCTION record_frozen_refuse()
""",
        """
CREATE TRIGGER record_act_frozen BEFORE UPDATE OR DELETE ON record_act
FOR EACH ROW EXECUTE FUNCTION record_frozen_refuse()
""",
        """
CREATE TRIGGER record_amendment_frozen BEFORE UPDATE OR DELETE ON record_amendment
FOR EACH ROW EXECUTE FUNCTION record_frozen_refuse()
""",
        """
CREATE OR REPLACE FUNCTION record_kept_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a filed record is kept' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
        """
CREATE TRIGGER record_kept BEFORE DELETE ON record
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION record_kept_refuse()
""",
    ),
}


def upgrade() -> None:
    """Make the tables, and fence in what is only added to, in the words of this database."""
    connection = op.get_bind()
    name = connection.dialect.name
    for statement in _TABLES:
        connection.exec_driver_sql(statement.strip().format(**_WORDS[name]))
    for statement in _FENCES[name]:
        connection.exec_driver_sql(statement)
