"""Trying an import: each row with its place and its fate; nothing is changed, and then it does just that."""

from __future__ import annotations

import json

import pytest

from geo_service.actions.import_plots import import_plots, preview_import
from geo_service.base.errors import FileUnreadable


def square(lon, lat, size=0.001, **properties):
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture
def who(now):
    return {"author": "ada", "at": now}


@pytest.fixture
def mixed(tmp_path, sample):
    """A file with a known plot, one changed, one new, one mended, one far off, a double, a point and nothing."""
    plots = json.loads((sample / "plots.geojson").read_text(encoding="utf-8"))["features"]
    known, changed = plots[0], plots[1]
    changed["properties"]["name"] = "anders"
    spur = square(12.31, 51.33, id="spur")
    spur["geometry"]["coordinates"][0][1:1] = [[12.3105, 51.33], [12.31051, 51.33001], [12.3105, 51.33001],
                                               [12.31051, 51.33]]  # fmt: skip
    point = {"type": "Feature", "properties": {"id": "p"}, "geometry": {"type": "Point", "coordinates": [12.33, 51.32]}}
    none = {"type": "Feature", "properties": {"id": "n"}, "geometry": None}
    far = square(2.3, 48.8, id="paris")
    features = [known, changed, square(12.3, 51.31, id="new"), spur, far, known, point, none]
    path = tmp_path / "mixed.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_each_row_has_its_place_and_what_becomes_of_it(store, mixed, who):
    before = store.revision()
    found = preview_import(store, mixed, **who)
    assert store.revision() == before
    assert [row.row for row in found.rows] == list(range(1, 9))
    outcomes = [row.outcome for row in found.rows]
    assert outcomes == ["unchanged", "changed", "new", "new", "refused", "refused", "refused", "refused"]
    assert [row.lonlat is None for row in found.rows] == [False] * 7 + [True]
    assert found.rows[2].lonlat == pytest.approx((12.3005, 51.3105))
    assert found.rows[4].lonlat == pytest.approx((2.3005, 48.8005)), "a refused row is shown where it lies"
    assert "crosses itself" in found.rows[3].repaired
    assert all(row.reason and row.remedy for row in found.rows if row.outcome == "refused")
    assert all((row.plot is None) == (row.outcome == "refused") for row in found.rows)
    assert (found.report.read, len(found.report.refused)) == (8, 4)


def test_the_import_then_does_just_that(store, mixed, who):
    found = preview_import(store, mixed, **who)
    report = import_plots(store, mixed, **who)
    assert report == found.report
    kept = {plot.code: plot for plot in store.plots()}
    for row in found.rows:
        if row.plot is not None:
            assert kept[row.plot.code] == row.plot
    again = preview_import(store, mixed, **who)
    assert {row.outcome for row in again.rows} == {"unchanged", "refused"}


def test_it_says_when_the_sample_would_go(store, tmp_path, who):
    elsewhere = tmp_path / "a.geojson"
    elsewhere.write_text(json.dumps({"type": "FeatureCollection", "features": [square(7.76, 49.44, id=1)]}))
    found = preview_import(store, elsewhere, **who)
    assert found.leaves_sample
    assert found.rows[0].plot.epsg == 25832
    assert store.is_sample()
    assert not preview_import(store, elsewhere, **who).rows[0].warnings
    (tmp_path / "b.geojson").write_text("no json")
    with pytest.raises(FileUnreadable):
        preview_import(store, tmp_path / "b.geojson", **who)
