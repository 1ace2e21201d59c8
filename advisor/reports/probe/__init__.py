"""Report what probes measured."""
