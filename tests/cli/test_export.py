"""Exports: the ending says the form, everything or one layer, and what cannot be is told."""

from __future__ import annotations

import sqlite3

import pyogrio
import pytest

from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.sample import load_sample
from geo_service.main import sample_folder
from geo_service.outputs.basemap import FILE_NAME, BasemapFile

from .conftest import Desk


@pytest.fixture
def filled(desk: Desk, now) -> Desk:
    store = make_workspace(desk.workspace, defaults=sample_folder(), author="tester", at=now)
    load_sample(store, sample_folder(), at=now)
    store.close()
    return desk


def test_everything_goes_into_one_geopackage_with_styles(filled: Desk, tmp_path) -> None:
    assert filled("export", tmp_path / "all.gpkg") == 0
    assert {"plots", "streets", "layer_styles"} <= {str(name) for name, _ in pyogrio.list_layers(tmp_path / "all.gpkg")}
    file = sqlite3.connect(tmp_path / "all.gpkg")
    assert file.execute("SELECT count(*) FROM layer_styles WHERE f_table_name = 'plots'").fetchone() == (4,)
    file.close()


@pytest.mark.parametrize("ending", ["gpkg", "parquet", "fgb", "zip", "csv"])
def test_one_layer_goes_into_any_form(filled: Desk, tmp_path, ending: str) -> None:
    assert filled("export", tmp_path / f"plots.{ending}", "--layer", "plots") == 0
    assert (tmp_path / f"plots.{ending}").stat().st_size > 1000


@pytest.mark.parametrize(
    ("words", "said"),
    [(["a.dxf"], ".parquet"), (["a"], ".parquet"), (["a.csv"], "--layer"), (["a.csv", "--layer", "trees"], "trees")],
)
def test_what_cannot_be_is_told(filled: Desk, tmp_path, words: list[str], said: str) -> None:
    assert filled("export", tmp_path / words[0], *words[1:]) == 2
    assert said in filled.err
    assert not (tmp_path / words[0]).exists()


def test_an_import_of_streets_makes_the_basemap(desk: Desk, now) -> None:
    make_workspace(desk.workspace, defaults=sample_folder(), author="tester", at=now).close()
    assert desk("import", "streets", sample_folder() / "streets.osm", "--as", "json") == 0
    assert b"basemap: " in desk.out
    assert (desk.workspace / FILE_NAME).exists()
    BasemapFile(desk.workspace).clear()
    assert desk("import", "streets", sample_folder() / "plots.geojson") == 2
    assert not (desk.workspace / FILE_NAME).exists()
