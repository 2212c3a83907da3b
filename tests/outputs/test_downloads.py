"""Collections as files: each form is read back whole, tells source, licence and date, and harms no spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import duckdb
import pyogrio
import pytest
import shapely

from geo_service.base.errors import InputError, StoreError
from geo_service.outputs import downloads
from geo_service.outputs.collections import COLLECTIONS, PLOTS
from geo_service.outputs.downloads import Dataset, FileFormat, short_names, write_download
from geo_service.outputs.features import plot_features
from geo_service.outputs.workspace_gpkg import dataset_of, export_gpkg
from geo_service.store.sqlite import SqliteStore
from geo_service.web.colours import map_colours
from tests.outputs.conftest import put_records

EVIL = "=HYPERLINK(1)"


@pytest.fixture
def store(tmp_path_factory, plan, plots, crews, places, catalogue, quarters, network, now):
    opened = SqliteStore.create(tmp_path_factory.mktemp("workspace") / "workspace")
    with opened.change(author="test", reason="made up", at=now) as tx:
        tx.set_plan_crs(25833)
        tx.put_quarters(quarters)
        tx.put_plots(
            [
                replace(plot, source="Stadt, Amt 67", name=EVIL if number == 0 else plot.name)
                for number, plot in enumerate(plots)
            ]
        )
        tx.put_streets(network)
        tx.put_places(places)
        tx.put_crews(crews)
        tx.put_catalogue(catalogue)
        tx.put_plan(plan)
        tx.set_sample(True)
        put_records(tx, plots)
    yield opened
    opened.close()


@pytest.fixture
def make(store, tmp_path, now):
    def of(name: str, form: FileFormat):
        path = tmp_path / f"{name}.{form}"
        write_download(path, form, dataset_of(store, COLLECTIONS[name], at=now))
        assert [one.name for one in tmp_path.iterdir()] == [path.name]
        return path

    return of


def expected(store, name: str, now) -> dict[str, dict]:
    made = dataset_of(store, COLLECTIONS[name], at=now)
    return {str(key): row for key, row in zip(made.features.ids, made.features.properties, strict=True)}


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("form", [FileFormat.GPKG, FileFormat.FGB])
def test_geopackage_and_flatgeobuf_hold_everything(store, make, now, name: str, form: FileFormat) -> None:
    path = make(name, form)
    read = pyogrio.read_dataframe(path)
    assert read.crs.to_epsg() == 25833
    rows = expected(store, name, now)
    assert set(read["id"].astype(str)) == set(rows)
    assert [one for one in read.columns if one != "geometry"] == ["id", *(p.name for p in COLLECTIONS[name].properties)]
    told = pyogrio.read_info(path)["layer_metadata"]
    assert told["date"] == now.isoformat(timespec="seconds")
    assert "Schematic" in told["note"]
    if name == "plots":
        assert told["source"] == "Stadt, Amt 67"
    if name in {"streets", "routes"}:
        assert told["licence"] == "CC0-1.0"


@pytest.mark.parametrize("name", COLLECTIONS)
def test_geoparquet_holds_everything_with_a_box_for_each_feature(store, make, now, name: str) -> None:
    file = f"'{make(name, FileFormat.PARQUET)}'"
    with duckdb.connect() as database:
        told = {
            key.decode(): value.decode()
            for key, value in database.execute(f"SELECT key, value FROM parquet_kv_metadata({file})").fetchall()
        }
        rows = database.execute(f"SELECT id, geometry::BLOB, bbox FROM {file}").fetchall()
        columns = [one[0] for one in database.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()]
    assert told["date"] == now.isoformat(timespec="seconds")
    geo = json.loads(told["geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    about = geo["columns"]["geometry"]
    assert about["crs"]["id"] == {"authority": "EPSG", "code": 25833}
    assert about["covering"]["bbox"]["xmax"] == ["bbox", "xmax"]
    assert columns == ["id", *(p.name for p in COLLECTIONS[name].properties), "bbox", "geometry"]
    made = dataset_of(store, COLLECTIONS[name], at=now)
    assert [str(row[0]) for row in rows] == [str(key) for key in made.features.ids]
    exact = list(made.frame().geometry)
    boxes = []
    for (_, wkb, box), geometry in zip(rows, exact, strict=True):
        if geometry is None:
            assert (wkb, box) == (None, None)
            continue
        read = shapely.from_wkb(wkb)
        assert read.equals_exact(geometry, 1e-6)
        assert tuple(box.values()) == pytest.approx(read.bounds, abs=1e-6)
        boxes.append(read)
    assert about["bbox"] == pytest.approx(shapely.total_bounds(boxes).tolist(), abs=1e-6)
    assert set(about["geometry_types"]) == {one.geom_type for one in boxes}


def test_geoparquet_has_days_and_times(store, make, now) -> None:
    with duckdb.connect() as database:
        file = make("visits", FileFormat.PARQUET)
        kinds = {row[0]: row[1] for row in database.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()}
    assert (kinds["due_on"], kinds["arrival"], kinds["order"]) == ("DATE", "TIMESTAMP WITH TIME ZONE", "BIGINT")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_shapefile_tells_what_its_names_stand_for(store, make, now, name: str) -> None:
    path = make(name, FileFormat.SHAPEFILE)
    with zipfile.ZipFile(path) as packed:
        assert {one.rpartition(".")[2] for one in packed.namelist()} == {"shp", "shx", "dbf", "prj", "cpg", "txt"}
        stem = f"{name}-points" if COLLECTIONS[name].geometry == "Geometry" else name  # a file for each kind of shape
        assert packed.read(f"{stem}.cpg") == b"UTF-8"
        assert b"25833" in packed.read(f"{stem}.prj") or b"ETRS" in packed.read(f"{stem}.prj")
        text = packed.read("README.txt").decode()
    assert f"date: {now.isoformat(timespec='seconds')}" in text
    read = pyogrio.read_dataframe(path, layer=stem)
    short = short_names(["id", *(one.name for one in COLLECTIONS[name].properties)])
    assert [one for one in read.columns if one != "geometry"] == list(short.values())
    for long, brief in short.items():
        assert f"{brief:<10}  {long}: " in text
    assert len(read) == len(expected(store, name, now))


def test_texts_that_are_too_long_for_a_shapefile_are_cut_and_that_is_told(store, plots, now, tmp_path) -> None:
    long = replace(plots[0], access_note="ä" * 300)
    made = dataset_of(store, PLOTS, at=now)
    made = replace(made, features=plot_features([long, plots[1]]), geometries=[long.geometry, plots[1].geometry])
    write_download(tmp_path / "a.zip", FileFormat.SHAPEFILE, made)
    read = pyogrio.read_dataframe(tmp_path / "a.zip")
    assert read["accessnote"].iloc[0] == "ä" * 127
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert (
            "access_note (1)" in packed.read("README.txt").decode()
            or "accessnote (1)" in packed.read("README.txt").decode()
        )


@pytest.mark.parametrize("name", COLLECTIONS)
def test_csv_has_places_in_degrees_and_its_source_with_every_row(store, make, now, name: str) -> None:
    text = make(name, FileFormat.CSV).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    made = dataset_of(store, COLLECTIONS[name], at=now)
    assert [row["id"] for row in rows] == [str(key) for key in made.features.ids]
    for row, geometry in zip(rows, made.features.geometries, strict=True):
        assert row["data_date"] == now.isoformat(timespec="seconds")
        if geometry is None:
            assert row["lon"] == row["wkt"] == ""
            continue
        assert shapely.from_wkt(row["wkt"]).equals_exact(geometry, 1e-7)
        assert geometry.distance(shapely.Point(float(row["lon"]), float(row["lat"]))) < 1e-6


def test_csv_begins_no_formula(make) -> None:
    rows = list(csv.reader(io.StringIO(make("plots", FileFormat.CSV).read_text(encoding="utf-8-sig"))))
    assert f"'{EVIL}" in {cell for row in rows for cell in row}
    numbers = {"lon", "lat", "area_m2", "access_lon", "access_lat"}
    for row in rows[1:]:
        for name, cell in zip(rows[0], row, strict=True):
            assert name in numbers or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (name, cell)


@pytest.mark.parametrize("form", FileFormat)
def test_nothing_at_all_is_a_file_too(tmp_path, now, form: FileFormat) -> None:
    with_nothing = SqliteStore.create(tmp_path / "empty")
    (tmp_path / "out").mkdir()
    for name, collection in COLLECTIONS.items():
        write_download(tmp_path / "out" / f"{name}.{form}", form, dataset_of(with_nothing, collection, at=now))
    with_nothing.close()
    assert all(one.stat().st_size for one in (tmp_path / "out").iterdir())


@pytest.mark.parametrize("form", FileFormat)
def test_nothing_half_done_stays(store, tmp_path, now, monkeypatch, form: FileFormat) -> None:
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / f"plots.{form}"
    path.write_bytes(b"the last good one")

    def full(part, dataset: Dataset) -> None:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(downloads._WRITERS, form, full)
    with pytest.raises(StoreError, match="No space left"):
        write_download(path, form, dataset_of(store, PLOTS, at=now))
    assert path.read_bytes() == b"the last good one"
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    with pytest.raises(InputError, match="is a folder"):
        write_download(tmp_path, form, dataset_of(store, PLOTS, at=now))


def test_the_workspace_carries_styles_where_qgis_looks_for_them(store, tmp_path, now) -> None:
    export_gpkg(tmp_path / "all.gpkg", store, at=now, colours=map_colours("light"))
    assert set(COLLECTIONS) < {str(name) for name, _ in pyogrio.list_layers(tmp_path / "all.gpkg")}
    file = sqlite3.connect(tmp_path / "all.gpkg")
    rows = file.execute(
        "SELECT f_table_name, f_geometry_column, styleName, styleQML, useAsDefault FROM layer_styles"
    ).fetchall()
    geometry = dict(file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert file.execute("SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'").fetchone() == (
        "attributes",
    )
    assert {row[0] for row in rows} == set(COLLECTIONS)
    assert sorted(row[0] for row in rows if row[4]) == sorted(COLLECTIONS), "one style of each layer is the default"
    names = {name: {one[1] for one in file.execute(f"PRAGMA table_info({name})")} for name in COLLECTIONS}
    counts = {}
    for layer, column, style, qml, _ in rows:
        assert column == geometry[layer]
        root = ET.fromstring(qml.partition("\n")[2])
        assert root.find("renderer-v2").get("type") == "RuleRenderer"
        symbols = {one.get("name"): one.get("type") for one in root.iter("symbol")}
        kinds = {"Polygon": {"fill"}, "LineString": {"line"}, "Point": {"marker"}}
        kind = kinds.get(COLLECTIONS[layer].geometry, {"fill", "line", "marker"})
        rules = list(root.iter("rule"))
        assert rules and {one.get("symbol") for one in rules} == set(symbols)
        assert set(symbols.values()) == kind
        for rule in rules:
            where = rule.get("filter") or "1"
            counts[style, rule.get("label")] = file.execute(f"SELECT count(*) FROM {layer} WHERE {where}").fetchone()[0]
        total = file.execute(f"SELECT count(*) FROM {layer}").fetchone()[0]
        assert sum(count for (name, _), count in counts.items() if name == style) == total, style
        assert names[layer]
    file.close()
    assert counts["Einsätze nach Kolonne", "nicht eingeplant"] == 2
