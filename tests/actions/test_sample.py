"""The sample is loaded whole or not at all."""

from __future__ import annotations

import shutil

import pytest

from geo_service.actions.sample import load_sample
from geo_service.base.errors import GeoServiceError


def test_everything_of_the_sample_is_there(empty, sample, now):
    reports = load_sample(empty, sample, at=now)
    assert all(report.refused == () for report in reports.values())
    assert empty.is_sample()
    assert len(empty.quarters()) == 6
    assert len(empty.plots()) >= 120
    assert {place.kind.value for place in empty.places()} == {"depot", "contact_point", "tip", "nursery"}
    assert empty.landscape()
    assert len(empty.last_done()) > 100
    assert empty.plan_crs() == 25833


@pytest.mark.parametrize("name", ["quarters.geojson", "streets.osm", "plots.geojson", "places.json", "visits_done.csv"])
def test_a_damaged_file_leaves_the_workspace_empty(empty, sample, now, tmp_path, name):
    shutil.copytree(sample, tmp_path / "sample")
    (tmp_path / "sample" / name).write_text("what is this?")
    with pytest.raises(GeoServiceError):
        load_sample(empty, tmp_path / "sample", at=now)
    assert (empty.plots(), empty.is_sample()) == ([], False)
