"""The verbs of parties."""
