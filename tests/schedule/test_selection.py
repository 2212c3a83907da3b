from __future__ import annotations

from dataclasses import replace

from geo_service.routes.model import Facility
from geo_service.schedule.selection import OVERBOOKING, select

HOUR = 3600


def test_takes_everything_on_while_there_is_time(make_problem):
    problem = make_problem(12)
    selection = select(problem.visits, problem.crew_days, problem.days)

    assert {visit.visit_id for visit in selection.visits} == {visit.visit_id for visit in problem.visits}
    assert selection.unserved == ()


def test_takes_on_half_as_much_again_as_fits_the_most_urgent_first(make_problem):
    problem = make_problem(200)
    selection = select(problem.visits, problem.crew_days, problem.days)
    holds_s = len(problem.crew_days) * 7.5 * HOUR
    taken_s = sum(visit.service_s for visit in selection.visits)

    assert OVERBOOKING * holds_s - 9000 <= taken_s <= OVERBOOKING * holds_s
    assert len(selection.visits) + len(selection.unserved) == 200
    assert {one.code for one in selection.unserved} == {"no_time"}
    assert "dringendere Arbeiten gehen vor" in selection.unserved[0].reason
    taken_worst = max(visit.priority for visit in selection.visits)
    assert all(one.visit.priority >= taken_worst - 1 for one in selection.unserved)


def test_a_crowd_that_only_one_crew_can_serve_leaves_room_for_others(make_problem):
    problem = make_problem(60)
    crew_days = tuple(
        replace(day, skills=day.skills | {"woody"}) if day.crew == "crew-1" else day for day in problem.crew_days
    )
    visits = tuple(
        replace(visit, service_s=2 * HOUR, priority=1, skills=frozenset({"woody"})) if number < 50 else visit
        for number, visit in enumerate(problem.visits)
    )
    selection = select(visits, crew_days, problem.days)

    assert sum(1 for visit in selection.visits if visit.skills) == int(OVERBOOKING * 4 * 7.5 / 2)
    assert sum(1 for visit in selection.visits if not visit.skills) == 10


def test_what_the_vehicles_cannot_carry_is_not_taken_on(make_problem):
    problem = make_problem(30)
    bulky = [replace(visit, service_s=600, volume_m3=2.0) for visit in problem.visits]
    selection = select(bulky, problem.crew_days, problem.days)

    assert len(selection.visits) == int(OVERBOOKING * 8 * 3.0 / 2.0)
    assert selection.unserved[0].reason == (
        "für 8 mögliche Einsatztage sind 60,0 m³ fällig, sie fassen 24,0 m³; dringendere Arbeiten gehen vor"
    )


def test_vehicles_that_are_emptied_during_the_day_carry_more(make_problem):
    problem = make_problem(30)
    bulky = [replace(visit, service_s=600, volume_m3=2.0) for visit in problem.visits]
    tip = Facility("tip", "Hof", 0, 600, ((0, 24 * HOUR),), accepts=frozenset({"200301"}))
    emptied = tuple(replace(day, facilities=(tip,)) for day in problem.crew_days)

    assert len(select(bulky, emptied, problem.days).visits) == 30


def test_what_is_locked_is_taken_on_however_full_it_is(make_problem):
    problem = make_problem(8)
    bulky = [replace(visit, service_s=600, volume_m3=3.0) for visit in problem.visits]
    crew_days = problem.crew_days[:1]

    assert len(select(bulky, crew_days, problem.days).visits) == 1
    assert len(select(bulky, crew_days, problem.days, {visit.visit_id for visit in bulky}).visits) == 8


def test_what_nobody_can_do_takes_no_room(make_problem):
    problem = make_problem(200)
    visits = tuple(
        replace(visit, priority=1, skills=frozenset({"diving"})) if number < 100 else visit
        for number, visit in enumerate(problem.visits)
    )
    selection = select(visits, problem.crew_days, problem.days)

    assert sum(1 for one in selection.unserved if one.code == "no_skill") == 100
    assert not any(visit.skills for visit in selection.visits)
    assert len(selection.visits) > 0


def test_predecessors_come_first_and_are_never_missing(make_problem):
    problem = make_problem(6)
    first, second, third, *others = problem.visits
    visits = (
        replace(first, after=second.visit_id),
        second,
        replace(third, after="elsewhere"),
        replace(others[0], after=third.visit_id),
        replace(others[1], after=others[2].visit_id),
        replace(others[2], after=others[1].visit_id),
    )
    selection = select(visits, problem.crew_days, problem.days)

    assert [visit.visit_id for visit in selection.visits] == [second.visit_id, first.visit_id]
    assert {one.code for one in selection.unserved} == {"predecessor"}


def test_selecting_twice_changes_nothing_more(make_problem):
    problem = make_problem(200)
    once = select(problem.visits, problem.crew_days, problem.days)
    twice = select(once.visits, problem.crew_days, problem.days)

    assert (twice.visits, twice.unserved) == (once.visits, ())


def test_no_street_need_be_known(make_problem):
    problem = make_problem(5)
    homeless = [replace(visit, place=-1) for visit in problem.visits]

    assert len(select(homeless, problem.crew_days, problem.days).visits) == 5


def test_what_is_locked_or_planned_goes_before_what_is_urgent(make_problem):
    problem = make_problem(200)
    calm = [visit.visit_id for visit in problem.visits if visit.priority == 5][:5]
    plain = select(problem.visits, problem.crew_days, problem.days)
    first = select(problem.visits, problem.crew_days, problem.days, frozenset(calm))

    assert not set(calm) & {visit.visit_id for visit in plain.visits}
    assert set(calm) <= {visit.visit_id for visit in first.visits}
    again = select(first.visits, problem.crew_days, problem.days)
    assert {visit.visit_id for visit in again.visits} == {visit.visit_id for visit in first.visits}
