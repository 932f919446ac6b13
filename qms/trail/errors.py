"""What the trail refuses, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Damaged, Forbidden, Missing


class KeyMissing(Missing):
    """The workspace has no signing key."""

    message = "The signing key {path} is missing; restore it, or make a workspace with qms init."


class KeyExists(Conflict):
    """A workspace keeps its signing key; making another would orphan all checkpoints."""

    message = "The workspace already has a signing key at {path}."


class KeyExposed(Damaged):
    """Others than the owner may read the signing key, or it is no key at all."""

    message = "The signing key {path} cannot be trusted: {fault}. Only its owner may read it (mode 0600)."


class TrailEmpty(Conflict):
    """A checkpoint needs at least one entry."""

    message = "The trail has no entry yet, so there is nothing to sign."


class CheckpointInconsistent(Damaged):
    """The trail no longer begins with what was signed before, so nothing new is signed (TRL-03)."""

    message = (
        "The trail does not continue the checkpoint of {size} entries that was signed before: {fault} "
        "Nothing was signed. Check whether the database was altered or an old backup restored."
    )


class CheckpointUnreadable(Damaged):
    """A kept checkpoint file is not a note signed by this workspace."""

    message = "The kept checkpoint {file} is not a note signed by this workspace: {fault}."


class NotYetCheckpointed(Conflict):
    """An extract hangs on a signed checkpoint that covers its last entry."""

    message = "Entries up to {last} are not yet under a checkpoint; sign one first."


class NothingToExtract(Missing):
    """The asked range holds no entry."""

    message = "The trail has no entries from {first} to {last}."


class MayNotErase(Forbidden):
    """Erasing personal values needs its own permission."""

    message = "You may not erase personal values from the trail."


class NothingToErase(Missing):
    """There is no personal value left to erase."""

    message = "The trail holds no personal values of {ref} that could be erased."


class MayNotRestart(Forbidden):
    """Going on from an older state needs its own permission."""

    message = "You may not let the trail go on from an older state."


class NothingLost(Conflict):
    """The trail continues all kept checkpoints, so there is nothing to restart."""

    message = "The trail continues every kept checkpoint; no restart is needed."


class RestartWithoutReason(Conflict):
    """What was given up is given up for a reason that stands in the trail."""

    message = "Say why the trail goes on from an older state."


class NoSuchCheckpoint(Missing):
    """There is no recorded checkpoint of this number."""

    message = "There is no checkpoint {id}."


class NoAuthority(Conflict):
    """No time-stamping authority is configured."""

    message = "No time-stamping authority is configured; set timestamp_url and timestamp_certificates."


class CertificatesUnreadable(Damaged):
    """The file of the certificates that are trusted for time-stamps is missing or is none."""

    message = "The certificates in {path} cannot be read: {fault}."


class StampRefused(Conflict):
    """The authority's answer is not a time-stamp of this checkpoint by somebody who is trusted (TRL-11)."""

    message = "The answer of {url} is no time-stamp of the checkpoint of {size} entries: {fault}."
