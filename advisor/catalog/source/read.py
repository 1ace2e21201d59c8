"""Find and read ``catalog/*.yaml``; a mistake is reported with its file, line and key.

The fast path parses with libyaml and validates; only when something is wrong is the file composed again to find
the line on which the key stands.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from advisor.catalog.source.benchmark_schema import EstimateFile, HardwareFile, SuiteFile
from advisor.catalog.source.file_schema import CatalogFile, ChannelFile, HistoryFile, LabFile, PriceFile
from advisor.catalog.source.license_schema import LicenseEntry
from advisor.catalog.source.token_schema import TokenEstimates, TokenFile
from advisor.errors import CatalogError

Record = TypeVar("Record", bound=BaseModel)
TOKEN_ESTIMATES = Path("tokens") / "estimates.yaml"
"""Where below ``catalog`` the generated estimates of tokens stand."""

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Tree(NamedTuple):
    """Everything under ``catalog/``, validated record by record and not yet against each other."""

    root: Path
    catalog: CatalogFile
    labs: tuple[tuple[Path, LabFile], ...]
    channels: tuple[tuple[Path, ChannelFile], ...]
    prices: tuple[tuple[Path, PriceFile], ...]
    suites: tuple[tuple[Path, SuiteFile], ...]
    history: tuple[tuple[Path, HistoryFile], ...]
    estimates: EstimateFile
    hardware: tuple[Path, HardwareFile]
    licenses: tuple[tuple[Path, LicenseEntry], ...]
    tokens: tuple[TokenFile, ...]
    token_estimates: TokenEstimates


def read_tree(root: Path) -> Tree:
    """Read every file of the catalog below ``root`` (the folder ``catalog``).

    Raises CatalogError at the first file that cannot be read or that breaks its record.
    """
    if not root.is_dir():
        raise CatalogError(f"{root}: expected the folder with the catalog's YAML files", hint="run it in a checkout")
    return Tree(
        root,
        read_record(root / "catalog.yaml", CatalogFile),
        _read_all(root / "models", LabFile),
        _read_all(root / "channels", ChannelFile),
        _read_all(root / "prices", PriceFile),
        _read_all(root / "benchmarks", SuiteFile),
        _read_all(root / "history", HistoryFile),
        _estimates(root / "quality" / "estimates.yaml"),
        (root / "hardware.yaml", read_record(root / "hardware.yaml", HardwareFile)),
        tuple((path, _license(path)) for path in sorted((root / "licenses").glob("*.yaml"))),
        read_token_suites(root),
        _token_estimates(root / TOKEN_ESTIMATES),
    )


def read_token_suites(root: Path) -> tuple[TokenFile, ...]:
    """Return what suites measured of tokens and seconds, in the order of the files below ``root``."""
    paths = sorted((root / TOKEN_ESTIMATES).parent.glob("*.yaml"))
    return tuple(read_record(path, TokenFile) for path in paths if path.name != TOKEN_ESTIMATES.name)


def read_names(root: Path) -> tuple[tuple[LabFile, ...], tuple[ChannelFile, ...]]:
    """Return the labs with their models and the channels alone: what a refresh needs of the files that people write."""
    labs = tuple(record for _, record in _read_all(root / "models", LabFile))
    return labs, tuple(record for _, record in _read_all(root / "channels", ChannelFile))


def read_record(path: Path, kind: type[Record]) -> Record:
    """One YAML file as a record. Raises CatalogError with file, line, key and what was expected."""
    document = read_yaml(path)
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        line = line_for_key(path, first["loc"])
        key = ".".join(str(part) for part in first["loc"])
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise CatalogError(f"{path}:{line}: {key}: {first['msg']}{more}", hint=_SCHEMA_HINT) from None


def read_yaml(path: Path) -> Any:
    """Return a YAML file's content. Raises CatalogError if it cannot be read or is not YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - both are safe loaders
    except OSError as error:
        raise CatalogError(f"{path}: cannot read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CatalogError(f"{path}: expected UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise CatalogError(f"{path}:{line}: not YAML: {getattr(error, 'problem', error)}") from None
    except (ValueError, RecursionError) as error:  # such as a day that no month has
        raise CatalogError(f"{path}: not YAML: {error}") from None


def line_for_key(path: Path, place: tuple[int | str, ...]) -> int:
    """Return the line (from 1) of a key path in a YAML file; the deepest part of the path that exists."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=Loader)
    line = 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == str(part)]
            if not found:
                continue
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


_SCHEMA_HINT = "the first line of each file names its schema; editors check against it"


def _read_all(folder: Path, kind: type[Record]) -> tuple[tuple[Path, Record], ...]:
    return tuple((path, read_record(path, kind)) for path in sorted(folder.glob("*.yaml")))


def _estimates(path: Path) -> EstimateFile:
    return read_record(path, EstimateFile) if path.is_file() else EstimateFile()


def _token_estimates(path: Path) -> TokenEstimates:
    return read_record(path, TokenEstimates) if path.is_file() else TokenEstimates()


def _license(path: Path) -> LicenseEntry:
    entry = read_record(path, LicenseEntry)
    if entry.id != path.stem:
        raise CatalogError(f"{path}:1: id: expected {path.stem!r} as the file is called, found {entry.id!r}")
    return entry
