"""The JSON schemas of the catalog's files, generated from the records that read them."""

from __future__ import annotations

import json

from pydantic import BaseModel

from advisor.catalog.source.benchmark_schema import EstimateFile, HardwareFile, LinkFile, SuiteFile
from advisor.catalog.source.file_schema import CatalogFile, ChannelFile, HistoryFile, LabFile, PriceFile
from advisor.catalog.source.license_schema import LicenseEntry
from advisor.catalog.source.license_texts import PassagesFile, TextsFile
from advisor.catalog.source.token_schema import TokenEstimates, TokenFile

RECORDS: dict[str, type[BaseModel]] = {
    "catalog.json": CatalogFile,
    "channel.json": ChannelFile,
    "estimates.json": EstimateFile,
    "hardware.json": HardwareFile,
    "history.json": HistoryFile,
    "lab.json": LabFile,
    "license.json": LicenseEntry,
    "license_passages.json": PassagesFile,
    "license_texts.json": TextsFile,
    "links.json": LinkFile,
    "prices.json": PriceFile,
    "suite.json": SuiteFile,
    "token_estimates.json": TokenEstimates,
    "tokens.json": TokenFile,
}
"""Schema file to record; the first line of each YAML file names the schema."""


def schemas() -> dict[str, bytes]:
    """Every schema by file name, as canonical JSON."""
    return {name: _schema(record) for name, record in RECORDS.items()}


def _schema(record: type[BaseModel]) -> bytes:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **record.model_json_schema()}
    return (json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
