"""What analysts meet: Datasette in Swedish over the database, with each row's printed page."""
