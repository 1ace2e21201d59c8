"""Define the constraints, one file each."""
