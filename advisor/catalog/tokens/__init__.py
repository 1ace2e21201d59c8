"""How long models think and how long an answer takes, estimated from public measurements with their errors.

The method is in docs/concepts/thinking.md. This package runs when the catalog is built, not when a recommendation is
made; it needs numpy. Its result is ``catalog/tokens/estimates.yaml``, which the build reads like any other file.
"""
