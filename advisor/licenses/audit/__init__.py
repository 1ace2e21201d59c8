"""Judge many repositories at once, from dumps of metadata."""
