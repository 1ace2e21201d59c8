"""Which license is this text? Fingerprints of normalised texts, never the texts themselves."""
