"""What the organisation has, against which a library is held: departments, posts and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import accounts
from qms.library.shelf import Structure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def structure(session: Session) -> Structure:
    """The departments, posts and roles that there are."""
    return Structure(
        frozenset(each.code for each in accounts.departments(session)),
        frozenset(each.code for each in accounts.posts(session)),
        frozenset(each.code for each in accounts.roles(session)),
    )
