"""The scrub: everything that is kept is read again and held against everything else (REL-14)."""

from qms.runtime.scrub.findings import Finding, Kind
from qms.runtime.scrub.run import (
    BLOBS,
    COUNTED,
    DELAY,
    JOB,
    KEY,
    RUN,
    Scrubbed,
    ask,
    is_due,
    last,
    look,
    named,
    record,
    sentences_of,
)

__all__ = [
    "BLOBS",
    "COUNTED",
    "DELAY",
    "JOB",
    "KEY",
    "RUN",
    "Finding",
    "Kind",
    "Scrubbed",
    "ask",
    "is_due",
    "last",
    "look",
    "named",
    "record",
    "sentences_of",
]
