"""Accounts that nobody uses, for those who manage people (MLP-04)."""

from __future__ import annotations

from typing import Final

from qms import accounts
from qms.http.edge import look, page
from qms.web.accounts._pages import pages
from qms.web.accounts.acts import only

DAYS: Final = 30
"""After how many days without a sign-in an account is listed."""


@pages.get("/people/unused")
def unused() -> str:
    """The active accounts without a sign-in for a month, the longest first, and which of them sleep."""
    work = look()
    only(work, "people:manage", "grants:manage")
    return page(
        "people/unused.html",
        rows=accounts.unused(work.session, work.settings, work.now, DAYS),
        days=DAYS,
        sleep_days=accounts.policy_in(work.settings).sleep_days,
    )
