"""Run the model client in a process of its own."""
