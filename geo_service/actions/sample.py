"""Floor 6: the schematic sample: load it into a workspace, and leave it when real data comes."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import orjson

from geo_service.base.errors import InputError
from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.base.report import ImportReport
from geo_service.plots.quarters import QuarterOptions, read_quarters
from geo_service.plots.reading import ReadOptions, read_plots
from geo_service.store.model import Place, PlaceKind
from geo_service.store.protocol import Store, Writing
from geo_service.streets.osm import read_osm

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
    store: Store, folder: Path, *, at: datetime, on_progress: OnProgress = silent
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
    ids = {plot.code: plot.plot_id for plot in plots.plots}
    done = _read_done(folder / "visits_done.csv", ids)
    with store.change(author=AUTHOR, reason="loaded the schematic sample", at=at) as tx:
        tx.set_plan_crs(quarters.epsg)
        tx.put_quarters(quarters.quarters)
        tx.put_streets(streets.network)
        tx.put_plots(plots.plots)
        tx.put_landscape((folder / "landscape.geojson").read_bytes())
        tx.put_places(read_places(folder / "places.json"))
        for plot_id, work, done_on in done:
            tx.record_done(plot_id, work, done_on)
        tx.set_sample(True)
    on_progress(Progress("reading plots", 3, 3))
    return {"quarters": quarters.report, "streets": streets.report, "plots": plots.report}


def read_places(path: Path) -> list[Place]:
    """Read depot, contact points and tips from JSON: code, kind, name, address, lon, lat (degrees)."""
    try:
        return [
            Place(
                one["code"],
                PlaceKind(one["kind"]),
                one["name"],
                one["address"],
                float(one["lon"]),
                float(one["lat"]),
            )
            for one in orjson.loads(path.read_bytes())
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} is no list of places ({error})", remedy="restore the file") from error


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
