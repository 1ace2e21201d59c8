"""Time what stands on the wire and read it as a stream."""
