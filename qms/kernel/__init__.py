"""The ground every slice stands on; a closed list of modules, each imported by its own name."""
