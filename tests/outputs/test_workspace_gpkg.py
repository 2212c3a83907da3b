from __future__ import annotations

from dataclasses import replace

import pyogrio
import pytest

from geo_service.base.errors import InputError, StoreError
from geo_service.outputs import downloads
from geo_service.outputs.collections import COLLECTIONS
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.workspace_gpkg import export_gpkg
from geo_service.store.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path, now, plan, plots, crews, places, catalogue, quarters, network):
    opened = SqliteStore.create(tmp_path / "workspace")
    with opened.change(author="test", reason="made up", at=now) as tx:
        tx.set_plan_crs(25833)
        tx.put_quarters(quarters)
        tx.put_plots([replace(plot, source="made up") for plot in plots])
        tx.put_streets(network)
        tx.put_places(places)
        tx.put_crews(crews)
        tx.put_catalogue(catalogue)
        tx.put_plan(plan)
        tx.set_sample(True)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "all.gpkg"


def test_everything_is_in_one_file_in_the_plan_crs(store, file, now, plots):
    export_gpkg(file, store, at=now)
    layers = {str(name): str(kind) for name, kind in pyogrio.list_layers(file)}
    kinds = {"Geometry": "Unknown"}
    assert layers == {
        "quarters": "MultiPolygon",
        "plots": "MultiPolygon",
        "streets": "LineString",
        "visits": "Point",
        "routes": "LineString",
        **{name: kinds.get(layer.collection.geometry, "Point") for name, layer in RECORD_LAYERS.items()},
    }
    frames = {name: pyogrio.read_dataframe(file, layer=name) for name in layers}
    assert {frame.crs.to_epsg() for frame in frames.values()} == {25833}
    assert {name: len(frame) for name, frame in frames.items()} == {
        "quarters": 2,
        "plots": 16,
        "streets": 60,
        "visits": 17,
        "routes": 2,
        **dict.fromkeys(RECORD_LAYERS, 0),
    }
    read = frames["plots"].set_index("code")
    for plot in plots:
        assert read.loc[plot.code].geometry.area == pytest.approx(plot.area_m2, rel=1e-12)
    visits = frames["visits"].set_index("id")
    assert visits.loc["v-1", "reason"] == "keine Kolonne hat Zeit"
    assert visits["order"].isna().sum() == 2
    assert str(visits["arrival"].dropna().iloc[0].astimezone(now.tzinfo)) == "2026-11-23 06:07:00+00:00"


def test_each_layer_says_where_it_comes_from(store, file, now):
    export_gpkg(file, store, at=now)
    said = {name: pyogrio.read_info(file, layer=name)["layer_metadata"] for name in ("plots", "streets", "routes")}
    assert said["streets"]["source"] == "made up"
    assert said["streets"]["licence"] == said["routes"]["licence"] == "CC0-1.0"
    assert said["plots"]["source"] == "made up"
    assert said["plots"]["date"] == "2026-11-23T06:00:00+00:00"
    assert said["plots"]["note"] == "Schematische Beispieldaten / Schematic sample data"


def test_the_public_file_holds_nothing_private(store, file, now):
    export_gpkg(file, store, at=now, public_only=True)
    plots = pyogrio.read_dataframe(file, layer="plots")
    assert set(plots.columns) == {"id", "code", "quarter", "address", "parcels", "area_m2", "geometry"}
    assert "KLZ-0004" not in set(plots.code)
    assert "KLZ-0004" not in set(pyogrio.read_dataframe(file, layer="visits")["plot"])
    assert b"Schl\xc3\xbcssel" not in file.read_bytes()


def test_an_empty_workspace_gives_empty_layers(tmp_path, file, now):
    empty = SqliteStore.create(tmp_path / "empty")
    export_gpkg(file, empty, at=now)
    empty.close()
    assert len(pyogrio.list_layers(file)) == len(COLLECTIONS)
    assert "arrival" in pyogrio.read_info(file, layer="visits")["fields"]


def test_an_older_file_is_replaced(store, file, now):
    file.write_bytes(b"old")
    export_gpkg(file, store, at=now)
    assert len(pyogrio.list_layers(file)) == len(COLLECTIONS)


def test_nothing_half_done_stays(store, file, now, monkeypatch):
    file.write_bytes(b"the last good one")
    calls = []

    def full(*args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return write(*args, **kwargs)

    write = pyogrio.write_dataframe
    monkeypatch.setattr(downloads.pyogrio, "write_dataframe", full)
    with pytest.raises(StoreError, match="No space left"):
        export_gpkg(file, store, at=now)
    assert file.read_bytes() == b"the last good one"
    assert [path.name for path in file.parent.iterdir()] == ["all.gpkg"]


def test_a_missing_folder_is_the_users_to_mend(store, tmp_path, now):
    with pytest.raises(InputError, match="no folder") as caught:
        export_gpkg(tmp_path / "nowhere" / "all.gpkg", store, at=now)
    assert caught.value.remedy


def test_a_folder_is_no_file_to_write(store, tmp_path, now):
    with pytest.raises(InputError, match="is a folder") as caught:
        export_gpkg(tmp_path, store, at=now)
    assert "name a file" in caught.value.remedy
