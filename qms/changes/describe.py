"""The entries that requests for change leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "change:lead": N_("{actor} said that {ref} was begun from the request {request}."),
}
