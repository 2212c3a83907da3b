"""Floor 8: office hours and events over HTTP: anybody reads and subscribes, moderators make, change and call off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

import shapely
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from geo_service.actions.occasions import (
    call_off,
    change_occasion,
    let_take_place,
    make_occasion,
    new_occasion_id,
    require_occasion,
)
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day
from geo_service.api.identity import IdentityHere
from geo_service.base.clock import BERLIN
from geo_service.neighbourhood.occasions import Occasion, OccasionKind, dates_of
from geo_service.outputs.occasion_features import occasion_places, place_of
from geo_service.outputs.occasion_feed import MEDIA_TYPE, occasions_feed
from geo_service.store.kinds_network import OCCASION
from geo_service.store.records import Kept
from geo_service.work.calendar import holiday_name

router = APIRouter(tags=["Occasions"])

_LINE = r"^[^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
OccasionInPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", description="Id of an occasion.", examples=["sprechzeit-kleinzschocher"])
]
PlaceCode = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_-]*$", description="Code of a contact point.")]
QuarterKey = Annotated[str, Field(max_length=40, pattern=r"^[\w.-]*$", description="Key of a quarter; empty: all.")]
_FILE: dict[str, Any] = {"description": "The calendar", "content": {"text/calendar": {"schema": {"type": "string"}}}}
SHOWN = timedelta(days=60)


class FeedQuery(BaseModel, extra="forbid"):
    """Which occasions the calendar holds."""

    place: PlaceCode = ""
    quarter: QuarterKey = ""


class DatesQuery(FeedQuery):
    """Which dates are listed."""

    from_on: Day | None = Field(default=None, alias="from", description="First day; today when left out.")
    until_on: Day | None = Field(default=None, alias="until", description="Last day; 60 days later when left out.")


class DateAnswer(BaseModel):
    """One date of an occasion."""

    occasion: str
    kind: OccasionKind
    title: str
    about: str
    starts: datetime
    ends: datetime
    where: str
    quarter: str
    takes_place: bool
    why_not: str


class DateList(BaseModel):
    """In order of their beginning."""

    dates: list[DateAnswer]


class OccasionTold(BaseModel, extra="forbid", strict=True):
    """An occasion; everything in it is public."""

    kind: Literal["office_hours", "event"]
    title: str = Field(min_length=1, max_length=120, pattern=_LINE)
    first_on: Day
    starts: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Local time.", examples=["15:00"])
    minutes: int = Field(ge=5, le=4320)
    rule: str = Field(
        default="", max_length=200, pattern=r"^[A-Z0-9=;,+-]*$", description="RRULE of RFC 5545 with COUNT or UNTIL."
    )
    on_holidays: bool = Field(default=False, description="Whether a series takes place on public holidays.")
    about: str = Field(default="", max_length=2000, pattern=_TEXT)
    place: PlaceCode = ""
    where: str = Field(
        default="", max_length=200, pattern=_LINE, description="Address, when it is at no contact point."
    )
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    version: int | None = Field(default=None, ge=0, le=2**53, description="Version that you saw, when it is changed.")

    def occasion(self, occasion_id: str) -> Occasion:
        """Return it as a value."""
        hours, minutes = self.starts.split(":")
        point = None if self.lon is None or self.lat is None else shapely.Point(self.lon, self.lat)
        return Occasion(
            occasion_id=occasion_id,
            kind=OccasionKind(self.kind),
            title=self.title.strip(),
            first_on=self.first_on,
            starts_s=3600 * int(hours) + 60 * int(minutes),
            minutes=self.minutes,
            rule=self.rule,
            on_holidays=self.on_holidays,
            about=self.about.strip(),
            place=self.place,
            where=self.where.strip(),
            at=point,
        )


class OffTold(BaseModel, extra="forbid", strict=True):
    """That a date, or the whole occasion, does not take place."""

    on: Day | None = Field(default=None, description="The date; left out: all dates.")
    reason: str = Field(min_length=1, max_length=200, pattern=_LINE, description="Everybody reads it: name no person.")


class OffQuery(BaseModel, extra="forbid"):
    """What takes place after all."""

    on: Day | None = Field(default=None, description="The date; left out: all dates.")


class OccasionAnswer(BaseModel):
    """An occasion as it is kept."""

    occasion: str
    kind: OccasionKind
    title: str
    first_on: date
    starts_s: int = Field(description="Seconds after local midnight.")
    minutes: int
    rule: str
    on_holidays: bool
    about: str
    place: str
    where: str
    off: str
    version: int


@router.get(
    "/occasions",
    summary="List dates of occasions",
    description="Office hours and events between two days, public holidays left out, with what was called off.",
    responses=problems(400),
)
def list_dates(asked: Annotated[DatesQuery, Query()], desk: DeskHere) -> DateList:
    """Return the dates."""
    first = asked.from_on or desk.clock().astimezone(BERLIN).date()
    last = asked.until_on or first + SHOWN
    places = occasion_places(desk.store)
    found = []
    for kept in desk.store.records(OCCASION):
        one, place = kept.record, place_of(kept.record, places)
        if asked.place not in ("", one.place) or asked.quarter not in ("", place.quarter):
            continue
        found += [
            DateAnswer(
                occasion=one.occasion_id,
                kind=one.kind,
                title=one.title,
                about=one.about,
                starts=each.starts,
                ends=each.ends,
                where=", ".join(text for text in (place.name, place.address) if text),
                quarter=place.quarter,
                takes_place=each.takes_place,
                why_not=each.why_not,
            )
            for each in dates_of(one, holiday_name, first, last)
        ]
    return DateList(dates=sorted(found, key=lambda one: (one.starts, one.occasion)))


@router.get(
    "/occasions.ics",
    response_class=Response,
    summary="Subscribe to occasions",
    description="A calendar (RFC 5545) of all, of a contact point or of a quarter.",
    responses=problems(400) | {200: _FILE},
)
def feed(asked: Annotated[FeedQuery, Query()], desk: DeskHere) -> Response:
    """Return the calendar."""
    content = occasions_feed(
        desk.store, at=desk.clock(), base_url=desk.base_url, place=asked.place, quarter=asked.quarter
    )
    return Response(content, headers={"Cache-Control": "public, max-age=3600"}, media_type=MEDIA_TYPE)


@router.post(
    "/occasions",
    status_code=201,
    summary="Make an occasion",
    description="By moderators; it is public at once.",
    responses=problems(400, 401, 403, 404, 413, 422),
)
def make(asked: OccasionTold, desk: DeskHere, who: IdentityHere) -> OccasionAnswer:
    """Keep a new occasion."""
    made = asked.occasion(new_occasion_id())
    return _answer(make_occasion(desk.store, made, author=who.label, clock=desk.clock))


@router.get(
    "/occasions/{occasion}",
    summary="Read an occasion",
    description="As it was told, with its rule.",
    responses=problems(400, 404),
)
def read(occasion: OccasionInPath, desk: DeskHere) -> OccasionAnswer:
    """Return an occasion."""
    return _answer(require_occasion(desk.store, occasion))


@router.put(
    "/occasions/{occasion}",
    summary="Change an occasion",
    description="Calendars that subscribe learn of it.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def change(occasion: OccasionInPath, asked: OccasionTold, desk: DeskHere, who: IdentityHere) -> OccasionAnswer:
    """Replace an occasion."""
    kept = require_occasion(desk.store, occasion)
    seen = kept.version if asked.version is None else asked.version
    made = asked.occasion(occasion)
    return _answer(change_occasion(desk.store, made, expected=seen, author=who.label, clock=desk.clock))


@router.put(
    "/occasions/{occasion}/off",
    summary="Call an occasion off",
    description="One date of it, or all; the reason is public.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def off(occasion: OccasionInPath, asked: OffTold, desk: DeskHere, who: IdentityHere) -> OccasionAnswer:
    """Call a date off."""
    done = call_off(desk.store, occasion, asked.on, reason=asked.reason, author=who.label, clock=desk.clock)
    return _answer(done)


@router.delete(
    "/occasions/{occasion}/off",
    summary="Let an occasion take place after all",
    description="One date of it, or all.",
    responses=problems(400, 401, 403, 404, 409),
)
def on_again(
    occasion: OccasionInPath, asked: Annotated[OffQuery, Query()], desk: DeskHere, who: IdentityHere
) -> OccasionAnswer:
    """Take back that it was called off."""
    return _answer(let_take_place(desk.store, occasion, asked.on, author=who.label, clock=desk.clock))


def _answer(kept: Kept[Occasion]) -> OccasionAnswer:
    one = kept.record
    return OccasionAnswer(
        occasion=one.occasion_id,
        kind=one.kind,
        title=one.title,
        first_on=one.first_on,
        starts_s=one.starts_s,
        minutes=one.minutes,
        rule=one.rule,
        on_holidays=one.on_holidays,
        about=one.about,
        place=one.place,
        where=one.where,
        off=one.off,
        version=kept.version,
    )
