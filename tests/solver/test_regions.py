"""Where processing must stay: the Union stands for its members, and the United Kingdom is one place by both codes."""

from __future__ import annotations

import pytest

from advisor.requirements.schema import Requirements
from advisor.solver import advise
from tests.made_catalogs import catalog, document, model, offering, price


@pytest.mark.parametrize(
    ("asked", "processed", "passes"),
    [
        (["gb"], ("uk",), True),
        (["uk"], ("gb",), True),
        (["eu"], ("de", "fr"), True),
        (["eu"], ("eu", "uk"), False),
        (["de"], ("eu",), False),
        (["eu", "gb"], ("eu", "uk"), True),
    ],
)
def test_what_is_inside_what_is_asked_passes(asked: list[str], processed: tuple[str, ...], passes: bool) -> None:
    served = offering("m", "host", prices=[price("1", "2")], processing_regions=processed)
    compiled = catalog(document([model("m", quality={"general": (1500, 5)})], [served]))
    requirements = Requirements.model_validate({"data": {"regions": asked}, "workloads": [{"name": "x"}]})
    (answer,) = advise(compiled, requirements).workloads
    assert bool(answer.standings) is passes
