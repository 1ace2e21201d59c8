"""Explain an answer: conflicts, relaxations, the ladder, flips, why not."""
