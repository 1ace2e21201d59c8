"""When a model ends, by the offering's facts or by the record of its name."""

from __future__ import annotations

from datetime import date

from advisor.catalog import Catalog
from advisor.catalog.api_names import ApiName
from advisor.catalog.records import Offering
from advisor.scan.use import End, EndState


def end_of_offering(offering: Offering, catalog: Catalog) -> End:
    """Return what is on record of an offering's end, as of the catalog's day."""
    day = catalog.as_of
    retired = offering.fact("retirement_date", day)
    replacement = offering.fact("retirement_replacement", day)
    behavior = offering.fact("retirement_behaviour", day)
    then = str(behavior.value) if behavior.is_usable else None
    named = str(replacement.value) if replacement.is_usable else None
    if retired.is_usable and isinstance(retired.value, date):
        left = (retired.value - day).days
        state = EndState.ENDED if left <= 0 else EndState.ENDING
        return End(state, retired.value, left, then, named, retired.source)
    earliest = offering.fact("retirement_not_before_date", day)
    if earliest.is_usable and isinstance(earliest.value, date) and earliest.value > day:
        return End(EndState.NOT_BEFORE, earliest.value, (earliest.value - day).days, then, named, earliest.source)
    return End(EndState.NONE_ANNOUNCED, then=then)


def end_of_name(named: ApiName, catalog: Catalog) -> End:
    """Return what the record of a name says, as of the catalog's day; later readings are not used for earlier days."""
    channel = catalog.channels.get(named.channel)
    behavior = channel.facts.at("retirement_behaviour", catalog.as_of) if channel else None
    then = str(behavior.value) if behavior is not None and behavior.is_usable else None
    if named.ends is not None:
        left = (named.ends - catalog.as_of).days
        state = EndState.ENDED if left <= 0 else EndState.ENDING
        return End(state, named.ends, left, then, named.replacement, named.source)
    if named.state == "retired":
        if catalog.as_of < named.source.read_on:
            return End(EndState.UNKNOWN, source=named.source)
        return End(EndState.ENDED, None, None, then, named.replacement, named.source)
    if named.state == "deprecated":
        return End(EndState.UNKNOWN, None, None, then, named.replacement, named.source)
    return End(EndState.NONE_ANNOUNCED, then=then, source=named.source)
