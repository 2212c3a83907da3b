"""QGIS reads the collections as layers: paging, CRS, types of attributes, a filter by extent, a token as password."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import program

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("layers_in_qgis.py")


@pytest.fixture
def layers(desk, tmp_path: Path):
    """Return a way to have QGIS read all layers, with a token or without one."""
    program("qgis")
    python = Path("/usr/bin/python3")  # QGIS is made for the system's own Python, whichever runs the tests
    if (
        not python.exists()
        or subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False).returncode
    ):
        pytest.skip("QGIS has no Python here: apt-get install python3-qgis")

    def read(secret: str = "") -> dict[str, dict[str, object]]:
        kept = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
        done = subprocess.run(
            [str(python), str(SCRIPT), desk.url, secret],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, **kept, "QT_QPA_PLATFORM": "offscreen"},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return read


def test_anybody_opens_what_is_public(layers) -> None:
    found = layers()
    assert [name for name, one in found.items() if one["valid"]] == ["quarters", "plots", "streets"]
    plots = found["plots"]
    assert plots["counts"] == [11, 11, 11]
    assert plots["in_the_west"] == 2
    assert (plots["geometry"], plots["crs"]) == ("Polygon", "EPSG:4326")
    assert plots["fields"]["area_m2"] == "Real"
    assert "state" not in plots["fields"]
    assert found["streets"]["geometry"] == "LineString"


def test_a_token_as_password_opens_everything(desk, layers) -> None:
    found = layers(desk.secrets["viewer"])
    assert found["plots"]["counts"] == [12, 12, 12]
    assert found["visits"]["counts"] == [6, 6, 6]
    assert found["visits"]["geometry"] == "Point"
    kinds = ("String", "Date", "DateTime", "Integer")
    assert tuple(found["visits"]["fields"][name] for name in ("status", "date", "arrival", "service_s")) == kinds
    assert found["routes"]["counts"] == [3, 3, 3]
    assert found["routes"]["geometry"] == "LineString"
