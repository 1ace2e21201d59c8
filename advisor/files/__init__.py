"""Read and write files: strict YAML, tables, atomic replacement."""
