"""Count the tokens of the traffic that requirements state or sample."""
