"""The planner's eight checks of a Monday after rain, each by its number and name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from geo_service.actions.asked import ask_period
from geo_service.actions.give_exception import give_exception
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.record_visit import record_visit
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.actions.urgent import urgent_id
from geo_service.base.errors import InputError, RuleBroken
from geo_service.base.progress import after_iterations
from geo_service.plots.model import CareKind, PlotState
from geo_service.routes.check import faults
from geo_service.schedule.compare import placements
from geo_service.schedule.events import CrewAbsent, Rain, UrgentVisit
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.cutting import ExceptionCode, require_cutting_allowed
from geo_service.work.hours import MAX_WORK_S
from geo_service.work.tenure import WARN_DAYS

MONDAY = date(2026, 11, 23)
BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def after(three_days):
    """Return a way to plan anew after something happened."""

    def make(*events, plan_id="after"):
        how, stop = ReplanRequest(0, 1), after_iterations(2)
        return replan(three_days, events, how, plan_id=plan_id, author="ada", clock=lambda: BEFORE, stop=stop)

    return make


@pytest.fixture
def planned(three_days):
    """Return a way to plan a period."""

    def make(from_on, days):
        how, stop = PlanRequest(from_on, days, 0, 1), after_iterations(2)
        return plan_period(three_days, how, plan_id="period", author="ada", clock=lambda: BEFORE, stop=stop)

    return make


def stops(plan):
    return [(stop, route) for route in plan.routes for stop in route.stops]


def test_1_moving_wet_jobs_keeps_reason_old_date_and_author(after, three_days):
    rain = Rain(MONDAY)
    wet = [stop.visit.visit_id for stop, route in stops(three_days.plan()) if rain.hits(stop.visit)]
    wet = [one for one in wet if placements(three_days.plan().routes)[one].on == MONDAY]
    made = after(rain)
    moves = {move.visit_id: move for move in three_days.moves("after")}

    assert wet
    for visit_id in wet:
        assert placements(made.routes).get(visit_id, None) is None or placements(made.routes)[visit_id].on != MONDAY
        move = moves[visit_id]
        assert (move.reason, move.old_on, move.author) == ("Regen am 23.11.2026", MONDAY, "ada")


def test_2_no_day_breaks_the_working_time_law(after):
    made = after(CrewAbsent("crew-1", MONDAY))

    assert made.routes
    for route in made.routes:
        rested = sum(rest.end_s - rest.start_s for rest in route.breaks)
        worked = route.end_s - route.start_s - rested
        assert worked <= min(MAX_WORK_S, route.crew_day.max_work_s)
        assert rested >= (1800 if worked > 6 * 3600 else 0)
        assert _law_of(route) == []
    longest = max(made.routes, key=lambda route: route.end_s - route.start_s)
    assert _law_of(_without_breaks(longest)) != [], "the check can fail"


def _law_of(route):
    """Return the faults of a route against ArbZG alone; the streets are left out of it."""
    size = 1 + max([route.crew_day.depot_place, *(stop.visit.place for stop in route.stops)])
    nowhere = TravelMatrix(*[_no_streets(size)] * 2)
    law = {"work_time", "stretch", "shift"}
    return [fault.rule for fault in faults(route, nowhere) if fault.rule in law]


def _no_streets(size):
    return np.full((size + 50, size + 50), UNREACHABLE - 1, np.int32)


def _without_breaks(route):
    return replace(route, breaks=(), end_s=route.start_s + 8 * 3600 + 60)


def test_3_18_nov_2026_is_never_planned(planned):
    made = planned(date(2026, 11, 16), 4)

    assert date(2026, 11, 18) not in made.days
    assert {route.crew_day.on for route in made.routes} <= set(made.days)
    assert date(2026, 11, 19) in made.days


def test_4_hedge_coppicing_on_15_april_is_refused_without_an_exception_code(three_days):
    april = date(2027, 4, 15)
    kind = three_days.catalogue().kinds["coppice_hedge"]
    hedge = next(
        plot
        for plot in three_days.plots()
        if plot.state is PlotState.MAINTAINED and plot.care_m2(CareKind.HEDGE) > 0 and plot.tenure.until_on is None
    )

    def due():
        asked = ask_period(three_days, april, 5)
        return [one for one in asked.visits if (one.plot_id, one.work) == (hedge.plot_id, "coppice_hedge")]

    with pytest.raises(RuleBroken, match="BNatSchG"):
        require_cutting_allowed(kind, april)
    assert due() == []
    by = {"author": "ada", "clock": lambda: BEFORE}
    with pytest.raises(InputError, match="without evidence"):
        give_exception(three_days, hedge.code, "coppice_hedge", ExceptionCode.ORDERED, "", **by)
    give_exception(three_days, hedge.code, "coppice_hedge", ExceptionCode.ORDERED, "Az. 36-12/27", **by)
    assert due()


def test_5_a_dumped_waste_report_becomes_an_order(after, three_days):
    """The report becomes a visit with its reason kept; photos and the reporter's status come with concerns later."""
    plot = three_days.plots()[3].code
    report = UrgentVisit(plot, "Sperrmüll abholen", "Meldung 17: Sofa am Zaun", MONDAY + timedelta(days=1), 1800)
    made = after(report)
    asked = {stop.visit.visit_id: stop.visit for stop, _ in stops(made)}

    assert asked[urgent_id(report)].why == "dringend: Meldung 17: Sofa am Zaun"
    assert asked[urgent_id(report)].priority == 1
    assert [kept.event for kept in three_days.events()] == [report]


def test_6_early_completion_shifts_the_next_due_date(three_days):
    visit = next(stop.visit for stop, _ in stops(three_days.plan()) if stop.visit.work == "litter_pick")
    later = MONDAY + timedelta(days=9)

    def due_on():
        return next(
            one.due_on
            for one in ask_period(three_days, later, 10).visits
            if (one.plot_id, one.work) == (visit.plot_id, "litter_pick")
        )

    assert due_on() == later, "it is overdue by then"
    record_visit(three_days, visit.visit_id, MONDAY, author="ada", clock=lambda: BEFORE)
    assert due_on() == MONDAY + timedelta(days=10), "half-way between 7 and 14 days"


def test_7_an_agreement_that_ends_in_90_days_warns_and_nothing_is_planned_after_it(planned, three_days):
    until = {plot.code: plot.tenure.until_on for plot in three_days.plots() if plot.tenure.until_on}
    soon = [code for code, on in until.items() if MONDAY <= on <= MONDAY + timedelta(days=WARN_DAYS)]
    made = planned(MONDAY, 10)

    assert soon
    assert all(code in made.warnings[0] for code in soon)
    assert all(
        route.crew_day.on <= until[stop.visit.plot_code] for stop, route in stops(made) if stop.visit.plot_code in until
    )


def test_8_what_cannot_be_served_is_listed_with_reasons_never_dropped(after, three_days):
    crews = [CrewAbsent(crew.code, MONDAY, MONDAY + timedelta(days=2)) for crew in three_days.crews()[1:]]
    asked = ask_period(three_days, MONDAY, 3)
    made = after(*crews)
    told = [stop.visit.visit_id for stop, _ in stops(made)] + [one.visit_id for one in made.unserved]

    assert sorted(told) == sorted(visit.visit_id for visit in asked.visits)
    assert made.unserved
    assert all(one.code and one.reason and one.reason_en for one in made.unserved)
