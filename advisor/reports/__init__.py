"""Reports: an answer written for a reader or a program. Each is a record for JSON and a page for people."""
