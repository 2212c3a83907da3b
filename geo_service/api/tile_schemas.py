"""Floor 8: the answers of OGC API - Tiles and TileJSON as the OpenAPI text tells them.

OGC 20-057 (API) and 17-083r4 (tile matrix sets and tileset metadata); https://github.com/mapbox/tilejson-spec 3.0.0
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from geo_service.api.schemas import Link

_ATTRIBUTION = Field(description="Says so when the data are the schematic sample; else empty.")


class TileMatrixSetItem(BaseModel, extra="forbid"):
    """A grid in the list of grids."""

    id: str
    title: str
    uri: str
    crs: str
    links: list[Link]


class TileMatrixSets(BaseModel, extra="forbid"):
    """The grids in which there are tiles."""

    links: list[Link]
    tile_matrix_sets: list[TileMatrixSetItem] = Field(alias="tileMatrixSets")


class TileMatrix(BaseModel, extra="forbid"):
    """A zoom level of a grid."""

    id: str
    scale_denominator: float = Field(alias="scaleDenominator")
    cell_size: float = Field(alias="cellSize", description="Metres of the CRS for a pixel.")
    corner_of_origin: Literal["topLeft"] = Field(default="topLeft", alias="cornerOfOrigin")
    point_of_origin: tuple[float, float] = Field(alias="pointOfOrigin")
    tile_width: int = Field(alias="tileWidth", description="Pixels.")
    tile_height: int = Field(alias="tileHeight", description="Pixels.")
    matrix_width: int = Field(alias="matrixWidth", description="Tiles.")
    matrix_height: int = Field(alias="matrixHeight", description="Tiles.")


class TileMatrixSet(BaseModel, extra="forbid"):
    """A grid of tiles."""

    id: str
    title: str
    uri: str
    crs: str
    ordered_axes: list[str] = Field(alias="orderedAxes")
    well_known_scale_set: str = Field(alias="wellKnownScaleSet")
    tile_matrices: list[TileMatrix] = Field(alias="tileMatrices")


class TileMatrixLimits(BaseModel, extra="forbid"):
    """Rows and columns at a zoom level for which there are tiles."""

    tile_matrix: str = Field(alias="tileMatrix")
    min_tile_row: int = Field(alias="minTileRow")
    max_tile_row: int = Field(alias="maxTileRow")
    min_tile_col: int = Field(alias="minTileCol")
    max_tile_col: int = Field(alias="maxTileCol")


class TilesLink(Link, extra="forbid"):
    """A way on; a templated one has braces to be filled in."""

    templated: bool | None = None


class PropertiesSchema(BaseModel, extra="forbid"):
    """JSON Schema of the attributes of a layer's features."""

    type: Literal["object"] = "object"
    properties: dict[str, dict[str, Any]]


class TileLayer(BaseModel, extra="forbid"):
    """A layer of the tiles."""

    id: str
    title: str
    description: str
    data_type: Literal["vector"] = Field(default="vector", alias="dataType")
    geometry_dimension: int | None = Field(
        default=None, alias="geometryDimension", description="0 points, 1 lines, 2 areas; nothing: all of these."
    )
    min_tile_matrix: str = Field(alias="minTileMatrix")
    max_tile_matrix: str = Field(alias="maxTileMatrix")
    properties_schema: PropertiesSchema = Field(alias="propertiesSchema")


class BoundingBox(BaseModel, extra="forbid"):
    """Where the features lie, degrees, longitude first."""

    lower_left: tuple[float, float] = Field(alias="lowerLeft")
    upper_right: tuple[float, float] = Field(alias="upperRight")
    crs: str


class TileSetItem(BaseModel, extra="forbid"):
    """A tileset in the list of tilesets."""

    title: str
    data_type: Literal["vector"] = Field(default="vector", alias="dataType")
    crs: str
    tile_matrix_set_uri: str = Field(alias="tileMatrixSetURI")
    links: list[TilesLink]


class TileSets(BaseModel, extra="forbid"):
    """The tilesets of a collection, or of all together."""

    attribution: str = _ATTRIBUTION
    links: list[Link]
    tilesets: list[TileSetItem]


class TileSet(TileSetItem, extra="forbid"):
    """What the tiles of a tileset hold, and how to ask for them."""

    description: str
    attribution: str = _ATTRIBUTION
    tile_matrix_set_limits: list[TileMatrixLimits] = Field(alias="tileMatrixSetLimits")
    bounding_box: BoundingBox | None = Field(default=None, alias="boundingBox")
    layers: list[TileLayer]


class VectorLayer(BaseModel, extra="forbid"):
    """A layer as TileJSON tells it."""

    id: str
    description: str
    minzoom: int
    maxzoom: int
    fields: dict[str, str]


class TileJson(BaseModel, extra="forbid"):
    """A tileset after TileJSON 3.0, for map libraries."""

    tilejson: Literal["3.0.0"] = "3.0.0"
    name: str
    description: str
    attribution: str
    scheme: Literal["xyz"] = "xyz"
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: tuple[float, float, float, float] | None = None
    vector_layers: list[VectorLayer]
