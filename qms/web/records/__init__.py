"""Pages of records: what can be filled in, drafts, filing, the steps, what lies beside a record."""

from qms.web.records import attached, beginning, filling, importing, listing, picking, showing, taking
from qms.web.records._pages import pages

__all__ = [
    "attached",
    "beginning",
    "filling",
    "importing",
    "listing",
    "pages",
    "picking",
    "showing",
    "taking",
]
