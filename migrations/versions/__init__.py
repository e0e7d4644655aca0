"""The steps of the database's history, in order."""
