"""What search refuses; a searcher never meets these, for the register answers instead."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Damaged, Missing


class IndexBusy(Conflict):
    """Another process is writing the index; there is one writer at a time."""

    message = "The search index is being written by another process; try again shortly."


class IndexMissing(Missing):
    """No index has been built yet."""

    message = "There is no search index yet; run qms search rebuild."


class IndexDamaged(Damaged):
    """Files of the index are not what was written (REL-07)."""

    message = "The search index is damaged ({what}); run qms search rebuild."
