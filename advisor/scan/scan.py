"""Scan a repository: find what it names, and say of each model what the catalog knows of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from advisor.catalog import Catalog
from advisor.catalog.api_names import load_api_names
from advisor.catalog.records import Offering
from advisor.errors import UsageError
from advisor.licenses.targets.mention import Mention, Role
from advisor.licenses.targets.names import Named, hub_name
from advisor.licenses.targets.sightings import Sighting, sightings_in
from advisor.licenses.verdict import judge_offering
from advisor.requirements.schema import Organization
from advisor.scan.api_index import ApiIndex, Meaning, is_distinctive
from advisor.scan.cheaper import PRICED_FOR, Prices
from advisor.scan.ends import end_of_name, end_of_offering
from advisor.scan.use import End, EndState, ModelUse, OpenLoader, Place, ScanResult, UseKind

USES = ("commercial", "serve")
"""The uses that license verdicts are for."""

MOST_USES = 500
"""Models that are told of."""


def scan(paths: Sequence[Path], catalog: Catalog) -> ScanResult:
    """Every model that the files at or below the paths name. Raises UsageError."""
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise UsageError(f"{missing}: there is no such file or folder", hint="name the folder of a checkout")
    seen = [sightings_in(path) for path in paths]
    scanner = _Scanner(catalog, paths)
    found: dict[tuple[str, str], ModelUse] = {}
    for sighting, nearby in ((one, each.channels.get(one.path, ())) for each in seen for one in _versioned(each.named)):
        use = scanner.use(sighting, nearby)
        if use is None:
            continue
        key = (use.kind, use.offering or use.repository or use.name.lower())
        known = found.get(key)
        places = (*known.places, *use.places) if known else use.places
        found[key] = (known or use)._replace(places=tuple(dict.fromkeys(places)))
    opened = tuple(
        OpenLoader(scanner.relative(one.path), one.loader.line, one.loader.expression, one.loader.why)
        for each in seen
        for one in each.open
    )
    uses = tuple(scanner.completed(use) for use in list(found.values())[:MOST_USES])
    return ScanResult(
        paths=tuple(map(str, paths)),
        files=sum(each.files for each in seen),
        uses=tuple(sorted(uses, key=_urgency)),
        open=opened,
        left_out=tuple(scanner.relative(one) for each in seen for one in each.left_out),
        priced_for=PRICED_FOR,
    )


_VERSION = re.compile(r"20\d\d-\d\d-\d\d")
_APART = 3
"""Lines between a name and its version."""


def _versioned(named: Sequence[Sighting]) -> Iterator[Sighting]:
    """Join what deployments of Azure write apart: a ``name`` and the ``version`` that decides when it ends."""
    for index, one in enumerate(named):
        after = (other for other in named[index + 1 : index + 1 + _APART] if other.path == one.path)
        version = next(
            (
                other.mention
                for other in after
                if other.mention.key == "version" and 0 <= other.mention.line - one.mention.line <= _APART
            ),
            None,
        )
        if one.mention.key == "name" and version is not None and _VERSION.fullmatch(version.text):
            yield one._replace(mention=one.mention._replace(text=f"{one.mention.text}-{version.text}"))
        else:
            yield one


class _Scanner:
    """Says of one sighting after another what is meant."""

    def __init__(self, catalog: Catalog, paths: Sequence[Path]) -> None:
        self._catalog = catalog
        self._roots = (Path.cwd(), *(path.resolve() if path.is_dir() else path.resolve().parent for path in paths))
        self._index = ApiIndex(catalog, load_api_names())
        self._prices = Prices(catalog)
        self._by_repository: dict[str, Offering] = {}
        for offering in catalog.offerings.values():
            fact = offering.model.facts.at("hub_repo", catalog.as_of)
            if fact.is_usable:
                self._by_repository.setdefault(str(fact.value).lower(), offering)

    def relative(self, path: str) -> str:
        """Return a path as seen from here, where it is below, else from what is scanned."""
        whole = Path(path).resolve()
        root = next((root for root in self._roots if whole.is_relative_to(root)), None)
        return whole.relative_to(root).as_posix() if root is not None else path

    def use(self, sighting: Sighting, nearby: tuple[str, ...]) -> ModelUse | None:
        """Return what a sighting means; None where it means no model."""
        mention = sighting.mention
        place = Place(self.relative(sighting.path), mention.line, mention.key)
        meaning = self._meaning(sighting, nearby)
        named = hub_name(mention)
        if meaning is not None and (meaning.is_known or named is None):
            return self._behind_api(mention.text, meaning, place, mention.note)
        return self._own(mention.text, named, place, mention) if named is not None else None

    def _meaning(self, sighting: Sighting, nearby: tuple[str, ...]) -> Meaning | None:
        mention = sighting.mention
        if mention.role not in (Role.KEYED, Role.LITERAL) or len(mention.text) > 200:  # noqa: PLR2004
            return None
        if mention.text.lower() in self._by_repository:
            return None
        meaning = self._index.meaning(mention.text, nearby)
        if meaning is None or mention.role is not Role.LITERAL:
            return meaning
        return meaning if meaning.is_known and is_distinctive(mention.text) else None

    def _behind_api(self, text: str, meaning: Meaning, place: Place, note: str | None) -> ModelUse:
        offering, named = meaning.offering, meaning.api_name
        kind = UseKind.OFFERING if offering else UseKind.ENDED_NAME if named else UseKind.UNLISTED
        channel = offering.channel.id if offering else meaning.channel
        model = offering.model.id if offering else None
        end = end_of_offering(offering, self._catalog) if offering else End(EndState.UNKNOWN)
        if named is not None and (offering is None or end.state in (EndState.NONE_ANNOUNCED, EndState.UNKNOWN)):
            from_name = end_of_name(named, self._catalog)
            same = offering is None or named.channel == offering.channel.id
            end = from_name if same and from_name.state is not EndState.UNKNOWN else end
        if meaning.is_dated and end.state is not EndState.ENDED:
            end = End(EndState.UNKNOWN)
            note = "a dated version that is not on record; its license and price are those of the name without the date"
        return ModelUse(
            text, kind, (place,), offering=offering.id if offering else None, model=model, channel=channel, end=end,
            note=note,
        )  # fmt: skip

    def _own(self, text: str, named: Named, place: Place, mention: Mention) -> ModelUse:
        of_ollama = mention.role is Role.OLLAMA or text.startswith("ollama")
        offering = self._by_repository.get(named.repository.lower())
        return ModelUse(
            text,
            UseKind.OLLAMA if of_ollama else UseKind.HUB,
            (place,),
            model=offering.model.id if offering else None,
            repository=None if named.missing else named.repository,
            end=End(EndState.OWN),
            note=named.missing or mention.note,
        )

    def completed(self, use: ModelUse) -> ModelUse:
        """Return a use with its license, its price and what to change."""
        offering = self._offering(use)
        if offering is not None:
            answer = judge_offering(self._catalog, offering, USES, Organization())
            use = use._replace(license=answer.license, license_verdict=answer.verdict.value)
        if use.offering is not None:
            use = use._replace(price=self._prices.comparison(use.offering))
        use = use._replace(end=self._successor(use.end, use.channel))
        replacement = use.end.replacement
        if replacement and use.end.state in (EndState.ENDED, EndState.ENDING):
            use = use._replace(change=f"{use.name} -> {_written_alike(use.name, replacement)}")
        return use

    def _successor(self, end: End, channel: str | None) -> End:
        """Return an end whose replacement has not ended itself: the makers' own chain is followed."""
        for _ in range(6):
            meaning = self._index.meaning(f"{channel}/{end.replacement}") if end.replacement and channel else None
            if meaning is None or not meaning.is_known:
                return end
            offering, named = meaning.offering, meaning.api_name
            after = end_of_offering(offering, self._catalog) if offering else End(EndState.UNKNOWN)
            if named is not None and after.state is not EndState.ENDED:
                after = end_of_name(named, self._catalog)
            if after.state is not EndState.ENDED or not after.replacement:
                return end
            end = end._replace(replacement=after.replacement)
        return end

    def _offering(self, use: ModelUse) -> Offering | None:
        if use.offering is not None:
            return self._catalog.offerings[use.offering]
        return self._by_repository.get(use.repository.lower()) if use.repository else None


def _written_alike(name: str, replacement: str) -> str:
    """Return a replacement with the prefix that the name is written with."""
    for mark in ("/", ":"):
        head, found, _ = name.rpartition(mark)
        if found and mark not in replacement and not name.startswith("ft:"):
            return f"{head}{mark}{replacement}"
    return replacement


def _urgency(use: ModelUse) -> tuple[int, int, str]:
    order = (
        EndState.ENDED,
        EndState.ENDING,
        EndState.UNKNOWN,
        EndState.NOT_BEFORE,
        EndState.NONE_ANNOUNCED,
        EndState.OWN,
    )
    return order.index(use.end.state), use.end.days_left or 0, use.name.lower()
