"""Floor 6: import a street network from an OpenStreetMap file; it replaces the one before, and so does its basemap."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from geo_service.actions.basemap import Basemap
from geo_service.actions.sample import leave_sample
from geo_service.base.progress import OnProgress, silent
from geo_service.base.report import ImportReport
from geo_service.store.protocol import Store
from geo_service.streets.ground import Ground, read_ground
from geo_service.streets.osm import read_osm


def import_streets(
    store: Store,
    path: Path,
    *,
    author: str,
    at: datetime,
    on_progress: OnProgress = silent,
    basemap: Basemap | None = None,
) -> ImportReport:
    """Read OSM XML or PBF and keep it as the street network.

    Parameters
    ----------
    basemap
        Made anew of the same file once the streets are kept, and gone before: it never shows another place.

    Raises
    ------
    FileUnreadable
        When the file holds no streets; the network before stays.
    """
    found = read_osm(path, on_progress=on_progress)
    ground = read_ground(path, on_progress=on_progress) if basemap else Ground()
    if basemap:
        basemap.clear()
    with store.change(author=author, reason=f"imported streets from {path.name}", at=at) as tx:
        notes = leave_sample(store, tx)
        tx.put_streets(found.network)
    if basemap:
        notes += (basemap.draw(found.network, ground, on_progress=on_progress),)
    return found.report.with_notes(notes)
