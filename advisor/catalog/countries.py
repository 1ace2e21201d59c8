"""Countries that law treats as one."""

from __future__ import annotations

EUROPEAN_UNION = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"  # noqa: SIM905
    " AX GF GP MF MQ RE YT".split()
)
"""The member states, and the parts of their territory with a code of their own (ISO 3166, upper case).

Source: Treaty on European Union, article 52, and Treaty on the Functioning of the European Union, article 355.
"""
