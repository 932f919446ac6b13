"""What issued revisions declare: it never changes, so it is built once for each digest, in any database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qms.forms.building import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.forms.definition import Definition

_MOST: Final = 2000
_known: dict[str, Definition] = {}


def known(digest: str | None) -> Definition | None:
    """What the content of a digest declares, where it has been built before."""
    return _known.get(digest or "")


def definition(digest: str | None, head: Mapping[str, Any]) -> Definition:
    """What a head declares; kept by the digest of its content, which a revision has once it is submitted."""
    found = known(digest)
    if found is None:
        found = build(head)
        if digest:
            _keep(digest, found)
    return found


def _keep(digest: str, made: Definition) -> None:
    """The earliest one goes when there are too many; who still holds it keeps it."""
    while len(_known) >= _MOST:
        _known.pop(next(iter(_known)), None)
    _known[digest] = made
