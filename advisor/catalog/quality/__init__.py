"""How good a model is, estimated from public benchmark results with their errors.

The method is in docs/concepts/quality.md. This package runs when the catalog is built, not when a recommendation is
made; it needs numpy (dependency group ``quality``). Its result is ``catalog/quality/estimates.yaml``, which the build
reads like any other file.
"""
