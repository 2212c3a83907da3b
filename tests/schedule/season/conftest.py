"""Seasons small enough for hypothesis: odd weeks, seasons over New Year, chains, no capacity, budgets."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import strategies as st

from geo_service.schedule.season.horizon import Horizon
from geo_service.schedule.season.model import (
    Budget,
    BudgetUnit,
    Resource,
    ResourceName,
    Rhythm,
    SeasonNeed,
    SeasonProblem,
    SeasonWeights,
    Step,
    Zone,
)

NEW_YEAR = date(2027, 1, 1)
HOUR = 3600


def a_need(number: int = 1, *steps: Step, due_on: date = date(2027, 3, 1), slack: int = 7, **fields) -> SeasonNeed:
    given = {
        "need_id": f"need-{number}",
        "plot_id": f"plot-{number}",
        "plot_code": f"KLZ-{number:04d}",
        "zone": 0,
        "steps": steps or (Step("mow", HOUR, (0,), rhythm=Rhythm(18, 30)),),
        "earliest_on": due_on - timedelta(days=slack),
        "due_on": due_on,
        "latest_on": due_on + timedelta(days=slack),
    }
    return SeasonNeed(**given | fields)


def a_resource(hours: float | list[float], weeks: int = 52, code: str = "crews") -> Resource:
    each = hours if isinstance(hours, list) else [hours] * weeks
    return Resource(
        (ResourceName(code, f"der Gruppe {code}", f"group {code}"),), tuple(int(HOUR * one) for one in each)
    )


def a_problem(*needs: SeasonNeed, hours: float = 100, horizon: Horizon | None = None, **fields) -> SeasonProblem:
    horizon = horizon or Horizon(NEW_YEAR, 52)
    given = {
        "horizon": horizon,
        "needs": needs,
        "resources": (a_resource(hours, horizon.weeks),),
        "zones": (Zone("a", "A", 1800), Zone("b", "B", 3600)),
        "reserve": 0.0,
    }
    return SeasonProblem(**given | fields)


@pytest.fixture(scope="session")
def make_need():
    return a_need


@pytest.fixture(scope="session")
def make_resource():
    return a_resource


@pytest.fixture(scope="session")
def make_season():
    return a_problem


SEASONS = [None, None, ((4, 1), (10, 31)), ((10, 15), (2, 29)), ((9, 15), (4, 30)), ((12, 24), (12, 26))]


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    shortest = draw(st.integers(1, 60) | st.sampled_from([7, 14, 300]))
    return Rhythm(shortest, shortest + draw(st.sampled_from([0, 1, 6, 7, 12, 40, 150])), draw(st.booleans()))


@st.composite
def _needs(draw: st.DrawFn, number: int, horizon: Horizon) -> SeasonNeed:
    def step(index: int) -> Step:
        rhythm = draw(st.none() | rhythms())
        if index > 0 and rhythm is not None:
            rhythm = Rhythm(rhythm.shortest_days, rhythm.longest_days)
        return Step(
            work=f"work-{index}",
            service_s=draw(st.sampled_from([600, 3600, 20_000, 400_000])),
            resources=draw(st.sampled_from([(0,), (0, 1)])),
            season=draw(st.sampled_from(SEASONS)),
            woody_cut=draw(st.booleans()),
            rhythm=rhythm,
            after=-1 if index == 0 else draw(st.integers(0, index - 1)),
            settle_days=0 if index == 0 else draw(st.sampled_from([1, 14, 30])),
            slack_days=draw(st.sampled_from([0, 14, 90])),
            weekdays=draw(st.sampled_from([(0, 1, 2, 3, 4), (2,), (4, 5)])),
            priority=draw(st.integers(1, 5)),
            cost_cents=draw(st.sampled_from([0, 5_000])),
        )

    due_on = horizon.from_on + timedelta(days=draw(st.integers(-20, horizon.days + 5)))
    low, high = draw(st.integers(0, 40)), draw(st.integers(0, 200))
    ends = st.none() | st.integers(-10, horizon.days + 10).map(lambda days: horizon.from_on + timedelta(days=days))
    return SeasonNeed(
        need_id=f"need-{number}",
        plot_id=f"plot-{number}",
        plot_code=f"KLZ-{number:04d}",
        zone=draw(st.integers(0, 1)),
        steps=tuple(step(index) for index in range(draw(st.integers(1, 4)))),
        earliest_on=due_on - timedelta(days=low),
        due_on=due_on,
        latest_on=due_on + timedelta(days=high),
        from_on=draw(ends) if draw(st.integers(0, 3)) == 0 else None,
        until_on=draw(ends) if draw(st.integers(0, 3)) == 0 else None,
    )


@st.composite
def _problems(draw: st.DrawFn) -> SeasonProblem:
    first = draw(st.sampled_from([NEW_YEAR, date(2026, 11, 18), date(2027, 7, 4), date(2028, 2, 29)]))
    horizon = Horizon(first, draw(st.sampled_from([1, 2, 9, 30, 52, 53])))
    needs = tuple(draw(_needs(number, horizon)) for number in range(draw(st.integers(0, 7))))
    resources = tuple(
        a_resource([draw(st.sampled_from([0, 0.5, 2, 10, 200])) for _ in range(4)] * 14, code=code)
        for code in ("crews", "woody")
    )
    resources = tuple(Resource(one.names, one.capacity_s[: horizon.weeks]) for one in resources)
    budgets = tuple(
        draw(
            st.lists(
                st.builds(
                    Budget,
                    st.just("care"),
                    st.sampled_from(list(BudgetUnit)),
                    st.sampled_from([0, 4_000, 40_000, 10**9]),
                    st.sampled_from([frozenset(), frozenset({"work-0"}), frozenset({"work-1", "work-2"})]),
                ),
                max_size=2,
            )
        )
    )
    return SeasonProblem(
        horizon,
        needs,
        resources,
        (Zone("a", "A", draw(st.sampled_from([0, 1800]))), Zone("b", "B", 3600)),
        budgets,
        draw(st.sampled_from([0.0, 0.1, 0.5])),
        SeasonWeights(unserved_s=draw(st.sampled_from([0, 36_000]))),
    )


@pytest.fixture(scope="session")
def seasons() -> st.SearchStrategy[SeasonProblem]:
    return _problems()
