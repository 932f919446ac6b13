"""The demonstration: the main job of the system on its own library, in a workspace marked as such."""

from qms.cli.demo.command import COMMANDS

__all__ = ["COMMANDS"]
