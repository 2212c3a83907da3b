"""Floor 8: the days of the plan in force, of all crews or of one, in every form that people and devices read."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from geo_service.api.errors import problems
from geo_service.api.fields import CrewInPath, DayInPath, Language, LanguageQuery
from geo_service.api.reading import NOT_MODIFIED, Reading, ReadingHere
from geo_service.outputs.day_files import Making, day_bytes
from geo_service.outputs.day_formats import MEDIA_TYPES, DayFormat
from geo_service.outputs.day_in_force import day_in_force

router = APIRouter(prefix="/days", tags=["Days"])

FORMS = {form.value: form for form in DayFormat if form is not DayFormat.TEXT}
"""Suffix of the address -> form of the list."""

Suffix = Annotated[
    Literal["json", "geojson", "gpx", "ics", "pdf", "csv"], Path(description="Form of the list.", examples=["pdf"])
]


class FileForm(Language):
    """The query of a list as a file."""

    plot_maps: bool = Field(default=False, description="Of a PDF: add a small map of each plot.")


FileQuery = Annotated[FileForm, Query()]

_DAY: dict[str, Any] = {
    "type": "object",
    "required": ["date", "crews", "unserved"],
    "properties": {
        "date": {"type": "string", "format": "date"},
        "crews": {"type": "array", "items": {"type": "object"}},
        "unserved": {"type": "array", "items": {"type": "object"}},
    },
}
_SCHEMAS: dict[DayFormat, dict[str, Any]] = {DayFormat.JSON: _DAY, DayFormat.GEOJSON: {"type": "object"}}
_BYTES = {"type": "string", "format": "binary"}
_JSON_OF_DAY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Times `HH:MM` local, durations in seconds, lengths in metres, degrees lon, lat",
        "content": {"application/json": {"schema": _DAY}},
    },
    **NOT_MODIFIED,
    **problems(400, 401, 404),
}
_FILE_OF_DAY: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The list as a file",
        "content": {MEDIA_TYPES[form]: {"schema": _SCHEMAS.get(form, _BYTES)} for form in FORMS.values()},
    },
    **NOT_MODIFIED,
    **problems(400, 401, 404),
}


# the routes with a suffix stand first: a day's own pattern would take the suffix for part of the day
@router.get(
    "/{day}/crews/{crew}.{suffix}",
    response_class=Response,
    summary="Read a crew's day as a file",
    description="The day list of one crew as JSON, GeoJSON, GPX, iCalendar, PDF or CSV.",
    responses=_FILE_OF_DAY,
)
def crew_file(day: DayInPath, crew: CrewInPath, suffix: Suffix, query: FileQuery, reading: ReadingHere) -> Response:
    """Return one crew's day in the form of the suffix."""
    return _list(reading, day, crew, FORMS[suffix], query.lang, plot_maps=query.plot_maps, as_file=True)


@router.get(
    "/{day}/crews/{crew}",
    response_class=Response,
    summary="Read a crew's day",
    description="The day list of one crew as JSON: its stops in order with arrival, work, minutes and the way there.",
    responses=_JSON_OF_DAY,
)
def crew_day(day: DayInPath, crew: CrewInPath, query: LanguageQuery, reading: ReadingHere) -> Response:
    """Return one crew's day."""
    return _list(reading, day, crew, DayFormat.JSON, query.lang)


@router.get(
    "/{day}.{suffix}",
    response_class=Response,
    summary="Read a day as a file",
    description="The day list of all crews as JSON, GeoJSON, GPX, iCalendar, PDF or CSV.",
    responses=_FILE_OF_DAY,
)
def day_file(day: DayInPath, suffix: Suffix, query: FileQuery, reading: ReadingHere) -> Response:
    """Return all crews' day in the form of the suffix."""
    return _list(reading, day, None, FORMS[suffix], query.lang, plot_maps=query.plot_maps, as_file=True)


@router.get(
    "/{day}",
    response_class=Response,
    summary="Read a day",
    description="The day list of all crews as JSON, and what is left out with reasons.",
    responses=_JSON_OF_DAY,
)
def whole_day(day: DayInPath, query: LanguageQuery, reading: ReadingHere) -> Response:
    """Return all crews' day."""
    return _list(reading, day, None, DayFormat.JSON, query.lang)


def _list(
    reading: Reading,
    on: date,
    crew: str | None,
    form: DayFormat,
    lang: str,
    *,
    plot_maps: bool = False,
    as_file: bool = False,
) -> Response:
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    desk = reading.desk
    day = day_in_force(desk.store, on, crew=crew, lang=lang)
    body = day_bytes(day, form, Making(desk.clock(), lang, desk.store.streets, desk.base_url, plot_maps))
    name = f"{on.isoformat()}-{crew}.{form.value}" if crew else f"{on.isoformat()}.{form.value}"
    shown = "inline" if form is DayFormat.PDF else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"'} if as_file else {}
    return reading.answer(body, MEDIA_TYPES[form], headers)
