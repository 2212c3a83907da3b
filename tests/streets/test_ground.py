"""What lies around the streets: kinds by tags, outlines put together, what is broken left out."""

from __future__ import annotations

import gzip

import pytest
import shapely

from geo_service.base.errors import Cancelled, FileUnreadable
from geo_service.streets import ground as module
from geo_service.streets.ground import area_kind, ground_of_landscape, line_kind, read_ground

NODES = "".join(
    f'<node id="{10 * y + x + 1}" lat="{51.3 + y / 1000}" lon="{12.3 + x / 1000}"/>' for y in range(5) for x in range(5)
)


def way(number: int, refs: list[int], **tags: str) -> str:
    told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return f'<way id="{number}">{"".join(f"<nd ref={chr(34)}{ref}{chr(34)}/>" for ref in refs)}{told}</way>'


def relation(number: int, members: list[int], **tags: str) -> str:
    told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    return (
        f'<relation id="{number}">'
        + "".join(f'<member type="way" ref="{ref}" role=""/>' for ref in members)
        + f"{told}</relation>"
    )


@pytest.fixture
def read(tmp_path):
    def of(*things: str):
        path = tmp_path / "town.osm"
        path.write_text(f'<osm version="0.6">{"".join(things)}</osm>', encoding="utf-8")
        return read_ground(path)

    return of


def test_each_kind_comes_into_its_layer(read) -> None:
    found = read(
        NODES,
        way(1, [1, 2, 12, 11, 1], building="house", name="Haus  am Kanal"),
        way(2, [1, 2, 12, 11, 1], natural="water", name="Teich"),
        way(3, [1, 5, 45, 41, 1], landuse="allotments"),
        way(4, [1, 2, 3], railway="tram"),
        way(5, [1, 11, 21], waterway="stream"),
        way(6, [1, 2, 12, 11, 1], highway="service", area="yes"),
        way(7, [1, 2, 12], building="yes"),
        '<node id="99" lat="51.31" lon="12.31"><tag k="place" v="suburb"/><tag k="name" v="Plagwitz"/></node>',
        '<node id="98" lat="51.31" lon="12.31"><tag k="place" v="suburb"/></node>',
    )
    assert list(zip(found.layers, found.kinds, found.names, strict=True)) == [
        ("buildings", "building", "Haus am Kanal"),
        ("water", "water", "Teich"),
        ("green", "allotments", ""),
        ("rails", "tram", ""),
        ("waterways", "stream", ""),
        ("places", "suburb", "Plagwitz"),
    ]
    assert [one.geom_type for one in found.geometries] == ["Polygon"] * 3 + ["LineString"] * 2 + ["Point"]
    assert found.geometries[0].equals(shapely.box(12.3, 51.3, 12.301, 51.301))
    assert found.of("green").kinds == ("allotments",)


def test_a_multipolygon_is_put_together_of_its_ways(read) -> None:
    outer, inner = ([1, 2, 3, 4, 5], [5, 15, 25, 35, 45, 44, 43, 42, 41, 31, 21, 11, 1]), [12, 13, 23, 22, 12]
    found = read(
        NODES,
        way(1, outer[0]),
        way(2, outer[1]),
        way(3, inner, natural="water"),
        relation(9, [1, 2, 3], type="multipolygon", leisure="park", name="Palmengarten"),
    )
    park = found.of("green").geometries[0]
    assert len(park.interiors) == 1
    assert park.area == pytest.approx(
        shapely.box(12.3, 51.3, 12.304, 51.304).area - found.of("water").geometries[0].area
    )


def test_what_is_cut_off_at_the_edge_is_left_out(read) -> None:
    found = read(
        NODES,
        way(1, [1, 2, 12, 777, 1], building="yes"),
        way(2, [1, 2, 3], railway="rail"),
        way(3, [1, 777], railway="rail"),
        relation(9, [2, 888], type="multipolygon", landuse="forest"),
        relation(8, [2], type="multipolygon", landuse="forest"),
        relation(7, [2], type="route", route="train"),
    )
    assert list(zip(found.layers, found.kinds, strict=True)) == [("rails", "rail")]


def test_ways_may_come_before_their_nodes_and_ids_may_be_negative(read) -> None:
    found = read(
        way(-1, [-1, -2], railway="rail"), '<node id="-2" lat="51.31" lon="12.3"/><node id="-1" lat="51.3" lon="12.3"/>'
    )
    assert list(found.geometries[0].coords) == [(12.3, 51.3), (12.3, 51.31)]


@pytest.mark.parametrize(
    ("tags", "area", "line"),
    [
        ({}, None, None),
        ({"building": "no", "leisure": "garden"}, ("green", "garden"), None),
        ({"landuse": "basin"}, ("water", "water"), None),
        ({"landuse": "industrial"}, None, None),
        ({"waterway": "riverbank"}, ("water", "water"), None),
        ({"waterway": "river"}, None, ("waterways", "river")),
        ({"railway": "rail", "tunnel": "yes"}, None, None),
        ({"railway": "rail", "tunnel": "no"}, None, ("rails", "rail")),
        ({"railway": "abandoned"}, None, None),
    ],
)
def test_tags_decide(tags, area, line) -> None:
    assert (area_kind(tags), line_kind(tags)) == (area, line)


@pytest.mark.parametrize("body", [b"", b"<osm", b'{"type":"FeatureCollection"}', b'<osm version="0.6"><way id="1">'])
def test_what_is_no_osm_file_is_refused(tmp_path, body: bytes) -> None:
    (tmp_path / "a.osm").write_bytes(body)
    with pytest.raises(FileUnreadable):
        read_ground(tmp_path / "a.osm")
    with pytest.raises(FileUnreadable):
        read_ground(tmp_path / "missing.osm")


def test_reading_can_be_stopped(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_STEP", 2)
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(f'<osm version="0.6">{NODES}</osm>'.encode()))

    def stop(progress) -> None:
        raise Cancelled(progress.stage)

    with pytest.raises(Cancelled, match="buildings"):
        read_ground(tmp_path / "a.osm.gz", on_progress=stop)


def test_a_drawn_landscape_is_ground_too() -> None:
    def feature(kind: str, geometry: str) -> str:
        return f'{{"type":"Feature","properties":{{"kind":"{kind}","name":null}},"geometry":{geometry}}}'

    line = '{"type":"LineString","coordinates":[[12.3,51.3],[12.4,51.3]]}'
    area = '{"type":"Polygon","coordinates":[[[12.3,51.3],[12.4,51.3],[12.4,51.4],[12.3,51.3]]]}'
    drawn = [feature(*one) for one in (("water", line), ("water", area), ("rail", line), ("park", area), ("x", area))]
    found = ground_of_landscape(f'{{"features":[{",".join(drawn)}]}}'.encode())
    assert found.layers == ("waterways", "water", "rails", "green")
    for broken in (b"[]", b"{", b'{"features":[{}]}', b'{"features":[{"geometry":{"type":"X"},"properties":{}}]}'):
        with pytest.raises(FileUnreadable):
            ground_of_landscape(broken)
