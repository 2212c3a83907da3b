from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo_service.plots.model import Quarter
from geo_service.plots.quarters import QuarterOptions, new_short, quarter_of, read_quarters
from geo_service.plots.table import object_array


def write(path: Path, rows: list[tuple[dict[str, str], tuple[float, float, float, float]]]) -> Path:
    features = [
        {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(box(*bounds)))}
        for properties, bounds in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


WEST = [
    ({"OT": "52", "Name": "Kleinzschocher"}, (12.30, 51.30, 12.33, 51.32)),
    ({"OT": "71", "Name": "Altlindenau"}, (12.33, 51.30, 12.35, 51.32)),
    ({"OT": "53", "Name": "Großzschocher"}, (12.30, 51.28, 12.33, 51.30)),
]


def test_leipzigs_west_has_its_shorts_and_groups(tmp_path: Path) -> None:
    done = read_quarters(write(tmp_path / "q.geojson", WEST), QuarterOptions(epsg=25833))
    assert [(one.key, one.name, one.short, one.group) for one in done.quarters] == [
        ("52", "Kleinzschocher", "KLZ", "Kleinzschocher"),
        ("71", "Altlindenau", "ALN", "Lindenau"),
        ("53", "Großzschocher", "GRS", "Großzschocher"),
    ]
    assert (done.report.accepted, done.report.warnings) == (3, ())


def test_reading_again_changes_nothing_and_keeps_all(tmp_path: Path) -> None:
    path = write(tmp_path / "q.geojson", WEST)
    first = read_quarters(path, QuarterOptions(epsg=25833))
    again = read_quarters(path, QuarterOptions(epsg=25833, existing=first.quarters))
    assert again.quarters == first.quarters
    assert (again.report.accepted, again.report.unchanged) == (0, 3)


def test_columns_short_and_group_of_the_file_decide(tmp_path: Path) -> None:
    rows = [({"key": "1", "name": "Kleinzschocher", "short": "KZ1", "group": "West"}, (12.30, 51.30, 12.33, 51.32))]
    quarter = read_quarters(write(tmp_path / "q.geojson", rows), QuarterOptions(epsg=25833)).quarters[0]
    assert (quarter.short, quarter.group) == ("KZ1", "West")


def test_overlapping_quarters_are_warned_of_and_double_keys_refused(tmp_path: Path) -> None:
    rows = [
        *WEST,
        ({"OT": "52", "Name": "x"}, (12.4, 51.3, 12.41, 51.31)),
        ({"OT": "99", "Name": "y"}, (12.32, 51.3, 12.34, 51.31)),
    ]
    report = read_quarters(write(tmp_path / "q.geojson", rows), QuarterOptions(epsg=25833)).report
    assert [one.reason for one in report.refused] == ["id 52 is also row 1"]
    assert [(one.row, one.reason.split(" by ")[0]) for one in report.warnings] == [
        (5, "overlaps Altlindenau (row 2)"),
        (5, "overlaps Kleinzschocher (row 1)"),
    ]


@given(st.lists(st.text(max_size=8), max_size=30))
def test_shorts_are_three_letters_each_once(names: list[str]) -> None:
    used: set[str] = set()
    for name in names:
        short = new_short(name, used)
        assert short not in used
        assert len(short) == 3
        assert short.isascii()
        assert short.isupper()
        used.add(short)


def quarter(key: str, *bounds: float) -> Quarter:
    return Quarter(key, key, key, key, box(*bounds), 25833)


def test_a_plot_belongs_where_most_of_it_lies() -> None:
    quarters = [quarter("A", 0, 0, 100, 100), quarter("B", 100, 0, 200, 100), quarter("ALL", 0, 0, 1000, 100)]
    plots = object_array([box(90, 0, 104, 10), box(96, 0, 110, 10), box(2000, 0, 2001, 1), None])
    assert quarter_of(plots, quarters[:2]) == [0, 1, -1, -1]
    inside = object_array([box(80, 0, 90, 10), box(110, 0, 120, 10), box(500, 0, 510, 10)])
    assert quarter_of(inside, quarters) == [0, 1, 2]
    assert quarter_of(plots, []) == [-1] * 4


@pytest.mark.parametrize("seed", range(3))
def test_quarters_are_found_as_comparing_all_areas_finds_them(seed: int) -> None:
    corners = np.random.default_rng(seed).uniform(0, 90, (40, 2))
    plots = [box(x, y, x + 7, y + 5) for x, y in corners]
    quarters = [quarter(f"{i}{j}", i * 30, j * 30, i * 30 + 30, j * 30 + 30) for i in range(4) for j in range(4)]
    best = [max(range(16), key=lambda n: quarters[n].geometry.intersection(plot).area) for plot in plots]
    assert quarter_of(object_array(plots), quarters) == best
