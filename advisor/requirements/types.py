"""The kinds of value that the records of ``advisor.yaml`` are made of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from advisor.requirements.iso_codes import COUNTRIES


class Record(BaseModel):
    """A value that is checked once and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


def _assigned(code: str) -> str:
    if code not in COUNTRIES:
        known = {"UK": "GB", "EL": "GR"}.get(code)
        raise ValueError(f"{code} is no country code of ISO 3166" + (f": expected {known}" if known else ""))
    return code


def _as_text(value: Any) -> Any:
    """Return a day that YAML has read as one, as it was written."""
    return value.isoformat() if isinstance(value, date) else value


def _a_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("expected a day of the calendar such as 2025-01-31") from None
    return text


Count = Annotated[int, Field(ge=0, le=10**15)]
Usd = Annotated[Decimal, Field(ge=0, le=Decimal("1e15"))]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(_assigned)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Day = Annotated[
    str, BeforeValidator(_as_text), Field(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_a_day)
]
Hours = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
