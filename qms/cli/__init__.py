"""The command line: one file a noun; thin, with tables for people and `--json` for programs."""
