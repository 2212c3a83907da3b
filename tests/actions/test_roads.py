"""The roads of a plan: one number per place for all profiles, and ways drawn through facilities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from geo_service.actions.roads import Roads, lay_roads
from geo_service.routes.check import faults
from geo_service.routes.model import Fault, Route
from geo_service.routes.timing import time_route
from geo_service.schedule.crew_days import crew_days
from geo_service.store.model import OpeningHours, Place, PlaceKind
from geo_service.store.sqlite import SqliteStore
from geo_service.streets.model import UNREACHABLE
from geo_service.work.demand import due_visits

MONDAY = date(2026, 11, 23)
HOURS = (OpeningHours((0, 1, 2, 3, 4), 7 * 3600, 17 * 3600),)


@pytest.fixture(scope="module")
def sample_store(planned_sample):
    """Return the open store of the planned sample; nothing here changes it."""
    opened = SqliteStore.open(planned_sample)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def lay(sample_store):
    """Return a maker of roads for the sample, its first plots and crews changed as told."""
    network, places, crews = sample_store.streets(), sample_store.places(), sample_store.crews()
    plots = sample_store.plots()

    def make(*, crew=None, more=(), without=()) -> tuple[Roads, list]:
        chosen = [replace(crews[0], **(crew or {})), *crews[1:]]
        kept = [place for place in [*places, *more] if place.code not in without]
        return lay_roads(network, kept, chosen, plots[:20], plots), chosen

    return make


def test_facilities_lie_between_yards_and_plots(lay):
    roads, _ = lay()

    assert roads.yard_places == {"depot": 0}
    assert roads.facility_places == {"compost-1": 1, "nursery-1": 2, "tip-1": 3}
    assert min(roads.plot_places.values()) == 4
    assert roads.matrix("van").seconds.shape == (4 + 20, 4 + 20)
    assert list(roads.routers) == ["van"]


def test_hours_are_those_of_the_weekday(lay):
    friday, saturday = date(2026, 11, 27), date(2026, 11, 28)
    open_on = lay()[0].facilities([MONDAY, friday, saturday])

    assert [one.code for one in open_on[MONDAY]] == ["compost-1", "nursery-1", "tip-1"]
    assert open_on[MONDAY][0].windows == ((27_000, 55_800),)
    assert open_on[friday][0].windows == ((27_000, 48_600),)
    assert [one.code for one in open_on[saturday]] == ["tip-1"]
    assert open_on[MONDAY][2].place == 3
    assert open_on[MONDAY][2].service_s == 900


def test_each_profile_travels_its_own_way(lay):
    roads, crews = lay(crew={"profile": "bicycle", "end": "tip-2"}, more=[tip("tip-2")])

    assert list(roads.routers) == ["van", "bicycle"]
    assert roads.yard_places == {"depot": 0, "tip-2": 1}
    assert not np.array_equal(roads.matrix("van").seconds, roads.matrix("bicycle").seconds)
    day = crew_days(crews, [MONDAY], roads.yard_places, roads.facilities([MONDAY]))[0]
    assert (day.profile, day.end_place, day.last_place) == ("bicycle", 1, 1)
    assert [one.code for one in day.facilities] == ["compost-1", "nursery-1", "tip-1", "tip-2"]


def tip(code: str, lon: float = 12.331, lat: float = 51.3254, **changes) -> Place:
    return Place(code, PlaceKind.TIP, "Hof", "", lon, lat, frozenset({"200301"}), hours=HOURS, minutes=5, **changes)


def test_what_is_missing_or_beside_the_streets_is_told(lay):
    roads, crews = lay(crew={"end": "nowhere"}, more=[tip("far", 12.9)], without=("depot",))

    assert "depot 'depot' is not set" in roads.notes[0]
    assert "place 'nowhere' is not set: days end at the depot" in roads.notes[1]
    assert "'Hof' lies too far" in roads.notes[2]
    assert "far" not in roads.facility_places
    assert crew_days(crews, [MONDAY], roads.yard_places)[0].end_place is None


def test_where_a_profile_finds_no_street_no_way_leads(lay):
    roads, _ = lay()
    lost = replace(roads, snaps={"van": [*roads.snaps["van"][:-1], None]})
    matrix = lost.matrix("van")

    assert (matrix.seconds[-1, :-1] == UNREACHABLE).all()
    assert (matrix.seconds[:-1, -1] == UNREACHABLE).all()
    assert matrix.seconds[-1, -1] == 0
    assert np.array_equal(matrix.seconds[:-1, :-1], roads.matrix("van").seconds[:-1, :-1])


@pytest.fixture(scope="module")
def driven(lay, sample_store) -> tuple[Roads, Route]:
    """Two loads of waste on two plots: a trip between, and one before the day ends."""
    roads, crews = lay(crew={"ends_empty": True, "capacity_m3": 1.0})
    visits = due_visits(sample_store.plots()[:20], sample_store.catalogue(), {}, [MONDAY]).visits
    litter = [visit for visit in visits if visit.work == "litter_pick"][:2]
    loads = [replace(visit, place=roads.plot_places[visit.plot_id], volume_m3=0.9) for visit in litter]
    day = crew_days(crews, [MONDAY], roads.yard_places, roads.facilities([MONDAY]))[0]
    route = time_route(day, loads, roads.matrix("van"))
    assert isinstance(route, Route)
    return roads, route


def test_a_leg_passes_the_facility_on_the_way(driven):
    roads, route = driven
    line = roads.line(route)

    assert faults(route, roads.matrix("van")) == []
    assert [(trip.after, trip.facility.code) for trip in route.trips] == [(1, "tip-1"), (2, "tip-1")]
    assert len(line.legs) == len(line.names) == 3
    tip_at = roads.snaps["van"][roads.facility_places["tip-1"]]
    depot_at = roads.snaps["van"][roads.yard_places["depot"]]
    to_tip = roads.routers["van"].path(depot_at, tip_at).lonlat[-1]
    for leg, following in zip(line.legs, line.legs[1:], strict=False):
        assert np.allclose(leg[-1], following[0], atol=1e-5)
    assert np.allclose(line.legs[0][0], line.legs[-1][-1], atol=1e-5)
    for leg in line.legs[1:]:
        assert np.abs(np.array(leg) - to_tip).max(axis=1).min() < 1e-5
    assert np.abs(np.array(line.legs[0]) - to_tip).max(axis=1).min() > 1e-4


def test_a_way_that_is_not_there_is_a_fault(driven):
    roads, route = driven
    lost = replace(roads, snaps={"van": [None, *roads.snaps["van"][1:]]})

    assert lost.line(route) == Fault("street", "crew-1 on 2026-11-23: no way leads there")
