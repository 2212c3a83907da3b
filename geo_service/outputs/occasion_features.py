"""Floor 7: occasions as features: where people can come to, and when; everything in them is public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from geo_service.base.clock import hhmm
from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.neighbourhood.occasions import Occasion, OccasionKind, days_held
from geo_service.outputs.collection import Collection, Property
from geo_service.outputs.features import Features
from geo_service.outputs.plain import plain_values
from geo_service.store.kinds_network import OCCASION
from geo_service.store.model import PlaceKind
from geo_service.store.protocol import Store
from geo_service.work.calendar import holiday_name

KIND_CLASSES = (
    (OccasionKind.OFFICE_HOURS, "Sprechzeit", "office hours"),
    (OccasionKind.EVENT, "Veranstaltung", "event"),
)

OCCASIONS = Collection(
    "occasions",
    "Termine",
    "Occasions",
    "Sprechzeiten und Veranstaltungen im Quartier, einmalig oder wiederkehrend",
    "Office hours and events of the neighbourhood, once or recurring",
    "Point",
    (
        Property("kind", "string", "office_hours oder event", "office_hours or event"),
        Property("title", "string", "Titel", "title"),
        Property("about", "string", "worum es geht", "what it is about"),
        Property("first_on", "string", "erster Tag", "first day", "date"),
        Property("last_on", "string", "letzter Tag", "last day", "date"),
        Property("starts", "string", "Beginn, Ortszeit", "begin, local time"),
        Property("minutes", "integer", "Dauer in Minuten", "minutes"),
        Property("dates", "integer", "Zahl der Termine", "number of dates"),
        Property("place", "string", "Kontaktstelle, Kürzel", "code of the contact point"),
        Property("where", "string", "wo", "where"),
        Property("quarter", "string", "Schlüssel des Ortsteils", "key of the quarter"),
        Property("off", "string", "warum es ausfällt", "why it does not take place"),
    ),
    temporal="first_on",
)


@dataclass(frozen=True)
class OccasionPlace:
    """Where an occasion is, degrees; ``quarter`` is the key of the quarter, or empty."""

    name: str
    address: str
    lon: float
    lat: float
    quarter: str


def occasion_places(store: Store) -> dict[str, OccasionPlace]:
    """Return the contact points by code, and under an empty code nothing: places of occasions of their own follow."""
    found = {
        one.code: OccasionPlace(one.name, one.address, one.lon, one.lat, "")
        for one in store.places()
        if one.kind is PlaceKind.CONTACT_POINT
    }
    for kept in store.records(OCCASION):
        one = kept.record
        if one.at is not None:
            point = one.at.representative_point()
            found[f"occasion {one.occasion_id}"] = OccasionPlace("", one.where, point.x, point.y, "")
    quarters = [(q.key, transform_geometry(q.geometry, q.epsg, WGS84_EPSG)) for q in store.quarters()]
    return {
        code: OccasionPlace(
            one.name,
            one.address,
            one.lon,
            one.lat,
            next((key for key, area in quarters if area.covers(shapely.Point(one.lon, one.lat))), ""),
        )
        for code, one in found.items()
    }


def place_of(occasion: Occasion, places: Mapping[str, OccasionPlace]) -> OccasionPlace:
    """Return where an occasion is."""
    code = occasion.place or f"occasion {occasion.occasion_id}"
    return places.get(code, OccasionPlace(occasion.place, "", 0.0, 0.0, ""))


def occasion_features(store: Store, public_only: bool) -> Features:
    """Return the occasions; the id is theirs. Nothing in them is for readers only."""
    places = occasion_places(store)
    kept = [one.record for one in store.records(OCCASION)]
    rows, points, spans = [], [], []
    for one in kept:
        place, days = place_of(one, places), days_held(one, holiday_name)
        first, last = (days[0], days[-1]) if days else (one.first_on, one.first_on)
        points.append(shapely.Point(place.lon, place.lat))
        spans.append((first, last))
        rows.append(
            {
                "kind": str(one.kind),
                "title": one.title,
                "about": one.about,
                "first_on": first.isoformat(),
                "last_on": last.isoformat(),
                "starts": hhmm(one.starts_s),
                "minutes": one.minutes,
                "dates": len(days),
                "place": one.place,
                "where": ", ".join(text for text in (place.name, place.address) if text),
                "quarter": place.quarter,
                "off": one.off,
            }
        )
    ids = [one.occasion_id for one in kept]
    return Features(ids, np.asarray(points, dtype=object), plain_values(rows), spans=spans)
