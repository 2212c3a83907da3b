"""Replanning over HTTP: what happened is handed on as it was said; plans compared, accepted, and their moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from geo_service.actions.run_planning import replan_request_of
from geo_service.api.plans import PlanAnswer
from geo_service.api.replans import ComparisonAnswer, EventList, MoveList
from geo_service.schedule.events import CrewAbsent, DoneEarly, Rain, Refused, UrgentVisit, VehicleBroken
from geo_service.schedule.model import Remedy
from geo_service.store.model import Move

VISIT = "KLZ-0001.mow_lawn.2026-11-24.1"
HAPPENED = [
    {"kind": "rain", "on": "2026-11-24", "machines": ["mower"]},
    {"kind": "crew_absent", "crew": "crew-1", "from": "2026-11-24", "until": "2026-11-25"},
    {"kind": "vehicle_broken", "crew": "crew-2", "from": "2026-11-25"},
    {"kind": "urgent_visit", "plot": "KLZ-0002", "work": "Sofa holen", "reason": "Anruf", "latest": "2026-11-25"},
    {"kind": "done_early", "visit": VISIT, "on": "2026-11-23"},
    {"kind": "refused", "visit": VISIT, "reason": "Tor zu"},
]


@pytest.fixture
def client(own_desk):
    with own_desk.client("planner") as one:
        yield one


@pytest.fixture
def draft(own_desk):
    """Keep a draft in which a visit went to the other crew."""
    plan = own_desk.store.plan()
    first, second, *others = plan.routes
    moved = replace(first.stops[-1], order=len(second.stops) + 1)
    routes = (replace(first, stops=first.stops[:-1]), replace(second, stops=(*second.stops, moved)), *others)
    made = replace(plan, plan_id="draft", routes=routes, costs={"travel_s": 4000})
    with own_desk.store.change(author="a", reason="b", at=own_desk.now[0]) as tx:
        tx.put_plan(made, in_force=False)
    return made


def test_what_happened_reaches_the_run(own_desk, client: httpx.Client) -> None:
    response = client.post("/replans", json={"events": HAPPENED, "seconds": 2, "seed": 5, "draft": True})
    assert response.status_code == 202, response.text
    told = PlanAnswer.model_validate_json(response.content)
    assert response.headers["location"] == f"/plans/{told.id}"
    (run,) = own_desk.started
    events, how = replan_request_of(own_desk.store.run(run.run_id))
    day = own_desk.store.plan().days[0]
    assert events == (
        Rain(day, machines=frozenset({"mower"})),
        CrewAbsent("crew-1", day, day + timedelta(days=1)),
        VehicleBroken("crew-2", day + timedelta(days=1)),
        UrgentVisit("KLZ-0002", "Sofa holen", "Anruf", day + timedelta(days=1)),
        DoneEarly(VISIT, day - timedelta(days=1)),
        Refused(VISIT, "Tor zu"),
    )
    assert (how.seconds, how.seed, how.draft) == (2.0, 5, True)
    assert (told.first_day, told.days, told.in_force) == (day, 2, False)


def test_without_events_the_rest_is_planned_again(own_desk, client: httpx.Client, problem) -> None:
    assert client.post("/replans", json={}).status_code == 202
    assert own_desk.started[0].request["events"] == []
    assert problem(client.post("/replans", json={}), 409)["code"] == "run_unfinished"


def test_without_a_plan_there_is_nothing_to_replan(own_desk, client: httpx.Client, problem) -> None:
    with own_desk.store.change(author="a", reason="b", at=own_desk.now[0]) as tx:
        tx.clear()
    assert problem(client.post("/replans", json={}), 409)["code"] == "not_ready"
    assert own_desk.started == []


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"kind": "flood"},
        {"kind": "rain"},
        {"kind": "rain", "on": "2026-02-30"},
        {"kind": "rain", "on": "2026-11-24", "more": 1},
        {"kind": "rain", "on": "2026-11-24", "machines": "mower"},
        {"kind": "rain", "on": "2026-11-24", "machines": ["a b"]},
        {"kind": "crew_absent", "crew": "", "from": "2026-11-24"},
        {"kind": "refused", "visit": VISIT, "reason": "  "},
        {"kind": "refused", "visit": VISIT, "reason": "a\u0000b"},
        {"kind": "done_early", "visit": "x" * 201, "on": "2026-11-24"},
        {**HAPPENED[3], "minutes": 0},
        {**HAPPENED[3], "minutes": 361},
        {**HAPPENED[3], "volume_m3": -1},
        {**HAPPENED[3], "waste_key": "20"},
    ],
)
def test_events_that_do_not_fit(own_desk, client: httpx.Client, problem, event) -> None:
    problem(client.post("/replans", json={"events": [event]}), 422)
    assert own_desk.started == []


def test_days_the_wrong_way_round(own_desk, client: httpx.Client, problem) -> None:
    wrong = {"kind": "rain", "on": "2026-11-25", "until": "2026-11-24"}
    problem(client.post("/replans", json={"events": [wrong]}), 400)
    problem(client.post("/replans", json={"events": [HAPPENED[0]] * 51}), 422)
    assert own_desk.started == []


def test_two_plans_side_by_side(client: httpx.Client, draft, problem) -> None:
    told = ComparisonAnswer.model_validate_json(client.get("/plans/plan-1/compare/draft?lang=en").content)
    (change,) = told.visits
    assert (change.old.crew, change.new.crew, told.same) == ("crew-1", "crew-2", 4)
    assert {day.crew for day in told.days} == {"crew-1", "crew-2"}
    assert told.costs["travel_s"] == (0, 4000)
    assert told.text[0] == "4 visits stay, 1 move, 0 drop out, 0 come in"
    for path in ("/plans/plan-1/compare/none", "/plans/none/compare/draft", "/plans/plan-1/compare/%00"):
        problem(client.get(path), 404)
    problem(client.get("/plans/plan-1/compare/draft?lang=fr"), 400)


def test_a_draft_is_listed_but_not_in_force(client: httpx.Client, draft) -> None:
    told = {one["id"]: one["in_force"] for one in client.get("/plans").json()["plans"]}
    assert told == {"draft": False, "plan-1": True}
    assert client.get("/plans/draft").json()["costs"] == {"travel_s": 4000}


def test_accepting_what_does_not_hold_says_why(own_desk, client: httpx.Client, draft, problem) -> None:
    told = problem(client.post("/plans/draft/accept"), 409)
    assert told["code"] == "plan_outdated"
    assert told["fields"]["faults"]
    assert own_desk.store.plan_in_force() == "plan-1"
    assert problem(client.post("/plans/plan-1/accept"), 409)["code"] == "in_force"
    problem(client.post("/plans/none/accept"), 404)


def test_accepting_a_draft_that_was_compared_with_another_plan_tells_both(client: httpx.Client, draft, problem) -> None:
    told = problem(client.post("/plans/draft/accept", params={"expected": "plan-0"}), 409)
    assert (told["code"], told["fields"]) == ("plan_changed", {"expected": "plan-0", "in_force": "plan-1"})
    problem(client.post("/plans/draft/accept", params={"expected": "a b"}), 400)
    assert problem(client.post("/plans/draft/accept", params={"expected": "plan-1"}), 409)["code"] == "plan_outdated"


def test_what_a_plan_moved(own_desk, client: httpx.Client, problem) -> None:
    plan, at = own_desk.store.plan(), own_desk.now[0]
    gone = Move("plan-1", VISIT, "KLZ-0001", "mow_lawn", "crew-1", plan.days[0], "", None, "Regen", "rain", "Ada", at)
    with own_desk.store.change(author="a", reason="b", at=at) as tx:
        tx.put_moves([gone, replace(gone, visit_id="other", new_crew="crew-2", new_on=plan.days[1])])
    told = MoveList.model_validate_json(client.get("/plans/plan-1/moves?lang=en").content).moves
    assert [(one.visit, one.new and one.new.crew, one.reason) for one in told] == [
        (VISIT, None, "rain"),
        ("other", "crew-2", "rain"),
    ]
    assert told[0].old.day == plan.days[0]
    problem(client.get("/plans/none/moves"), 404)


def test_events_are_listed_and_withdrawn(own_desk, client: httpx.Client, problem) -> None:
    day, at = own_desk.store.plan().days[0], own_desk.now[0]
    with own_desk.store.change(author="a", reason="b", at=at) as tx:
        tx.put_event(Rain(day), author="Ada", at=at)
    (told,) = EventList.model_validate_json(client.get("/events").content).events
    assert (told.kind, told.text, told.author) == ("rain", "Regen am 24.11.2026", "Ada")
    assert client.get("/events?lang=en").json()["events"][0]["text"] == "rain on 2026-11-24"
    assert client.delete(f"/events/{told.id}").status_code == 204
    assert own_desk.store.events() == []
    for wrong in (told.id, 0, -1, "x", "1e9", "9" * 400):
        problem(client.delete(f"/events/{wrong}"), 404)


def test_a_remedy_is_told(own_desk, client: httpx.Client) -> None:
    plan, at = own_desk.store.plan(), own_desk.now[0]
    remedy = Remedy("more_time", "mit 40 Minuten mehr", "with 40 minutes more", "crew-1", plan.days[0], minutes=40)
    left_out = replace(plan.unserved[0], remedy=remedy)
    with own_desk.store.change(author="a", reason="b", at=at) as tx:
        tx.put_plan(replace(plan, plan_id="plan-2", unserved=(left_out,)))
    (told,) = PlanAnswer.model_validate_json(client.get("/plans/plan-2").content).unserved
    assert (told.visit, told.remedy.kind, told.remedy.minutes) == ("v-9", "more_time", 40)
    assert (told.remedy.day, told.remedy.text) == (plan.days[0], "mit 40 Minuten mehr")
