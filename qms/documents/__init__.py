"""Controlled documents: what is written, signed, issued, in force, read, and withdrawn."""

from qms.documents import ddl, models

__all__ = ["ddl", "models"]
