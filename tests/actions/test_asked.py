"""What a planning run is asked: without what is done, within the hours announced, with the days to come in sight."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.actions.asked import announced, ask_period, later_days, without_done
from geo_service.actions.lock_visits import lock_visit
from geo_service.schedule.events import CrewAbsent, Rain
from geo_service.schedule.model import Placement
from geo_service.work.model import Visit

MONDAY = date(2026, 11, 23)
BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = 3600


@pytest.fixture
def visit() -> Visit:
    return Visit(
        visit_id="KLZ-0001.clear.first.1",
        plot_id="p",
        plot_code="KLZ-0001",
        work="clear",
        earliest_on=MONDAY,
        due_on=MONDAY,
        latest_on=MONDAY + timedelta(days=4),
        service_s=2 * HOUR,
        people=1,
        skills=frozenset(),
        machines=frozenset(),
        volume_m3=0.0,
        priority=3,
        why="",
        day_windows={MONDAY + timedelta(days=day): ((7 * HOUR, 13 * HOUR), (15 * HOUR, 20 * HOUR)) for day in range(5)},
    )


def test_what_waits_for_work_that_is_done_begins_after_it(visit):
    after = replace(visit, visit_id="green", work="green", after=visit.visit_id, after_days=14)
    (left,) = without_done([visit, after], {visit.visit_id: MONDAY})

    assert (left.after, left.earliest_on) == ("", MONDAY + timedelta(days=14))
    assert left.latest_on == left.earliest_on, "it may still be done"


def test_what_waits_for_a_job_waits_for_the_parts_that_are_left(visit):
    first = replace(visit, parts=2)
    second = replace(first, visit_id="KLZ-0001.clear.first.2", part=2)
    after = replace(visit, visit_id="green", work="green", after=second.visit_id)

    assert without_done([first, second, after], {second.visit_id: MONDAY})[1].after == first.visit_id
    assert without_done([first, second, after], {one.visit_id: MONDAY for one in (first, second)})[0].after == ""


def test_without_anything_done_nothing_changes(visit):
    after = replace(visit, visit_id="green", work="green", after=visit.visit_id)
    assert without_done([visit, after], {"other": MONDAY}) == (visit, after)


@given(opens=st.integers(0, 23), length=st.integers(1, 24), service=st.integers(60, 4 * HOUR))
def test_an_announced_visit_can_only_be_begun_within_the_hours(opens, length, service):
    closes = min(24, opens + length)
    base = Visit("v", "p", "c", "w", MONDAY, MONDAY, MONDAY, service, 1, frozenset(), frozenset(), 0.0, 3, "")
    windows = ((7 * HOUR, 13 * HOUR), (15 * HOUR, 20 * HOUR))
    told = announced(replace(base, day_windows={MONDAY: windows}), MONDAY, (opens * HOUR, closes * HOUR))

    for start, end in told.day_windows.get(MONDAY, ()):
        assert opens * HOUR <= start and end - service <= closes * HOUR
        assert any(low <= start and end <= high for low, high in windows), "the law holds in the hours announced"


def test_an_announced_visit_lies_on_its_day_alone(visit):
    told = announced(visit, MONDAY, (9 * HOUR, 10 * HOUR))

    assert told.day_windows == {MONDAY: ((9 * HOUR, 12 * HOUR),)}
    assert set(told.forbidden) == {MONDAY + timedelta(days=day) for day in range(1, 5)}
    assert announced(visit, MONDAY, (21 * HOUR, 22 * HOUR)).day_windows == {}


def test_a_period_asks_free_of_the_plan_in_force_but_for_locks(three_days):
    route = three_days.plan().routes[-1]
    visit_id = route.stops[0].visit.visit_id
    assert ask_period(three_days, MONDAY, 3).in_force == {}

    lock_visit(three_days, visit_id, reason="", author="ada", clock=lambda: BEFORE)
    asked = ask_period(three_days, MONDAY, 3)
    assert asked.in_force == {visit_id: Placement(route.crew_day.crew, route.crew_day.on)}
    assert asked.locked == {visit_id}
    assert ask_period(three_days, route.crew_day.on + timedelta(days=1), 3).locked == frozenset()


def test_events_that_hold_are_heeded_by_every_plan(three_days):
    with three_days.change(author="a", reason="b", at=BEFORE) as tx:
        tx.put_event(Rain(MONDAY), author="a", at=BEFORE)
        tx.put_event(CrewAbsent("crew-1", MONDAY), author="a", at=BEFORE)
    asked = ask_period(three_days, MONDAY, 3)

    assert not any(MONDAY in one.day_windows for one in asked.visits if Rain(MONDAY).hits(one))
    assert asked.holding == (Rain(MONDAY), CrewAbsent("crew-1", MONDAY))
    assert asked.events == ()


def test_who_knows_a_plot_is_read_off_the_plan_in_force(three_days):
    plan, asked = three_days.plan(), ask_period(three_days, MONDAY, 3)

    for route in plan.routes:
        for stop in route.stops:
            assert route.crew_day.crew in asked.familiar[stop.visit.plot_id]
    assert {asked.areas[plot.plot_id] for plot in three_days.plots() if plot.quarter} >= {"51", "52"}


def test_the_first_lawful_day_after_the_period(three_days):
    asked = ask_period(three_days, MONDAY, 3)
    later = later_days(asked)
    told = {visit.visit_id: later(visit) for visit in asked.visits}

    assert set(told.values()) - {None} == {date(2026, 11, 26)}, "the working day after Wednesday"
    strange = replace(asked.visits[0], work="Sofa holen")
    assert later(strange) == date(2026, 11, 26)
    ending = [plot for plot in three_days.plots() if plot.tenure.until_on and plot.tenure.until_on < date(2026, 11, 26)]
    assert all(told[one.visit_id] is None for one in asked.visits if one.plot_id in {plot.plot_id for plot in ending})
