"""The scrub: everything that is kept is read again and held against everything else (REL-14)."""

from qms.runtime.scrub.findings import Finding, Kind
from qms.runtime.scrub.run import BLOBS, DELAY, JOB, RUN, Scrubbed, is_due, last, look, record, sentences_of

__all__ = [
    "BLOBS",
    "DELAY",
    "JOB",
    "RUN",
    "Finding",
    "Kind",
    "Scrubbed",
    "is_due",
    "last",
    "look",
    "record",
    "sentences_of",
]
