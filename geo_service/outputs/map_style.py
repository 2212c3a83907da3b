"""Floor 7: maps as MapLibre styles (style specification, version 8), in the part of it that QGIS 3.22 reads as well.

That part: one layer for each class with a filter of the older form, colours and patterns as constants, widths by zoom.
There are no glyph files: MapLibre draws letters with the fonts of the machine.

https://maplibre.org/maplibre-style-spec/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from geo_service.outputs.basemap import FIRST_ZOOM as BASEMAP_FIRST_ZOOM
from geo_service.outputs.basemap import LAST_ZOOM as BASEMAP_LAST_ZOOM
from geo_service.outputs.map_classes import Map, MapClass
from geo_service.outputs.map_colours import MapColours
from geo_service.outputs.plot_counts import COUNTS_LAYER
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.sprites import pattern_name
from geo_service.outputs.tile_grid import LAST_ZOOM
from geo_service.outputs.tile_layers import SINGLE_PLOTS_ZOOM

MEDIA_TYPE = "application/vnd.mapbox.style+json"

DESK, BASEMAP = "desk", "basemap"
"""The sources of a style."""

_REGULAR = ["Label Regular", "system-ui", "sans-serif"]
_BOLD = ["Label Bold", "system-ui", "sans-serif"]
_ROUND = {"line-cap": "round", "line-join": "round"}
_MAJOR = ("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link")
_MIDDLE = ("tertiary", "tertiary_link")
_PATHS = ("footway", "path", "cycleway", "steps", "track", "bridleway", "pedestrian")
_WOODS = ("wood", "scrub")

Layer = dict[str, Any]


def map_style(
    the_map: Map,
    classes: Sequence[MapClass],
    colours: MapColours,
    *,
    base_url: str,
    attribution: str,
    basemap: bool,
    bounds: tuple[float, float, float, float] | None = None,
) -> dict[str, Any]:
    """Return the style of a map.

    Parameters
    ----------
    base_url
        Where the desk is reached, without a slash at the end: tiles and sprites are asked for there.
    basemap
        Whether the desk has one; without it the streets of the desk's own tiles are drawn.
    bounds
        Where plots lie, degrees: there the map opens.
    """
    collections = ["quarters", "plots", *([the_map.collection] if the_map.collection != "plots" else [])]
    if not basemap:
        collections.append("streets")
    tiles = f"{base_url}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}?collections={','.join(collections)}"
    sources = {DESK: _source([tiles], 0, LAST_ZOOM, attribution)}
    if basemap:
        sources[BASEMAP] = _source(
            [f"{base_url}/basemap/{{z}}/{{y}}/{{x}}"], BASEMAP_FIRST_ZOOM, BASEMAP_LAST_ZOOM, attribution
        )
    style: dict[str, Any] = {
        "version": 8,
        "name": the_map.title_de + (" (dunkel)" if colours.name == "dark" else ""),
        "metadata": {"title_en": the_map.title_en, "theme": colours.name},
        "sprite": f"{base_url}/sprites/{colours.name}",
        "sources": sources,
        "layers": [
            {"id": "paper", "type": "background", "paint": {"background-color": colours.ground["paper"]}},
            *(_ground(colours) if basemap else ()),
            *_streets(colours, BASEMAP if basemap else DESK, "kind" if basemap else "highway"),
            *_quarters(colours),
            *_classed(the_map, classes, colours),
            *_names_of_places(colours, basemap=basemap),
            *(_plot_signs(colours) if the_map.collection == "plots" else ()),
        ],
    }
    if bounds is not None:
        style |= {"center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2], "zoom": 13}
    return style


def _source(tiles: list[str], first_zoom: int, last_zoom: int, attribution: str) -> dict[str, Any]:
    return {
        "type": "vector",
        "tiles": tiles,
        "minzoom": first_zoom,
        "maxzoom": last_zoom,
        **({"attribution": attribution} if attribution else {}),
    }


def _by_zoom(*stops: float) -> list[Any]:
    return ["interpolate", ["exponential", 1.5], ["zoom"], *stops]


def _fill(name: str, layer: str, colour: str, **more: Any) -> Layer:
    paint = {"fill-color": colour}
    return {"id": name, "type": "fill", "source": BASEMAP, "source-layer": layer, **more, "paint": paint}


def _ground(colours: MapColours) -> Iterator[Layer]:
    ground = colours.ground
    yield _fill("green", "green", ground["green"])
    yield _fill("woods", "green", ground["forest"], filter=["in", "kind", *_WOODS])
    yield _fill("water", "water", ground["water"])
    yield {
        "id": "waterways",
        "type": "line",
        "source": BASEMAP,
        "source-layer": "waterways",
        "layout": _ROUND,
        "paint": {"line-color": ground["water"], "line-width": _by_zoom(10, 0.8, 14, 3, 17, 10)},
    }
    yield _fill("buildings", "buildings", ground["built"], minzoom=13)
    yield {
        "id": "rails",
        "type": "line",
        "source": BASEMAP,
        "source-layer": "rails",
        "paint": {"line-color": ground["rail"], "line-width": _by_zoom(10, 0.6, 16, 2.2)},
    }


def _streets(colours: MapColours, source: str, field: str) -> Iterator[Layer]:
    ground = colours.ground
    kinds: tuple[tuple[str, list[Any], list[Any], str, int], ...] = (
        ("path", ["in", field, *_PATHS], _by_zoom(13, 0.8, 17, 2), ground["street_path"], 14),
        (
            "minor",
            ["!in", field, *_MAJOR, *_MIDDLE, *_PATHS],
            _by_zoom(12, 0.7, 14, 2.2, 16, 7, 18, 20),
            ground["street_minor"],
            12,
        ),
        ("middle", ["in", field, *_MIDDLE], _by_zoom(11, 0.9, 14, 3.4, 16, 9, 18, 24), ground["street_minor"], 0),
        ("major", ["in", field, *_MAJOR], _by_zoom(10, 1, 12, 2.2, 14, 5, 16, 11, 18, 28), ground["street_major"], 0),
    )
    for casing in (True, False):
        for name, chosen, width, colour, first_zoom in kinds:
            if casing and name == "path":
                continue
            edge = ground["street_casing_major" if name == "major" else "street_casing_minor"]
            wider = [*width[:3], *(one + 1.6 if at % 2 else one for at, one in enumerate(width[3:]))]
            yield {
                "id": f"streets-{name}{'-casing' if casing else ''}",
                "type": "line",
                "source": source,
                "source-layer": "streets",
                "minzoom": first_zoom,
                "filter": chosen,
                "layout": _ROUND,
                "paint": {"line-color": edge if casing else colour, "line-width": wider if casing else width},
            }


def _quarters(colours: MapColours) -> Iterator[Layer]:
    yield {
        "id": "quarters",
        "type": "line",
        "source": DESK,
        "source-layer": "quarters",
        "layout": {"line-join": "round"},
        "paint": {
            "line-color": colours.ground["quarter_line"],
            "line-width": _by_zoom(10, 0.9, 16, 2),
            "line-dasharray": [5, 2, 1, 2],
        },
    }


def _classed(the_map: Map, classes: Sequence[MapClass], colours: MapColours) -> Iterator[Layer]:
    match the_map.collection:
        case "routes":
            return _routes(classes, colours)
        case "plots":
            return _plots(classes, the_map.looks)
        case name:
            return _records(name, classes, the_map.looks)


def _records(name: str, classes: Sequence[MapClass], looks: str) -> Iterator[Layer]:
    """Yield areas, lines and points, as far as the layer has them, areas below."""
    geometry = RECORD_LAYERS[name].collection.geometry
    for kind in ("Polygon", "LineString", "Point"):
        if geometry in (kind, "Geometry"):
            for one in classes:
                yield from _record_class(name, one, kind, looks, alone=geometry == kind)


def _record_class(name: str, one: MapClass, kind: str, looks: str, *, alone: bool) -> Iterator[Layer]:
    chosen = one.as_filter()
    if not alone:
        chosen = ["all", ["==", "$type", kind], *([chosen] if chosen else [])]
    shared = {"source": DESK, "source-layer": name, "filter": chosen}
    code = f"{name}-{kind.lower()}-{one.code}"
    if kind == "Point":
        paint = {
            "circle-color": one.look.fill,
            "circle-stroke-color": one.look.line,
            "circle-stroke-width": 2,
            "circle-radius": _by_zoom(10, 4, 14, 7, 18, 11),
        }
        yield {"id": code, "type": "circle", **shared, "paint": paint}
        return
    if kind == "Polygon":
        yield {"id": f"{code}-fill", "type": "fill", **shared, "paint": {"fill-color": one.look.fill}}
        if one.look.pattern != "plain":
            pattern = {"fill-pattern": pattern_name(looks, one.code)}
            yield {"id": f"{code}-pattern", "type": "fill", **shared, "paint": pattern}
    width = _by_zoom(12, 1.4, 18, 3.2) if kind == "Polygon" else _by_zoom(11, 3, 15, 6, 18, 10)
    yield {"id": code, "type": "line", **shared, "paint": {"line-color": one.look.line, "line-width": width}}


def _plots(classes: Sequence[MapClass], looks: str) -> Iterator[Layer]:
    for one in classes:
        chosen = {} if one.as_filter() is None else {"filter": one.as_filter()}
        shared = {"source": DESK, "source-layer": "plots", "minzoom": SINGLE_PLOTS_ZOOM, **chosen}
        name = f"plots-{one.code}"
        yield {"id": name, "type": "fill", **shared, "paint": {"fill-color": one.look.fill}}
        if one.look.pattern != "plain":
            pattern = {"fill-pattern": pattern_name(looks, one.code)}
            yield {"id": f"{name}-pattern", "type": "fill", **shared, "paint": pattern}
        paint = {"line-color": one.look.line, "line-width": _by_zoom(13, 1, 18, 2.4)}
        if one.look.dashed:
            paint["line-dasharray"] = [3, 2]
        yield {"id": f"{name}-line", "type": "line", **shared, "paint": paint}


def _routes(classes: Sequence[MapClass], colours: MapColours) -> Iterator[Layer]:
    shared = {"source": DESK, "source-layer": "routes"}
    yield {
        "id": "routes-casing",
        "type": "line",
        **shared,
        "layout": _ROUND,
        "paint": {"line-color": colours.ground["route_casing"], "line-width": _by_zoom(11, 3.4, 14, 6, 17, 9)},
    }
    for one in classes:
        paint: dict[str, Any] = {"line-color": one.look.line, "line-width": _by_zoom(11, 1.8, 14, 3.2, 17, 5)}
        layout = {"line-cap": "butt", "line-join": "round"} if one.dashes else _ROUND
        if one.dashes:
            paint["line-dasharray"] = list(one.dashes)
        yield {
            "id": f"routes-{one.code}",
            "type": "line",
            **shared,
            "filter": one.as_filter(),
            "layout": layout,
            "paint": paint,
        }


def _names_of_places(colours: MapColours, *, basemap: bool) -> Iterator[Layer]:
    ground = colours.ground
    halo = {"text-halo-color": ground["halo"], "text-halo-width": 1.6}
    yield {
        "id": "street-names",
        "type": "symbol",
        "source": BASEMAP if basemap else DESK,
        "source-layer": "streets",
        "minzoom": 14,
        "filter": ["has", "name"],
        "layout": {
            "symbol-placement": "line",
            "text-field": ["get", "name"],
            "text-font": _REGULAR,
            "text-size": _by_zoom(14, 10, 18, 14),
        },
        "paint": {**halo, "text-color": ground["street_ink"]},
    }
    if basemap:
        for name, kinds, first_zoom, ink in (
            ("water-names", ("water",), 13, "water_ink"),
            ("green-names", ("green",), 13, "green_ink"),
        ):
            yield _names(name, BASEMAP, "places", first_zoom, ["in", "kind", *kinds], halo, ground[ink])
        towns = _names("place-names", BASEMAP, "places", 6, ["!in", "kind", "water", "green"], halo, ground["quiet"])
        yield {**towns, "maxzoom": 14}
    names = _names("quarter-names", DESK, "quarters", 11, None, halo, ground["quarter_ink"])
    names["layout"] |= {"text-font": _BOLD, "text-size": _by_zoom(11, 11, 15, 17)}
    yield {**names, "maxzoom": 15}


def _plot_signs(colours: MapColours) -> Iterator[Layer]:
    """Yield codes near by and counts far out."""
    ground = colours.ground
    halo = {"text-halo-color": ground["halo"], "text-halo-width": 1.6}
    codes = _names("plot-codes", DESK, "plots", 15, None, halo, ground["ink"])
    codes["layout"] |= {"text-field": ["get", "code"], "text-font": _BOLD}
    yield codes
    yield {
        "id": "plot-counts",
        "type": "circle",
        "source": DESK,
        "source-layer": COUNTS_LAYER,
        "maxzoom": SINGLE_PLOTS_ZOOM,
        "paint": {
            "circle-color": colours.looks["states"]["public"].fill,
            "circle-stroke-color": colours.looks["states"]["public"].line,
            "circle-stroke-width": 1.2,
            "circle-radius": 9,
        },
    }
    counts = _names("plot-count-names", DESK, COUNTS_LAYER, 0, None, {}, ground["ink"])
    counts["layout"] |= {"text-field": ["to-string", ["get", "count"]], "text-font": _BOLD}
    yield {**counts, "maxzoom": SINGLE_PLOTS_ZOOM}


def _names(
    name: str,
    source: str,
    layer: str,
    first_zoom: int,
    chosen: list[Any] | None,
    halo: dict[str, Any],
    ink: str,
) -> Layer:
    return {
        "id": name,
        "type": "symbol",
        "source": source,
        "source-layer": layer,
        "minzoom": first_zoom,
        **({} if chosen is None else {"filter": chosen}),
        "layout": {"text-field": ["get", "name"], "text-font": _REGULAR, "text-size": 12},
        "paint": {**halo, "text-color": ink},
    }
