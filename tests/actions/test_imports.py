"""Imports: one transaction, the sample gives way to real data, quarters and plots find each other."""

from __future__ import annotations

import json

import pytest

from geo_service.actions.import_plots import PlotSource, import_plots
from geo_service.actions.import_quarters import import_quarters
from geo_service.actions.import_streets import import_streets
from geo_service.actions.known_area import known_area
from geo_service.base.errors import FileUnreadable


def square(lon, lat, size=0.001, **properties):
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture
def who(now):
    return {"author": "ada", "at": now}


@pytest.fixture
def write(tmp_path):
    def to_file(name, *features):
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
        return path

    return to_file


def test_the_first_import_decides_the_plan_crs(empty, who, write):
    import_plots(empty, write("a.geojson", square(7.76, 49.44, id=1)), **who)
    assert empty.plan_crs() == 25832
    assert empty.plots()[0].epsg == 25832
    assert empty.plots()[0].history[0].author == "ada"


def test_plots_without_quarters_belong_to_none_and_that_is_no_error(empty, who, write):
    report = import_plots(empty, write("a.geojson", square(12.33, 51.32, id=1)), **who)
    assert (report.accepted, report.warnings) == (1, ())
    assert (empty.plots()[0].quarter, empty.plots()[0].code) == ("", "PL-0001")


def test_plots_find_quarters_that_come_later(empty, who, write):
    import_plots(empty, write("a.geojson", square(12.33, 51.32, id=1), square(12.40, 51.40, id=2)), **who)
    quarters = write("q.geojson", square(12.32, 51.31, size=0.03, key="52", name="Kleinzschocher"))
    assert import_quarters(empty, quarters, **who).accepted == 1
    assert [plot.quarter for plot in empty.plots()] == ["52", ""]
    assert [plot.code for plot in empty.plots()] == ["PL-0001", "PL-0002"], "a code once given stays"


def test_quarters_give_new_plots_their_code(empty, who, write):
    import_quarters(empty, write("q.geojson", square(12.32, 51.31, size=0.03, key="52", name="Kleinzschocher")), **who)
    import_plots(empty, write("a.geojson", square(12.33, 51.32, id=1)), **who)
    assert [plot.code for plot in empty.plots()] == ["KLZ-0001"]


def test_a_plot_far_from_the_streets_is_refused_with_its_distance(empty, who, write, sample):
    import_streets(empty, sample / "streets.osm", **who)
    report = import_plots(empty, write("a.geojson", square(12.33, 51.32, id=1), square(9.99, 53.55, id=2)), **who)
    assert (report.accepted, [one.id for one in report.refused]) == (1, ["2"])
    assert "km" in report.refused[0].reason


def test_axes_that_were_swapped_are_turned_back(empty, who, write, sample):
    import_streets(empty, sample / "streets.osm", **who)
    report = import_plots(empty, write("a.geojson", square(51.32, 12.33, id=1)), **who)
    assert (report.accepted, len(report.repaired)) == (1, 1)
    assert "swapped" in report.repaired[0].reason


def test_known_area_follows_what_is_there(empty, who, write, sample):
    assert known_area(empty) is None
    import_quarters(empty, write("q.geojson", square(12.32, 51.31, size=0.03, key="52", name="K")), **who)
    area = known_area(empty)
    assert area.what == "the quarters"
    assert area.bbox == pytest.approx((12.32, 51.31, 12.35, 51.34), abs=0.003)
    import_streets(empty, sample / "streets.osm", **who)
    assert known_area(empty).what == "the street network"


def test_small_plots_are_refused_only_when_asked(empty, who, write):
    file = write("a.geojson", square(12.33, 51.32, size=0.00001, id=1))
    assert import_plots(empty, file, how=PlotSource(min_area_m2=50), **who).refused[0].id == "1"
    report = import_plots(empty, file, **who)
    assert report.accepted == 1
    assert any("m²" in one.reason for one in report.warnings)


@pytest.mark.parametrize("importing", [import_plots, import_quarters, import_streets])
def test_the_sample_gives_way_to_real_data(store, who, write, sample, importing):
    quarters = square(12.32, 51.31, size=0.03, key="52", name="K")
    file = sample / "streets.osm" if importing is import_streets else write("a.geojson", quarters)
    report = importing(store, file, **who)
    assert any("sample" in note for note in report.notes)
    assert not store.is_sample()
    assert store.plan() is None
    assert store.places() == []
    assert len(store.plots()) + len(store.quarters()) + int(store.streets() is not None) == 1


@pytest.mark.parametrize("importing", [import_plots, import_quarters, import_streets])
def test_a_bad_file_changes_nothing(store, who, tmp_path, importing):
    (tmp_path / "bad.geojson").write_bytes(b"\xff\xfe nothing")
    before = store.revision()
    with pytest.raises(FileUnreadable):
        importing(store, tmp_path / "bad.geojson", **who)
    assert (store.revision(), store.is_sample()) == (before, True)


def test_an_export_edited_and_imported_again_changes_only_the_edited_plot(store, who, tmp_path):
    import geopandas as gpd

    from geo_service.outputs.workspace_gpkg import export_gpkg

    file = tmp_path / "all.gpkg"
    export_gpkg(file, store, at=who["at"])
    report = import_plots(store, file, **who)
    assert (report.accepted, report.unchanged, store.is_sample()) == (0, 147, True)
    table = gpd.read_file(file, layer="plots")
    table.loc[0, "name"] = "Ecke mit neuem Namen"
    table.to_file(file, layer="plots")
    report = import_plots(store, file, **who)
    assert (report.accepted, report.unchanged, report.refused) == (1, 146, ())
    assert store.plot(table.loc[0, "code"]).name == "Ecke mit neuem Namen"
    assert store.is_sample()
    assert import_quarters(store, file, **who).source == "all.gpkg"


def test_another_register_with_the_same_codes_replaces_the_sample(store, who, write):
    file = write("ours.geojson", square(12.30, 51.31, code="KLZ-0001"))
    assert import_plots(store, file, **who).accepted == 1
    assert (store.is_sample(), len(store.plots())) == (False, 1)
