"""Which license is this text? Fingerprints of normalized texts, never the texts themselves."""
