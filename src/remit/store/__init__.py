"""Where facts and projections live: one SQLite file, one writer, readers beside it."""
