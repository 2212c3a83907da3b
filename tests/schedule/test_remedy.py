"""What is told as a remedy is true: it is tried again here, at every place of the crew-day, by the exact timing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.routes.model import Facility, Route
from geo_service.routes.timing import time_route
from geo_service.schedule.crew_days import rested
from geo_service.schedule.model import Placement, Problem
from geo_service.schedule.remedy import explained, why_not
from geo_service.schedule.solve import solve
from geo_service.work.calendar import rest_day
from geo_service.work.hours import MAX_WORK_BALANCED_S

HOUR = 3600


@pytest.fixture
def one_day(make_visit, make_crew_day, make_places, days):
    """Return a maker of plans of one crew-day that does the visits a and b; what else is asked is left out."""

    def make(*left_out, crews=("crew-1",), **changes):
        a, b = (make_visit(name, place, days[:1], priority=4) for place, name in enumerate("ab", start=1))
        crew_days = tuple(make_crew_day(crew, days[0], **changes) for crew in crews)
        matrix = make_places(6, span_s=300)
        problem = Problem((a, b, *left_out), crew_days, matrix, days[:1])
        route = time_route(crew_days[0], [a, b], matrix)
        assert isinstance(route, Route)
        return problem, (route,)

    return make


def told(plan, **more):
    problem, routes = plan
    placed = {stop.visit.visit_id for route in routes for stop in route.stops}
    (one,) = why_not(problem, routes, [visit for visit in problem.visits if visit.visit_id not in placed], **more)
    return one


def fits_somewhere(crew_day, order, visit, matrix):
    return any(
        isinstance(time_route(crew_day, [*order[:at], visit, *order[at:]], matrix), Route)
        for at in range(len(order) + 1)
    )


def test_more_time_is_told_to_the_minute(one_day, make_visit, days):
    visit = make_visit("c", 3, days[:1], service_s=5 * HOUR + 1800)
    plan = one_day(visit, shift=(7 * HOUR, 15 * HOUR))
    one = told(plan)

    assert (one.code, one.remedy.kind, one.remedy.crew, one.remedy.on) == ("no_time", "more_time", "crew-1", days[0])
    assert one.remedy.text == f"mit {one.remedy.minutes} Minuten mehr vor Schichtbeginn am Di 17.11.2026, crew-1"
    assert one.remedy.text_en.startswith(f"with {one.remedy.minutes} minutes more")
    needed = one.remedy.minutes
    order = [stop.visit for stop in plan[1][0].stops]
    for minutes, expected in ((needed, True), (needed - 1, False)):
        day = plan[0].crew_days[0]
        longer = replace(
            day, shift=(day.shift[0] - 60 * minutes, day.shift[1]), max_work_s=day.max_work_s + 60 * minutes
        )
        assert fits_somewhere(longer, order, visit, plan[0].matrix) is expected


@pytest.fixture
def hemmed_in(make_crew_day, days):
    """Return what a crew does the evening before and early the day after, so that its day cannot grow."""

    def around(route):
        return tuple(
            replace(route, crew_day=make_crew_day("crew-1", days[0] + timedelta(apart)), start_s=start, end_s=end)
            for apart, start, end in ((-1, 12 * HOUR, 20 * HOUR), (1, HOUR, 9 * HOUR))
        )

    return around


def test_rest_is_kept_when_a_day_is_made_longer(one_day, make_visit, hemmed_in):
    visit = make_visit("c", 3, (date(2026, 11, 17),), service_s=5 * HOUR + 1800, priority=5)
    problem, (route,) = one_day(visit)

    assert why_not(problem, (route, *hemmed_in(route)), [visit])[0].remedy is None
    assert why_not(problem, (route,), [visit])[0].remedy.kind == "more_time"


def test_who_is_less_urgent_would_give_way(one_day, make_visit, hemmed_in, days):
    visit = make_visit("c", 3, days[:1], service_s=5 * HOUR + 2400, priority=1)
    problem, (route,) = one_day(visit, shift=(7 * HOUR, 13 * HOUR))
    (one,) = why_not(problem, (route, *hemmed_in(route)), [visit])

    assert (one.code, one.remedy.kind, one.remedy.displaces) == ("no_time", "displace", ("a", "b"))
    assert one.remedy.text == "würde am Di 17.11.2026, crew-1 verdrängen: a, b"


@pytest.mark.parametrize(("why", "going"), [("", ("a",)), ("priority", ()), ("lock", ("b",)), ("predecessor", ("b",))])
def test_who_does_not_give_way(one_day, make_visit, hemmed_in, days, why, going):
    visit = make_visit("c", 3, days[:1], service_s=4 * HOUR + 1800, priority=4 if why == "priority" else 1)
    problem, (route,) = one_day(visit, shift=(7 * HOUR, 13 * HOUR))
    if why == "lock":
        problem = replace(problem, in_force={"a": Placement("crew-1", days[0])}, locked=frozenset("a"))
    if why == "predecessor":
        waiting = replace(problem.visits[1], after="a")
        problem = replace(problem, visits=(problem.visits[0], waiting, visit))
        route = replace(route, stops=(route.stops[0], replace(route.stops[1], visit=waiting)))
    remedy = why_not(problem, (route, *hemmed_in(route)), [visit])[0].remedy

    assert (remedy.displaces if remedy else ()) == going


def test_a_full_vehicle_would_be_emptied(one_day, make_visit, days):
    one = told(one_day(make_visit("c", 3, days[:1], volume_m3=2.5, priority=5), capacity_m3=2.6), later=lambda _: None)
    assert one.remedy is None or one.code != "capacity", "there is room for it"

    a_load = make_visit("c", 3, days[:1], volume_m3=2.0, priority=5)
    problem, (route,) = one_day(a_load)
    loaded = tuple(replace(stop, visit=replace(stop.visit, volume_m3=1.0, priority=1)) for stop in route.stops)
    problem = replace(problem, visits=(*(stop.visit for stop in loaded), a_load))
    found = told((problem, (replace(route, stops=loaded),)))
    assert (found.code, found.remedy.kind, found.remedy.on) == ("capacity", "facility_trip", days[0])


def test_the_crew_that_would_fit_is_named(one_day, make_visit, days):
    visit = make_visit("c", 3, days[:1], skills=frozenset({"trees"}), machines=frozenset({"mower", "tipper"}), people=3)
    one = told(one_day(visit))

    assert (one.code, one.remedy.kind, one.remedy.crew) == ("too_few_people", "skill", "crew-1")
    assert one.remedy.needs == ("trees", "tipper", "+1")
    assert one.remedy.text == (
        "crew-1 am Di 17.11.2026 mit der Befähigung 'trees' und dem Gerät 'tipper' und 1 Person mehr"
    )


def test_the_crew_that_lacks_least_is_named(make_visit, make_crew_day, make_places, days):
    visit = make_visit("c", 3, days[:1], skills=frozenset({"trees", "woody"}))
    crew_days = (make_crew_day("crew-1", days[0]), make_crew_day("crew-2", days[0], skills=frozenset({"woody"})))
    problem = Problem((visit,), crew_days, make_places(6), days[:1])

    assert told((problem, ())).remedy.needs == ("trees",)
    assert told((problem, ())).remedy.crew == "crew-2"


@pytest.mark.parametrize(
    ("changes", "code", "kind"),
    [
        ({"day_windows": {}, "forbidden": {date(2026, 11, 17): "BNatSchG §39(5): ..."}}, "law", "other_date"),
        ({"day_windows": {}, "forbidden": {date(2026, 11, 17): "Pacht endet am 1.11.2026"}}, "tenure", "renew"),
        ({"earliest_on": date(2026, 11, 18), "latest_on": date(2026, 11, 18)}, "no_crew_day", "other_date"),
        ({"day_windows": {date(2026, 11, 17): ((16 * HOUR, 17 * HOUR),)}}, "window", "other_date"),
        ({"day_windows": {date(2026, 11, 17): ((15 * HOUR, 16 * HOUR),)}}, "window", "more_time"),
        ({"service_s": 9 * HOUR}, "too_long", "split"),
        ({"volume_m3": 7.0}, "too_large", "split"),
        ({"after": "d"}, "predecessor", "before"),
        ({"place": -1}, "off_network", None),
    ],
)
def test_each_reason_has_its_remedy(one_day, make_visit, days, changes, code, kind):
    day_before = {"earliest_on": date(2026, 11, 1)}
    visit = replace(make_visit("c", 3, days[:1], priority=5), **day_before | changes)
    if kind == "other_date" and code == "window":
        visit = replace(visit, day_windows={days[0]: ((20 * HOUR, 21 * HOUR),)})
    one = told(one_day(visit), later=lambda _: date(2026, 12, 1))

    assert (one.code, one.remedy and one.remedy.kind) == (code, kind)
    if kind == "other_date":
        assert (one.remedy.on, one.remedy.text) == (
            date(2026, 12, 1),
            "erst nach dem Zeitraum, ab Di 01.12.2026",
        )
    if kind == "split":
        assert one.remedy.parts == {"too_long": 2, "too_large": 3}[code]


def test_a_lock_that_cannot_be_kept_is_named(one_day, make_visit, days):
    visit = make_visit("c", 3, days[:1], people=3)
    problem, routes = one_day(visit)
    locked = replace(problem, in_force={"c": Placement("crew-1", days[0])}, locked=frozenset({"c"}))
    gone = replace(problem, in_force={"c": Placement("crew-9", days[0])}, locked=frozenset({"c"}))

    for asked in (locked, gone):
        one = told((asked, routes))
        assert (one.code, one.remedy.kind) == ("lock", "unlock")
    assert told((locked, routes)).reason.startswith("festgelegt auf Di 17.11.2026, crew-1; dort: braucht 3 Personen")


def test_a_facility_in_reach_is_no_remedy_but_a_matter_of_course(one_day, make_visit, days):
    """With a facility the exact timing makes the trips itself: what is left out then lacks something else."""
    tip = Facility("tip", "Hof", 4, 600, ((6 * HOUR, 20 * HOUR),), accepts=frozenset({"200301"}))
    visit = make_visit("c", 3, days[:1], volume_m3=2.0, service_s=5 * HOUR + 2400, priority=5)
    one = told(one_day(visit, facilities=(tip,)))

    assert one.code == "no_time"


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_what_is_told_is_true(problems, data):
    """More time is enough and no minute too much, who gives way makes room, the crew with what it lacks fits."""
    problem = data.draw(problems)
    solution = explained(problem, solve(problem, after_iterations(5), 1))
    worked = {(day.crew, day.on): day for day in rested([day for day in problem.crew_days if rest_day(day.on) is None])}
    orders = {(r.crew_day.crew, r.crew_day.on): [s.visit for s in r.stops] for r in solution.routes}
    known = {visit.visit_id: visit for visit in problem.visits}

    for one in solution.unserved:
        remedy, visit = one.remedy, one.visit
        if remedy is None or remedy.kind in {"split", "before", "renew", "other_date", "facility_trip"}:
            continue
        day, order = worked[remedy.crew, remedy.on], orders.get((remedy.crew, remedy.on), [])
        if remedy.kind == "more_time":
            assert any(fits_somewhere(longer, order, visit, problem.matrix) for longer in _longer(day, remedy.minutes))
            assert not any(
                fits_somewhere(longer, order, visit, problem.matrix) for longer in _longer(day, remedy.minutes - 1)
            )
        elif remedy.kind == "displace":
            assert all(known[gone].priority > visit.priority for gone in remedy.displaces)
            staying = [other for other in order if other.visit_id not in remedy.displaces]
            assert len(staying) == len(order) - len(remedy.displaces)
            assert fits_somewhere(day, staying, visit, problem.matrix)
        else:
            plain = replace(visit, skills=visit.skills & day.skills, machines=visit.machines & day.machines)
            plain = replace(plain, people=min(visit.people, day.people))
            assert plain != visit
            assert fits_somewhere(day, order, plain, problem.matrix)


def _longer(day, minutes):
    most = max(day.max_work_s, min(day.max_work_s + 60 * minutes, MAX_WORK_BALANCED_S))
    opens, closes = day.shift
    return (
        replace(day, shift=(opens - 60 * minutes, closes), max_work_s=most),
        replace(day, shift=(opens, closes + 60 * minutes), max_work_s=most),
    )
