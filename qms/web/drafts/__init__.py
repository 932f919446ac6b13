"""The draft desk: writing, review and approval, release."""

from qms.web.drafts import editing, impact, listing, releasing, reviewing
from qms.web.drafts._pages import pages

__all__ = ["editing", "impact", "listing", "pages", "releasing", "reviewing"]
