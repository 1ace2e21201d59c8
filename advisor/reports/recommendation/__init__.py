"""Report a recommendation."""
