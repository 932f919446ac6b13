"""Signing in and out, one's own page, people and the organisation."""

from qms.web.accounts import me, people, signing_in
from qms.web.accounts._pages import pages

__all__ = ["me", "pages", "people", "signing_in"]
