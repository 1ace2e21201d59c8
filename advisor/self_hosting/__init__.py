"""Estimate what own accelerators can serve."""
