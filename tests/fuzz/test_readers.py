"""No reader of what others wrote falls over: a small share of what `make fuzz` tries for minutes."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.entries import ENTRIES, fault, mutated


@pytest.mark.parametrize("name", ENTRIES)
def test_a_seed_and_what_damage_makes_of_it_is_read_or_refused(name: str, tmp_path: Path) -> None:
    entry, random = ENTRIES[name], Random(name)
    for seed in entry.seeds:
        assert fault(entry, seed, tmp_path) is None
        for _ in range(3 if entry.is_slow else 40):
            data = mutated(seed, random)
            assert fault(entry, data, tmp_path) is None, data


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if not entry.is_slow])
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(name: str, data: bytes, tmp_path: Path) -> None:
    assert fault(ENTRIES[name], data, tmp_path) is None
