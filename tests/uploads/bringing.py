"""Files for tests of what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import uploads
from tests.documents.factories import SERVICE

if TYPE_CHECKING:
    from qms.kernel.work import Works
    from qms.uploads import Kept


def kept(works: Works, name: str, content: bytes) -> Kept:
    """A file in the vault, as a page puts it there before an act."""
    with works.reading(SERVICE) as work:
        return uploads.kept(work, name, content)
