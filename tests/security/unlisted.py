"""What the slices offer to each other and to the machine: no person reaches it but through a listed verb."""

from __future__ import annotations

from typing import Final

INSIDE: Final = {
    "accounts.acting_person": "It says who acts.",
    "accounts.active_person": "It looks a person up for an act that has asked before.",
    "accounts.require": "It is the question itself.",
    "accounts.found": "It runs once, when a workspace is made and nobody is there yet.",
    "accounts.forget_attempts": "The day job drops counts that no longer matter.",
    "accounts.journal_refusal": "The edge writes down what was refused.",
    "accounts.renew_roles": "An upgrade writes the shipped roles anew.",
    "accounts.sign": "Every signing act asks its own right first; the key is the person's own.",
    "accounts.sign_in": "It proves who asks, so nobody can hold a right yet.",
    "accounts.sign_in_by_code": "It proves who asks, so nobody can hold a right yet.",
    "accounts.sign_out": "The token is the right to end its session.",
    "accounts.change_password": "It asks for one's own password and changes only one's own.",
    "accounts.switch_on": "It asks for a code of one's own device and changes only one's own.",
    "accounts.switch_off": "It asks for a code of one's own device and changes only one's own.",
    "accounts.renew_codes": "It changes only one's own, and only where a second factor is on.",
    "accounts.recover": "Two people prove themselves at the console; no page and no role reaches it.",
    "accounts.reauthenticate": "It asks for one's own password and renews only one's own session.",
    "documents.body_html": "It sets what a query has already shown to the person.",
    "documents.local": "It writes an instant in the organisation's zone.",
    "documents.not_enacted": "The keeper's check of the whole workspace; it shows numbers and keys.",
    "documents.printed": "The job of a released plan sets its sheet.",
    "documents.stored_plan": "The job reads the plan that people released.",
    "documents.plan_sync": "It compares files with the register; `sync_file` asks for the rights.",
    "documents.sync_file": "It goes through `draft` and `save_draft`, which ask.",
    "evidence.build": "The job makes what people approved, with the rights of a service.",
    "evidence.gather": "It gathers with the rights of the receiver for an approved request.",
    "evidence.planned": "The full check reads which stored contents frozen plans name.",
    "evidence.record_built": "The job binds the bundle it has made; it asks as `freeze` does.",
    "jobs.claim": "A worker takes its next job.",
    "jobs.enqueue": "An act that has asked orders long work.",
    "jobs.fail": "A worker notes its own failure, proven by the lease.",
    "jobs.finish": "A worker ends its own job, proven by the lease.",
    "jobs.refuse": "A worker ends its own job, proven by the lease.",
    "jobs.report": "A worker says how far its own job is, proven by the lease.",
    "tasks.cancel": "The act that causes it has asked.",
    "tasks.notify": "The act that causes it has asked.",
    "tasks.owe": "The act that causes it has asked.",
    "tasks.remind": "The day job chases what is due.",
    "tasks.send_waiting": "The worker hands messages over.",
    "tasks.settle": "The act that causes it has asked.",
    "trail.append": "The Work writes the entries of its act.",
    "trail.stamp": "The worker asks an authority to stamp a checkpoint.",
    "trail.standing": "The health of the workspace; it shows numbers alone.",
    "trail_reviews.open_due": "The day job opens what is due.",
    "trail.record_refusal": "The edge writes down what was refused.",
}
"""Operations no person calls, each with the reason."""

EDGE: Final = {
    "documents.consequences": "A look; tried among the looks.",
    "documents.difference": "A look; tried among the looks.",
    "documents.original": "A look; tried among the looks.",
    "documents.pictures": "A look; tried among the looks.",
    "documents.preview": "A look; tried among the looks.",
    "documents.source_of": "A look; tried among the looks.",
    "trail.check": "Page and command ask for trail:verify or are the keeper's; tried among the routes.",
    "trail.checkpoint": "Page and command ask for trail:verify; tried among the routes and commands.",
}
"""Operations tried elsewhere in the matrix, and where."""
