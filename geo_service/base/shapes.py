"""Floor 0: a geometry as a field of a dataclass that is kept as a document.

Examples
--------
>>> from pydantic import TypeAdapter
>>> adapter = TypeAdapter(Shape)
>>> text = adapter.dump_json(shapely.Point(12.3219, 51.3188))
>>> text, adapter.validate_json(text) == shapely.Point(12.3219, 51.3188)
(b'{"type":"Point","coordinates":[12.3219,51.3188]}', True)
"""

from __future__ import annotations

import json
from typing import Annotated, Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry


class _AsGeoJson:
    """Tells pydantic, where a document is written or read, that the geometry stands in it as GeoJSON, exact."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "function-plain",
            "function": {"type": "no-info", "function": _read},
            "serialization": {"type": "function-plain", "function": _write},
        }


def _read(value: object) -> BaseGeometry:
    if isinstance(value, BaseGeometry):
        return value
    try:
        return shapely.from_geojson(json.dumps(value))
    except (GEOSException, TypeError) as error:
        raise ValueError(f"no geometry ({error})") from error


def _write(shape: BaseGeometry) -> Any:
    return json.loads(shapely.to_geojson(shape))


Shape = Annotated[BaseGeometry, _AsGeoJson()]
"""A geometry in degrees lon, lat (EPSG:4326)."""
