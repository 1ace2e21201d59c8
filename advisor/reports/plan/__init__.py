"""Report the plan of several workloads."""
