from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.routes.model import Facility
from geo_service.routes.timing import Refusal, time_route
from geo_service.schedule.check import UNSERVED_CODES, faults
from geo_service.schedule.crew_days import rested
from geo_service.schedule.dates import may_lie_on
from geo_service.schedule.fit import Fit
from geo_service.schedule.model import Placement
from geo_service.schedule.solve import solve
from geo_service.schedule.unserved import before_roads
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.calendar import rest_day

HOUR = 3600
MORNING = ((9 * HOUR, 13 * HOUR),)


def left_out(problem, visit, **changes):
    """Plan with one visit changed and return what is said of it."""
    visits = tuple(replace(one, **changes) if one.visit_id == visit else one for one in problem.visits)
    solution = solve(replace(problem, visits=visits), after_iterations(10), 1)
    return next((one for one in solution.unserved if one.visit.visit_id == visit), None)


CASES = [
    ({"place": -1}, "off_network", "abseits des Straßennetzes", "off the street network"),
    ({"people": 3}, "too_few_people", "braucht 3 Personen, die größte Kolonne hat 2", "the largest crew has 2"),
    ({"skills": frozenset({"woody"})}, "no_skill", "keine Kolonne hat Befähigung 'woody'", "has the skill 'woody'"),
    ({"machines": frozenset({"tipper"})}, "no_machine", "Gerät 'tipper'", "machine 'tipper'"),
    ({"volume_m3": 4.5}, "too_large", "4,5 m³ an, das größte geeignete Fahrzeug fasst 3,0 m³", "carries 3.0 m³"),
    ({"volume_m3": 3.04}, "too_large", "3,04 m³ an, das größte geeignete Fahrzeug fasst 3,00 m³", "carries 3.00 m³"),
    ({"day_windows": {}}, "law", "kein erlaubtes Zeitfenster", "forbidden on every day"),
    ({"service_s": 5 * HOUR}, "too_long", "braucht 5:00 h, der längste erlaubte Abschnitt hat 4:00 h", "is 4:00 h"),
    ({"after": "visit-9"}, "predecessor", "wartet auf visit-9", "waits for visit-9"),
    ({"after": "visit-0"}, "predecessor", "wartet auf visit-0", "waits for visit-0"),
]


@pytest.mark.parametrize(("changes", "code", "german", "english"), CASES)
def test_names_the_reason_that_binds(make_problem, days, changes, code, german, english):
    problem = make_problem(3)
    one = left_out(problem, "visit-0", **{"day_windows": dict.fromkeys(days, MORNING), **changes})

    assert one is not None
    assert (one.code, german in one.reason, english in one.reason_en) == (code, True, True), one


def test_the_control_is_served(make_problem, days):
    assert left_out(make_problem(3), "visit-0", day_windows=dict.fromkeys(days, MORNING)) is None


def test_names_the_law(make_problem, days):
    forbidden = dict.fromkeys(days, "BNatSchG §39(5)")
    one = left_out(make_problem(3), "visit-0", day_windows={}, forbidden=forbidden)

    assert one.reason == "an jedem Tag des Zeitraums verboten: BNatSchG §39(5)"


def test_a_window_that_closes_before_it_opens_is_none(make_problem, days):
    one = left_out(make_problem(3), "visit-0", day_windows=dict.fromkeys(days, ((13 * HOUR, 9 * HOUR),)))

    assert (one.code, one.reason) == ("law", "an jedem Tag des Zeitraums verboten: kein erlaubtes Zeitfenster")


def test_names_the_window_outside_the_shift(make_problem, days):
    one = left_out(make_problem(3), "visit-0", day_windows=dict.fromkeys(days, ((15 * HOUR, 20 * HOUR),)))

    assert one.code == "window"
    assert "erlaubt sind 15:00-20:00, die Schichten gehen 07:00-15:00" in one.reason


def test_names_skills_that_no_crew_has_together(make_problem):
    problem = make_problem(3)
    crew_days = tuple(
        replace(day, skills=frozenset({"woody"}), machines=frozenset()) if day.crew == "crew-2" else day
        for day in problem.crew_days
    )
    needs = {"skills": frozenset({"woody"}), "machines": frozenset({"mower"})}
    one = left_out(replace(problem, crew_days=crew_days), "visit-0", **needs)

    assert (one.code, "alles zugleich" in one.reason) == ("no_skill", True)


def test_names_the_dates_on_which_nobody_works(make_problem, days):
    wednesday = days[0] + timedelta(1)
    one = left_out(make_problem(3), "visit-0", earliest_on=wednesday, due_on=wednesday, latest_on=wednesday)

    assert (one.code, "zwischen 18.11.2026 und 18.11.2026" in one.reason) == ("no_crew_day", True)
    assert "between 18 Nov 2026 and 18 Nov 2026" in one.reason_en


@pytest.mark.parametrize("way", [(0, 1), (1, 0)])
def test_names_a_way_that_does_not_exist(make_problem, way):
    problem = make_problem(3)
    seconds = problem.matrix.seconds.copy()
    seconds[way] = UNREACHABLE
    one = left_out(replace(problem, matrix=TravelMatrix(seconds, problem.matrix.metres)), "visit-0")

    assert one.code == "unreachable"


def test_names_the_drive_that_leaves_no_time(make_problem):
    problem = make_problem(3)
    seconds = problem.matrix.seconds.copy()
    seconds[0, 1] = seconds[1, 0] = 3 * HOUR
    one = left_out(replace(problem, matrix=TravelMatrix(seconds, problem.matrix.metres)), "visit-0", service_s=3 * HOUR)

    assert (one.code, "3:00 h Arbeit und 6:00 h Fahrt" in one.reason) == ("too_long", True)


def test_names_a_predecessor_that_leaves_no_day(make_problem, days):
    problem = make_problem(3)
    one = left_out(problem, "visit-0", after="visit-1", after_days=7)

    assert (one.code, "kann erst 7 Tage nach der Vorarbeit am" in one.reason) == ("predecessor", True)


def test_tells_how_full_the_crew_days_are(make_visit, make_crew_day, make_places, make_problem, days):
    problem = replace(
        make_problem(0),
        visits=tuple(make_visit(f"visit-{n}", n + 1, days[:1], service_s=4 * HOUR, priority=1 + n) for n in range(2)),
        crew_days=(make_crew_day("crew-1", days[0]),),
        matrix=make_places(3, 1, 60),
        days=days[:1],
    )
    one = solve(problem, after_iterations(5), 1).unserved[0]

    assert (one.visit.visit_id, one.code) == ("visit-1", "no_time")
    assert one.reason.startswith("alle 1 möglichen Einsatztage sind voll; am wenigsten belegt: Di 17.11.2026, crew-1, ")
    assert "Tue 17 Nov 2026, crew-1, " in one.reason_en


def test_tells_when_the_vehicle_is_full(make_visit, make_crew_day, make_places, make_problem, days):
    problem = replace(
        make_problem(0),
        visits=tuple(make_visit(f"visit-{n}", n + 1, days[:1], volume_m3=2.0) for n in range(2)),
        crew_days=(make_crew_day("crew-1", days[0]),),
        matrix=make_places(3),
        days=days[:1],
    )
    one = solve(problem, after_iterations(5), 1).unserved[0]

    assert (one.code, "ist die Ladefläche voll (höchstens 1,0 m³ frei)" in one.reason) == ("capacity", True)


def test_tells_when_only_the_hours_are_taken(make_visit, make_crew_day, make_places, make_problem, days):
    ten = {days[0]: ((10 * HOUR, 11 * HOUR),)}
    problem = replace(
        make_problem(0),
        visits=tuple(make_visit(f"visit-{n}", n + 1, days[:1], day_windows=ten) for n in range(2)),
        crew_days=(make_crew_day("crew-1", days[0]),),
        matrix=make_places(3),
        days=days[:1],
    )
    one = solve(problem, after_iterations(5), 1).unserved[0]

    assert (one.code, "in den erlaubten Zeiten Platz" in one.reason) == ("no_time", True)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_reasons_before_roads_agree_with_the_fit(problems, data):
    problem = data.draw(problems)
    fit = Fit(problem.visits, problem.crew_days, min(problem.days))

    for number, visit in enumerate(problem.visits):
        reason = before_roads(visit, problem.crew_days, min(problem.days))
        assert (reason is None) == bool(np.any(fit.possible[number]))
        assert reason is None or reason.code in UNSERVED_CODES


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_said_to_have_no_time_fits_nowhere(problems, data):
    """Try each such visit, that waits for nobody, at every position of every crew-day."""
    problem = data.draw(problems)
    solution = solve(problem, after_iterations(5), 1)
    routes = {(route.crew_day.crew, route.crew_day.on): route.stops for route in solution.routes}
    worked = rested([day for day in problem.crew_days if rest_day(day.on) is None])

    for visit in (one.visit for one in solution.unserved if one.code == "no_time" and "gehen vor" not in one.reason):
        for day in worked:
            if visit.after or not may_lie_on(visit, day.on, min(problem.days)):
                continue
            served = [stop.visit for stop in routes.get((day.crew, day.on), ())]
            for at in range(len(served) + 1):
                assert isinstance(time_route(day, [*served[:at], visit, *served[at:]], problem.matrix), Refusal)


def test_names_the_want_of_a_facility(make_problem, days):
    problem = make_problem(2)
    tip = Facility("tip", "Wertstoffhof", 2, 600, ((7 * HOUR, 15 * HOUR),), frozenset({"20 02 01"}))
    problem = replace(
        problem, crew_days=tuple(replace(day, facilities=(tip,), ends_empty=True) for day in problem.crew_days)
    )
    rubble = left_out(problem, "visit-0", volume_m3=1.0, waste_key="17 09 04")

    assert rubble is not None
    assert rubble.code == "no_facility"
    assert all("AVV 17 09 04" in words for words in (rubble.reason, rubble.reason_en))
    assert left_out(problem, "visit-0", volume_m3=1.0, waste_key="20 02 01") is None


def test_a_visit_locked_to_a_crew_day_that_is_gone_says_so(make_problem, days):
    problem = make_problem(3)
    gone = replace(problem, in_force={"visit-0": Placement("crew-9", days[0])}, locked=frozenset({"visit-0"}))
    solution = solve(gone, after_iterations(5), 1)

    assert [(one.visit.visit_id, one.code) for one in solution.unserved] == [("visit-0", "lock")]
    assert faults(gone, solution) == []


def test_of_two_locked_visits_that_exclude_each_other_one_is_told_of_its_lock(make_problem, days):
    problem = make_problem(2)
    both = frozenset({"visit-0", "visit-1"})
    long = tuple(replace(visit, service_s=5 * HOUR) for visit in problem.visits)
    crowded = replace(problem, visits=long, in_force=dict.fromkeys(both, Placement("crew-1", days[0])), locked=both)
    solution = solve(crowded, after_iterations(5), 1)

    assert [one.code for one in solution.unserved] == ["lock"]
    assert faults(crowded, solution) == []
