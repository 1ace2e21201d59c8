"""Fetch, keep and read what speaks about the rights of a repository."""
