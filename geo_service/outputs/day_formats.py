"""Floor 7: the names of the forms in which a day can be had; `day_files` makes them."""

from __future__ import annotations

from enum import StrEnum


class DayFormat(StrEnum):
    """A form of the day list; its value is the suffix of the file."""

    TEXT = "text"
    JSON = "json"
    PDF = "pdf"
    GEOJSON = "geojson"
    GPX = "gpx"
    ICS = "ics"
    CSV = "csv"


MEDIA_TYPES = {
    DayFormat.TEXT: "text/plain; charset=utf-8",
    DayFormat.JSON: "application/json",
    DayFormat.PDF: "application/pdf",
    DayFormat.GEOJSON: "application/geo+json",
    DayFormat.GPX: "application/gpx+xml",
    DayFormat.ICS: "text/calendar; charset=utf-8",
    DayFormat.CSV: "text/csv; charset=utf-8",
}
FILES = (DayFormat.PDF, DayFormat.GPX, DayFormat.GEOJSON, DayFormat.ICS)
"""What each crew gets."""
