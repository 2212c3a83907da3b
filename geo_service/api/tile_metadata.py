"""Floor 8: what is told about tiles: the grid WebMercatorQuad, tilesets after OGC 17-083r4, TileJSON for libraries."""

from __future__ import annotations

from dataclasses import dataclass, replace

from geo_service.api.reading import CRS84, HTML, JSON, Reading
from geo_service.api.schemas import Link
from geo_service.api.tile_schemas import (
    BoundingBox,
    PropertiesSchema,
    TileJson,
    TileLayer,
    TileMatrix,
    TileMatrixLimits,
    TileMatrixSet,
    TileMatrixSetItem,
    TileMatrixSets,
    TileSet,
    TileSetItem,
    TileSets,
    TilesLink,
    VectorLayer,
)
from geo_service.outputs.collections import Collection, Property
from geo_service.outputs.tile_grid import GRID_ZOOMS, HALF_WORLD_M, LAST_ZOOM, Bounds
from geo_service.outputs.tile_layers import LayerText, layer_texts
from geo_service.outputs.vector_tile import MEDIA_TYPE

GRID = "WebMercatorQuad"
GRID_TITLE = "Google Maps compatible for the world"
GRID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
GRID_CRS = "http://www.opengis.net/def/crs/EPSG/0/3857"
GRID_SCALES = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"

TILESETS_VECTOR = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
TILING_SCHEMES = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"

CONFORMS_TO = [
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
        for name in (
            "core",
            "tileset",
            "tilesets-list",
            "dataset-tilesets",
            "geodata-tilesets",
            "collections-selection",
            "mvt",
        )
    ),
    *(
        f"http://www.opengis.net/spec/tms/2.0/conf/{name}"
        for name in ("tilematrixset", "tilematrixsetlimits", "tilesetmetadata", "json-tilematrixset")
    ),
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
]
"""Conformance classes of OGC API - Tiles and of the grids and tilesets it tells of."""

_GRID_PIXELS = 256
_PIXEL_M = 0.00028  # what OGC takes a pixel on a screen to measure
_TILEJSON_TYPES = {"string": "String", "integer": "Number", "number": "Number", "boolean": "Boolean"}


@dataclass(frozen=True)
class TilesetPlace:
    """A tileset and where it is.

    Attributes
    ----------
    path
        ``"/tiles"`` or ``"/collections/plots/tiles"``.
    query
        What chooses collections, as it stands in the address: ``"?collections=plots"`` or empty.
    collections
        What its tiles hold.
    """

    path: str
    query: str
    title: str
    collections: tuple[Collection, ...]

    @property
    def here(self) -> str:
        """Path of the tileset with its query."""
        return f"{self.path}/{GRID}{self.query}"

    def template(self, tile: str) -> str:
        """Return the path of a tile, with braces where its numbers go."""
        return f"{self.path}/{GRID}/{tile}{self.query}"

    def layers(self, reading: Reading) -> list[LayerText]:
        """Return the layers that its tiles have for the reader."""
        return [
            replace(text, properties=tuple(p for p in text.properties if p not in _unseen(reading, one)))
            for one in self.collections
            for text in layer_texts(one, public_only=reading.public)
        ]


def _unseen(reading: Reading, collection: Collection) -> set[Property]:
    return set(collection.properties) - set(reading.seen(collection))


def grids(reading: Reading) -> TileMatrixSets:
    """Return the list of grids: there is one."""
    here = f"{reading.desk.base_url}/tileMatrixSets/{GRID}"
    item = TileMatrixSetItem(
        id=GRID,
        title=GRID_TITLE,
        uri=GRID_URI,
        crs=GRID_CRS,
        links=[Link(href=here, rel="self", type=JSON, title="The grid")],
    )
    return TileMatrixSets(links=reading.self_links("/tileMatrixSets"), tileMatrixSets=[item])


def grid() -> TileMatrixSet:
    """Return the grid as OGC has registered it."""
    return TileMatrixSet(
        id=GRID,
        title=GRID_TITLE,
        uri=GRID_URI,
        crs=GRID_CRS,
        orderedAxes=["X", "Y"],
        wellKnownScaleSet=GRID_SCALES,
        tileMatrices=[_matrix(zoom) for zoom in range(GRID_ZOOMS)],
    )


def _matrix(zoom: int) -> TileMatrix:
    cell_m = 2 * HALF_WORLD_M / _GRID_PIXELS / (1 << zoom)
    return TileMatrix(
        id=str(zoom),
        scaleDenominator=cell_m / _PIXEL_M,
        cellSize=cell_m,
        pointOfOrigin=(-HALF_WORLD_M, HALF_WORLD_M),
        tileWidth=_GRID_PIXELS,
        tileHeight=_GRID_PIXELS,
        matrixWidth=1 << zoom,
        matrixHeight=1 << zoom,
    )


def tilesets(reading: Reading, place: TilesetPlace) -> TileSets:
    """Return the list of tilesets at a place: there is one grid, hence one tileset."""
    return TileSets(
        attribution=reading.attribution,
        links=reading.self_links(place.path + place.query),
        tilesets=[
            TileSetItem(
                title=place.title,
                crs=GRID_CRS,
                tileMatrixSetURI=GRID_URI,
                links=[TilesLink.model_validate(one.model_dump()) for one in _links(reading, place)],
            )
        ],
    )


def tileset(reading: Reading, place: TilesetPlace, bounds: Bounds | None) -> TileSet:
    """Return what a tileset holds; ``bounds`` in degrees."""
    return TileSet(
        title=place.title,
        description="Vector tiles: " + ", ".join(layer.name for layer in place.layers(reading)),
        attribution=reading.attribution,
        crs=GRID_CRS,
        tileMatrixSetURI=GRID_URI,
        tileMatrixSetLimits=[_limits(zoom) for zoom in range(LAST_ZOOM + 1)],
        boundingBox=None if bounds is None else BoundingBox(lowerLeft=bounds[:2], upperRight=bounds[2:], crs=CRS84),
        layers=[_layer(one) for one in place.layers(reading)],
        links=_links(reading, place),
    )


def tilejson(reading: Reading, place: TilesetPlace, bounds: Bounds | None) -> TileJson:
    """Return a tileset as TileJSON; ``bounds`` in degrees."""
    layers = place.layers(reading)
    return TileJson(
        name=place.title,
        description=" · ".join(one.what for one in layers),
        attribution=reading.attribution,
        tiles=[reading.desk.base_url + place.template("{z}/{y}/{x}")],
        minzoom=min(one.first_zoom for one in layers),
        maxzoom=LAST_ZOOM,
        bounds=bounds,
        vector_layers=[
            VectorLayer(
                id=one.name,
                description=one.what,
                minzoom=one.first_zoom,
                maxzoom=one.last_zoom,
                fields={known.name: _TILEJSON_TYPES[known.type] for known in one.properties},
            )
            for one in layers
        ],
    )


def _links(reading: Reading, place: TilesetPlace) -> list[TilesLink]:
    base = reading.desk.base_url
    joint = "&" if place.query else "?"
    return [
        TilesLink(href=f"{base}{place.here}{joint}f=json", rel="self", type=JSON, title="The tileset"),
        TilesLink(href=f"{base}{place.here}{joint}f=html", rel="alternate", type=HTML, title="The tileset, as a page"),
        TilesLink(href=f"{base}{place.here}{joint}f=tilejson", rel="describedby", type=JSON, title="TileJSON"),
        TilesLink(href=f"{base}/tileMatrixSets/{GRID}", rel=TILING_SCHEME, type=JSON, title="The grid"),
        TilesLink(
            href=base + place.template("{tileMatrix}/{tileRow}/{tileCol}"),
            rel="item",
            type=MEDIA_TYPE,
            title="Tiles",
            templated=True,
        ),
    ]


def _limits(zoom: int) -> TileMatrixLimits:
    last = (1 << zoom) - 1
    return TileMatrixLimits(tileMatrix=str(zoom), minTileRow=0, maxTileRow=last, minTileCol=0, maxTileCol=last)


def _layer(text: LayerText) -> TileLayer:
    return TileLayer(
        id=text.name,
        title=text.title,
        description=text.what,
        geometryDimension=None if text.geometry is None else text.geometry - 1,
        minTileMatrix=str(text.first_zoom),
        maxTileMatrix=str(text.last_zoom),
        propertiesSchema=PropertiesSchema(properties={one.name: _schema(one) for one in text.properties}),
    )


def _schema(one: Property) -> dict[str, str]:
    form = {"format": one.form} if one.form else {}
    return {"type": one.type, "title": f"{one.what_de} · {one.what_en}", **form}
