"""The parts of a screen. They are shown values, and say by messages what a person did with them."""
