"""Floor 8: booked minutes against the standard, waste by key, and setting a standard, over HTTP."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator

from geo_service.actions.set_standard import set_standard
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day, WorkInPath
from geo_service.api.identity import IdentityHere
from geo_service.outputs.field_account import field_actuals, waste_entries
from geo_service.work.actuals import Quartiles, Standard, TierActuals
from geo_service.work.model import WorkKind
from geo_service.work.waste import WASTE
from geo_service.work.waste_totals import carried_away, hazardous_years

router = APIRouter(tags=["Field reports"])


class Period(BaseModel, extra="forbid"):
    """From a day to a day, both inclusive; without them from the first record to the last."""

    from_on: Day | None = Field(default=None, alias="from", description="First day.")
    until_on: Day | None = Field(default=None, alias="until", description="Last day.")
    lang: Literal["de", "en"] = Field(default="de", description="Language of names and notes.")

    @model_validator(mode="after")
    def rises(self) -> Period:
        """Refuse a period that ends before it begins."""
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise ValueError("until lies before from")
        return self


class Quarters(BaseModel):
    """The middle of a list of numbers and the quarters around it."""

    low: float
    middle: float
    high: float


class StandardTold(BaseModel):
    """Minutes of a job: a fixed part, and a rate for a tier of area."""

    minutes_fixed: float
    minutes_per_m2: float


class OutlierAnswer(BaseModel):
    """A job far off the others."""

    visit: str
    plot: str
    day: date
    minutes: float
    standard_minutes: float


class TierAnswer(BaseModel):
    """What was booked in one tier of area of a work."""

    work: str
    name: str
    from_m2: float
    up_to_m2: float | None = Field(description="Null in the last tier.")
    jobs: int
    plots: int
    crews: int
    minutes: float
    person_minutes: float
    standard_minutes: float = Field(description="Of the middle job by the catalogue.")
    actual: Quarters = Field(description="Minutes as booked.")
    ratio: Quarters = Field(description="Booked minutes over the standard's; 1 is as planned.")
    standard: StandardTold
    proposal: StandardTold | None
    verdict: Literal["propose", "too_few", "few_plots", "holds"] = Field(
        description="Why there is a proposal or none: too few jobs, on too few plots, or the standard holds."
    )
    outliers: list[OutlierAnswer]


class ActualsAnswer(BaseModel):
    """Booked minutes against the standard of the catalogue."""

    works: list[TierAnswer]
    unfinished: int = Field(description="Booked parts of jobs of which other parts are not done yet.")
    left: int = Field(description="Booked visits without a standard: work in words, or on no area.")


class KeyAnswer(BaseModel):
    """What was carried away under one AVV key."""

    waste_key: str
    name: str
    hazardous: bool
    m3: float | None = Field(description="Null where nobody told any.")
    t: float | None = Field(description="Null where nobody told any.")
    times: int
    untold: int = Field(description="Times without an amount.")


class HazardousAnswer(BaseModel):
    """Hazardous waste of a calendar year over all plots, against the exemption from proof."""

    year: int
    t: float
    limit_t: float
    level: Literal["ok", "near", "over"] = Field(description="near from 80 % of the limit, over above it.")
    untold: int = Field(description="Finds and loads without a weight: the total may be too low.")
    by_key: dict[str, float]


class WasteAnswer(BaseModel):
    """Waste by key in the period, hazardous waste by year."""

    carried_away: list[KeyAnswer]
    hazardous: list[HazardousAnswer]


class RateTold(BaseModel, extra="forbid", strict=True):
    """The rate of one tier of area."""

    up_to_m2: float | None = Field(
        ge=1, le=1e9, allow_inf_nan=False, description="As the catalogue has it; null: last."
    )
    minutes_per_m2: float = Field(ge=0, le=60, allow_inf_nan=False)


class StandardRequest(BaseModel, extra="forbid", strict=True):
    """The standard of a work; tiers that are not named keep their rate."""

    minutes_fixed: float = Field(ge=0, le=600, allow_inf_nan=False)
    rates: list[RateTold] = Field(default_factory=list, max_length=20)
    reason: str = Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")

    @model_validator(mode="after")
    def names_each_tier_once(self) -> StandardRequest:
        """Refuse two rates for one tier."""
        if len({one.up_to_m2 for one in self.rates}) < len(self.rates):
            raise ValueError("a tier is named twice")
        return self


class TierStandard(BaseModel):
    """The rate of a tier of area."""

    up_to_m2: float | None
    minutes_per_m2: float


class WorkStandard(BaseModel):
    """The standard of a work as the catalogue has it now."""

    work: str
    minutes_fixed: float
    rates: list[TierStandard]


@router.get(
    "/actuals",
    summary="Actual against standard",
    description="Minutes as crews booked them against the catalogue, by work and tier of area, with spread, outliers "
    "and, where enough jobs were booked, the standard that fits them best.",
    responses=problems(400, 401, 403),
)
def show_actuals(asked: Annotated[Period, Query()], desk: DeskHere) -> ActualsAnswer:
    """Return booked minutes against the standard."""
    found = field_actuals(desk.store, asked.from_on, asked.until_on)
    kinds = desk.store.catalogue().kinds
    return ActualsAnswer(
        works=[_tier(row, kinds[row.work], asked.lang) for row in found.rows],
        unfinished=len(found.unfinished),
        left=len(found.left),
    )


@router.get(
    "/waste-totals",
    summary="Waste by key and year",
    description="Cubic metres and tonnes carried away in a period by AVV key, and hazardous tonnes of each year "
    "against the 2 t that are exempt from proof.",
    responses=problems(400, 401, 403),
)
def show_waste(asked: Annotated[Period, Query()], desk: DeskHere) -> WasteAnswer:
    """Return waste by key and year."""
    entries = waste_entries(desk.store)
    from_on = asked.from_on or min((one.on for one in entries), default=date.min)
    until_on = asked.until_on or max((one.on for one in entries), default=date.max)
    return WasteAnswer(
        carried_away=[
            KeyAnswer(
                waste_key=one.waste_key,
                name=_waste_name(one.waste_key, asked.lang),
                hazardous=one.waste_key.endswith("*"),
                m3=one.m3,
                t=one.t,
                times=one.times,
                untold=one.untold,
            )
            for one in carried_away(entries, from_on, until_on)
        ],
        hazardous=[
            HazardousAnswer(
                year=one.year,
                t=one.t,
                limit_t=one.limit_t,
                level=one.level,
                untold=one.untold,
                by_key=dict(one.by_key),
            )
            for one in hazardous_years(entries)
        ],
    )


@router.put(
    "/catalogue/{work}/standard",
    summary="Set the standard of a work",
    description="Demand, plans and seasons made from now on reckon with it; the ledger keeps author and reason.",
    responses=problems(400, 401, 403, 404, 413, 422),
)
def put_standard(work: WorkInPath, asked: StandardRequest, desk: DeskHere, who: IdentityHere) -> WorkStandard:
    """Set the standard of a work."""
    rates = {math.inf if one.up_to_m2 is None else one.up_to_m2: one.minutes_per_m2 for one in asked.rates}
    kind = set_standard(
        desk.store,
        work,
        minutes_fixed=asked.minutes_fixed,
        rates=rates,
        reason=asked.reason,
        author=who.label,
        clock=desk.clock,
    )
    return WorkStandard(
        work=kind.code,
        minutes_fixed=kind.minutes_fixed,
        rates=[
            TierStandard(up_to_m2=_finite(tier.up_to_m2), minutes_per_m2=tier.minutes_per_m2) for tier in kind.rates
        ],
    )


def _finite(limit: float) -> float | None:
    return None if math.isinf(limit) else limit


def _waste_name(key: str, lang: str) -> str:
    known = WASTE.get(key)
    return key if known is None else (known.name_en if lang == "en" else known.name_de)


def _quarters(told: Quartiles) -> Quarters:
    return Quarters(low=told.low, middle=told.middle, high=told.high)


def _standard(told: Standard) -> StandardTold:
    return StandardTold(minutes_fixed=told.minutes_fixed, minutes_per_m2=told.minutes_per_m2)


def _tier(row: TierActuals, kind: WorkKind, lang: str) -> TierAnswer:
    return TierAnswer(
        work=row.work,
        name=kind.name_en if lang == "en" else kind.name_de,
        from_m2=row.from_m2,
        up_to_m2=_finite(row.up_to_m2),
        jobs=row.jobs,
        plots=row.plots,
        crews=row.crews,
        minutes=row.minutes,
        person_minutes=row.person_minutes,
        standard_minutes=row.standard_minutes,
        actual=_quarters(row.actual),
        ratio=_quarters(row.ratio),
        standard=_standard(row.standard),
        proposal=None if row.proposal is None else _standard(row.proposal),
        verdict=row.verdict,
        outliers=[
            OutlierAnswer(
                visit=one.visit_id,
                plot=one.plot,
                day=one.on,
                minutes=one.minutes,
                standard_minutes=one.standard_minutes,
            )
            for one in row.outliers
        ],
    )
