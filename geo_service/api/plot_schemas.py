"""Floor 8: plots as they are sent: GeoJSON features and what may stand in them; everything else is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import orjson
import shapely
from pydantic import AfterValidator, BaseModel, Field, create_model
from shapely.geometry.base import BaseGeometry

from geo_service.actions.edit_plot import EDITABLE
from geo_service.outputs.collections import PLOTS
from geo_service.plots.columns import COLUMN

MOST_CORNERS = 20_000
MOST_PARTS = 500

_PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Reason = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Position = Annotated[list[Number], Field(min_length=2, max_length=3)]
Line = Annotated[list[Position], Field(min_length=2, max_length=MOST_CORNERS)]


def _closed(ring: list[list[float]]) -> list[list[float]]:
    if ring[0] != ring[-1]:
        raise ValueError("a ring ends where it begins")
    return ring


Ring = Annotated[list[Position], Field(min_length=4, max_length=MOST_CORNERS), AfterValidator(_closed)]
Rings = Annotated[list[Ring], Field(min_length=1, max_length=MOST_PARTS)]


class _Geometry(BaseModel, extra="forbid", strict=True):
    """A GeoJSON geometry (RFC 7946)."""

    def shape(self) -> BaseGeometry:
        """Return it as a geometry without heights, in the order of axes in which it came."""
        found: BaseGeometry = shapely.force_2d(shapely.from_geojson(orjson.dumps(self.model_dump())))
        return found


class PolygonSent(_Geometry):
    """An outline."""

    type: Literal["Polygon"]
    coordinates: Rings


class MultiPolygonSent(_Geometry):
    """An outline of several parts."""

    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[Rings], Field(min_length=1, max_length=MOST_PARTS)]


class LineSent(_Geometry):
    """A line."""

    type: Literal["LineString"]
    coordinates: Line


class MultiLineSent(_Geometry):
    """Several lines."""

    type: Literal["MultiLineString"]
    coordinates: Annotated[list[Line], Field(min_length=1, max_length=MOST_PARTS)]


OutlineSent = Annotated[PolygonSent | MultiPolygonSent, Field(discriminator="type")]
CutSent = Annotated[LineSent | MultiLineSent, Field(discriminator="type")]

Value = Annotated[str, Field(max_length=4_000, pattern=_PLAIN)] | Number | bool | None
"""What a column holds, as files carry it; the register reads it."""


def _fields() -> Iterator[tuple[str, Any]]:
    for one in PLOTS.properties:
        what = COLUMN[one.name].what if one.name in COLUMN else one.what_en
        told = what if one.name in EDITABLE else f"{what}; read only: sent back as it was, it is passed over"
        yield one.name, (Value, Field(default=None, description=f"{told[:1].upper()}{told[1:]}."))


PlotValues = create_model(
    "PlotValues",
    __config__={"extra": "forbid", "strict": True},
    __doc__="The properties of a plot; those that are not named stay, or are empty in a new or replaced one.",
    **dict(_fields()),
)

_Id = Annotated[str, Field(max_length=80, description="Code of the plot; for a new one, the code that it shall have.")]
_GIVEN_BACK = "As it came with the feature; passed over."


class _Sent(BaseModel, extra="forbid", strict=True):
    """What a sent plot has beside its geometry and properties."""

    type: Literal["Feature"] = "Feature"
    id: _Id | None = None
    reason: Reason = Field(default="", description="Why; kept in the ledger. A change of state asks for it.")
    links: list[Any] | None = Field(default=None, max_length=100, description=_GIVEN_BACK)
    attribution: str | None = Field(default=None, max_length=1_000, description=_GIVEN_BACK)
    version: str | None = Field(default=None, max_length=100, description=_GIVEN_BACK)

    def named(self) -> dict[str, Any]:
        """Return the properties that were named."""
        values: BaseModel | None = getattr(self, "properties", None)
        return {} if values is None else values.model_dump(exclude_unset=True)


class PlotSent(_Sent):
    """A plot as a GeoJSON feature."""

    geometry: OutlineSent
    properties: PlotValues | None = None  # type: ignore[valid-type]


class PlotPatch(_Sent):
    """What shall change of a plot (JSON merge patch, RFC 7396): null empties a property."""

    geometry: OutlineSent | None = None
    properties: PlotValues | None = None  # type: ignore[valid-type]
