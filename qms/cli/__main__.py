"""`python -m qms.cli` is `qms`."""

from qms.cli.main import main

main()
