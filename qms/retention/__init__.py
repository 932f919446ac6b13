"""Retention: how long records are kept, holds, disposal by two persons, certificates (REC-04, REC-05)."""

from qms.retention import models, rules
from qms.retention.describe import RESULTS, SENTENCES, STATES, TRIGGERS, class_words, keep_words
from qms.retention.models import DisposalLine, DisposalList, Result, RetentionHold, State
from qms.retention.operations import JOB, approve, carry_out, hold, lift, propose, ref_of, reject
from qms.retention.queries import (
    APPROVE,
    MANAGE,
    Due,
    Kept,
    certificate,
    copies,
    due,
    held,
    hidden,
    holds,
    kept,
    lists,
    one_list,
    seen_list,
)
from qms.retention.section import RetentionSection

__all__ = [
    "APPROVE",
    "JOB",
    "MANAGE",
    "RESULTS",
    "SENTENCES",
    "STATES",
    "TRIGGERS",
    "DisposalLine",
    "DisposalList",
    "Due",
    "Kept",
    "Result",
    "RetentionHold",
    "RetentionSection",
    "State",
    "approve",
    "carry_out",
    "certificate",
    "class_words",
    "copies",
    "due",
    "held",
    "hidden",
    "hold",
    "holds",
    "keep_words",
    "kept",
    "lift",
    "lists",
    "models",
    "one_list",
    "propose",
    "ref_of",
    "reject",
    "rules",
    "seen_list",
]
