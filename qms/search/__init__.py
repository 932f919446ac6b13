"""Search: analysis, engine, follower and the face `find`; knows no slice, each slice declares its entries."""
