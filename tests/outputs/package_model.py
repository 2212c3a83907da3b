"""The package of a day as the phone expects it, told once more in pydantic: nothing more, nothing less."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Seconds = Annotated[int, Field(ge=0, le=36 * 3600)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Lonlat = tuple[Lon, Lat]
Window = tuple[Seconds, Seconds]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Told(BaseModel, extra="forbid"):
    pass


class TheCrew(Told):
    code: str
    name: str
    vehicle: str
    people: int
    colour: str = Field(pattern="^#[0-9a-fA-F]{6}$")


class Depot(Told):
    name: str
    address: str
    lon: Lon | None
    lat: Lat | None


class End(Told):
    name: str
    lon: Lon
    lat: Lat


class Rule(Told):
    machine: str
    machine_de: str
    machine_en: str
    windows: list[Window]
    cite: str = Field(min_length=1)


class Urgent(Told):
    who: str
    why: str
    why_en: str


class Picture(Told):
    sha256: Sha256
    role: Literal["before", "after", "find", "obstacle"]
    taken_at: datetime | None


class Quantity(Told):
    unit: Literal["m2", "m3", "plants", "t"]
    amount: float
    waste_key: str


class Course(Told):
    version: int
    outcome: Literal["", "done", "not_possible"]
    stopped: bool
    minutes: int | None
    quantities: list[Quantity]
    reason: str
    report_id: str


class TheStop(Told):
    order: int
    visit_id: str
    version: int
    plot: str
    plot_name: str
    address: str
    quarter: str
    task: str
    task_de: str
    task_en: str
    machines: list[str]
    arrival_s: Seconds
    start_s: Seconds
    end_s: Seconds
    drive_s: Seconds
    length_m: int
    area_m2: float
    access_note: str
    hazard_note: str
    rule_note: str
    rules: list[Rule]
    contamination: Literal["no", "yes", "unknown"]
    volume_m3: float
    waste_key: str
    supply: str
    supply_m3: float
    why: str
    why_en: str
    heed: str
    heed_en: str
    lon: Lon
    lat: Lat
    outline: list[list[Lonlat]]
    leg: list[Lonlat]
    streets: list[str]
    locked: bool
    announced: Window | None
    urgent: Urgent | None
    photos: list[Picture] = Field(max_length=3)
    course: Course


class Trip(Told):
    after: int
    facility: str
    name: str
    address: str
    arrival_s: Seconds
    start_s: Seconds
    end_s: Seconds
    drive_s: Seconds
    length_m: int
    unloaded_m3: float
    loaded_m3: float
    lon: Lon | None
    lat: Lat | None


class Rest(Told):
    start_s: Seconds
    end_s: Seconds
    after: int


class WasteName(Told):
    key: str
    name_de: str
    name_en: str
    hazardous: bool


class ReasonName(Told):
    code: str
    de: str
    en: str


class WorkName(Told):
    code: str
    name_de: str
    name_en: str


class Names(Told):
    waste_keys: list[WasteName] = Field(min_length=10)
    reasons: list[ReasonName] = Field(min_length=9)
    works: list[WorkName]


class Line(Told):
    type: Literal["LineString", "MultiLineString", "Polygon", "MultiPolygon", "Point", "GeometryCollection"]
    coordinates: list[Any]


class Feature(Told):
    type: Literal["Feature"]
    properties: dict[Literal["name", "class", "kind", "key"], str]
    geometry: Line


class Features(Told):
    type: Literal["FeatureCollection"]
    features: list[Feature]


class TheMap(Told):
    bounds: tuple[Lon, Lat, Lon, Lat]
    streets: Features
    landscape: Features
    quarters: Features


class Package(Told):
    crew: TheCrew
    date: date
    plan_id: str
    revision: int
    as_of: datetime
    lang: Literal["de", "en"]
    sample: bool
    notes: list[str]
    licence: str
    depot: Depot
    end_at: End | None
    start_s: Seconds
    end_s: Seconds
    drive_s: Seconds
    work_s: Seconds
    length_m: int
    stops: list[TheStop]
    trips: list[Trip]
    breaks: list[Rest]
    way_back: list[Lonlat]
    catalogue: Names
    map: TheMap | None
    photos: list[Sha256]
