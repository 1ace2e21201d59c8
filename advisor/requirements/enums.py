"""The words that requirements are made of, and what follows from them; free of the machinery that checks files."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol


class Stage(StrEnum):
    """Where the product stands."""

    PROOF_OF_CONCEPT = "proof-of-concept"
    PRODUCTION = "production"


class Business(StrEnum):
    """What the organization does with the model; several licenses decide by it."""

    INTERNAL = "internal"
    END_USER_PRODUCT = "end-user-product"
    MODEL_AS_A_SERVICE = "model-as-a-service"
    RESEARCH = "research"


class Use(StrEnum):
    """What is done with a model or its outputs."""

    INTERNAL = "internal"
    COMMERCIAL = "commercial"
    SERVE = "serve"
    MODEL_AS_A_SERVICE = "model-as-a-service"
    REDISTRIBUTE = "redistribute"
    REDISTRIBUTE_MODIFIED = "redistribute-modified"
    FINE_TUNE = "fine-tune"
    QUANTIZE = "quantize"
    TRAIN_ON_OUTPUTS = "train-on-outputs"
    PUBLISH_OUTPUTS = "publish-outputs"
    RESEARCH = "research"


class OnUnknown(StrEnum):
    """What an unknown answer does to a candidate."""

    EXCLUDE = "exclude"
    """It is out, as if the answer were no."""
    ASK = "ask"
    """It stays, behind those that are sure, and the answer is undecided while it leads."""
    ACCEPT = "accept"
    """It stays as if the answer were yes; the report names it."""


class Preference(StrEnum):
    """What decides between candidates that pass, in order."""

    QUALITY = "quality"
    COST = "cost"
    LATENCY = "latency"


class HasLifetime(Protocol):
    """What a deployment says of how long a model must live."""

    @property
    def alive_months(self) -> int | None:
        """For how many months no announced retirement may come; None leaves it to stage and horizon."""


class Derived:
    """What follows from requirements without standing in them."""

    if TYPE_CHECKING:
        stage: Stage
        preferences: tuple[Preference, ...]
        deployment: HasLifetime
        horizon_months: int

    @property
    def order(self) -> tuple[Preference, ...]:
        """The full order of preferences: the stated ones, then the rest in the default order."""
        return (*self.preferences, *(kind for kind in Preference if kind not in self.preferences))

    @property
    def alive_months(self) -> int:
        """For how many months no announced retirement may come."""
        if self.deployment.alive_months is not None:
            return self.deployment.alive_months
        return self.horizon_months if self.stage is Stage.PRODUCTION else 0
