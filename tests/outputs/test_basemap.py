"""The basemap: every tile decodes and is valid, each layer comes in at its zoom, the file is the same each time."""

from __future__ import annotations

from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from pmtiles.reader import MemorySource, all_tiles
from shapely.geometry import shape

from geo_service.base.errors import Cancelled
from geo_service.outputs.basemap import FILE_NAME, LAST_ZOOM, LAYERS, BasemapFile, write_basemap
from geo_service.outputs.pmtiles import PmtilesReader, unpack
from geo_service.outputs.tile_grid import tile_at
from geo_service.streets.ground import Ground, ground_of_landscape, read_ground
from geo_service.streets.osm import read_osm

SAMPLE = Path(__file__).parents[2] / "data" / "leipzig_west"


@pytest.fixture(scope="module")
def sample():
    return read_osm(SAMPLE / "streets.osm").network, ground_of_landscape((SAMPLE / "landscape.geojson").read_bytes())


@pytest.fixture(scope="module")
def archive(sample, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("basemap") / FILE_NAME
    write_basemap(path, *sample)
    return path.read_bytes()


def decoded(archive: bytes) -> dict[tuple[int, int, int], dict[str, dict]]:
    options = {"y_coord_down": True}
    return {
        address: mapbox_vector_tile.decode(unpack(packed), default_options=options)
        for address, packed in all_tiles(MemorySource(archive))
    }


def assert_valid(tiles: dict[tuple[int, int, int], dict[str, dict]]) -> None:
    for address, layers in tiles.items():
        assert set(layers) <= set(LAYERS), address
        for name, layer in layers.items():
            assert layer["extent"] == 4096
            for one in layer["features"]:
                geometry = shape(one["geometry"])
                assert geometry.is_valid and not geometry.is_empty, (address, name)
                parts = shapely.get_parts(geometry)
                if parts[0].geom_type == "Polygon":  # downwards y turns the rings: outer ones run clockwise
                    assert all(part.exterior.is_ccw for part in parts), (address, name)


def test_every_tile_of_the_sample_is_valid(archive, sample) -> None:
    tiles = decoded(archive)
    assert_valid(tiles)
    assert {zoom for zoom, _, _ in tiles} == set(range(8, LAST_ZOOM + 1))  # nothing of it is drawn further out
    seen = {name for layers in tiles.values() for name in layers}
    assert seen == {"green", "water", "rails", "streets", "places"}
    names = {
        one["properties"]["name"]
        for (zoom, _, _), layers in tiles.items()
        if zoom == LAST_ZOOM
        for one in layers.get("streets", {"features": ()})["features"]
        if "name" in one["properties"]
    }
    assert names == {name for name in sample[0].names if name}
    assert "Weiße Elster" in {
        one["properties"]["name"]
        for layers in tiles.values()
        for one in layers.get("places", {"features": ()})["features"]
    }


def test_layers_are_told_and_come_in_at_their_zooms(archive) -> None:
    reader = PmtilesReader(lambda offset, length: archive[offset : offset + length])
    told = reader.metadata()
    assert [one["id"] for one in told["vector_layers"]] == ["green", "water", "rails", "streets", "places"]
    assert "publicdomain" in told["attribution"]
    tiles = decoded(archive)
    kinds = {
        zoom: {
            one["properties"]["kind"]
            for (level, _, _), layers in tiles.items()
            if level == zoom
            for one in layers.get("streets", {"features": ()})["features"]
        }
        for zoom in (9, 12, 13, 14)
    }
    assert "residential" not in kinds[12]
    assert "residential" in kinds[13]
    assert kinds[9] < kinds[12] < kinds[14]


def test_the_same_data_makes_the_same_file(sample, archive, tmp_path) -> None:
    write_basemap(tmp_path / "again", *sample)
    assert (tmp_path / "again").read_bytes() == archive


def test_buildings_are_drawn_where_they_stand(sample, tmp_path) -> None:
    network, _ = sample
    house = shapely.box(12.32, 51.33, 12.3206, 51.3303)
    geometries = np.empty(1, dtype=object)
    geometries[0] = house
    BasemapFile(tmp_path).draw(
        network, Ground(("buildings",), ("building",), ("",), geometries), on_progress=lambda progress: None
    )
    tiles = decoded((tmp_path / FILE_NAME).read_bytes())
    at = tile_at(12.3201, 51.33005, LAST_ZOOM)
    drawn = tiles[(LAST_ZOOM, at.column, at.row)]["buildings"]["features"]
    assert len(drawn) == 1
    assert {zoom for (zoom, _, _), layers in tiles.items() if "buildings" in layers} == {13, 14}


def test_drawing_tells_how_far_it_is_and_can_be_stopped(sample, tmp_path) -> None:
    told = []
    text = BasemapFile(tmp_path).draw(*sample, on_progress=told.append)
    assert text.startswith("basemap: ") and "MB" in text
    assert {one.stage for one in told} == {"drawing the basemap"}
    assert [one.done for one in told] == list(range(told[-1].total + 1))
    before = (tmp_path / FILE_NAME).read_bytes()

    def stop(progress) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        BasemapFile(tmp_path).draw(*sample, on_progress=stop)
    assert (tmp_path / FILE_NAME).read_bytes() == before
    BasemapFile(tmp_path).clear()
    BasemapFile(tmp_path).clear()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_the_streets_stay(sample, tmp_path) -> None:
    assert "no basemap" in BasemapFile(tmp_path / "gone").draw(*sample, on_progress=lambda progress: None)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["krems.osm.gz", "berlin_neukoelln.osm.gz"])
def test_every_tile_of_real_streets_is_valid(shared_data, tmp_path, name: str) -> None:
    path = shared_data / "streets" / name
    write_basemap(tmp_path / FILE_NAME, read_osm(path).network, read_ground(path))
    tiles = decoded((tmp_path / FILE_NAME).read_bytes())
    assert_valid(tiles)
    assert {"buildings", "green", "streets"} <= {layer for layers in tiles.values() for layer in layers}
