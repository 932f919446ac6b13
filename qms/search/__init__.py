"""Search: analysis, engine, follower and the face `find`; knows no slice, each slice declares its entries."""

from __future__ import annotations

from qms.search.analysis.aliases import AliasesRefused
from qms.search.analysis.highlight import Fragment
from qms.search.analysis.query import QueryRefused
from qms.search.engine import Health, State, Suggestion
from qms.search.errors import IndexBusy, IndexDamaged, IndexMissing
from qms.search.find import Hit, Page, Search, Source, Standing, open_search
from qms.search.follow import Followed
from qms.search.register import Register

__all__ = [
    "AliasesRefused",
    "Followed",
    "Fragment",
    "Health",
    "Hit",
    "IndexBusy",
    "IndexDamaged",
    "IndexMissing",
    "Page",
    "QueryRefused",
    "Register",
    "Search",
    "Source",
    "Standing",
    "State",
    "Suggestion",
    "open_search",
]
