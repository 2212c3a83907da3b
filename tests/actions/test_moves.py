"""What is the same piece of work under another id, and what counts as a move."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.actions.moves import moves_between, successors
from geo_service.routes.model import CrewDay, Route, Stop
from geo_service.schedule.events import CrewAbsent, DoneEarly, Rain
from geo_service.store.model import Plan
from geo_service.work.model import Visit

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOUR = 3600


def visit(visit_id, **changes) -> Visit:
    made = Visit(
        visit_id=visit_id,
        plot_id="p",
        plot_code="KLZ-0001",
        work="mow_lawn",
        earliest_on=MONDAY,
        due_on=MONDAY,
        latest_on=TUESDAY,
        service_s=HOUR,
        people=1,
        skills=frozenset(),
        machines=frozenset({"mower"}),
        volume_m3=0.0,
        priority=3,
        why="",
    )
    return replace(made, **changes)


def plan(plan_id, *routes, events=()) -> Plan:
    """Make a plan of (crew, day, visits)."""
    made = []
    for crew, on, visits in routes:
        day = CrewDay(crew, on, (6 * HOUR, 15 * HOUR), 0, 2, frozenset(), frozenset(), 6.0)
        stops = tuple(
            Stop(order, one, (7 + order) * HOUR, (7 + order) * HOUR, (8 + order) * HOUR, 0, 0)
            for order, one in enumerate(visits, start=1)
        )
        made.append(Route(day, stops, (), 7 * HOUR, 14 * HOUR, 0, 0, HOUR * len(stops), 0))
    return Plan(plan_id, AT, "ada", MONDAY, (MONDAY, TUESDAY), 1, tuple(made), (), (), events=events)


def moves(old, new, at=AT, from_on=MONDAY):
    told = moves_between(old, new, from_on=from_on, author="bea", at=at)
    return [(one.visit_id, one.new_crew, one.new_on, one.reason) for one in told]


def test_an_id_that_is_still_asked_for_is_the_same():
    a, b = visit("a"), visit("b", work="litter_pick")
    assert successors([a, b], [b, a]) == {"a": "a", "b": "b"}


def test_a_new_due_date_makes_a_new_id_for_the_same_work():
    old = [visit("old-1"), visit("old-2", due_on=TUESDAY), visit("part", part=2)]
    asked = [visit("new-2", due_on=TUESDAY), visit("new-1"), visit("else", plot_id="q")]
    assert successors(old, asked) == {"old-1": "new-1", "old-2": "new-2"}


def test_what_is_hit_says_so_and_what_follows_says_that():
    a, b, c = visit("a", wet_sensitive=True), visit("b"), visit("c")
    old = plan("old", ("crew-1", MONDAY, [a, b]), ("crew-2", MONDAY, [c]))
    new = plan("new", ("crew-1", TUESDAY, [a]), ("crew-2", MONDAY, [b]), events=(Rain(MONDAY),))

    assert moves(old, new) == [
        ("a", "crew-1", TUESDAY, "Regen am 23.11.2026"),
        ("b", "crew-2", MONDAY, "Folge von: Regen am 23.11.2026"),
        ("c", "", None, "Folge von: Regen am 23.11.2026"),
    ]


def test_without_events_it_was_planned_anew():
    old, new = plan("old", ("crew-1", MONDAY, [visit("a")])), plan("new", ("crew-2", MONDAY, [visit("a")]))
    assert moves(old, new) == [("a", "crew-2", MONDAY, "neu geplant")]
    assert moves(old, old) == []
    assert moves(None, new) == []


def test_what_has_passed_or_ended_is_no_move():
    a, b = visit("a"), visit("b")
    old = plan("old", ("crew-1", MONDAY, [a, b]))
    new = plan("new", events=(CrewAbsent("crew-1", MONDAY),))
    at_half_past_nine = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)

    assert [one[0] for one in moves(old, new)] == ["a", "b"]
    assert [one[0] for one in moves(old, new, at_half_past_nine)] == ["b"], "a ended at nine"
    assert moves(old, new, from_on=TUESDAY) == []


def test_days_that_the_new_plan_does_not_have_are_left_aside():
    old = plan("old", ("crew-1", TUESDAY, [visit("a")]))
    assert moves(old, replace(plan("new"), days=(MONDAY,))) == []


@pytest.mark.parametrize("event", [DoneEarly("a", MONDAY), CrewAbsent("crew-1", MONDAY)])
def test_the_reason_is_that_of_the_event(event):
    old = plan("old", ("crew-1", MONDAY, [visit("a")]))
    ((_, _, _, reason),) = moves(old, plan("new", events=(event,)))
    assert not reason.startswith("Folge")
