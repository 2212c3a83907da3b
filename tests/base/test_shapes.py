"""Geometries as fields of documents."""

import pytest
import shapely
from pydantic import TypeAdapter, ValidationError

from geo_service.base.shapes import Shape

ADAPTER = TypeAdapter(Shape)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(0.1 + 0.2, 51.318812345678912),
        shapely.box(12.3, 51.3, 12.4, 51.4),
        shapely.MultiPoint([(1 / 3, 2 / 3), (1, 2)]),
        shapely.Point(),
    ],
)
def test_a_shape_comes_back_exact(shape):
    assert ADAPTER.validate_json(ADAPTER.dump_json(shape)).wkb == shape.wkb
    assert ADAPTER.validate_python(shape) is shape


@pytest.mark.parametrize(
    "value", ["somewhere", {"type": "Point"}, {"type": "Point", "coordinates": ["a", 1]}, {1, 2}, None]
)
def test_what_is_no_shape_is_refused(value):
    with pytest.raises(ValidationError, match="no geometry"):
        ADAPTER.validate_python(value)
