"""GDAL reads the collections: what QGIS users will meet."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def ogrinfo() -> str:
    program = shutil.which("ogrinfo")
    if program is None:
        pytest.skip("no ogrinfo on this machine: `apt-get install gdal-bin`")
    return program


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
        return done.stdout

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
