"""Rebuild ``catalog/prices/`` from packages that carry prices and limits as data, without importing them.

Each source package has one file here that turns its own layout into the same observations; ``merging`` decides what
holds where they differ and ``writing`` makes the YAML. Nothing is fetched: the packages are installed (dependency
group ``sources``) or unpacked in a folder.
"""
