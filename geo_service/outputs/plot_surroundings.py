"""Floor 7: what is planned around a plot: projects, occasions and concerns near it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import shapely

from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.neighbourhood.concern import STATUS_WORDS
from geo_service.neighbourhood.concern_services import CONCERN_KIND
from geo_service.neighbourhood.occasions import dates_of
from geo_service.neighbourhood.project import PHASE_WORDS
from geo_service.outputs.occasion_features import occasion_places, place_of
from geo_service.plots.model import Plot
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.kinds_network import OCCASION
from geo_service.store.kinds_projects import PROJECT
from geo_service.store.protocol import Store
from geo_service.work.calendar import holiday_name


@dataclass(frozen=True)
class Near:
    """Something near a plot: ``what`` is project, occasion or concern; ``away_m`` metres from its outline."""

    what: str
    key: str
    title: str
    state: str
    on: date
    away_m: float


def surroundings(store: Store, plot: Plot, today: date, *, within_m: float = 250.0) -> list[Near]:
    """Return what is near a plot, the nearest first: all projects, coming occasions, open concerns."""
    found = []
    for kept in store.records(PROJECT):
        one = kept.record
        away = _away_m(plot, one.shape)
        touches = plot.code in one.plots
        if touches or away <= within_m:
            on, state = one.phases[-1].on, PHASE_WORDS[one.phase][0]
            found.append(Near("project", one.code, one.title, state, on, 0.0 if touches else away))
    places = occasion_places(store)
    for held in store.records(OCCASION):
        place = place_of(held.record, places)
        away = _away_m(plot, shapely.Point(place.lon, place.lat))
        coming = dates_of(held.record, holiday_name, today, date.max) if away <= within_m else []
        if coming:
            on = coming[0].on
            found.append(Near("occasion", held.record.occasion_id, held.record.title, place.name, on, away))
    for brought in store.records(CONCERN):
        concern = brought.record
        away = _away_m(plot, shapely.Point(concern.lon, concern.lat))
        if concern.is_open and away <= within_m:
            on, state = concern.reported_at.date(), STATUS_WORDS[concern.status]["de"]
            found.append(Near("concern", concern.number, CONCERN_KIND[concern.kind].name_de, state, on, away))
    return sorted(found, key=lambda one: (one.away_m, one.what, one.key))


def _away_m(plot: Plot, shape: shapely.Geometry) -> float:
    return float(plot.geometry.distance(transform_geometry(shape, WGS84_EPSG, plot.epsg)))
