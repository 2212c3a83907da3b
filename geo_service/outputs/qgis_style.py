"""Floor 7: the classes of a map as a style of QGIS (QML), and styles kept in a GeoPackage where QGIS looks for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from geo_service.base.clock import require_aware
from geo_service.outputs.map_classes import MapClass
from geo_service.outputs.map_colours import Pattern, channels

Kind = Literal["fill", "line", "marker"]

_BRUSHES: dict[Pattern, str] = {"hatch": "b_diagonal", "dots": "dense6", "level": "horizontal", "cross": "diagonal_x"}
_UNNAMED = "qgis-rule-"

# as QGIS itself makes it
_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30),
  ui TEXT(30), update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)
"""


@dataclass(frozen=True)
class LayerStyle:
    """A style of a layer in a GeoPackage.

    Attributes
    ----------
    default
        Whether QGIS draws the layer with it when it is opened.
    """

    layer: str
    name: str
    description: str
    qml: str
    default: bool


def qml_of(classes: Sequence[MapClass], *kinds: Kind, lang: str = "de") -> str:
    """Return classes as a style with a rule for each, whose filter is that of the class.

    Parameters
    ----------
    kinds
        What the layer has: several for one that mixes geometries; QGIS draws each with the symbol of its kind.
    """
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology", hasScaleBasedVisibilityFlag="0")
    renderer = ET.SubElement(
        root, "renderer-v2", type="RuleRenderer", symbollevels="0", enableorderby="0", forceraster="0"
    )
    rules = ET.SubElement(renderer, "rules", key=f"{_UNNAMED}all")
    symbols = ET.SubElement(renderer, "symbols")
    for at, (one, kind) in enumerate(product(classes, kinds)):
        rule = ET.SubElement(rules, "rule", key=f"{_UNNAMED}{at}", symbol=str(at), label=one.name(lang))
        if one.as_qgis():
            rule.set("filter", one.as_qgis())
        symbol = ET.SubElement(symbols, "symbol", type=kind, name=str(at), alpha="1", clip_to_extent="1", force_rhr="0")
        for name, properties in _layers(one, kind):
            layer = ET.SubElement(symbol, "layer", {"class": name, "enabled": "1", "locked": "0", "pass": "0"})
            for key, value in properties.items():
                ET.SubElement(layer, "prop", k=key, v=value)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")


def _layers(one: MapClass, kind: Kind) -> Iterator[tuple[str, dict[str, str]]]:
    look = one.look
    if kind == "line":
        dashes = ";".join(f"{part:g}" for part in one.dashes)
        yield (
            "SimpleLine",
            {
                "line_color": _rgba(look.line),
                "line_width": "0.8",
                "line_width_unit": "MM",
                "capstyle": "flat" if dashes else "round",
                "joinstyle": "round",
                "customdash": dashes or "5;2",
                "customdash_unit": "MM",
                "use_custom_dash": "1" if dashes else "0",
                "line_style": "solid",
            },
        )
        return
    outline = {
        "outline_color": _rgba(look.line),
        "outline_style": "dash" if look.dashed else "solid",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
    }
    if kind == "marker":
        shape = {"name": "circle", "color": _rgba(look.fill), "size": "2.6", "size_unit": "MM"}
        yield "SimpleMarker", {**shape, **outline}
        return
    yield "SimpleFill", {"color": _rgba(look.fill), "style": "solid", **outline}
    if look.pattern != "plain":
        yield "SimpleFill", {"color": _rgba(look.mark), "style": _BRUSHES[look.pattern], "outline_style": "no"}


def add_styles(path: Path, styles: Sequence[LayerStyle], *, at: datetime) -> None:
    """Put styles into a GeoPackage, in the table in which QGIS looks for them."""
    when = require_aware(at).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(_TABLE)
        columns = dict(file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', 'QGIS', ?)",
            (when,),
        )
        file.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, update_time) "
            "VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', ?)",
            [(one.layer, columns[one.layer], one.name, one.qml, one.default, one.description, when) for one in styles],
        )


def _rgba(colour: str) -> str:
    red, green, blue = channels(colour)
    return f"{red},{green},{blue},255"
