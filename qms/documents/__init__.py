"""Controlled documents: what is written, signed, issued, in force, read, and withdrawn."""

from qms.documents import constraints, models

__all__ = ["constraints", "models"]
