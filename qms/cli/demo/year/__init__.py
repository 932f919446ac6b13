"""The year of the demonstration: plausible, made up, and told as such (law 16)."""

from qms.cli.demo.year.life import Lived, Year

__all__ = ["Lived", "Year"]
