CREATE TABLE trail_entry (
	seq INTEGER NOT NULL, 
	tag VARCHAR(20) NOT NULL, 
	at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	ref TEXT NOT NULL, 
	body TEXT NOT NULL, 
	prev VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_trail_entry PRIMARY KEY (seq), 
	CONSTRAINT ck_trail_entry_seq_from_one CHECK (seq >= 1), 
	CONSTRAINT ck_trail_entry_hash_length CHECK (length(prev) = 64 AND length(hash) = 64), 
	CONSTRAINT uq_trail_entry_prev UNIQUE (prev), 
	CONSTRAINT uq_trail_entry_hash UNIQUE (hash)
)
--;;
CREATE INDEX ix_trail_entry_at ON trail_entry (at)
--;;
CREATE INDEX ix_trail_entry_ref_seq ON trail_entry (ref, seq)
--;;
CREATE INDEX ix_trail_entry_action_seq ON trail_entry (action, seq)
--;;
CREATE INDEX ix_trail_entry_actor_seq ON trail_entry (actor, seq)
--;;
CREATE TRIGGER trail_entry_refuse_update BEFORE UPDATE ON trail_entry
BEGIN SELECT RAISE(ABORT, 'trail_entry keeps its rows'); END
--;;
CREATE TRIGGER trail_entry_refuse_delete BEFORE DELETE ON trail_entry
BEGIN SELECT RAISE(ABORT, 'trail_entry keeps its rows'); END
--;;
CREATE TRIGGER trail_entry_follow BEFORE INSERT ON trail_entry
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM trail_entry)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM trail_entry WHERE seq = NEW.seq - 1), '0000000000000000000000000000000000000000000000000000000000000000')
  OR EXISTS (SELECT 1 FROM trail_entry WHERE hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'trail_entry follows the last one'); END
--;;
CREATE TABLE trail_head (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_trail_head PRIMARY KEY (id), 
	CONSTRAINT ck_trail_head_one_row CHECK (id = 1)
)
--;;
INSERT INTO trail_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')
--;;
CREATE TRIGGER trail_head_refuse_delete BEFORE DELETE ON trail_head
BEGIN SELECT RAISE(ABORT, 'trail_head keeps its rows'); END
--;;
CREATE TRIGGER trail_head_forward BEFORE UPDATE ON trail_head
WHEN NEW.seq <= OLD.seq OR NEW.id IS NOT OLD.id
BEGIN SELECT RAISE(ABORT, 'trail_head only moves forward'); END
--;;
CREATE TRIGGER trail_head_keep BEFORE INSERT ON trail_head
WHEN EXISTS (SELECT 1 FROM trail_head WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'trail_head keeps its rows'); END
--;;
CREATE TABLE trail_checkpoint (
	id INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	"before" TEXT NOT NULL, 
	last VARCHAR(64) NOT NULL, 
	note TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_trail_checkpoint PRIMARY KEY (id), 
	CONSTRAINT ck_trail_checkpoint_not_empty CHECK (size >= 1)
)
--;;
CREATE INDEX ix_trail_checkpoint_size ON trail_checkpoint (size)
--;;
CREATE TRIGGER trail_checkpoint_refuse_update BEFORE UPDATE ON trail_checkpoint
BEGIN SELECT RAISE(ABORT, 'trail_checkpoint keeps its rows'); END
--;;
CREATE TRIGGER trail_checkpoint_refuse_delete BEFORE DELETE ON trail_checkpoint
BEGIN SELECT RAISE(ABORT, 'trail_checkpoint keeps its rows'); END
--;;
CREATE TRIGGER trail_checkpoint_keep BEFORE INSERT ON trail_checkpoint
WHEN EXISTS (SELECT 1 FROM trail_checkpoint WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'trail_checkpoint keeps its rows'); END
--;;
CREATE TABLE person (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	login VARCHAR(120) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	email VARCHAR(254), 
	language VARCHAR(10), 
	active BOOLEAN NOT NULL, 
	verified VARCHAR NOT NULL, 
	enrolled_by VARCHAR(200) NOT NULL, 
	enrolled_at DATETIME NOT NULL, 
	deactivated_at DATETIME, 
	CONSTRAINT ck_person_login CHECK (length(login) > 0), 
	CONSTRAINT uq_person_login UNIQUE (login)
)
--;;
CREATE TABLE department (
	id INTEGER NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	names TEXT NOT NULL, 
	parent_id INTEGER, 
	is_root BOOLEAN NOT NULL, 
	CONSTRAINT pk_department PRIMARY KEY (id), 
	CONSTRAINT ck_department_not_own_parent CHECK (parent_id <> id), 
	CONSTRAINT ck_department_root CHECK (is_root = (parent_id IS NULL)), 
	CONSTRAINT uq_department_code UNIQUE (code), 
	CONSTRAINT fk_department_parent_id FOREIGN KEY(parent_id) REFERENCES department (id)
)
--;;
CREATE UNIQUE INDEX uq_department_root ON department (is_root) WHERE is_root
--;;
CREATE TABLE role (
	id INTEGER NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	names TEXT NOT NULL, 
	oversees BOOLEAN NOT NULL, 
	administrator BOOLEAN NOT NULL, 
	CONSTRAINT pk_role PRIMARY KEY (id), 
	CONSTRAINT uq_role_code UNIQUE (code)
)
--;;
CREATE TABLE circle (
	id INTEGER NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	names TEXT NOT NULL, 
	CONSTRAINT pk_circle PRIMARY KEY (id), 
	CONSTRAINT uq_circle_code UNIQUE (code)
)
--;;
CREATE TABLE sign_in_attempt (
	account VARCHAR(64) NOT NULL, 
	address VARCHAR(64) NOT NULL, 
	failures INTEGER NOT NULL, 
	failed_at DATETIME, 
	succeeded_at DATETIME, 
	CONSTRAINT pk_sign_in_attempt PRIMARY KEY (account, address), 
	CONSTRAINT ck_sign_in_attempt_failures CHECK (failures >= 0)
)
--;;
CREATE TABLE document (
	id INTEGER NOT NULL, 
	number VARCHAR(60) NOT NULL, 
	folded VARCHAR(60) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	owner VARCHAR(60) NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_document PRIMARY KEY (id), 
	CONSTRAINT uq_document_folded UNIQUE (folded), 
	CONSTRAINT ck_document_document_kind CHECK (kind IN ('quality-manual', 'policy', 'control-procedure', 'work-instruction', 'operating-manual', 'form', 'register', 'scorecard', 'objective-sheet', 'external-document'))
)
--;;
CREATE INDEX ix_document_owner ON document (owner)
--;;
CREATE TABLE standard_edition (
	id INTEGER NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	title TEXT NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	loaded_at DATETIME NOT NULL, 
	loaded_by VARCHAR NOT NULL, 
	CONSTRAINT pk_standard_edition PRIMARY KEY (id), 
	CONSTRAINT ck_standard_edition_digest CHECK (length(digest) = 64), 
	CONSTRAINT uq_standard_edition_code UNIQUE (code), 
	CONSTRAINT ck_standard_edition_standard_status CHECK (status IN ('confirmed', 'not-confirmed'))
)
--;;
CREATE TABLE job (
	id INTEGER NOT NULL, 
	kind VARCHAR(100) NOT NULL, 
	"key" TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	not_before DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	token VARCHAR(64), 
	worker TEXT, 
	leased_until DATETIME, 
	progress TEXT NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	error TEXT, 
	result TEXT, 
	created_at DATETIME NOT NULL, 
	created_by TEXT NOT NULL, 
	started_at DATETIME, 
	ended_at DATETIME, 
	CONSTRAINT pk_job PRIMARY KEY (id), 
	CONSTRAINT ck_job_running_is_leased CHECK ((state = 'running') = (token IS NOT NULL)), 
	CONSTRAINT ck_job_lease_is_whole CHECK ((token IS NULL) = (leased_until IS NULL)), 
	CONSTRAINT ck_job_counts CHECK (attempts >= 0 AND done >= 0 AND total >= 0), 
	CONSTRAINT ck_job_job_state CHECK (state IN ('queued', 'running', 'done', 'dead', 'cancelled'))
)
--;;
CREATE INDEX ix_job_state_not_before ON job (state, not_before)
--;;
CREATE UNIQUE INDEX uq_job_open_kind_key ON job (kind, "key") WHERE state IN ('queued', 'running')
--;;
CREATE TABLE evidence_counter (
	year INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_evidence_counter PRIMARY KEY (year), 
	CONSTRAINT ck_evidence_counter_last CHECK (last >= 0)
)
--;;
CREATE TABLE trail_personal (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	salt VARCHAR(64), 
	value TEXT, 
	CONSTRAINT pk_trail_personal PRIMARY KEY (id), 
	CONSTRAINT uq_trail_personal_seq_name UNIQUE (seq, name), 
	CONSTRAINT ck_trail_personal_erased_whole CHECK ((salt IS NULL) = (value IS NULL)), 
	CONSTRAINT fk_trail_personal_seq FOREIGN KEY(seq) REFERENCES trail_entry (seq)
)
--;;
CREATE TRIGGER trail_personal_refuse_delete BEFORE DELETE ON trail_personal
BEGIN SELECT RAISE(ABORT, 'trail_personal keeps its rows'); END
--;;
CREATE TRIGGER trail_personal_erase BEFORE UPDATE ON trail_personal
WHEN NEW.value IS NOT NULL OR NEW.salt IS NOT NULL
  OR NEW.id IS NOT OLD.id OR NEW.seq IS NOT OLD.seq OR NEW.name IS NOT OLD.name
BEGIN SELECT RAISE(ABORT, 'trail_personal can only be erased'); END
--;;
CREATE TRIGGER trail_personal_keep BEFORE INSERT ON trail_personal
WHEN EXISTS (SELECT 1 FROM trail_personal WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'trail_personal keeps its rows'); END
--;;
CREATE TABLE membership (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	department_id INTEGER NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	CONSTRAINT pk_membership PRIMARY KEY (id), 
	CONSTRAINT uq_membership_person_id_department_id_from_on UNIQUE (person_id, department_id, from_on), 
	CONSTRAINT ck_membership_span CHECK (until_on >= from_on), 
	CONSTRAINT fk_membership_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_membership_department_id FOREIGN KEY(department_id) REFERENCES department (id)
)
--;;
CREATE INDEX ix_membership_department_id ON membership (department_id)
--;;
CREATE TABLE post (
	id INTEGER NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	names TEXT NOT NULL, 
	department_id INTEGER, 
	is_head BOOLEAN NOT NULL, 
	CONSTRAINT pk_post PRIMARY KEY (id), 
	CONSTRAINT ck_post_head_of CHECK (NOT is_head OR department_id IS NOT NULL), 
	CONSTRAINT uq_post_code UNIQUE (code), 
	CONSTRAINT fk_post_department_id FOREIGN KEY(department_id) REFERENCES department (id)
)
--;;
CREATE TABLE role_permission (
	role_id INTEGER NOT NULL, 
	permission VARCHAR(60) NOT NULL, 
	CONSTRAINT pk_role_permission PRIMARY KEY (role_id, permission), 
	CONSTRAINT fk_role_permission_role_id FOREIGN KEY(role_id) REFERENCES role (id)
)
--;;
CREATE TABLE role_grant (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	role_id INTEGER NOT NULL, 
	department_id INTEGER, 
	administrator BOOLEAN NOT NULL, 
	granted_by VARCHAR(200) NOT NULL, 
	granted_at DATETIME NOT NULL, 
	withdrawn_by VARCHAR(200), 
	withdrawn_at DATETIME, 
	CONSTRAINT pk_role_grant PRIMARY KEY (id), 
	CONSTRAINT ck_role_grant_administrator_everywhere CHECK (NOT administrator OR department_id IS NULL), 
	CONSTRAINT ck_role_grant_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)), 
	CONSTRAINT fk_role_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_role_grant_role_id FOREIGN KEY(role_id) REFERENCES role (id), 
	CONSTRAINT fk_role_grant_department_id FOREIGN KEY(department_id) REFERENCES department (id)
)
--;;
CREATE INDEX ix_role_grant_person_id ON role_grant (person_id)
--;;
CREATE UNIQUE INDEX uq_role_grant_department ON role_grant (person_id, role_id, department_id) WHERE withdrawn_at IS NULL
--;;
CREATE UNIQUE INDEX uq_role_grant_administrator ON role_grant (person_id) WHERE administrator AND withdrawn_at IS NULL
--;;
CREATE UNIQUE INDEX uq_role_grant_everywhere ON role_grant (person_id, role_id) WHERE department_id IS NULL AND withdrawn_at IS NULL
--;;
CREATE INDEX ix_role_grant_role_id ON role_grant (role_id)
--;;
CREATE TABLE clearance (
	person_id INTEGER NOT NULL, 
	grade INTEGER NOT NULL, 
	given_by VARCHAR(200) NOT NULL, 
	given_at DATETIME NOT NULL, 
	CONSTRAINT pk_clearance PRIMARY KEY (person_id), 
	CONSTRAINT ck_clearance_grade CHECK (grade BETWEEN 0 AND 3), 
	CONSTRAINT fk_clearance_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
--;;
CREATE TABLE circle_member (
	id INTEGER NOT NULL, 
	circle_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	entered_at DATETIME NOT NULL, 
	entered_by VARCHAR(200) NOT NULL, 
	left_at DATETIME, 
	CONSTRAINT pk_circle_member PRIMARY KEY (id), 
	CONSTRAINT fk_circle_member_circle_id FOREIGN KEY(circle_id) REFERENCES circle (id), 
	CONSTRAINT fk_circle_member_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
--;;
CREATE UNIQUE INDEX uq_circle_member_open ON circle_member (circle_id, person_id) WHERE left_at IS NULL
--;;
CREATE INDEX ix_circle_member_person_id ON circle_member (person_id)
--;;
CREATE TABLE substitution (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	substitute_id INTEGER NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE NOT NULL, 
	given_by VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_substitution PRIMARY KEY (id), 
	CONSTRAINT ck_substitution_another CHECK (person_id <> substitute_id), 
	CONSTRAINT ck_substitution_span CHECK (until_on >= from_on), 
	CONSTRAINT fk_substitution_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_substitution_substitute_id FOREIGN KEY(substitute_id) REFERENCES person (id)
)
--;;
CREATE INDEX ix_substitution_substitute_id ON substitution (substitute_id)
--;;
CREATE INDEX ix_substitution_person_id ON substitution (person_id)
--;;
CREATE TABLE credential (
	person_id INTEGER NOT NULL, 
	hashed VARCHAR(200) NOT NULL, 
	earlier TEXT NOT NULL, 
	must_change BOOLEAN NOT NULL, 
	changed_at DATETIME NOT NULL, 
	reset_by VARCHAR(200), 
	CONSTRAINT pk_credential PRIMARY KEY (person_id), 
	CONSTRAINT fk_credential_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
--;;
CREATE TABLE signing_key (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	public VARCHAR(64) NOT NULL, 
	sealed TEXT, 
	made_at DATETIME NOT NULL, 
	retired_at DATETIME, 
	needs_confirmation BOOLEAN NOT NULL, 
	reset_by VARCHAR(200), 
	confirmed_by VARCHAR(200), 
	CONSTRAINT pk_signing_key PRIMARY KEY (id), 
	CONSTRAINT ck_signing_key_retired_has_no_private_half CHECK ((retired_at IS NULL) = (sealed IS NOT NULL)), 
	CONSTRAINT fk_signing_key_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_signing_key_public UNIQUE (public)
)
--;;
CREATE UNIQUE INDEX uq_signing_key_present ON signing_key (person_id) WHERE retired_at IS NULL
--;;
CREATE TABLE login_session (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	authenticated_at DATETIME NOT NULL, 
	ends_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	ended_why VARCHAR(40), 
	CONSTRAINT pk_login_session PRIMARY KEY (id), 
	CONSTRAINT fk_login_session_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_login_session_token_hash UNIQUE (token_hash)
)
--;;
CREATE INDEX ix_login_session_person_id ON login_session (person_id)
--;;
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	language VARCHAR(10) NOT NULL, 
	label VARCHAR(20) NOT NULL, 
	edition INTEGER NOT NULL, 
	modification INTEGER NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	source_digest VARCHAR(64) NOT NULL, 
	head TEXT NOT NULL, 
	content_digest VARCHAR(64), 
	title TEXT NOT NULL, 
	secrecy INTEGER NOT NULL, 
	circle VARCHAR(60), 
	distribution TEXT NOT NULL, 
	for_everyone BOOLEAN NOT NULL, 
	change_reason TEXT NOT NULL, 
	change_summary TEXT NOT NULL, 
	author_id INTEGER, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	discarded_at DATETIME, 
	round INTEGER NOT NULL, 
	route TEXT NOT NULL, 
	submitted_at DATETIME, 
	approved_at DATETIME, 
	"plan" TEXT, 
	plan_digest VARCHAR(64), 
	releases INTEGER NOT NULL, 
	issue_failure TEXT, 
	issued_at DATETIME, 
	publication_on DATE, 
	effective_on DATE, 
	code VARCHAR(20), 
	pdf_digest VARCHAR(64), 
	pages INTEGER, 
	libraries TEXT, 
	row_version INTEGER NOT NULL, 
	CONSTRAINT pk_revision PRIMARY KEY (id), 
	CONSTRAINT uq_revision_document_id_language_label UNIQUE (document_id, language, label), 
	CONSTRAINT uq_revision_document_id_language_edition_modification UNIQUE (document_id, language, edition, modification), 
	CONSTRAINT ck_revision_language CHECK (language IN ('zh-Hans', 'zh-Hant', 'en')), 
	CONSTRAINT ck_revision_frozen CHECK (state = 'draft' OR content_digest IS NOT NULL), 
	CONSTRAINT ck_revision_author CHECK (state = 'draft' OR author_id IS NOT NULL), 
	CONSTRAINT ck_revision_approved CHECK (state NOT IN ('approved', 'issuing', 'issued') OR approved_at IS NOT NULL), 
	CONSTRAINT ck_revision_issued CHECK (state <> 'issued' OR (pdf_digest IS NOT NULL AND issued_at IS NOT NULL AND effective_on IS NOT NULL AND publication_on IS NOT NULL AND code IS NOT NULL)), 
	CONSTRAINT ck_revision_discarded CHECK (discarded_at IS NULL OR state = 'draft'), 
	CONSTRAINT ck_revision_issuing CHECK (state <> 'issuing' OR plan_digest IS NOT NULL), 
	CONSTRAINT ck_revision_effective CHECK (effective_on IS NULL OR effective_on >= publication_on), 
	CONSTRAINT fk_revision_document_id FOREIGN KEY(document_id) REFERENCES document (id), 
	CONSTRAINT ck_revision_revision_state CHECK (state IN ('draft', 'in_review', 'approved', 'issuing', 'issued')), 
	CONSTRAINT fk_revision_author_id FOREIGN KEY(author_id) REFERENCES person (id), 
	CONSTRAINT uq_revision_code UNIQUE (code)
)
--;;
CREATE INDEX ix_revision_author_id ON revision (author_id)
--;;
CREATE UNIQUE INDEX uq_revision_open ON revision (document_id, language) WHERE state <> 'issued' AND discarded_at IS NULL
--;;
CREATE INDEX ix_revision_state ON revision (state)
--;;
CREATE TABLE synced_file (
	id INTEGER NOT NULL, 
	path VARCHAR(300) NOT NULL, 
	document_id INTEGER NOT NULL, 
	language VARCHAR(10) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	source_digest VARCHAR(64) NOT NULL, 
	at_instant DATETIME NOT NULL, 
	CONSTRAINT pk_synced_file PRIMARY KEY (id), 
	CONSTRAINT uq_synced_file_path UNIQUE (path), 
	CONSTRAINT fk_synced_file_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)
--;;
CREATE TABLE task (
	id INTEGER NOT NULL, 
	kind VARCHAR(60) NOT NULL, 
	ref VARCHAR(200) NOT NULL, 
	"key" VARCHAR(120) NOT NULL, 
	person_id INTEGER NOT NULL, 
	subject VARCHAR NOT NULL, 
	facts TEXT NOT NULL, 
	personal BOOLEAN NOT NULL, 
	due_on DATE, 
	created_at DATETIME NOT NULL, 
	settled_at DATETIME, 
	cancelled_at DATETIME, 
	reminded_at DATETIME, 
	overdue_at DATETIME, 
	escalated_at DATETIME, 
	escalated_to INTEGER, 
	CONSTRAINT pk_task PRIMARY KEY (id), 
	CONSTRAINT ck_task_one_end CHECK (settled_at IS NULL OR cancelled_at IS NULL), 
	CONSTRAINT ck_task_escalated CHECK (escalated_to IS NULL OR escalated_at IS NOT NULL), 
	CONSTRAINT fk_task_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_task_escalated_to FOREIGN KEY(escalated_to) REFERENCES person (id)
)
--;;
CREATE INDEX ix_task_ref_kind ON task (ref, kind)
--;;
CREATE UNIQUE INDEX uq_task_open ON task (kind, ref, person_id, "key") WHERE settled_at IS NULL AND cancelled_at IS NULL
--;;
CREATE INDEX ix_task_open_due ON task (due_on) WHERE settled_at IS NULL AND cancelled_at IS NULL
--;;
CREATE INDEX ix_task_open_person ON task (person_id) WHERE settled_at IS NULL AND cancelled_at IS NULL
--;;
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	source VARCHAR(200) NOT NULL, 
	person_id INTEGER NOT NULL, 
	channel VARCHAR(20) NOT NULL, 
	subject VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	facts TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	not_before DATETIME NOT NULL, 
	claimed_at DATETIME, 
	sent_at DATETIME, 
	failures INTEGER NOT NULL, 
	error VARCHAR, 
	CONSTRAINT pk_notice PRIMARY KEY (id), 
	CONSTRAINT uq_notice_source_person_id_channel UNIQUE (source, person_id, channel), 
	CONSTRAINT ck_notice_claimed_first CHECK (sent_at IS NULL OR claimed_at IS NOT NULL), 
	CONSTRAINT fk_notice_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
--;;
CREATE INDEX ix_notice_person_id ON notice (person_id)
--;;
CREATE INDEX ix_notice_waiting ON notice (not_before) WHERE claimed_at IS NULL
--;;
CREATE TABLE standard_clause (
	id INTEGER NOT NULL, 
	edition_id INTEGER NOT NULL, 
	number VARCHAR(20) NOT NULL, 
	position INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	requirement BOOLEAN NOT NULL, 
	CONSTRAINT pk_standard_clause PRIMARY KEY (id), 
	CONSTRAINT uq_standard_clause_edition_id_number UNIQUE (edition_id, number), 
	CONSTRAINT ck_standard_clause_position CHECK (position >= 1), 
	CONSTRAINT fk_standard_clause_edition_id FOREIGN KEY(edition_id) REFERENCES standard_edition (id)
)
--;;
CREATE TABLE standard_clause_link (
	id INTEGER NOT NULL, 
	edition_id INTEGER NOT NULL, 
	other VARCHAR(60) NOT NULL, 
	old_number VARCHAR(20) NOT NULL, 
	new_number VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_standard_clause_link PRIMARY KEY (id), 
	CONSTRAINT uq_standard_clause_link_edition_id_other_old_number_new_number UNIQUE (edition_id, other, old_number, new_number), 
	CONSTRAINT fk_standard_clause_link_edition_id FOREIGN KEY(edition_id) REFERENCES standard_edition (id)
)
--;;
CREATE TABLE post_holding (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	post_id INTEGER NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	CONSTRAINT pk_post_holding PRIMARY KEY (id), 
	CONSTRAINT uq_post_holding_person_id_post_id_from_on UNIQUE (person_id, post_id, from_on), 
	CONSTRAINT ck_post_holding_span CHECK (until_on >= from_on), 
	CONSTRAINT fk_post_holding_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_post_holding_post_id FOREIGN KEY(post_id) REFERENCES post (id)
)
--;;
CREATE INDEX ix_post_holding_post_id ON post_holding (post_id)
--;;
CREATE TABLE signature (
	id INTEGER NOT NULL, 
	ref VARCHAR(200) NOT NULL, 
	digest VARCHAR(128) NOT NULL, 
	meaning VARCHAR(40) NOT NULL, 
	round INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	post VARCHAR(60) NOT NULL, 
	post_names TEXT NOT NULL, 
	substitute_for_id INTEGER, 
	substitute_for_name VARCHAR(200), 
	at DATETIME NOT NULL, 
	key_id INTEGER NOT NULL, 
	signed VARCHAR(128) NOT NULL, 
	CONSTRAINT pk_signature PRIMARY KEY (id), 
	CONSTRAINT ck_signature_substitute CHECK ((substitute_for_id IS NULL) = (substitute_for_name IS NULL)), 
	CONSTRAINT ck_signature_not_for_oneself CHECK (substitute_for_id <> person_id), 
	CONSTRAINT ck_signature_round CHECK (round >= 1), 
	CONSTRAINT ck_signature_meaning CHECK (meaning IN ('author', 'reviewed', 'approved', 'released', 'withdrawn', 'acknowledged')), 
	CONSTRAINT fk_signature_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_signature_substitute_for_id FOREIGN KEY(substitute_for_id) REFERENCES person (id), 
	CONSTRAINT fk_signature_key_id FOREIGN KEY(key_id) REFERENCES signing_key (id)
)
--;;
CREATE UNIQUE INDEX uq_signature_once ON signature (ref, meaning, round, person_id, post) WHERE substitute_for_id IS NULL
--;;
CREATE UNIQUE INDEX uq_signature_once_for ON signature (ref, meaning, round, person_id, post, substitute_for_id)
--;;
CREATE INDEX ix_signature_person_id ON signature (person_id)
--;;
CREATE TABLE revision_audience (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	member VARCHAR(40) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	CONSTRAINT pk_revision_audience PRIMARY KEY (id), 
	CONSTRAINT uq_revision_audience_revision_id_member_code UNIQUE (revision_id, member, code), 
	CONSTRAINT fk_revision_audience_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_revision_audience_audience_member CHECK (member IN ('department', 'post', 'role', 'person'))
)
--;;
CREATE TABLE revision_image (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_revision_image PRIMARY KEY (id), 
	CONSTRAINT uq_revision_image_revision_id_name UNIQUE (revision_id, name), 
	CONSTRAINT fk_revision_image_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id)
)
--;;
CREATE TABLE revision_clause (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	anchor VARCHAR(120) NOT NULL, 
	number VARCHAR(40) NOT NULL, 
	heading TEXT NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_revision_clause PRIMARY KEY (id), 
	CONSTRAINT uq_revision_clause_revision_id_position UNIQUE (revision_id, position), 
	CONSTRAINT uq_revision_clause_revision_id_anchor UNIQUE (revision_id, anchor), 
	CONSTRAINT fk_revision_clause_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id)
)
--;;
CREATE TABLE revision_reference (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	link VARCHAR(40) NOT NULL, 
	target VARCHAR(60) NOT NULL, 
	folded VARCHAR(60) NOT NULL, 
	clause VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_revision_reference PRIMARY KEY (id), 
	CONSTRAINT uq_revision_reference_revision_id_link_target_clause UNIQUE (revision_id, link, target, clause), 
	CONSTRAINT fk_revision_reference_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_revision_reference_reference_link CHECK (link IN ('parent', 'reference', 'form', 'register', 'citation'))
)
--;;
CREATE INDEX ix_revision_reference_folded ON revision_reference (folded)
--;;
CREATE TABLE revision_standard_clause (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	edition VARCHAR(40) NOT NULL, 
	clause VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_revision_standard_clause PRIMARY KEY (id), 
	CONSTRAINT uq_revision_standard_clause_revision_id_edition_clause UNIQUE (revision_id, edition, clause), 
	CONSTRAINT fk_revision_standard_clause_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id)
)
--;;
CREATE INDEX ix_revision_standard_clause_edition ON revision_standard_clause (edition, clause)
--;;
CREATE TABLE validity (
	id INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	language VARCHAR(10) NOT NULL, 
	revision_id INTEGER NOT NULL, 
	from_on DATE NOT NULL, 
	until_on DATE, 
	ended_by VARCHAR(40), 
	act VARCHAR(120) NOT NULL, 
	end_act VARCHAR(120), 
	CONSTRAINT pk_validity PRIMARY KEY (id), 
	CONSTRAINT ck_validity_days CHECK (until_on IS NULL OR until_on >= from_on), 
	CONSTRAINT ck_validity_ended CHECK ((until_on IS NULL) = (ended_by IS NULL)), 
	CONSTRAINT ck_validity_language CHECK (language IN ('zh-Hans', 'zh-Hant', 'en')), 
	CONSTRAINT fk_validity_document_id FOREIGN KEY(document_id) REFERENCES document (id), 
	CONSTRAINT uq_validity_revision_id UNIQUE (revision_id), 
	CONSTRAINT fk_validity_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_validity_validity_ended_by CHECK (ended_by IN ('superseded', 'withdrawn'))
)
--;;
CREATE INDEX ix_validity_days ON validity (document_id, language, from_on)
--;;
CREATE TABLE enactment (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	passage VARCHAR(40) NOT NULL, 
	on_day DATE NOT NULL, 
	at_instant DATETIME NOT NULL, 
	CONSTRAINT pk_enactment PRIMARY KEY (id), 
	CONSTRAINT uq_enactment_revision_id_passage UNIQUE (revision_id, passage), 
	CONSTRAINT fk_enactment_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_enactment_enactment_passage CHECK (passage IN ('enter', 'leave'))
)
--;;
CREATE TABLE withdrawal (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	round INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	until_on DATE NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	author_id INTEGER NOT NULL, 
	route TEXT NOT NULL, 
	requested_at DATETIME NOT NULL, 
	approved_at DATETIME, 
	decided_at DATETIME, 
	row_version INTEGER NOT NULL, 
	CONSTRAINT pk_withdrawal PRIMARY KEY (id), 
	CONSTRAINT ck_withdrawal_decided CHECK (state <> 'decided' OR decided_at IS NOT NULL), 
	CONSTRAINT fk_withdrawal_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_withdrawal_withdrawal_state CHECK (state IN ('in_review', 'approved', 'decided', 'cancelled')), 
	CONSTRAINT fk_withdrawal_author_id FOREIGN KEY(author_id) REFERENCES person (id)
)
--;;
CREATE UNIQUE INDEX uq_withdrawal_open ON withdrawal (revision_id) WHERE state <> 'cancelled'
--;;
CREATE TABLE route_seat (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	round INTEGER NOT NULL, 
	stage VARCHAR(40) NOT NULL, 
	member VARCHAR(40) NOT NULL, 
	code VARCHAR(60) NOT NULL, 
	CONSTRAINT pk_route_seat PRIMARY KEY (id), 
	CONSTRAINT uq_route_seat_revision_id_purpose_round_stage_member_code UNIQUE (revision_id, purpose, round, stage, member, code), 
	CONSTRAINT fk_route_seat_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_route_seat_route_seat_purpose CHECK (purpose IN ('issue', 'withdraw')), 
	CONSTRAINT ck_route_seat_route_seat_stage CHECK (stage IN ('review', 'approve', 'release')), 
	CONSTRAINT ck_route_seat_route_seat_member CHECK (member IN ('department', 'post', 'role', 'person'))
)
--;;
CREATE INDEX ix_route_seat_code ON route_seat (member, code)
--;;
CREATE TABLE revision_comment (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	anchor VARCHAR(120) NOT NULL, 
	text TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	made_at DATETIME NOT NULL, 
	resolved_at DATETIME, 
	resolved_by INTEGER, 
	resolution TEXT NOT NULL, 
	CONSTRAINT pk_revision_comment PRIMARY KEY (id), 
	CONSTRAINT ck_revision_comment_resolved CHECK ((resolved_at IS NULL) = (resolved_by IS NULL)), 
	CONSTRAINT fk_revision_comment_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT fk_revision_comment_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_revision_comment_resolved_by FOREIGN KEY(resolved_by) REFERENCES person (id)
)
--;;
CREATE INDEX ix_revision_comment_revision ON revision_comment (revision_id, round)
--;;
CREATE TABLE periodic_review (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	due_on DATE NOT NULL, 
	done_at DATETIME, 
	outcome VARCHAR(40), 
	person_id INTEGER, 
	note TEXT NOT NULL, 
	CONSTRAINT pk_periodic_review PRIMARY KEY (id), 
	CONSTRAINT uq_periodic_review_revision_id_due_on UNIQUE (revision_id, due_on), 
	CONSTRAINT ck_periodic_review_done CHECK ((done_at IS NULL) = (outcome IS NULL)), 
	CONSTRAINT fk_periodic_review_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_periodic_review_periodic_review_outcome CHECK (outcome IN ('keep', 'revise', 'withdraw')), 
	CONSTRAINT fk_periodic_review_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)
--;;
CREATE TABLE route_signature (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	round INTEGER NOT NULL, 
	turn INTEGER NOT NULL, 
	stage VARCHAR(40) NOT NULL, 
	seats TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	for_person_id INTEGER, 
	voice_id INTEGER NOT NULL, 
	signature_id INTEGER NOT NULL, 
	opinion TEXT NOT NULL, 
	signed_at DATETIME NOT NULL, 
	voided_at DATETIME, 
	CONSTRAINT pk_route_signature PRIMARY KEY (id), 
	CONSTRAINT uq_route_signature_revision_id_purpose_round_turn_stage_person_id UNIQUE (revision_id, purpose, round, turn, stage, person_id), 
	CONSTRAINT uq_route_signature_revision_id_purpose_round_turn_stage_voice_id UNIQUE (revision_id, purpose, round, turn, stage, voice_id), 
	CONSTRAINT ck_route_signature_voice CHECK (voice_id = COALESCE(for_person_id, person_id)), 
	CONSTRAINT fk_route_signature_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT ck_route_signature_route_purpose CHECK (purpose IN ('issue', 'withdraw')), 
	CONSTRAINT ck_route_signature_route_signature_stage CHECK (stage IN ('review', 'approve', 'release')), 
	CONSTRAINT fk_route_signature_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT fk_route_signature_for_person_id FOREIGN KEY(for_person_id) REFERENCES person (id), 
	CONSTRAINT uq_route_signature_signature_id UNIQUE (signature_id), 
	CONSTRAINT fk_route_signature_signature_id FOREIGN KEY(signature_id) REFERENCES signature (id)
)
--;;
CREATE INDEX ix_route_signature_person ON route_signature (person_id)
--;;
CREATE TABLE acknowledgement (
	id INTEGER NOT NULL, 
	revision_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	signature_id INTEGER NOT NULL, 
	on_day DATE NOT NULL, 
	at_instant DATETIME NOT NULL, 
	CONSTRAINT pk_acknowledgement PRIMARY KEY (id), 
	CONSTRAINT uq_acknowledgement_revision_id_person_id_digest UNIQUE (revision_id, person_id, digest), 
	CONSTRAINT fk_acknowledgement_revision_id FOREIGN KEY(revision_id) REFERENCES revision (id), 
	CONSTRAINT fk_acknowledgement_person_id FOREIGN KEY(person_id) REFERENCES person (id), 
	CONSTRAINT uq_acknowledgement_signature_id UNIQUE (signature_id), 
	CONSTRAINT fk_acknowledgement_signature_id FOREIGN KEY(signature_id) REFERENCES signature (id)
)
--;;
CREATE INDEX ix_acknowledgement_person_id ON acknowledgement (person_id)
--;;
CREATE TABLE evidence_request (
	id INTEGER NOT NULL, 
	number VARCHAR(20) NOT NULL, 
	year INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	purpose TEXT NOT NULL, 
	receiver_id INTEGER NOT NULL, 
	receiver_name VARCHAR(200) NOT NULL, 
	organisation VARCHAR(200) NOT NULL, 
	scope TEXT NOT NULL, 
	requested_by INTEGER NOT NULL, 
	requester_name VARCHAR(200) NOT NULL, 
	requested_at DATETIME NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	state VARCHAR(40) NOT NULL, 
	approved_by INTEGER, 
	approved_at DATETIME, 
	signature_id INTEGER, 
	rejected_by INTEGER, 
	rejected_at DATETIME, 
	reason TEXT NOT NULL, 
	failure TEXT, 
	plan_digest VARCHAR(64), 
	ceiling TEXT, 
	head_seq INTEGER, 
	checkpoint_size INTEGER, 
	bundle_digest VARCHAR(64), 
	manifest_digest VARCHAR(64), 
	fingerprint VARCHAR(64), 
	size BIGINT, 
	files INTEGER, 
	built_at DATETIME, 
	handed_over_by INTEGER, 
	handed_over_at DATETIME, 
	row_version INTEGER NOT NULL, 
	CONSTRAINT pk_evidence_request PRIMARY KEY (id), 
	CONSTRAINT uq_evidence_request_year_seq UNIQUE (year, seq), 
	CONSTRAINT ck_evidence_request_seq CHECK (seq >= 1), 
	CONSTRAINT ck_evidence_request_purpose CHECK (length(purpose) > 0), 
	CONSTRAINT ck_evidence_request_digest CHECK (length(digest) = 64), 
	CONSTRAINT ck_evidence_request_another_approves CHECK (approved_by <> requested_by AND approved_by <> receiver_id), 
	CONSTRAINT ck_evidence_request_approval CHECK ((approved_by IS NULL) = (approved_at IS NULL) AND (approved_by IS NULL) = (signature_id IS NULL)), 
	CONSTRAINT ck_evidence_request_approved CHECK ((state IN ('requested', 'rejected')) = (approved_by IS NULL)), 
	CONSTRAINT ck_evidence_request_rejected CHECK ((state = 'rejected') = (rejected_by IS NOT NULL)), 
	CONSTRAINT ck_evidence_request_rejection CHECK ((rejected_by IS NULL) = (rejected_at IS NULL)), 
	CONSTRAINT ck_evidence_request_failed CHECK ((state = 'failed') = (failure IS NOT NULL)), 
	CONSTRAINT ck_evidence_request_plan CHECK ((plan_digest IS NULL) = (ceiling IS NULL) AND (plan_digest IS NULL) = (head_seq IS NULL) AND (plan_digest IS NULL) = (checkpoint_size IS NULL)), 
	CONSTRAINT ck_evidence_request_covered CHECK (checkpoint_size >= head_seq), 
	CONSTRAINT ck_evidence_request_frozen CHECK (state NOT IN ('building', 'built', 'handed_over') OR plan_digest IS NOT NULL), 
	CONSTRAINT ck_evidence_request_built CHECK ((state IN ('built', 'handed_over')) = (bundle_digest IS NOT NULL)), 
	CONSTRAINT ck_evidence_request_bundle CHECK ((bundle_digest IS NULL) = (manifest_digest IS NULL) AND (bundle_digest IS NULL) = (size IS NULL) AND (bundle_digest IS NULL) = (files IS NULL) AND (bundle_digest IS NULL) = (built_at IS NULL) AND (bundle_digest IS NULL) = (fingerprint IS NULL)), 
	CONSTRAINT ck_evidence_request_handed_over CHECK ((state = 'handed_over') = (handed_over_by IS NOT NULL)), 
	CONSTRAINT ck_evidence_request_handing_over CHECK ((handed_over_by IS NULL) = (handed_over_at IS NULL)), 
	CONSTRAINT uq_evidence_request_number UNIQUE (number), 
	CONSTRAINT fk_evidence_request_receiver_id FOREIGN KEY(receiver_id) REFERENCES person (id), 
	CONSTRAINT fk_evidence_request_requested_by FOREIGN KEY(requested_by) REFERENCES person (id), 
	CONSTRAINT ck_evidence_request_evidence_state CHECK (state IN ('requested', 'approved', 'rejected', 'building', 'built', 'failed', 'handed_over')), 
	CONSTRAINT fk_evidence_request_approved_by FOREIGN KEY(approved_by) REFERENCES person (id), 
	CONSTRAINT uq_evidence_request_signature_id UNIQUE (signature_id), 
	CONSTRAINT fk_evidence_request_signature_id FOREIGN KEY(signature_id) REFERENCES signature (id), 
	CONSTRAINT fk_evidence_request_rejected_by FOREIGN KEY(rejected_by) REFERENCES person (id), 
	CONSTRAINT fk_evidence_request_handed_over_by FOREIGN KEY(handed_over_by) REFERENCES person (id)
)
--;;
CREATE INDEX ix_evidence_request_requested_by ON evidence_request (requested_by)
--;;
CREATE INDEX ix_evidence_request_state ON evidence_request (state)
--;;
CREATE INDEX ix_evidence_request_receiver_id ON evidence_request (receiver_id)
--;;
CREATE TABLE evidence_department (
	request_id INTEGER NOT NULL, 
	department_id INTEGER NOT NULL, 
	CONSTRAINT pk_evidence_department PRIMARY KEY (request_id, department_id), 
	CONSTRAINT fk_evidence_department_request_id FOREIGN KEY(request_id) REFERENCES evidence_request (id), 
	CONSTRAINT fk_evidence_department_department_id FOREIGN KEY(department_id) REFERENCES department (id)
)
--;;
CREATE TRIGGER validity_one_a_day_insert BEFORE INSERT ON validity
WHEN EXISTS (
  SELECT 1 FROM validity AS other
  WHERE other.document_id = NEW.document_id AND other.language = NEW.language AND other.id IS NOT NEW.id
    AND (NEW.until_on IS NULL OR NEW.from_on < NEW.until_on)
    AND (other.until_on IS NULL OR other.from_on < other.until_on)
    AND (other.until_on IS NULL OR NEW.from_on < other.until_on)
    AND (NEW.until_on IS NULL OR other.from_on < NEW.until_on))
BEGIN SELECT RAISE(ABORT, 'two revisions would be in force on one day'); END
--;;
CREATE TRIGGER validity_one_a_day_update BEFORE UPDATE ON validity
WHEN EXISTS (
  SELECT 1 FROM validity AS other
  WHERE other.document_id = NEW.document_id AND other.language = NEW.language AND other.id IS NOT NEW.id
    AND (NEW.until_on IS NULL OR NEW.from_on < NEW.until_on)
    AND (other.until_on IS NULL OR other.from_on < other.until_on)
    AND (other.until_on IS NULL OR NEW.from_on < other.until_on)
    AND (NEW.until_on IS NULL OR other.from_on < NEW.until_on))
BEGIN SELECT RAISE(ABORT, 'two revisions would be in force on one day'); END
--;;
CREATE TRIGGER revision_issued_update BEFORE UPDATE ON revision WHEN OLD.state = 'issued'
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_issued_delete BEFORE DELETE ON revision WHEN OLD.state = 'issued'
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_audience_issued_insert BEFORE INSERT ON revision_audience
WHEN EXISTS (SELECT 1 FROM revision WHERE id = NEW.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_audience_issued_update BEFORE UPDATE ON revision_audience
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_audience_issued_delete BEFORE DELETE ON revision_audience
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_image_issued_insert BEFORE INSERT ON revision_image
WHEN EXISTS (SELECT 1 FROM revision WHERE id = NEW.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_image_issued_update BEFORE UPDATE ON revision_image
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_image_issued_delete BEFORE DELETE ON revision_image
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_clause_issued_insert BEFORE INSERT ON revision_clause
WHEN EXISTS (SELECT 1 FROM revision WHERE id = NEW.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_clause_issued_update BEFORE UPDATE ON revision_clause
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_clause_issued_delete BEFORE DELETE ON revision_clause
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_reference_issued_insert BEFORE INSERT ON revision_reference
WHEN EXISTS (SELECT 1 FROM revision WHERE id = NEW.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_reference_issued_update BEFORE UPDATE ON revision_reference
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_reference_issued_delete BEFORE DELETE ON revision_reference
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_standard_clause_issued_insert BEFORE INSERT ON revision_standard_clause
WHEN EXISTS (SELECT 1 FROM revision WHERE id = NEW.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_standard_clause_issued_update BEFORE UPDATE ON revision_standard_clause
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER revision_standard_clause_issued_delete BEFORE DELETE ON revision_standard_clause
WHEN EXISTS (SELECT 1 FROM revision WHERE id = OLD.revision_id AND state = 'issued')
BEGIN SELECT RAISE(ABORT, 'an issued revision is never changed'); END
--;;
CREATE TRIGGER validity_kept BEFORE DELETE ON validity
BEGIN SELECT RAISE(ABORT, 'this row is evidence, never deleted'); END
--;;
CREATE TRIGGER enactment_kept BEFORE DELETE ON enactment
BEGIN SELECT RAISE(ABORT, 'this row is evidence, never deleted'); END
--;;
CREATE TRIGGER route_signature_kept BEFORE DELETE ON route_signature
BEGIN SELECT RAISE(ABORT, 'this row is evidence, never deleted'); END
--;;
CREATE TRIGGER acknowledgement_kept BEFORE DELETE ON acknowledgement
BEGIN SELECT RAISE(ABORT, 'this row is evidence, never deleted'); END
