"""The catalog: models, offerings, prices, terms and licenses, each fact with its source and its calendar.

>>> from advisor.catalog import load_catalog
>>> catalog = load_catalog()          # as of today
"""

from __future__ import annotations

from advisor.catalog.catalog import Catalog
from advisor.catalog.compiled_file import load_catalog

__all__ = ["Catalog", "load_catalog"]
