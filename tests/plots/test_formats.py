from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point, Polygon, box

from geo_service.base.errors import FileUnreadable
from geo_service.plots import formats
from geo_service.plots.formats import read_table

FRAME = gpd.GeoDataFrame(
    {"pin": ["07", "08"], "name": ["Wiese", "Brache"]},
    geometry=[box(313384, 5688683, 313400, 5688700), box(313500, 5688683, 313520, 5688700)],
    crs=25833,
)
GML = """<?xml version="1.0" encoding="UTF-8"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2"
  xmlns="http://repository.gdi-de.org/schemas/adv/produkt/alkis-vereinfacht/2.0">
<wfs:member><Flurstueck gml:id="a"><flstkennz>14041300101559000101</flstkennz><flaeche>100.50</flaeche>
<geometrie><gml:MultiSurface gml:id="m" srsName="{srs}"><gml:surfaceMember><gml:Polygon gml:id="p"><gml:exterior>
<gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing>
</gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></geometrie></Flurstueck></wfs:member>
</wfs:FeatureCollection>"""


@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb", "a.shp", "a.geojson", "a.gpkg.zip", "a.shp.zip", "a.kml"])
def test_every_format_gives_the_same_table(tmp_path: Path, name: str) -> None:
    plain = tmp_path / name.removesuffix(".zip")
    frame = FRAME.to_crs(4326) if name.endswith(".kml") else FRAME
    frame.to_file(plain, driver={".kml": "KML", ".fgb": "FlatGeobuf"}.get(plain.suffix))
    path = tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("a.*"):
                if part.suffix != ".zip":
                    archive.write(part, f"folder/{part.name}")
    table = read_table(path)
    assert sorted(table.columns["pin"]) == ["07", "08"]
    assert table.crs is not None
    if name.endswith(".kml"):
        assert table.crs.is_geographic
    else:
        assert table.crs.to_epsg() == 25833
        assert sorted(round(one.area) for one in table.geometries) == [272, 340]
    assert list(tmp_path.glob("*.gfs")) == []


def test_the_polygon_layer_is_chosen_and_told(tmp_path: Path) -> None:
    path = tmp_path / "many.gpkg"
    points = gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=25833)
    points.to_file(path, layer="trees")
    FRAME.to_file(path, layer="buildings")
    FRAME.iloc[:1].to_file(path, layer="flurstuecke")
    table = read_table(path)
    assert len(table) == 1
    assert table.notes == ("layer 'flurstuecke' was read; also in the file: trees, buildings",)
    assert len(read_table(path, "buildings")) == 2
    with pytest.raises(FileUnreadable, match="no layer 'x'") as caught:
        read_table(path, "x")
    assert "trees, buildings, flurstuecke" in caught.value.remedy


def test_without_a_polygon_layer_the_rows_of_all_layers_are_there_to_be_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=25833).to_file(path, layer="trees")
    gpd.GeoDataFrame({"b": [1]}, geometry=[LineString([(0, 0), (1, 1)])], crs=25833).to_file(path, layer="ways")
    table = read_table(path)
    assert [one.geom_type for one in table.geometries] == ["Point", "LineString"]
    assert table.columns == {"a": [1, None], "b": [None, 1]}


def test_a_layer_of_a_file_without_layers_is_told(tmp_path: Path) -> None:
    FRAME.to_crs(4326).to_file(tmp_path / "a.geojson")
    (tmp_path / "a.csv").write_text('name,wkt\nWiese,"SRID=25833;POINT(313384 5688683)"\n')
    for name in ("a.geojson", "a.csv"):
        assert any("'x' was asked for" in note for note in read_table(tmp_path / name, "x").notes), name
        assert not any("was asked for" in note for note in read_table(tmp_path / name, "a").notes), name


def test_two_shapefiles_in_one_zip_are_layers(tmp_path: Path) -> None:
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=25833).to_file(tmp_path / "points.shp")
    FRAME.to_file(tmp_path / "areas.shp")
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in (*tmp_path.glob("points.*"), *tmp_path.glob("areas.*")):
            archive.write(part, part.name)
    assert len(read_table(path)) == 2
    assert len(read_table(path, "points")) == 1


def test_several_geojson_files_in_one_zip_need_a_name(tmp_path: Path) -> None:
    path = tmp_path / "both.zip"
    FRAME.to_file(tmp_path / "a.geojson")
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tmp_path / "a.geojson", "a.geojson")
        archive.write(tmp_path / "a.geojson", "b.geojson")
    with pytest.raises(FileUnreadable, match=r"2 files: a\.geojson, b\.geojson"):
        read_table(path)
    assert len(read_table(path, "b")) == 2


def test_gml_keeps_long_keys_and_puts_longitude_first(tmp_path: Path) -> None:
    path = tmp_path / "answer.xml"
    ring = "51.3 12.3 51.3 12.31 51.31 12.31 51.3 12.3"
    path.write_text(GML.format(srs="urn:ogc:def:crs:EPSG::4326", ring=ring))
    table = read_table(path)
    assert table.columns["flstkennz"] == ["14041300101559000101"]
    assert table.geometries[0].bounds == (12.3, 51.3, 12.31, 51.31)
    assert [one.name for one in tmp_path.iterdir()] == ["answer.xml"]


def test_gml_with_the_surveying_offices_name_of_a_reference_system(tmp_path: Path) -> None:
    path = tmp_path / "nas.xml"
    ring = "313384 5688683 313400 5688683 313400 5688700 313384 5688683"
    path.write_text(GML.format(srs="urn:adv:crs:ETRS89_UTM33", ring=ring))
    crs = read_table(path).crs
    assert crs is not None
    assert crs.to_epsg() == 25833


@pytest.mark.parametrize(
    "name", ["a.gpkg", "a.fgb", "a.geojson", "a.csv", "a.kml", "a.shp.zip", "a.xml", "a.geojson.gz"]
)
@pytest.mark.parametrize("seed", range(6))
def test_damaged_files_are_read_or_refused_and_nothing_else(tmp_path: Path, name: str, seed: int) -> None:
    path = tmp_path / name
    frame = FRAME.to_crs(4326)
    if name.endswith(".csv"):
        path.write_text("id,wkt\n" + "".join(f'{n},"{one.wkt}"\n' for n, one in enumerate(frame.geometry)))
    elif name.endswith(".xml"):
        ring = "51.3 12.3 51.3 12.31 51.31 12.31 51.3 12.3"
        path.write_text(GML.format(srs="urn:ogc:def:crs:EPSG::4326", ring=ring))
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(frame.to_json().encode()))
    elif name.endswith(".zip"):
        frame.to_file(tmp_path / "a.shp")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in (".shp", ".shx", ".dbf", ".prj"):
                archive.write(tmp_path / f"a{part}", f"a{part}")
    else:
        frame.to_file(path, driver={".kml": "KML", ".fgb": "FlatGeobuf"}.get(path.suffix))
    damage = np.random.default_rng([seed, *name.encode()])
    whole = path.read_bytes()
    for _ in range(4):
        data = bytearray(whole[: damage.integers(1, len(whole))] if damage.random() < 0.3 else whole)
        for place in damage.integers(0, len(data), damage.choice([1, 5, 60])):
            data[place] = damage.integers(256)
        path.write_bytes(data)
        try:
            table = read_table(path)
        except FileUnreadable as error:
            assert error.message
            assert error.remedy
        else:
            assert all(len(values) == len(table) for values in table.columns.values())
            assert set(np.flatnonzero([one is None for one in table.geometries])) == set(table.faults)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.xml", "<catalogue/>", "neither GML, KML nor GPX: <catalogue>"),
        ("a.vrt", "<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", "neither GML"),
        ("a.gml", '<!DOCTYPE x [<!ENTITY a "b">]><x xmlns:gml="http://www.opengis.net/gml"/>', "XML entities"),
        ("a.osm", "<osm version='0.6'/>", "OpenStreetMap"),
        ("a.xml", "<?xml version='1.0'?><osm version='0.6'/>", "OpenStreetMap"),
        ("a.gpkg", "SQLite format 3\x00 and no more", "cannot be read"),
        ("a.shp", "no shapefile", "cannot be read"),
        ("a.docx", "hello", "not known here"),
        ("a.parquet", "PAR1 and no more", "GeoParquet|cannot be read"),
    ],
)
def test_other_files_say_what_they_are(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(FileUnreadable, match=says) as caught:
        read_table(path)
    assert caught.value.remedy
    assert str(tmp_path) not in caught.value.message


def test_large_geojson_goes_through_gdal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.geojson"
    FRAME.to_crs(4326).to_file(path)
    strict = read_table(path)
    monkeypatch.setattr(formats, "STRICT_JSON_BYTES", 10)
    lenient = read_table(path)
    assert lenient.columns == strict.columns
    assert [one.equals(other) for one, other in zip(lenient.geometries, strict.geometries, strict=True)] == [True, True]


def test_esri_json_and_gpx_are_read_by_gdal(tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(
        '{"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 4326}, "fields": [], "features":'
        '[{"attributes": {}, "geometry": {"rings": [[[12, 51], [12, 52], [13, 52], [12, 51]]]}}]}'
    )
    assert isinstance(read_table(path).geometries[0], Polygon)
    gpx = tmp_path / "way.gpx"
    gpx.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
        '<wpt lat="51.3" lon="12.3"/><rte><rtept lat="51.3" lon="12.3"/><rtept lat="51.4" lon="12.3"/></rte></gpx>'
    )
    assert sorted(one.geom_type for one in read_table(gpx).geometries) == ["LineString", "Point"]
