"""The joining: what is said, to whom. Knows no SQL and no vendor SDK."""
