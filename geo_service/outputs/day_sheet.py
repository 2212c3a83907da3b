"""Floor 7: the day sheet on A4: for each crew a page with map, stops to tick off, notes, codes, lines to write on.

Set by Typst. Every text goes in as JSON data and is never read as markup; fonts are those that come with matplotlib.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import matplotlib as mpl
import orjson
import typst

from geo_service.base.clock import require_aware
from geo_service.outputs.day import Day
from geo_service.outputs.day_page import Data, Paper, notes_of, page_data
from geo_service.outputs.map_streets import map_streets
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import long_date, words
from geo_service.streets.network import StreetNetwork

COLUMNS = ("number", "", "arrival", "plot", "task", "minutes", "hints", "actual", "scan")


def day_sheet(
    day: Day,
    *,
    at: datetime,
    network: StreetNetwork | None = None,
    base_url: str = "",
    lang: str = "de",
    plot_maps: bool = False,
) -> bytes:
    """Return the day, of one crew or of all, as a PDF with a page per crew; 12 visits fit on one page.

    The same day and ``at`` give the same bytes.

    Parameters
    ----------
    at
        When the sheet is made, aware; stands in the file's properties.
    network
        Streets for the maps; without it the routes stand alone.
    base_url
        Where the desk is reached from a phone; where the codes lead tells `geo_service.outputs.day_codes`.
    plot_maps
        Add pages with a small map of each plot behind the page of each crew.
    """
    day = plain_values(day)
    streets = map_streets(network, day.epsg) if network is not None else None
    paper = Paper(streets, base_url, lang, plot_maps)
    pages = [page_data(day, crew, paper) for crew in day.crews]
    title = f"{words(lang)['day']} {long_date(day.on, lang)}"
    return typeset(pages, title=title, date=long_date(day.on, lang), notes=notes_of(day, paper), at=at, lang=lang)


def typeset(
    pages: list[Data], *, title: str, date: str, notes: str, at: datetime, lang: str, cover: Data | None = None
) -> bytes:
    """Return the PDF of pages from `geo_service.outputs.day_page.page_data`, behind a cover if there is one.

    Parameters
    ----------
    date, notes
        What a sheet without pages tells; the notes describe the file, too.
    """
    said = words(lang)
    sheet: Data = {
        "lang": "en" if lang == "en" else "de",
        "title": title,
        "date": date,
        "notes": notes,
        "words": {**said, "columns": [said.get(name, "") for name in COLUMNS]},
        "cover": cover,
        "crews": pages,
    }
    compiled = typst.compile(
        (files("geo_service.outputs") / "day_sheet.typ").read_bytes(),
        font_paths=sheet_fonts(),
        sys_inputs={"sheet": orjson.dumps(sheet).decode()},
        timestamp=int(require_aware(at).timestamp()),
    )
    return bytes(compiled)


@lru_cache(maxsize=1)
def sheet_fonts() -> typst.Fonts:
    """Return the fonts of everything that Typst sets: those that come with matplotlib, the same on every machine."""
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
