"""The plots: real streets, fictional parcels, every kind the domain knows, nothing in the way of anything."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_service.plots.columns import COLUMN, parse_values
from geo_service.plots.model import Baunvo, CareKind, Contamination, OwnerKind, PlotState, TenureKind
from geo_service.plots.parcels import parse_key
from geo_service.plots.quarters import QuarterOptions, read_quarters
from geo_service.plots.reading import ReadOptions, read_plots

ON = date(2026, 11, 23)
GEMARKUNG = {"0413": "Kleinzschocher", "0417": "Leutzsch", "0418": "Lindenau", "0427": "Plagwitz"}


@pytest.fixture(scope="module")
def rows(sample: Path) -> list[dict[str, Any]]:
    features = json.loads((sample / "plots.geojson").read_text())["features"]
    return [feature["properties"] for feature in features]


@pytest.fixture(scope="module")
def values(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    read = [parse_values(row) for row in rows]
    assert [complaints for _, complaints in read if complaints] == []
    return [value for value, _ in read]


def street_of(address: str) -> str:
    """Take the house number off."""
    return re.sub(r" \d+[a-z]?$", "", address)


def test_the_columns_are_those_of_the_house(rows: list[dict[str, Any]]):
    assert {name for row in rows for name in row} <= set(COLUMN)


def test_they_are_read_without_a_complaint(sample: Path, now: datetime):
    quarters = read_quarters(sample / "quarters.geojson", QuarterOptions(epsg=None))
    options = ReadOptions(epsg=quarters.epsg, quarters=quarters.quarters, author="sample", at=now, source="sample")
    plots = read_plots(sample / "plots.geojson", options)
    for report in (quarters.report, plots.report):
        assert report.accepted == report.read > 0
        assert (report.refused, report.repaired, report.warnings) == ((), (), ())
    short = {quarter.key: quarter.short for quarter in quarters.quarters}
    assert all(plot.code.startswith(f"{short[plot.quarter]}-") for plot in plots.plots)


def test_there_are_enough_and_their_codes_are_unique(plots: gpd.GeoDataFrame, quarters: gpd.GeoDataFrame):
    assert len(plots) >= 130
    assert plots.code.is_unique
    assert plots.address.is_unique
    short = quarters.set_index("key").short
    for key, codes in plots.groupby("quarter").code:
        assert sorted(codes) == [f"{short[key]}-{number:04d}" for number in range(1, len(codes) + 1)]


def test_the_outlines_are_sound(plots: gpd.GeoDataFrame):
    assert plots.is_valid.all()
    assert plots.area.between(120, 9000).all()
    assert 600 <= plots.area.median() <= 1200
    assert "MultiPolygon" in set(plots.geom_type)
    assert (shapely.get_num_interior_rings(plots.geometry.values) > 0).any()
    assert {3, 4, 6} <= set(shapely.get_num_coordinates(plots.geometry.values) - 1)


def test_each_plot_lies_in_its_quarter(plots: gpd.GeoDataFrame, quarters: gpd.GeoDataFrame):
    outline = quarters.set_index("key").geometry
    assert all(outline[plot.quarter].contains(plot.geometry) for plot in plots.itertuples())


def test_plots_keep_off_each_other_and_off_the_streets(plots: gpd.GeoDataFrame, ways):
    shapes = plots.geometry.values
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=0.5)
    assert (first == second).all()
    streets = shapely.union_all([way.line for way in ways])
    distance = shapely.distance(shapes, streets)
    assert (distance >= 4).all()
    assert (distance <= 15).all()


def test_plots_keep_off_water_and_rails(plots: gpd.GeoDataFrame, landscape: gpd.GeoDataFrame):
    barriers = landscape[landscape.kind.isin(["water", "rail"])].union_all()
    assert (plots.distance(barriers) > 5).all()


def test_each_plot_lies_on_the_street_of_its_address(plots: gpd.GeoDataFrame, ways):
    for plot in plots.itertuples():
        own = [way.line for way in ways if way.name == street_of(plot.address)]
        assert own, f"{plot.code}: no street {plot.address}"
        assert min(shapely.distance(own, plot.geometry)) <= 20, f"{plot.code} is far from {plot.address}"


@pytest.mark.parametrize(
    ("column", "kinds"),
    [
        ("state", PlotState),
        ("owner_kind", OwnerKind),
        ("tenure_kind", TenureKind),
        ("baunvo", Baunvo),
        ("contamination", Contamination),
    ],
)
def test_every_kind_occurs(values: list[dict[str, Any]], column: str, kinds: Any):
    assert {value[column] for value in values} == set(kinds)


def test_every_kind_of_care_occurs_and_fits_on_its_plot(values: list[dict[str, Any]], plots: gpd.GeoDataFrame):
    seen = set()
    for value, area_m2 in zip(values, plots.area, strict=True):
        care = value.get("care_areas", ())
        seen |= {part.kind for part in care}
        assert sum(part.area_m2 for part in care) <= area_m2
    assert seen == set(CareKind)


def test_parcels_are_fictional_and_in_the_right_gemarkung(values: list[dict[str, Any]]):
    shown = []
    for value in values:
        for parcel in value["parcels"]:
            number, name = parcel.display.split()
            assert int(re.match(r"\d+", number)[0]) >= 90000
            assert name in GEMARKUNG.values()
            shown.append(parcel.display)
            if parcel.key:
                key = parse_key(parcel.key)
                assert (key.land, GEMARKUNG[key.district], key.number) == ("14", name, number)
            else:
                assert number[-1].isalpha()
    assert len(shown) == len(set(shown))
    assert any(display.split()[0][-1].isalpha() for display in shown)


def test_gemarkung_is_not_ortsteil(values: list[dict[str, Any]]):
    south = [value for value in values if value["address"].startswith("Siemensstraße")]
    assert south
    assert all(parcel.display.endswith("Kleinzschocher") for value in south for parcel in value["parcels"])


def test_some_agreements_end_soon_and_some_have_ended(values: list[dict[str, Any]]):
    until = [value["tenure_until"] for value in values if value["tenure_until"]]
    assert sum(ON <= day <= ON + timedelta(days=90) for day in until) >= 3
    assert sum(day < ON for day in until) >= 3
    for value in values:
        if value["tenure_until"] and value["tenure_from"]:
            assert value["tenure_from"] < value["tenure_until"]


def test_two_or_three_owners_objected(values: list[dict[str, Any]]):
    assert 2 <= sum(not value["public"] for value in values) <= 3


def test_the_access_is_on_the_plot(plots: gpd.GeoDataFrame):
    given = plots[plots.access_lon.notna()]
    assert 0.5 <= len(given) / len(plots) < 1
    places = gpd.GeoSeries(gpd.points_from_xy(given.access_lon, given.access_lat), index=given.index, crs=4326)
    assert (given.distance(places.to_crs(given.crs)) <= 1.5).all()


def test_the_history_leads_to_the_state(values: list[dict[str, Any]]):
    for value in values:
        steps = value.get("history") or ()
        assert bool(steps) == (value["state"] is not PlotState.REGISTERED)
        if steps:
            assert steps[0].state is PlotState.REGISTERED
            assert steps[-1].state is value["state"]
            assert all(np.diff([step.at.timestamp() for step in steps]) > 0)
            assert steps[-1].at.date() < ON
