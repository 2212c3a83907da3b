from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.schedule.dates import (
    date_cost_s,
    days_after,
    in_order,
    left_out_cost_s,
    may_lie_on,
    predecessors,
    urgency,
)
from geo_service.schedule.model import Weights

DAY = timedelta(1)


@pytest.fixture
def visit(make_visit, days):
    return replace(make_visit("one", 1, days), earliest_on=days[0], due_on=days[0] + DAY, latest_on=days[0] + 3 * DAY)


def test_lies_between_its_first_and_last_day(visit):
    first = visit.earliest_on
    lies = [may_lie_on(visit, first + day * DAY, first) for day in (-1, 0, 3, 4)]

    assert lies == [False, True, True, False]


def test_overdue_lies_anywhere_in_the_period(visit):
    first = visit.latest_on + DAY

    assert may_lie_on(visit, first + 20 * DAY, first)
    assert not may_lie_on(visit, first, visit.latest_on)


def test_days_early_and_late_cost(visit):
    weights = Weights(late_day_s=31, early_day_s=1)
    first = visit.earliest_on
    costs = [date_cost_s(visit, first + day * DAY, first, weights) for day in range(4)]

    assert costs == [1, 0, 10, 20]
    assert date_cost_s(visit, first + 30 * DAY, first + 29 * DAY, weights) == 10


def test_leaving_out_costs_by_priority_and_last_day(visit):
    weights = Weights(unserved_s=1200)

    assert left_out_cost_s(visit, visit.latest_on, weights) == 800
    assert left_out_cost_s(visit, visit.latest_on - DAY, weights) == 400


def test_urgent_is_what_ends_in_the_period_then_by_priority(visit):
    last = visit.latest_on
    later = replace(visit, latest_on=last + DAY, priority=1)
    important = replace(visit, priority=1, due_on=visit.due_on + DAY)

    assert sorted([later, visit, important], key=lambda one: urgency(one, last)) == [important, visit, later]


def test_the_day_after_is_always_a_later_date(visit):
    assert [days_after(replace(visit, after_days=days)) for days in (0, 1, 5)] == [1, 1, 5]


def test_waiting_for_a_part_is_waiting_for_the_job(make_visit, days):
    parts = [make_visit(f"job.{part}", 1, days, part=part, parts=2) for part in (1, 2)]
    follower = make_visit("green", 1, days, work="green", after="job.2")
    chained = [parts[0], replace(parts[1], after="job.1")]

    assert predecessors([*parts, follower]) == {"green": ("job.1", "job.2")}
    assert predecessors([*chained, follower]) == {"green": ("job.1", "job.2"), "job.2": ("job.1",)}
    assert predecessors([follower]) == {"green": ("job.2",)}


@given(st.dictionaries(st.integers(0, 8).map(str), st.lists(st.integers(0, 9).map(str), max_size=2), max_size=9))
def test_predecessors_come_first_or_never(waiting):
    ids = [str(number) for number in range(9)]
    done, never = in_order(ids, waiting)

    assert sorted(done + never) == ids
    for position, visit_id in enumerate(done):
        assert set(waiting.get(visit_id, ())) <= set(done[:position])
    for visit_id in never:
        assert set(waiting[visit_id]) - set(done)


def test_otherwise_the_order_given_stands():
    assert in_order(["c", "a", "b"], {"a": ("b",)}) == (["c", "b", "a"], [])
