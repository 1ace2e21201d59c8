"""Weights on disk: what their headers and the files beside them say of their license and of what they derive from."""
