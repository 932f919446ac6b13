"""The edge to the web: one request is one Work, one table turns refusals into answers."""
