"""Read, check, merge and compile the YAML that people write."""
