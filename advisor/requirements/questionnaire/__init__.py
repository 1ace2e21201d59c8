"""Ask the questions whose answers become `advisor.yaml`."""
