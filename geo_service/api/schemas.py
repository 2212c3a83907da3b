"""Floor 8: the answers of OGC API - Features as the OpenAPI text tells them; tests hold every answer against these."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

_ATTRIBUTION = Field(description="Says so when the data are the schematic sample; else empty.")


class Link(BaseModel, extra="forbid"):
    """A way on."""

    href: str
    rel: str
    type: str
    title: str = ""


class Landing(BaseModel, extra="forbid"):
    """The landing page."""

    title: str
    description: str
    attribution: str = _ATTRIBUTION
    links: list[Link]


class Conformance(BaseModel, extra="forbid"):
    """What the service conforms to."""

    conforms_to: list[str] = Field(alias="conformsTo")


class SpatialExtent(BaseModel, extra="forbid"):
    """Where the features lie, degrees."""

    bbox: list[list[float]]
    crs: str


class TemporalExtent(BaseModel, extra="forbid"):
    """When they happen; null is open."""

    interval: list[list[datetime | None]]
    trs: str


class Extent(BaseModel, extra="forbid"):
    """Where and when."""

    spatial: SpatialExtent | None = None
    temporal: TemporalExtent | None = None


class CollectionAnswer(BaseModel, extra="forbid"):
    """A collection of features."""

    id: str
    title: str
    description: str
    attribution: str = _ATTRIBUTION
    item_type: Literal["feature"] = Field(default="feature", alias="itemType")
    crs: list[str]
    storage_crs: str = Field(alias="storageCrs")
    extent: Extent | None = None
    properties: list[str] = Field(description="Names that items have and can be filtered by.")
    links: list[Link]


class CollectionsAnswer(BaseModel, extra="forbid"):
    """The collections that the reader may see."""

    attribution: str = _ATTRIBUTION
    links: list[Link]
    collections: list[CollectionAnswer]


class Feature(BaseModel, extra="forbid"):
    """A GeoJSON feature."""

    type: Literal["Feature"]
    id: str | int
    geometry: dict[str, Any] | None
    properties: dict[str, Any]
    attribution: str = Field(default="", description="As on the page; only when read alone.")
    version: str = Field(default="", description="Of a plot that is read alone: what changes of it rest on.")
    remarks: list[dict[str, str]] = Field(
        default_factory=list, description="After a change: what was mended, what is odd, what is left to be done."
    )
    links: list[Link] = Field(default_factory=list)


class FeatureCollection(BaseModel, extra="forbid"):
    """A page of features."""

    type: Literal["FeatureCollection"]
    time_stamp: datetime = Field(alias="timeStamp")
    number_matched: int = Field(alias="numberMatched", ge=0, description="On all pages.")
    number_returned: int = Field(alias="numberReturned", ge=0, description="On this page.")
    attribution: str = _ATTRIBUTION
    links: list[Link]
    features: list[Feature]


class Health(BaseModel, extra="forbid"):
    """Whether the desk works."""

    status: Literal["ok"]
    version: str
    revision: int = Field(description="Count of changes to the data.")
