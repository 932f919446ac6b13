"""The words of documents: what kinds, grades, meanings and standings are called."""

from __future__ import annotations

from typing import Final

from qms.accounts import Meaning
from qms.documents.currency import Currency
from qms.documents.defaults import Kind
from qms.documents.lifecycle import Standing
from qms.documents.models import Outcome
from qms.kernel.labels import N_
from qms.kernel.ports import Secrecy

KINDS: Final = {
    Kind.QUALITY_MANUAL: N_("Quality manual"),
    Kind.POLICY: N_("Policy"),
    Kind.CONTROL_PROCEDURE: N_("Control procedure"),
    Kind.WORK_INSTRUCTION: N_("Work instruction"),
    Kind.OPERATING_MANUAL: N_("Operating manual"),
    Kind.FORM: N_("Form"),
    Kind.REGISTER: N_("Register"),
    Kind.SCORECARD: N_("Scorecard"),
    Kind.OBJECTIVE_SHEET: N_("Objective sheet"),
    Kind.EXTERNAL_DOCUMENT: N_("External document"),
}
GRADES: Final = {
    Secrecy.PUBLIC: N_("Public"),
    Secrecy.INTERNAL: N_("Internal"),
    Secrecy.CONFIDENTIAL: N_("Confidential"),
    Secrecy.SECRET: N_("Secret"),
}
MEANINGS: Final = {
    Meaning.AUTHOR: N_("Prepared"),
    Meaning.REVIEWED: N_("Reviewed"),
    Meaning.APPROVED: N_("Approved"),
    Meaning.RELEASED: N_("Released"),
    Meaning.WITHDRAWN: N_("Withdrawn"),
    Meaning.ACKNOWLEDGED: N_("Acknowledged"),
}
STANDINGS: Final = {
    Standing.DRAFT: N_("Draft"),
    Standing.IN_REVIEW: N_("In review"),
    Standing.APPROVED: N_("Approved"),
    Standing.ISSUING: N_("Being issued"),
    Standing.PENDING: N_("Issued, not yet in force"),
    Standing.IN_FORCE: N_("In force"),
    Standing.SUPERSEDED: N_("Superseded"),
    Standing.WITHDRAWN: N_("Withdrawn"),
}
CURRENCIES: Final = {
    Currency.CURRENT: N_("It is still the present edition"),
    Currency.REPLACED: N_("Another edition has taken its place"),
    Currency.GONE: N_("It is no longer published"),
}
OUTCOMES: Final = {
    Outcome.KEEP: N_("It stays as it is"),
    Outcome.REVISE: N_("It is revised"),
    Outcome.WITHDRAW: N_("It is withdrawn"),
}
