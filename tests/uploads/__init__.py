"""Files that are brought."""
