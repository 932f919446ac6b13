"""Competence, training needs and quizzes."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES = (
    """
CREATE TABLE competence_requirement (
	id {number} NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	names TEXT NOT NULL, 
	basis VARCHAR(40) NOT NULL, 
	stage VARCHAR(20), 
	made_at {instant} NOT NULL, 
	ended_on DATE, 
	CONSTRAINT pk_competence_requirement PRIMARY KEY (id), 
	CONSTRAINT ck_competence_requirement_code CHECK (length(code) > 0), 
	CONSTRAINT uq_competence_requirement_code UNIQUE (code), 
	CONSTRAINT ck_competence_requirement_competence_requirement_basis CHECK (basis IN ('education', 'training', 'experience', 'certificate'))
)
""",
    """
CREATE TABLE competence_requirement_post (
	requirement_id INTEGER NOT NULL, 
	post VARCHAR(60) NOT NULL, 
	CONSTRAINT pk_competence_requirement_post PRIMARY KEY (requirement_id, post), 
	CONSTRAINT fk_competence_requirement_post_requirement_id FOREIGN KEY(requirement_id) REFERENCES competence_requirement (id)
)
""",
    """
CREATE TABLE training_duty (
	id {number} NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	number VARCHAR(60) NOT NULL, 
	label VARCHAR(20) NOT NULL, 
	title TEXT NOT NULL, 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	posts TEXT NOT NULL, 
	hours INTEGER NOT NULL, 
	within VARCHAR(40) NOT NULL, 
	has_quiz BOOLEAN NOT NULL, 
	entered_on DATE NOT NULL, 
	left_on DATE, 
	CONSTRAINT pk_training_duty PRIMARY KEY (id), 
	CONSTRAINT ck_training_duty_hours CHECK (hours >= 0), 
	CONSTRAINT uq_training_duty_revision UNIQUE (revision)
)
""",
    """
CREATE TABLE competence_need (
	id {number} NOT NULL, 
	person_id INTEGER NOT NULL, 
	subject VARCHAR(200) NOT NULL, 
	born_on DATE NOT NULL, 
	due_on DATE NOT NULL, 
	met_on DATE, 
	met_by VARCHAR(60) NOT NULL, 
	dropped_on DATE, 
	CONSTRAINT pk_competence_need PRIMARY KEY (id), 
	CONSTRAINT ck_competence_need_one_end CHECK (met_on IS NULL OR dropped_on IS NULL), 
	CONSTRAINT fk_competence_need_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_competence_need_subject ON competence_need (subject)",
    "CREATE UNIQUE INDEX uq_competence_need_open ON competence_need (person_id, subject) WHERE met_on IS NULL AND dropped_on IS NULL",
    """
CREATE TABLE competence_evidence (
	id {number} NOT NULL, 
	person_id INTEGER NOT NULL, 
	subject VARCHAR(200) NOT NULL, 
	basis VARCHAR(40) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	issuer VARCHAR(200) NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	hours INTEGER, 
	effectiveness TEXT NOT NULL, 
	name VARCHAR(200), 
	digest VARCHAR(64), 
	size INTEGER, 
	type VARCHAR(120), 
	entered_by_id INTEGER NOT NULL, 
	entered_at {instant} NOT NULL, 
	verified_by_id INTEGER, 
	verified_at {instant}, 
	withdrawn_by_id INTEGER, 
	withdrawn_at {instant}, 
	CONSTRAINT pk_competence_evidence PRIMARY KEY (id), 
	CONSTRAINT ck_competence_evidence_days CHECK (until_on IS NULL OR until_on >= from_on), 
	CONSTRAINT ck_competence_evidence_verified_by_another CHECK (verified_by_id IS NULL OR verified_by_id <> person_id), 
	CONSTRAINT ck_competence_evidence_verified CHECK ((verified_by_id IS NULL) = (verified_at IS NULL)), 
	CONSTRAINT ck_competence_evidence_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)), 
	CONSTRAINT ck_competence_evidence_hours CHECK (hours >= 0), 
	CONSTRAINT ck_competence_evidence_file_whole CHECK ((digest IS NULL) = (name IS NULL) AND (digest IS NULL) = (size IS NULL) AND (digest IS NULL) = (type IS NULL)), 
	CONSTRAINT fk_competence_evidence_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT ck_competence_evidence_competence_evidence_basis CHECK (basis IN ('education', 'training', 'experience', 'certificate')), 
	CONSTRAINT fk_competence_evidence_entered_by_id FOREIGN KEY(entered_by_id) REFERENCES person (id), 
	CONSTRAINT fk_competence_evidence_verified_by_id FOREIGN KEY(verified_by_id) REFERENCES person (id), 
	CONSTRAINT fk_competence_evidence_withdrawn_by_id FOREIGN KEY(withdrawn_by_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_competence_evidence_person ON competence_evidence (person_id, subject)",
    """
CREATE TABLE quiz_attempt (
	id {number} NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	person_id INTEGER NOT NULL, 
	turn INTEGER NOT NULL, 
	asked TEXT NOT NULL, 
	answers TEXT NOT NULL, 
	score INTEGER NOT NULL, 
	passed BOOLEAN NOT NULL, 
	at_instant {instant} NOT NULL, 
	on_day DATE NOT NULL, 
	CONSTRAINT pk_quiz_attempt PRIMARY KEY (id), 
	CONSTRAINT uq_quiz_attempt_revision_person_id_turn UNIQUE (revision, person_id, turn), 
	CONSTRAINT ck_quiz_attempt_score CHECK (score BETWEEN 0 AND 100), 
	CONSTRAINT ck_quiz_attempt_turn CHECK (turn >= 1), 
	CONSTRAINT fk_quiz_attempt_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_quiz_attempt_person_id ON quiz_attempt (person_id)",
    """
CREATE TABLE quiz_grant (
	id {number} NOT NULL, 
	revision VARCHAR(200) NOT NULL, 
	person_id INTEGER NOT NULL, 
	given_by_id INTEGER NOT NULL, 
	given_at {instant} NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_quiz_grant PRIMARY KEY (id), 
	CONSTRAINT ck_quiz_grant_by_another CHECK (given_by_id <> person_id), 
	CONSTRAINT fk_quiz_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_quiz_grant_given_by_id FOREIGN KEY(given_by_id) REFERENCES person (id)
)
""",
    "CREATE INDEX ix_quiz_grant_revision ON quiz_grant (revision, person_id)",
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
