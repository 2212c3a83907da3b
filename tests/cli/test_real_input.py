"""Real files by the four commands: any city works."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.shared]


def test_kaiserslautern_is_planned_with_four_commands(desk, shared_data):
    assert desk("init") == 0
    assert desk("import", "streets", shared_data / "streets" / "kaiserslautern.osm.gz", "--as", "json") == 0
    assert desk.json["accepted"] > 4000
    assert desk("import", "plots", shared_data / "plots" / "kaiserslautern_green.geojson", "--as", "json") == 0
    assert desk.json["read"] == 107
    assert desk("plan", "--from", "2026-11-23", "--days", "10", "--seconds", "5", "--as", "json") == 0, desk.err
    plan = desk.json
    assert plan["checked"] is True
    assert plan["served"] > 50
    assert any("depot" in note for note in plan["notes"]), "the plan says that the depot was assumed"
    assert desk("day", "2026-11-24", "--as", "json") == 0
    assert sum(len(crew["stops"]) for crew in desk.json["crews"]) > 4
    desk("status", "--as", "json")
    assert desk.json["plan_crs"] == 25832


def test_leipzig_quarters_and_vacated_ground(desk, shared_data):
    desk("init")
    assert desk("import", "quarters", shared_data / "leipzig" / "ortsteile.geojson", "--as", "json") == 0
    assert desk.json["accepted"] == 63
    assert desk("import", "plots", shared_data / "leipzig" / "vacated_2014_2025.geojson", "--as", "json") == 0
    report = desk.json
    assert report["read"] == 232
    assert any("m²" in one["reason"] for one in report["warnings"]), "tiny ones are reported"
    desk("status", "--as", "json")
    assert desk.json["plan_crs"] == 25833


@pytest.mark.parametrize(
    ("file", "read", "epsg"),
    [
        ("philadelphia_vacant_land_west.gpkg.zip", 14611, 32618),
        ("chicago_roseland_pullman_lots.shp.zip", 18618, 32616),
    ],
)
def test_many_plots_of_american_cities(desk, shared_data, file, read, epsg):
    desk("init")
    assert desk("import", "plots", shared_data / "plots" / file, "--as", "json") == 0
    assert desk.json["read"] == read
    desk("status", "--as", "json")
    assert desk.json["plan_crs"] == epsg


@pytest.mark.release  # `tests/plots/test_real_files.py` reads the same files on each change
def test_every_broken_file_ends_in_a_report(new_desk, shared_data, tmp_path):
    files = [path for path in sorted((shared_data / "broken").rglob("*")) if path.is_file()]
    assert len(files) > 200
    for number, file in enumerate(files):
        desk = new_desk(tmp_path / str(number))
        desk("init")
        kind = "streets" if "osm" in file.parts else "plots"
        code = desk("import", kind, file, "--as", "json")
        assert code in (0, 2), (file, desk.err)
        report = desk.json
        assert report["read"] == report["accepted"] + len(report["refused"]) + report["unchanged"], file
        assert "Traceback" not in desk.err
        assert all(one["reason"] and one["remedy"] for one in report["refused"]), file
