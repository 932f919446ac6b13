"""Requests for change: records of one form that lead to revisions and last until those are done (DOC-16)."""

from qms.changes import models
from qms.changes.describe import SENTENCES
from qms.changes.follow import ChangeFollower, ChangeGuard
from qms.changes.operations import ask, lead
from qms.changes.queries import Request, is_in_force, open_for, requests

__all__ = [
    "SENTENCES",
    "ChangeFollower",
    "ChangeGuard",
    "Request",
    "ask",
    "is_in_force",
    "lead",
    "models",
    "open_for",
    "requests",
]
