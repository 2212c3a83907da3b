"""GDAL reads the collections: what QGIS users will meet."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pyogrio
import pytest

from geo_service.outputs.record_layers import RECORD_LAYERS
from tests.conftest import program

pytestmark = pytest.mark.slow


@pytest.fixture
def ask(desk, ogrinfo: str):
    """Return a way to run ogrinfo on the desk, with a token as password or without one."""

    def run(*arguments: str, secret: str = "") -> str:
        environment = {**os.environ, "GDAL_HTTP_TIMEOUT": "20"}
        environment |= {"GDAL_HTTP_USERPWD": f"anyone:{secret}"} if secret else {}
        done = subprocess.run(
            [ogrinfo, "-ro", f"OAPIF:{desk.url}", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            check=False,
        )
        assert "ERROR" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    return run


def test_anybody_reads_the_public_plots(ask) -> None:
    told = ask("plots")
    assert "Feature Count: 11" in told
    assert told.count("OGRFeature(plots)") == 11
    assert 'ID["EPSG",4326]' in told
    assert "Extent: (12.31" in told


def test_a_token_as_password_opens_everything(desk, ask) -> None:
    secret = desk.secrets["planner"]
    assert "Feature Count: 12" in ask("-so", "plots", secret=secret)
    assert "Feature Count: 6" in ask("-so", "visits", secret=secret)
    assert "visits" in ask(secret=secret)
    assert "visits" not in ask()


def test_box_filter_and_pages(ask) -> None:
    assert "Feature Count: 2" in ask("-so", "plots", "-spat", "12", "51", "12.3202", "52")
    assert ask("plots", "-oo", "PAGE_SIZE=3", "-where", "quarter = '52'").count("OGRFeature(plots)") == 5


def test_every_collection_can_be_read(desk, ask) -> None:
    for name in ("quarters", "streets", "routes"):
        assert f"OGRFeature({name})" in ask(name, secret=desk.secrets["viewer"])


def test_filters_are_left_to_the_desk(desk, ask) -> None:
    secret = desk.secrets["viewer"]
    for condition, count in (
        ("code = 'KLZ-0004'", 1),
        ("public = 1", 11),
        ("public = 0", 1),
        ("quarter = '52' AND public = 1", 5),
        ("area_m2 > 600", 0),
    ):
        assert f"Feature Count: {count}\n" in ask("-so", "plots", "-where", condition, secret=secret), condition
    told = ask("--debug", "on", "-so", "plots", "-where", "quarter = '52' AND public = 1", secret=secret)
    assert "quarter=52&public=1" in told


def test_a_day_of_the_plan(desk, ask) -> None:
    """GDAL 3.6 compares days itself and stumbles over visits without one: leave those to the desk."""
    secret = desk.secrets["viewer"]
    assert "Feature Count: 2\n" in ask("-so", "routes", "-where", "date = '2026/11/24'", secret=secret)
    condition = "status = 'planned' AND date = '2026/11/24'"
    assert "Feature Count: 4\n" in ask("-so", "visits", "-where", condition, secret=secret)


def test_days_from_and_until(desk, ask) -> None:
    """GDAL 3.6 asks with both days included: what it asks for is answered, though its own > means >= then."""
    secret = desk.secrets["viewer"]
    for condition, count in (
        ("date >= '2026/11/25'", 1),
        ("date <= '2026/11/24' AND status = 'planned'", 4),
        ("date >= '2026/11/25' AND date <= '2026/11/25'", 1),
    ):
        assert f"Feature Count: {count}\n" in ask("-so", "visits", "-where", condition, secret=secret), condition


def test_another_system_is_read_by_its_address(desk, tmp_path: Path) -> None:
    """What the desk tells in metres, GDAL finds where it finds the degrees."""
    utm = "http://www.opengis.net/def/crs/EPSG/0/25833"
    found = {}
    for name, query in (("metres", f"crs={utm}"), ("degrees", "limit=100")):
        file = tmp_path / f"{name}.json"
        with desk.client("viewer") as client:
            file.write_bytes(client.get(f"/collections/plots/items?{query}").content)
        frame = pyogrio.read_dataframe(file)
        found[name] = frame.set_crs(25833 if name == "metres" else 4326, allow_override=True).to_crs(25833)
    assert len(found["metres"]) == 12
    assert found["metres"].geometry.hausdorff_distance(found["degrees"].geometry).max() < 0.02


def test_everything_is_taken_along_in_a_geopackage(desk, tmp_path: Path) -> None:
    """What ogr2ogr writes has as many features, typed attributes and one type of geometry in each layer."""
    file = tmp_path / "desk.gpkg"
    environment = {**os.environ, "GDAL_HTTP_USERPWD": f"anyone:{desk.secrets['viewer']}"}
    source = [f"OAPIF:{desk.url}", "-oo", "PAGE_SIZE=5"]
    done = subprocess.run(
        [program("ogr2ogr"), "-f", "GPKG", str(file), *source],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = {name: pyogrio.read_info(file, layer=name) for name, _ in pyogrio.list_layers(file)}
    counts = {name: one["features"] for name, one in found.items()}
    made = {"quarters": 2, "plots": 12, "streets": counts["streets"], "visits": 6, "routes": 3}
    assert {name: count for name, count in counts.items() if name not in RECORD_LAYERS} == made
    assert counts.keys() - made.keys() == RECORD_LAYERS.keys() and all(counts.values())
    assert [one["geometry_type"] for name, one in found.items() if name in made] == [
        "Polygon",
        "Polygon",
        "LineString",
        "Point",
        "LineString",
    ]
    types = dict(zip(found["visits"]["fields"], found["visits"]["dtypes"], strict=True))
    assert (types["date"], types["service_s"]) == ("datetime64[D]", "int32")
