"""`python -m qms.cli` is `qms`."""

from qms.cli import run

run()
