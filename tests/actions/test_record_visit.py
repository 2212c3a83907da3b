"""A visit done: the whole job moves the due date, a part does not; the plot reaches the state its work leads to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.actions.asked import ask_period
from geo_service.actions.record_visit import record_visit
from geo_service.base.errors import InputError, NotFound
from geo_service.plots.model import PlotState

MONDAY = date(2026, 11, 23)
EVENING = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
BY = {"author": "ada", "clock": lambda: EVENING}


def first(store, work, parts=1):
    return next(
        (stop.visit, route.crew_day.crew)
        for route in store.plan().routes
        for stop in route.stops
        if stop.visit.work == work and stop.visit.parts == parts
    )


def test_the_next_due_date_moves(three_days):
    visit, crew = first(three_days, "inspect")
    done = record_visit(three_days, visit.visit_id, MONDAY, **BY)
    asked = ask_period(three_days, MONDAY + timedelta(days=60), 40)
    (again,) = [one for one in asked.visits if (one.plot_id, one.work) == (visit.plot_id, "inspect")]

    assert (done.crew, three_days.visits_done()) == (crew, [done])
    assert three_days.last_done()[visit.plot_id, "inspect"] == MONDAY
    assert (again.earliest_on, again.due_on) == (MONDAY + timedelta(days=70), MONDAY + timedelta(days=90))


def test_another_crew_may_have_done_it(three_days):
    visit, _ = first(three_days, "litter_pick")
    record_visit(three_days, visit.visit_id, MONDAY, crew="crew-9", **BY)

    assert ask_period(three_days, MONDAY, 1).familiar[visit.plot_id] == {"crew-9"}


def test_a_part_alone_completes_nothing(three_days):
    parts = [
        stop.visit
        for route in three_days.plan().routes
        for stop in route.stops
        if stop.visit.work == "clear" and stop.visit.parts > 1
    ]
    job = [one for one in parts if one.plot_id == parts[0].plot_id]
    before = three_days.last_done()
    record_visit(three_days, job[0].visit_id, MONDAY, **BY)
    left = ask_period(three_days, MONDAY, 3)

    assert three_days.last_done() == before
    ids = {one.visit_id for one in left.visits}
    assert job[0].visit_id not in ids
    assert {f"{job[0].visit_id[:-1]}{part}" for part in range(1, job[0].parts + 1)} - {job[0].visit_id} <= ids


def test_the_plot_reaches_the_state_its_work_leads_to(three_days):
    visit, _ = first(three_days, "green")
    record_visit(three_days, visit.visit_id, MONDAY, **BY)
    plot = three_days.plot(visit.plot_code)

    assert plot.state is PlotState.GREENED
    assert (plot.history[-1].author, plot.history[-1].reason) == ("ada", f"{visit.visit_id} was done on 2026-11-23")


def test_the_future_and_the_unknown_are_refused(three_days):
    visit, _ = first(three_days, "inspect")
    with pytest.raises(InputError):
        record_visit(three_days, visit.visit_id, MONDAY + timedelta(days=1), **BY)
    with pytest.raises(NotFound):
        record_visit(three_days, "nothing", MONDAY, **BY)
    assert three_days.visits_done() == []
