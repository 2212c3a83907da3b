"""Floor 8: styles of maps after OGC API - Styles, their legends, and the patterns that they draw with."""

from __future__ import annotations

from hashlib import blake2b
from typing import Annotated, Literal, cast

import orjson
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from geo_service.api.access import may_read
from geo_service.api.errors import problems
from geo_service.api.fields import FormQuery, LanguageQuery
from geo_service.api.page import page, table
from geo_service.api.reading import JSON, NOT_MODIFIED, Reading, ReadingHere
from geo_service.api.schemas import Link
from geo_service.base.clock import BERLIN
from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.base.errors import NotFound
from geo_service.outputs.legend import PNG, SVG, legend_png, legend_svg
from geo_service.outputs.map_classes import MAPS, Map, MapClass, classes_of
from geo_service.outputs.map_colours import MapColours, ThemeName
from geo_service.outputs.map_style import MEDIA_TYPE, map_style
from geo_service.outputs.sprites import sprite_index, sprite_picture
from geo_service.web.colours import map_colours
from geo_service.web.markup import tag

router = APIRouter(tags=["Styles"])

CONFORMS_TO = [f"http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/{one}" for one in ("core", "mapbox-styles")]
"""Of the draft of OGC API - Styles, part 1."""

_DARK = "-dark"
_NAMES = tuple(f"{name}{theme}" for name in MAPS for theme in ("", _DARK))
STYLESHEET, LEGEND = "stylesheet", "http://www.opengis.net/def/rel/ogc/1.0/legend"

StyleInPath = Annotated[
    str, Path(alias="style", pattern="^[a-z-]{1,40}$", description="A style.", examples=["plots-by-state"])
]
SuffixInPath = Annotated[Literal["svg", "png"], Path(alias="suffix", description="Form of the legend.")]
SheetInPath = Annotated[
    str,
    Path(
        alias="sheet",
        pattern=r"^(light|dark)(@2x)?\.(json|png)$",
        description="A theme, `@2x` for fine screens, and the form.",
        examples=["light.png"],
    ),
]


class StyleAnswer(BaseModel, extra="forbid"):
    """A style and where it is."""

    id: str
    title: str
    description: str
    links: list[Link]


class StylesAnswer(BaseModel, extra="forbid"):
    """All styles that you may use."""

    styles: list[StyleAnswer]
    links: list[Link]
    default: str = Field(description="The one to begin with.")


@router.get(
    "/styles",
    response_class=Response,
    summary="List the styles",
    description="Styles for MapLibre and QGIS, each in light and dark, with their legends.",
    responses={200: {"model": StylesAnswer}, **NOT_MODIFIED} | problems(400, 401),
)
def list_styles(form: FormQuery, reading: ReadingHere) -> Response:
    """Return the styles that the reader may use."""
    names = [name for name in _NAMES if may_read(f"/styles/{name}", reading.who)]
    told = StylesAnswer(
        styles=[_told(name, reading) for name in names],
        links=reading.self_links("/styles"),
        default="plots-by-state" if "plots-by-state" in names else names[0],
    )
    if not reading.as_page:
        return _answer(reading, told.model_dump_json().encode(), JSON)
    rows = [
        (
            tag("a", one.title, href=f"/styles/{one.id}"),
            tag("img", src=f"/styles/{one.id}/legend.svg", alt=one.description),
        )
        for one in told.styles
    ]
    return _answer(reading, page("Kartenstile · Styles", table(("Style", "Legend"), rows)).encode(), "text/html")


@router.get(
    "/styles/{style}",
    response_class=Response,
    summary="Read a style",
    description="A MapLibre style (version 8) of the desk's vector tiles. What is due and what is past are counted "
    "from the day on which it is read. QGIS opens it as the style of a vector tile layer.",
    responses={
        200: {"description": "The style", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}},
        **NOT_MODIFIED,
    }
    | problems(400, 401, 403, 404),
)
def read_style(style: StyleInPath, reading: ReadingHere) -> Response:
    """Return a style."""
    the_map, colours = _named(style)
    desk = reading.desk
    basemap = desk.basemap is not None and bool(desk.store.street_licence()) and desk.basemap.exists()
    made = map_style(
        the_map,
        _classes(the_map, colours, reading),
        colours,
        base_url=desk.base_url,
        attribution=reading.attribution,
        basemap=basemap,
        bounds=_bounds(reading),
    )
    return _answer(reading, orjson.dumps(made), MEDIA_TYPE)


@router.get(
    "/styles/{style}/legend.{suffix}",
    response_class=Response,
    summary="Read the legend of a style",
    description="As SVG or PNG, in German or English.",
    responses={
        200: {
            "description": "The legend",
            "content": {SVG: {"schema": {"type": "string"}}, PNG: {"schema": {"type": "string"}}},
        },
        **NOT_MODIFIED,
    }
    | problems(400, 401, 403, 404),
)
def read_legend(style: StyleInPath, suffix: SuffixInPath, form: LanguageQuery, reading: ReadingHere) -> Response:
    """Return a legend."""
    the_map, colours = _named(style)
    classes = _classes(the_map, colours, reading)
    if suffix == "svg":
        return _answer(reading, legend_svg(the_map, classes, colours, lang=form.lang), SVG)
    return _answer(reading, legend_png(the_map, classes, colours, lang=form.lang), PNG)


@router.get(
    "/sprites/{sheet}",
    response_class=Response,
    summary="Read the patterns of styles",
    description="The picture with all patterns of a theme, or the list of where each stands in it.",
    responses={
        200: {
            "description": "The picture or the list",
            "content": {PNG: {"schema": {"type": "string"}}, JSON: {"schema": {"type": "object"}}},
        },
        **NOT_MODIFIED,
    }
    | problems(400, 401, 404),
)
def read_sprites(sheet: SheetInPath, reading: ReadingHere) -> Response:
    """Return the patterns."""
    name, _, suffix = sheet.rpartition(".")
    theme, _, finer = name.partition("@")
    colours, ratio = map_colours(cast(ThemeName, theme)), 2 if finer else 1
    if suffix == "json":
        return _answer(reading, sprite_index(colours, ratio=ratio), JSON, public=True)
    return _answer(reading, sprite_picture(colours, ratio=ratio), PNG, public=True)


def _named(style: str) -> tuple[Map, MapColours]:
    """Return the map and the colours that a style is made of.

    Raises
    ------
    NotFound
        When there is none of that name.
    """
    the_map = {str(name): one for name, one in MAPS.items()}.get(style.removesuffix(_DARK))
    if the_map is None:
        raise NotFound("there is no such style", remedy=f"choose one of: {', '.join(_NAMES)}")
    return the_map, map_colours("dark" if style.endswith(_DARK) else "light")


def _classes(the_map: Map, colours: MapColours, reading: Reading) -> tuple[MapClass, ...]:
    today = reading.desk.clock().astimezone(BERLIN).date()
    return classes_of(the_map, colours, today=today, crews=reading.desk.store.crews())


def _bounds(reading: Reading) -> tuple[float, float, float, float] | None:
    """Return the box around the quarters, degrees; None without any."""
    boxes = [transform_geometry(one.geometry, one.epsg, WGS84_EPSG).bounds for one in reading.desk.store.quarters()]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _told(name: str, reading: Reading) -> StyleAnswer:
    the_map, colours = _named(name)
    here = f"{reading.desk.base_url}/styles/{name}"
    dark = " (dunkel · dark)" if colours.name == "dark" else ""
    links = [Link(href=here, rel=STYLESHEET, type=MEDIA_TYPE, title="The style")]
    for suffix, media_type in (("svg", SVG), ("png", PNG)):
        links.append(Link(href=f"{here}/legend.{suffix}", rel=LEGEND, type=media_type, title="Its legend"))
    return StyleAnswer(
        id=name,
        title=f"{the_map.title_de} · {the_map.title_en}{dark}",
        description=f"{the_map.what_de} · {the_map.what_en}",
        links=links,
    )


def _answer(reading: Reading, body: bytes, media_type: str, *, public: bool = False) -> Response:
    """Return what is small and quickly made: its tag is made of its bytes, as it depends on the day too."""
    entity_tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": entity_tag,
        "Cache-Control": f"{'public' if public or reading.public else 'private'}, no-cache",
        "Vary": "Accept, Authorization, Cookie",
    }
    known = {one.strip().removeprefix("W/") for one in reading.request.headers.get("if-none-match", "").split(",")}
    if {entity_tag, "*"} & known:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
