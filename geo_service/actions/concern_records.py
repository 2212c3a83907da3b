"""Floor 6: concerns as kept: found by number or secret, placed on plot and quarter, with the order that they led to."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import shapely

from geo_service.actions.urgent import urgent_id
from geo_service.base.clock import BERLIN
from geo_service.base.crs import WGS84_EPSG, metric_epsg, transform_geometry
from geo_service.base.errors import NotFound
from geo_service.neighbourhood.concern import Concern, Report, Status
from geo_service.schedule.events import UrgentVisit
from geo_service.store.field import PhotoUse
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store, Writing
from geo_service.store.records import Kept
from geo_service.work.field_report import PhotoNote

NEAR_M = 30.0
"""A concern belongs to the nearest plot within so many metres."""

_NEAR_DEGREES = 0.002


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def the_concern(store: Store, number: str) -> Kept[Concern]:
    """Return a concern by its number.

    Raises
    ------
    NotFound
        There is none.
    """
    kept = store.record(CONCERN, number)
    if kept is None:
        raise NotFound(f"there is no concern {number}", remedy="name the number of a concern", concern=number)
    return kept


def concern_of(store: Store, secret: str) -> tuple[Kept[Concern], Report]:
    """Return the concern that a reporter's secret leads to, wherever it was merged, with the reporter's report.

    Raises
    ------
    NotFound
        The secret leads to none; what was sent is not repeated.
    """
    sha256 = hash_of(secret)
    for kept in store.records(CONCERN, link=("secret", sha256)):
        for report in kept.record.reports:
            if report.secret_sha256 == sha256:
                return kept, report
    raise NotFound("this link leads to no concern", remedy="copy the whole link from when you reported it")


def plot_at(store: Store, lon: float, lat: float) -> str:
    """Return the code of the plot at a place in degrees, or of the nearest within `NEAR_M`; empty: there is none."""
    reach = (lon - _NEAR_DEGREES, lat - _NEAR_DEGREES, lon + _NEAR_DEGREES, lat + _NEAR_DEGREES)
    best, code = NEAR_M, ""
    for plot in store.plots(bbox=reach):
        away_m = plot.geometry.distance(transform_geometry(shapely.Point(lon, lat), WGS84_EPSG, plot.epsg))
        if away_m < best or (away_m == best and not code):
            best, code = away_m, plot.code
    return code


def quarter_at(store: Store, lon: float, lat: float) -> str:
    """Return the key of the quarter at a place in degrees; empty: it lies in none."""
    for quarter in store.quarters():
        if quarter.geometry.covers(transform_geometry(shapely.Point(lon, lat), WGS84_EPSG, quarter.epsg)):
            return quarter.key
    return ""


def away_m(one: Concern, other: Concern) -> float:
    """Return the distance between two concerns in metres."""
    epsg = metric_epsg(one.lon, one.lat)
    here, there = (transform_geometry(shapely.Point(at.lon, at.lat), WGS84_EPSG, epsg) for at in (one, other))
    return float(here.distance(there))


def drop_order(store: Store, tx: Writing, concern: Concern) -> None:
    """Withdraw the visit that a concern has asked for and that nobody needs any more."""
    if concern.status is not Status.ORDERED or not concern.orders:
        return
    mine = concern.orders[-1].visit_id
    for kept in store.events():
        if isinstance(kept.event, UrgentVisit) and urgent_id(kept.event) == mine:
            tx.drop_event(kept.event_id)


def photo_uses(store: Store, plots: Collection[str]) -> list[PhotoUse]:
    """Return the pictures of concerns that work was ordered for on some plots: the crew sees what awaits it."""
    found = []
    for plot in sorted(plots):
        for kept in store.records(CONCERN, link=("ordered", plot)):
            concern = kept.record
            order = next(one for one in reversed(concern.orders) if one.plot == plot)
            day = concern.reported_at.astimezone(BERLIN).date()
            found += [
                PhotoUse(concern.number, order.visit_id, plot, "", day, PhotoNote(sha256, "find"))
                for sha256 in concern.photos
            ]
    return found
