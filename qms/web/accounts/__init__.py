"""Signing in and out, one's own page, people and the organisation."""

from qms.web.accounts import factor, me, people, roles, signing_in, unused
from qms.web.accounts._pages import pages

__all__ = ["factor", "me", "pages", "people", "roles", "signing_in", "unused"]
