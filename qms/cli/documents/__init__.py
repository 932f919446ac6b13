"""`qms document VERB`: the life of a controlled document from a terminal."""

from qms.cli.documents import impact, library, remarks, reviewing, route, withdrawing
from qms.cli.documents.group import document

__all__ = ["COMMANDS", "impact", "library", "remarks", "reviewing", "route", "withdrawing"]

COMMANDS = (document,)
