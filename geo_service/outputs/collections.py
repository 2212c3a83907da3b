"""Floor 7: what the collections are called and which properties they have; for the API, exports and people."""

from __future__ import annotations

from geo_service.outputs.collection import Collection, GeometryType, Property, PropertyType
from geo_service.outputs.record_layers import RECORD_LAYERS

__all__ = [
    "CARE_COLLECTIONS",
    "COLLECTIONS",
    "PLOTS",
    "QUARTERS",
    "ROUTES",
    "STREETS",
    "VISITS",
    "Collection",
    "GeometryType",
    "Property",
    "PropertyType",
]

_TASK = (
    Property("task", "string", "Kürzel der Arbeit", "code of the work"),
    Property("task_de", "string", "Arbeit", "work in German"),
    Property("task_en", "string", "Arbeit auf Englisch", "work in English"),
)
_PLAN = Property("plan", "string", "Kennung des Plans", "id of the plan")

QUARTERS = Collection(
    "quarters",
    "Ortsteile",
    "Quarters",
    "Ortsteile mit dem Quartier, zu dem sie gehören",
    "Districts and the quarter of the programme they belong to",
    "Polygon",
    (
        Property("key", "string", "amtlicher Schlüssel", "official key"),
        Property("name", "string", "Name", "name"),
        Property("short", "string", "Kürzel in Flächennummern", "prefix of plot codes"),
        Property("group", "string", "Quartier", "quarter of the programme"),
        Property("area_m2", "number", "Größe in m²", "area in m²"),
    ),
)

PLOTS = Collection(
    "plots",
    "Flächen",
    "Plots",
    "Gepflegte Brachflächen; öffentlich nur Nummer, Lage, Flurstück und Größe (BauGB §200 Abs. 3)",
    "Vacant plots in care; public are code, place, parcel and size only (BauGB §200(3))",
    "Polygon",
    (
        Property("plot_id", "string", "dauerhafte Kennung", "stable id", public=False),
        Property("code", "string", "Kürzel", "short code"),
        Property("name", "string", "Name", "name", public=False),
        Property("address", "string", "Straße und Hausnummer", "street and house number"),
        Property("quarter", "string", "Schlüssel des Ortsteils", "key of the quarter"),
        Property("state", "string", "Stand", "state", public=False),
        Property("area_m2", "number", "Größe in m²", "area in m²"),
        Property("care_areas", "string", "Pflegeflächen in m²", "what asks for care, m²", public=False),
        Property("parcels", "string", "Flurstücke", "parcels"),
        Property("access_lon", "number", "Zugang, Grad Ost", "entry, degrees east", public=False),
        Property("access_lat", "number", "Zugang, Grad Nord", "entry, degrees north", public=False),
        Property("access_note", "string", "Zugang", "how to get in", public=False),
        Property("hazard_note", "string", "Gefahr", "what is dangerous there", public=False),
        Property("owner_kind", "string", "Art des Eigentums", "kind of owner", public=False),
        Property("tenure_kind", "string", "Nutzungsrecht", "right to work there", public=False),
        Property("tenure_from", "string", "Recht ab", "right from", "date", public=False),
        Property("tenure_until", "string", "Recht bis", "right until", "date", public=False),
        Property("baunvo", "string", "Gebietsart nach BauNVO", "land use after BauNVO", public=False),
        Property("contamination", "string", "Altlasten: yes, no, unknown", "contamination", public=False),
        Property("public", "boolean", "darf veröffentlicht werden", "may be published", public=False),
        Property("source", "string", "Quelle", "source", public=False),
        Property("source_id", "string", "Nummer der Quelle", "id at the source", public=False),
        Property("history", "string", "Verlauf (JSON)", "steps of its life (JSON)", public=False),
        Property("due", "string", "zuerst fällige Arbeit, Kürzel", "work that is due first, code", public=False),
        Property("due_on", "string", "fällig am", "due on", "date", public=False),
        Property("last_visit_on", "string", "letzter Einsatz am", "last visit on", "date", public=False),
    ),
)

STREETS = Collection(
    "streets",
    "Straßen",
    "Streets",
    "Straßenabschnitte zwischen Kreuzungen; Einbahnstraßen in Fahrtrichtung",
    "Street sections between crossings; one-way streets in driving direction",
    "LineString",
    (
        Property("name", "string", "Name", "name"),
        Property("highway", "string", "Klasse (OSM)", "class as in OSM"),
        Property("oneway", "boolean", "Einbahnstraße", "one-way street"),
        Property("length_m", "number", "Länge in m", "length in m"),
        Property("osm_way", "integer", "Nummer des Weges (OSM)", "OSM way id"),
    ),
)

VISITS = Collection(
    "visits",
    "Einsätze",
    "Visits",
    "Einsätze des gültigen Plans, eingeplant oder nicht; nicht eingeplante gelten für den Tag ihrer Fälligkeit",
    "Visits of the plan in force, planned or unserved; unserved ones count for the day they are due",
    "Point",
    (
        *_TASK,
        Property("plot", "string", "Fläche", "plot"),
        Property("status", "string", "planned oder unserved", "planned or unserved"),
        Property("date", "string", "Tag", "day", "date"),
        Property("crew", "string", "Kolonne", "crew"),
        Property("order", "integer", "Nummer auf der Liste", "place on the list"),
        Property("arrival", "string", "Ankunft", "arrival", "date-time"),
        Property("departure", "string", "Abfahrt", "departure", "date-time"),
        Property("service_s", "integer", "Arbeit in s", "work in s"),
        Property("drive_s", "integer", "Fahrt dorthin in s", "drive to it in s"),
        Property("length_m", "integer", "Weg dorthin in m", "way to it in m"),
        Property("volume_m3", "number", "Abfuhr in m³", "load in m³"),
        Property("due_on", "string", "fällig am", "due on", "date"),
        Property("why", "string", "Anlass", "why it is due, in German"),
        Property("why_en", "string", "Anlass auf Englisch", "why it is due"),
        Property("code", "string", "warum nicht eingeplant, Kürzel", "why unserved, code"),
        Property("reason", "string", "warum nicht eingeplant", "why unserved, in German"),
        Property("reason_en", "string", "warum nicht eingeplant, auf Englisch", "why unserved"),
        _PLAN,
    ),
    temporal="date",
)

ROUTES = Collection(
    "routes",
    "Routen",
    "Routes",
    "Wege der Kolonnen, je Kolonne und Tag eine Linie",
    "Ways of the crews, a line for each crew and day",
    "LineString",
    (
        Property("crew", "string", "Kolonne", "crew"),
        Property("crew_name", "string", "Name der Kolonne", "name of the crew"),
        Property("colour", "string", "Farbe", "colour"),
        Property("date", "string", "Tag", "day", "date"),
        Property("start", "string", "Abfahrt am Betriebshof", "leaves the depot", "date-time"),
        Property("end", "string", "Rückkehr", "return", "date-time"),
        Property("stops", "integer", "Stopps", "stops"),
        Property("work_s", "integer", "Arbeit in s", "work in s"),
        Property("drive_s", "integer", "Fahrt in s", "drive in s"),
        Property("wait_s", "integer", "Wartezeit in s", "waiting in s"),
        Property("length_m", "integer", "Strecke in m", "distance in m"),
        _PLAN,
    ),
    temporal="date",
)

CARE_COLLECTIONS = {one.name: one for one in (QUARTERS, PLOTS, STREETS, VISITS, ROUTES)}
"""Those of the care of plots by name."""

COLLECTIONS = CARE_COLLECTIONS | {name: layer.collection for name, layer in RECORD_LAYERS.items()}
"""All collections by name, in the order in which they are listed."""
