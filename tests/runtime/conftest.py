"""Workspaces as the command line founds them, on both databases."""

from __future__ import annotations

from tests.cli.conftest import at, on_postgresql, templates, terminal

__all__ = ["at", "on_postgresql", "templates", "terminal"]
