"""The seventeen laws of the house: each in a sentence of our own, with the tests that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Law:
    """One law in a sentence of our own, and the tests that prove it."""

    says: str
    tests: tuple[str, ...]


LAWS: Final = {
    1: Law(
        "Every act and every look is one Work, chosen when it is opened; looking cannot write, and only the"
        " edge commits.",
        (
            "kernel/test_work.py::test_an_act_is_all_or_nothing",
            "kernel/test_work.py::test_a_look_cannot_write",
            "kernel/test_work.py::test_a_look_is_one_snapshot",
            "kernel/test_work.py::test_looks_answer_while_an_act_holds_the_lock",
            "house/test_discipline.py::test_only_the_edge_commits",
            "house/test_laws.py::test_there_are_two_kinds_of_work",
            "house/test_laws.py::test_whatever_records_has_a_work_for_its_first_argument",
            "web/test_security.py::test_looking_changes_nothing",
            "web/test_security.py::test_all_pages_answer_while_somebody_writes",
        ),
    ),
    2: Law(
        "Long work is prepared outside; a writing Work only decides, by rules and digests checked anew.",
        (
            "house/test_laws.py::test_nothing_slow_happens_while_an_act_is_open",
            "documents/test_operations_issue.py::test_the_release_orders_one_job",
            "documents/test_operations_issue.py::test_deciding_needs_the_bytes_the_plan_and_the_state",
            "documents/test_operations_issue.py::test_a_failed_job_leaves_the_revision_approved_with_the_reason",
            "evidence/test_operations.py::test_a_plan_built_from_another_list_is_refused",
            "jobs/test_jobs.py::test_a_silent_worker_is_replaced_and_its_attempt_does_not_count",
        ),
    ),
    3: Law(
        "Each act writes its entry in its own transaction, last of all, into one chain any extract proves.",
        (
            "house/test_trail_last.py::test_after_the_first_entry_only_the_trail_is_touched",
            "house/test_trail_last.py::test_what_changes_leaves_an_entry",
            "kernel/test_work.py::test_a_trail_that_cannot_be_written_undoes_the_act",
            "trail/test_journal.py::test_entries_chain_and_number_from_one",
            "trail/test_journal.py::test_what_has_no_one_written_form_is_refused",
            "trail/test_processes.py::test_racing_writers_never_fork_and_leave_no_gap",
            "trail/test_verify.py::test_any_changed_field_is_found_and_named",
            "trail/test_extract.py::test_an_extract_verifies_alone_and_keeps_the_rest_to_itself",
        ),
    ),
    4: Law(
        "Index, notices and caches follow the trail, and nothing else does; what an act causes is a row"
        " of its own transaction.",
        (
            "house/test_laws.py::test_only_the_search_follows_the_trail",
            "house/test_laws.py::test_a_notice_is_one_row_for_its_source_receiver_and_channel",
            "search/test_follow.py::test_follows_from_nothing",
            "search/test_find.py::test_the_register_decides_what_has_changed",
            "tasks/test_mail.py::test_who_fell_silent_while_sending_is_made_up_for",
            "jobs/test_jobs.py::test_a_job_lives_and_dies_with_its_act",
        ),
    ),
    5: Law(
        "The day job turns reached days into events, once and in order, however long nobody ran it.",
        (
            "documents/test_day.py::test_a_server_off_over_the_dates_catches_up_in_order",
            "documents/test_day.py::test_two_workers_enact_once",
            "documents/test_operations_withdrawal.py::test_a_future_revision_withdrawn_before_its_day_never_enters",
            "crash/test_crash.py::test_killed_at_every_telling_step",
        ),
    ),
    6: Law(
        "From when until when a revision holds stands in a table of its own, never two for one day; in force,"
        " superseded and withdrawn are computed.",
        (
            "house/test_laws.py::test_what_days_decide_is_no_stored_state",
            "documents/test_schema.py::test_a_second_revision_on_one_day_is_refused",
            "documents/test_validity.py::test_never_two_on_one_day",
            "documents/test_lifecycle.py::test_issued_revisions_stand_as_validity_says",
            "documents/test_state_machine.py::test_lives_of_documents",
            "documents/test_queries.py::test_the_library_as_it_stood_on_a_day",
        ),
    ),
    7: Law(
        "What is signed is frozen by its digest; any change voids the round; a signature fits nothing else.",
        (
            "documents/test_digest.py::test_every_part_is_covered",
            "documents/test_operations_review.py::test_submitting_freezes_signs_and_asks_the_first_stage",
            "documents/test_operations_review.py::test_a_return_voids_the_round_and_tells_the_author",
            "documents/test_operations_issue.py::test_altered_rows_and_pasted_signatures_stop_the_issue",
            "accounts/test_signing.py::test_a_signature_shows_name_post_time_and_meaning",
            "accounts/test_signing.py::test_a_changed_signature_is_caught",
        ),
    ),
    8: Law(
        "Issued bytes are made once, kept for ever, checked on every reading; what leaves is a stamped copy.",
        (
            "rendering/test_pool.py::test_cold_and_warm_children_give_the_same_bytes",
            "rendering/test_pdf.py::test_versions_of_what_made_the_bytes_are_told",
            "rendering/test_stamp.py::test_each_page_of_a_copy_is_marked",
            "kernel/test_vault.py::test_damage_is_never_passed_on",
            "documents/test_schema.py::test_an_issued_revision_is_never_changed",
            "web/test_documents.py::test_damaged_bytes_are_never_served",
            "web/test_documents.py::test_copies_say_what_they_are",
        ),
    ),
    9: Law(
        "Bytes first, then one transaction, then what can be rebuilt: a crash leaves no row without bytes.",
        (
            "crash/test_crash.py::test_killed_at_every_telling_step",
            "crash/test_crash.py::test_every_digest_is_known_to_name_bytes_or_not",
            "kernel/test_vault.py::test_bytes_and_folders_are_durable_before_the_digest_is_given",
            "kernel/test_vault.py::test_a_failed_write_leaves_nothing",
        ),
    ),
    10: Law(
        "A refusal is raised, of one of seven kinds, told in words at the edge; what was denied is journalled"
        " after the rollback.",
        (
            "house/test_laws.py::test_there_are_seven_kinds_of_refusal",
            "house/test_refusals.py::test_each_refusal_is_of_one_kind_with_status_and_exit_code",
            "house/test_refusals.py::test_each_refusal_speaks_chinese",
            "house/test_refusals.py::test_the_facts_are_filled_in_wherever_a_refusal_is_made",
            "trail/test_journal.py::test_a_refusal_survives_the_rollback",
            "accounts/test_sign_in.py::test_failures_survive_the_rollback",
            "web/test_security.py::test_a_denied_act_is_journalled_after_its_rollback",
        ),
    ),
    11: Law(
        "What one may not see does not exist: not on pages, in counts, hits, suggestions or bundles.",
        (
            "web/test_security.py::test_what_one_may_not_see_is_not_there",
            "search/test_engine.py::test_two_users_differ_exactly_by_rights",
            "search/test_engine.py::test_suggestions_obey_the_same_rights",
            "documents/test_queries.py::test_what_is_not_distributed_to_somebody_does_not_exist_for_them",
            "evidence/test_build.py::test_two_receivers_two_contents",
            "evidence/test_operations.py::test_who_knows_of_which_request",
        ),
    ),
    12: Law(
        "The schema itself refuses what the law forbids, and nothing is loaded that was not asked for.",
        (
            "house/test_laws.py::test_every_relationship_is_loaded_on_request_alone",
            "house/test_laws.py::test_every_table_has_its_constraints_by_name",
            "house/test_laws.py::test_every_choice_is_checked_by_the_schema",
            "house/test_migrations.py::test_migrations_make_what_the_models_say",
            "documents/test_schema.py::test_two_open_revisions_of_one_language_are_refused",
            "evidence/test_operations.py::test_the_schema_refuses_what_the_law_forbids",
            "trail/test_verify.py::test_the_schema_refuses",
        ),
    ),
    13: Law(
        "Numbers have no gaps and no races; people and addresses use numbers, ids stay inside.",
        (
            "house/test_laws.py::test_no_number_is_the_greatest_plus_one",
            "house/test_laws.py::test_addresses_carry_ids_only_where_there_is_no_number",
            "documents/test_concurrency.py::test_one_number_is_given_once",
            "documents/test_operations_drafting.py::test_a_number_that_looks_like_another_is_refused",
            "evidence/test_operations.py::test_numbers_have_no_gap_and_begin_anew_each_year",
            "evidence/test_operations.py::test_concurrent_requests_get_numbers_without_gap",
        ),
    ),
    14: Law(
        "The register is the truth: a file is a door that never overwrites what was changed elsewhere.",
        (
            "documents/test_sync.py::test_a_changed_file_over_a_draft_changed_elsewhere_is_a_conflict",
            "documents/test_sync.py::test_a_file_cannot_change_what_is_being_signed",
            "documents/test_sync.py::test_a_file_nobody_has_read_never_replaces_what_is_there",
            "documents/test_sync.py::test_export_writes_the_current_source_back",
        ),
    ),
    15: Law(
        "Standards are data in our own words; an edition nobody has read ships empty and says so.",
        (
            "house/test_laws.py::test_no_clause_of_a_standard_stands_in_the_code",
            "standards/test_source.py::test_what_ships",
            "standards/test_source.py::test_titles_are_our_own",
            "standards/test_loading.py::test_an_unconfirmed_edition_says_so",
            "standards/test_loading.py::test_links_between_editions",
        ),
    ),
    16: Law(
        "Time is UTC inside and comes from one clock; only what was born a demonstration may simulate it.",
        (
            "house/test_laws.py::test_a_real_workspace_refuses_a_simulated_clock",
            "house/test_laws.py::test_working_days_are_counted_in_the_calendar_alone",
            "house/test_discipline.py::test_now_is_asked_of_the_clock_alone",
            "kernel/test_work.py::test_one_act_has_one_instant_and_its_own_day",
            "kernel/test_work.py::test_an_instant_is_aware_and_utc",
            "rendering/test_pdf.py::test_a_demonstration_says_so_on_every_page",
            "evidence/test_build.py::test_a_demonstration_says_so",
        ),
    ),
    17: Law(
        "Every text is there in three languages, and a document may be, each with revisions of its own.",
        (
            "house/test_words.py::test_no_text_is_missing",
            "house/test_words.py::test_no_text_is_unused",
            "house/test_words.py::test_translations_keep_their_facts",
            "house/test_refusals.py::test_each_refusal_speaks_chinese",
            "documents/test_schema.py::test_languages_and_documents_have_their_own_days",
            "search/test_find.py::test_both_realisations_are_found",
            "kernel/test_labels.py::test_characters_follow_the_words_they_stand_in",
            "web/test_documents.py::test_traditional_script_is_a_labelled_conversion",
            "web/test_work.py::test_every_page_speaks_the_language",
        ),
    ),
}
