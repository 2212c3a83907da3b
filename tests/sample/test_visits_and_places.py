"""Past visits fit plot, season and calendar; the fixed places lie on their streets; the folder stays small."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import holidays
import pytest
import shapely

from geo_service.actions.sample import read_places
from geo_service.base.crs import transform_geometry
from geo_service.plots.columns import parse_values
from geo_service.plots.model import CareKind, PlotState
from geo_service.store.model import PlaceKind, facilities_of
from geo_service.work.catalogue import read_catalogue
from geo_service.work.crews import read_crews
from geo_service.work.season import in_season

ON = date(2026, 11, 23)
ONCE = {"clear", "green"}


@pytest.fixture(scope="module")
def visits(sample: Path) -> list[tuple[str, str, date]]:
    with (sample / "visits_done.csv").open(encoding="utf-8", newline="") as lines:
        return [(row["plot"], row["work"], date.fromisoformat(row["done_on"])) for row in csv.DictReader(lines)]


def test_each_visit_is_told_once_and_in_order(visits):
    assert visits == sorted(visits)
    assert len({(plot, work) for plot, work, _ in visits}) == len(visits)


def test_visits_fit_plot_season_and_calendar(sample: Path, visits, plots: gpd.GeoDataFrame):
    kinds = read_catalogue(sample / "catalogue.json").kinds
    known = {}
    for row in plots.drop(columns="geometry").to_dict("records"):
        value, _ = parse_values(row)
        known[row["code"]] = (value["state"], {part.kind for part in value.get("care_areas") or ()})
    free = holidays.Germany(subdiv="SN", years=range(2024, 2027))
    for plot, work, on in visits:
        kind, (state, care) = kinds[work], known[plot]
        assert on < ON
        assert on.weekday() < 5 and on not in free, f"{plot} {work} on {on}"
        assert kind.season is None or in_season(kind.season, on), f"{plot} {work} on {on}"
        if work in ONCE:
            assert state in {PlotState.CLEARED, PlotState.GREENED}
            continue
        assert state in kind.states, f"{plot} is {state}: no {work}"
        assert kind.care is None or kind.care in care or (kind.care is CareKind.LITTER and not care)
        assert on >= ON - timedelta(days=max(365, kind.interval_days[1])), f"{plot} {work} on {on}"


def test_last_visits_are_spread_so_that_only_a_share_is_due(sample: Path, visits):
    kinds = read_catalogue(sample / "catalogue.json").kinds
    for work in ("inspect", "tree_check"):
        shortest = kinds[work].interval_days[0]
        ages = [(ON - on).days for _, done, on in visits if done == work]
        fresh = sum(age < shortest - 12 for age in ages)
        assert 0.4 <= fresh / len(ages) <= 0.95


def test_places_lie_on_their_streets(sample: Path, quarters: gpd.GeoDataFrame, ways):
    places = json.loads((sample / "places.json").read_text())
    kinds = [PlaceKind(place["kind"]) for place in places]
    assert {kind: kinds.count(kind) for kind in PlaceKind} == {
        PlaceKind.DEPOT: 1,
        PlaceKind.CONTACT_POINT: 2,
        PlaceKind.TIP: 2,
        PlaceKind.NURSERY: 1,
    }
    for place in places:
        assert set(place) - {"accepts", "supplies", "hours", "minutes"} == {
            *("code", "kind", "name", "address", "lon", "lat")
        }
        spot = transform_geometry(shapely.Point(place["lon"], place["lat"]), 4326, 25833)
        own = [way.line for way in ways if way.name and place["address"].startswith(way.name)]
        assert min(shapely.distance(own, spot)) <= 25
        assert quarters.contains(spot).sum() == 1
    depot = next(place for place in places if place["code"] == "depot")
    spot = transform_geometry(shapely.Point(depot["lon"], depot["lat"]), 4326, 25833)
    assert list(quarters[quarters.contains(spot)].name) == ["Plagwitz"]


def test_all_that_work_yields_and_needs_has_a_place_to_go_to(sample: Path):
    kinds = read_catalogue(sample / "catalogue.json").kinds.values()
    places = read_places(sample / "places.json")
    facilities = facilities_of(places, ON, {place.code: number for number, place in enumerate(places)})
    assert [one.code for one in facilities] == ["tip-1", "compost-1", "nursery-1"]
    assert {kind.waste_key for kind in kinds} - {""} <= facilities[0].accepts
    assert {kind.supply for kind in kinds} - {""} == facilities[2].supplies == {"plants"}
    assert all(one.service_s >= 600 and sum(end - start for start, end in one.windows) > 6 * 3600 for one in facilities)
    for crew in read_crews(sample / "crews.json"):
        assert crew.max_work_s >= crew.regular_s > 0


def test_the_folder_says_what_it_is_and_stays_small(sample: Path):
    readme = (sample / "README.md").read_text(encoding="utf-8")
    assert "CC0-1.0" in readme
    assert "schematic" in readme
    for path in sample.iterdir():
        if path.suffix in {".geojson", ".osm", ".csv", ".json"}:
            assert path.name in readme, f"README.md does not tell of {path.name}"
    assert sum(path.stat().st_size for path in sample.iterdir()) < 1_500_000
