"""What issued revisions declare: it never changes, so it is built once for each digest, in any database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qms.forms.building import build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.forms.definition import Definition

_MOST: Final = 2000
_kept: dict[str, Definition] = {}


def built(digest: str | None) -> Definition | None:
    """What the content of a digest declares, where it has been built before."""
    return _kept.get(digest or "")


def declared(digest: str | None, head: Mapping[str, Any]) -> Definition:
    """What a head declares; kept by the digest of its content, which a revision has once it is submitted."""
    found = built(digest)
    if found is None:
        found = build(head)
        if digest:
            _keep(digest, found)
    return found


def _keep(digest: str, made: Definition) -> None:
    """The earliest one goes when there are too many; who still holds it keeps it."""
    while len(_kept) >= _MOST:
        _kept.pop(next(iter(_kept)), None)
    _kept[digest] = made
