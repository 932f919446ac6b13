"""The source of a document and its head; field kinds for the `source` rooms of upper slices."""

from qms.documents.source import shapes
from qms.documents.source.head import BODY_KEYS, KEYS, declared
from qms.documents.source.reading import LIMIT, Source, read_source, write_source

__all__ = [
    "BODY_KEYS",
    "KEYS",
    "LIMIT",
    "Source",
    "declared",
    "read_source",
    "shapes",
    "write_source",
]
