"""Works with the ports of the running house."""

from tests.records.conftest import works

__all__ = ["works"]
