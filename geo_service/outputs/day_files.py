"""Floor 7: the forms in which a day can be had, and writing them all to a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import orjson

from geo_service.outputs.day import Day
from geo_service.outputs.day_csv import day_csv
from geo_service.outputs.day_formats import FILES, DayFormat
from geo_service.outputs.day_geojson import day_geojson
from geo_service.outputs.day_gpx import day_gpx
from geo_service.outputs.day_ical import day_ical
from geo_service.outputs.day_json import day_json
from geo_service.outputs.day_text import day_text
from geo_service.streets.network import StreetNetwork


@dataclass(frozen=True)
class Making:
    """What the forms need beside the day.

    Attributes
    ----------
    at
        When they are made, aware.
    lang
        ``"de"`` or ``"en"``.
    streets
        Gives the streets behind the maps; asked only when a map is drawn.
    base_url
        Where the desk is reached from a phone, for codes to scan; empty when nowhere.
    plot_maps
        Whether a PDF has small maps of the plots, too.
    """

    at: datetime
    lang: str = "de"
    streets: Callable[[], StreetNetwork | None] = lambda: None
    base_url: str = ""
    plot_maps: bool = False


def day_bytes(day: Day, form: DayFormat, making: Making) -> bytes:
    """Return a day in one form."""
    match form:
        case DayFormat.TEXT:
            return day_text(day, lang=making.lang).encode()
        case DayFormat.JSON:
            return orjson.dumps(day_json(day), option=orjson.OPT_INDENT_2)
        case DayFormat.PDF:
            from geo_service.outputs.day_sheet import day_sheet  # noqa: PLC0415  the typesetter is slow to load

            return day_sheet(
                day,
                at=making.at,
                network=making.streets(),
                base_url=making.base_url,
                lang=making.lang,
                plot_maps=making.plot_maps,
            )
        case DayFormat.GEOJSON:
            return day_geojson(day)
        case DayFormat.GPX:
            return day_gpx(day, at=making.at, lang=making.lang)
        case DayFormat.ICS:
            return day_ical(day, at=making.at, lang=making.lang)
        case DayFormat.CSV:
            return day_csv(day, lang=making.lang)


def write_day_files(day: Day, folder: Path, making: Making) -> list[Path]:
    """Write the `FILES` of each crew to ``folder/DATE/``; return what was written."""
    target = folder / day.on.isoformat()
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for crew in day.crews:
        alone = replace(day, crews=(crew,))
        for form in FILES:
            path = target / f"{crew.crew}.{form.value}"
            path.write_bytes(day_bytes(alone, form, making))
            written.append(path)
    return written
