"""What the standards refuse, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing


class EditionMissing(Missing):
    """No edition of this code has been loaded."""

    message = "There is no edition {edition} of a standard here."


class EditionInvalid(Invalid):
    """The file is no edition; every fault is named."""

    message = "The edition has {count} fault(s)."


class MayNotImportStandards(Forbidden):
    """Loading an edition needs its own permission."""

    message = "You may not import editions of standards."


class ClauseMissing(Missing):
    """An edition has no clause of this number."""

    message = "{edition} has no clause {clause}."


class SameEdition(Conflict):
    """An edition is mapped to another one, not to itself."""

    message = "Choose two different editions."
