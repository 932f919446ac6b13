"""The verbs of accounts, one module a stage: people, rights, signing in, signing, founding."""
