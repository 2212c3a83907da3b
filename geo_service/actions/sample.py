"""Floor 6: the schematic sample: load it into a workspace, and leave it when real data comes."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

from geo_service.actions.basemap import Basemap
from geo_service.actions.sample_concerns import load_sample_concerns
from geo_service.actions.sample_money import load_sample_money
from geo_service.actions.sample_network import load_sample_network
from geo_service.actions.sample_projects import load_sample_projects
from geo_service.base.errors import InputError
from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.base.report import ImportReport
from geo_service.plots.quarters import QuarterOptions, read_quarters
from geo_service.plots.reading import ReadOptions, read_plots
from geo_service.store.model import OpeningHours, Place, PlaceKind
from geo_service.store.protocol import Store, Writing
from geo_service.streets.ground import ground_of_landscape
from geo_service.streets.osm import read_osm
from geo_service.work.entry import Entry, read_document
from geo_service.work.waste import WASTE

AUTHOR = "sample"


def leave_sample(store: Store, tx: Writing) -> tuple[str, ...]:
    """Remove the sample when the workspace holds it; return what to tell about it."""
    if not store.is_sample():
        return ()
    count = len(store.plots())
    tx.clear()
    tx.set_sample(False)
    return (f"the schematic sample ({count} plots, its quarters, streets, places and plans) was removed",)


def load_sample(
    store: Store, folder: Path, *, at: datetime, on_progress: OnProgress = silent, basemap: Basemap | None = None
) -> dict[str, ImportReport]:
    """Load quarters, streets, plots, places and past visits of the sample in one transaction.

    Raises
    ------
    InputError
        When a file of the sample is damaged; the workspace stays empty.
    """
    on_progress(Progress("reading quarters", 0, 3))
    quarters = read_quarters(folder / "quarters.geojson", QuarterOptions(epsg=None))
    on_progress(Progress("reading streets", 1, 3))
    streets = read_osm(folder / "streets.osm")
    on_progress(Progress("reading plots", 2, 3))
    plots = read_plots(
        folder / "plots.geojson",
        ReadOptions(epsg=quarters.epsg, quarters=quarters.quarters, author=AUTHOR, at=at, source="sample"),
    )
    landscape = (folder / "landscape.geojson").read_bytes()
    ids = {plot.code: plot.plot_id for plot in plots.plots}
    done = _read_done(folder / "visits_done.csv", ids)
    with store.change(author=AUTHOR, reason="loaded the schematic sample", at=at) as tx:
        tx.set_plan_crs(quarters.epsg)
        tx.put_quarters(quarters.quarters)
        tx.put_streets(streets.network)
        tx.put_plots(plots.plots)
        tx.put_landscape(landscape)
        tx.put_places(read_places(folder / "places.json"))
        for plot_id, work, done_on in done:
            tx.record_done(plot_id, work, done_on)
        load_sample_concerns(tx, folder)
        load_sample_network(tx, folder)
        load_sample_projects(tx, folder)
        load_sample_money(tx, folder)
        tx.set_sample(True)
    on_progress(Progress("reading plots", 3, 3))
    notes: tuple[str, ...] = ()
    if basemap:
        ground = ground_of_landscape(landscape)
        notes = (basemap.draw(streets.network, ground, on_progress=on_progress),)
    return {"quarters": quarters.report, "streets": streets.report.with_notes(notes), "plots": plots.report}


def read_places(path: Path) -> list[Place]:
    """Read the fixed places from a JSON list.

    Each has code, kind, name, address, lon and lat (degrees); where vehicles are emptied or loaded also what the place
    ``accepts`` (AVV keys) or ``supplies``, its ``hours`` (``weekdays``, Monday 0, ``opens``, ``closes``) and the
    ``minutes`` that it takes.

    Raises
    ------
    FileUnreadable
        When the file cannot be read or is no JSON.
    InputError
        When an entry is wrong: entry, field, reason and remedy are named.
    """
    return [_place(entry) for entry in Entry({"places": read_document(path)}, path.name).entries("places", "code")]


def _place(entry: Entry) -> Place:
    place = Place(
        code=entry.code("code"),
        kind=entry.choice("kind", PlaceKind),
        name=entry.text("name"),
        address=entry.text("address"),
        lon=entry.number("lon", -180, 180),
        lat=entry.number("lat", -90, 90),
        accepts=_waste_keys(entry),
        supplies=entry.codes("supplies"),
        hours=tuple(_hours(one) for one in entry.entries("hours")) if entry.has("hours") else (),
        minutes=entry.whole("minutes", 0, 240, 0),
    )
    entry.close()
    return place


def _waste_keys(entry: Entry) -> frozenset[str]:
    keys = entry.texts("accepts") if entry.has("accepts") else ()
    for key in keys:
        if key not in WASTE:
            entry.refuse("accepts", f"unknown waste key {key[:20]!r}", f"one of {', '.join(WASTE)}")
    return frozenset(keys)


def _hours(entry: Entry) -> OpeningHours:
    hours = OpeningHours(entry.wholes("weekdays", 0, 6), entry.time_s("opens"), entry.time_s("closes"))
    if hours.closes_s <= hours.opens_s:
        entry.refuse("closes", "does not lie after opens", "write a later time of the same day")
    entry.close()
    return hours


def _read_done(path: Path, ids: dict[str, str]) -> list[tuple[str, str, date]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(line for line in lines if not line.startswith("#"))
            done = [(ids[row["plot"]], row["work"], date.fromisoformat(row["done_on"])) for row in rows]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path.name} is no list of past visits ({error})", remedy="restore the file") from error
    if not done:
        raise InputError(f"{path.name} holds no past visits", remedy="restore the file")
    return done
