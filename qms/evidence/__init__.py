"""Evidence for somebody outside: asked for, approved, gathered at one moment, sealed, verified anywhere."""
