from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.routes.timing import time_route
from geo_service.schedule.compare import COST_NAMES, COST_PARTS, compare, placements
from geo_service.schedule.model import Costs, Placement
from geo_service.schedule.solve import solve


@pytest.fixture
def sides(make_visit, make_crew_day, make_places, days):
    """Before: a, b with crew 1 on the first day; after: a there, b and c with crew 2 on the second."""
    a, b, c = (make_visit(name, place, days) for place, name in enumerate("abc", start=1))
    one, two = make_crew_day("crew-1", days[0]), make_crew_day("crew-2", days[1])
    matrix = make_places(4)
    return [time_route(one, [a, b], matrix)], [time_route(one, [a], matrix), time_route(two, [b, c], matrix)]


def test_tells_visits_crew_days_and_costs(sides, days):
    old, new = sides
    seen = compare(old, new, {"travel_s": 10}, {"travel_s": 8, "changes_s": 1800})

    assert seen.same == 1
    assert [(one.visit.visit_id, one.old, one.new) for one in seen.visits] == [
        ("b", Placement("crew-1", days[0]), Placement("crew-2", days[1])),
        ("c", None, Placement("crew-2", days[1])),
    ]
    assert [(day.crew, day.on, day.visits) for day in seen.days] == [
        ("crew-1", days[0], (2, 1)),
        ("crew-2", days[1], (0, 2)),
    ]
    assert (seen.costs["travel_s"], seen.costs["total_s"]) == ((10, 8), (10, 1808))


def test_the_words(sides):
    german, english = (compare(*sides, {"travel_s": 10}, {"travel_s": 8}).lines(lang) for lang in ("de", "en"))

    assert german[0] == "1 Einsätze bleiben, 1 wechseln, 0 fallen heraus, 1 kommen hinzu"
    assert english[0] == "1 visits stay, 1 move, 0 drop out, 1 come in"
    assert "b: crew-1 17.11.2026 → crew-2 19.11.2026" in german
    assert "c: – → crew-2 2026-11-19" in english
    assert "Fahrt: 10 s → 8 s (-2 s)" in german
    assert "total: 10 s → 8 s (-2 s)" in english


def test_every_part_of_the_objective_has_a_name():
    assert list(COST_NAMES) == list(COST_PARTS) == [part.name for part in fields(Costs)]


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_turned_round_it_tells_the_same(problems, data):
    """Old and new change places, nothing else; a plan beside itself differs in nothing; every visit is counted."""
    problem = data.draw(problems)
    old, new = (solve(problem, after_iterations(count), seed).routes for count, seed in ((0, 1), (5, 2)))
    there, back = compare(old, new, {}, {}), compare(new, old, {}, {})

    assert {(one.visit.visit_id, one.old, one.new) for one in there.visits} == {
        (one.visit.visit_id, one.new, one.old) for one in back.visits
    }
    assert there.same == back.same
    assert there.same + len(there.visits) == len(placements(old).keys() | placements(new).keys())
    assert [(day.crew, day.on, day.drive_s) for day in there.days] == [
        (day.crew, day.on, day.drive_s[::-1]) for day in back.days
    ]
    same = compare(old, old, {}, {})
    assert (same.visits, same.days, len(same.lines())) == ((), (), 1)
