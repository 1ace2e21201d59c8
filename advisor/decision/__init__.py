"""The committed decision: what was chosen and what it rested on, and whether that still stands."""
