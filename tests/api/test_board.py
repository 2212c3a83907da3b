"""The schedule board over HTTP: read, tried, moved, set aside, undone; two planners at one plan; drafts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from geo_service.actions.accept_plan import accept_plan
from geo_service.actions.lock_visits import lock_visit
from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.record_visit import record_visit
from geo_service.actions.sample import load_sample
from geo_service.api.app import create_app
from geo_service.api.board import KEPT, Boards
from geo_service.api.board_schemas import BoardAnswer, ChangesAnswer, HandedBack, TrialAnswer
from geo_service.api.desk import Desk
from geo_service.api.rate_limit import RateLimiter
from geo_service.base.progress import after_iterations
from geo_service.main import sample_folder
from geo_service.schedule.compare import placements
from geo_service.schedule.model import Placement
from geo_service.store.sqlite import SqliteStore

MONDAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Make a workspace with the sample and a plan of three days."""
    folder = tmp_path_factory.mktemp("board") / "workspace"
    store = make_workspace(folder, defaults=sample_folder(), author="tester", at=AT)
    load_sample(store, sample_folder(), at=AT)
    request = PlanRequest(MONDAY, days=3, seed=1)
    plan_period(store, request, plan_id="plan-1", author="tester", clock=lambda: AT, stop=after_iterations(20))
    store.close()
    return folder


@pytest.fixture
def desk(planned, own_desk, own_door, tmp_path):
    """Put a copy of that workspace behind the door, with the keys of the small desk."""
    store = SqliteStore.open(shutil.copytree(planned, tmp_path / "planned"))
    for token in own_desk.store.tokens():
        store.put_token(token)
    own_door.app = create_app(Desk(store, lambda: AT, lambda run: None, own_door.url, limiter=RateLimiter({})))
    own_desk.store, own_desk.app = store, own_door.app
    yield own_desk
    store.close()


@pytest.fixture
def client(desk):
    with desk.client("planner") as one:
        yield one


def board_of(client: httpx.Client, **query: str) -> BoardAnswer:
    response = client.get("/schedule", params=query)
    assert response.status_code == 200, response.text
    return BoardAnswer.model_validate_json(response.content)


def tried(client, board, visit, targets):
    response = client.post("/schedule/trials", json={"plan": board.plan.id, "visit": visit, "targets": targets})
    assert response.status_code == 200, response.text
    return TrialAnswer.model_validate_json(response.content).verdicts


def a_move(client, board, *, ok=True):
    """Return a visit and its verdict on another crew-day that is as asked."""
    targets = [{"crew": one.crew, "day": one.day.isoformat(), "position": None} for one in board.days]
    for day in board.days:
        for card in day.cards:
            for verdict in tried(client, board, card.visit, targets):
                if verdict.ok is ok and verdict.new != verdict.old:
                    return verdict
    raise AssertionError("no such move")


def wish(board, verdict, **more):
    there = {"crew": verdict.new.crew, "day": verdict.new.day.isoformat(), "position": verdict.position or None}
    return {"plan": board.plan.id, "visit": verdict.visit, **there, **more}


def moved(client, body) -> HandedBack:
    response = client.post("/schedule/moves", json=body)
    assert response.status_code == 201, response.text
    return HandedBack.model_validate_json(response.content)


def test_the_board_is_the_plan_by_days_and_crews(desk, client) -> None:
    board, plan = board_of(client), desk.store.plan()
    assert {(one.day, one.crew): [card.visit for card in one.cards] for one in board.days if one.cards} == {
        (route.crew_day.on, route.crew_day.crew): [stop.visit.visit_id for stop in route.stops] for route in plan.routes
    }
    assert board.plan.in_force and board.may_change and board.today == MONDAY
    assert {one.code for one in board.crews} == {crew.code for crew in desk.store.crews()}
    assert [one.visit for one in board.unserved] == [one.visit_id for one in plan.unserved]
    assert board.costs["travel_s"] == plan.costs["travel_s"] and board.costs.keys() == board.parts.keys()
    full = next(one for one in board.days if one.cards)
    route = next(one for one in plan.routes if (one.crew_day.on, one.crew_day.crew) == (full.day, full.crew))
    assert (full.work_s, full.drive_s, full.break_s) == (
        route.work_s, route.drive_s, sum(one.end_s - one.start_s for one in route.breaks)
    )  # fmt: skip
    assert all(card.task in board.tasks for one in board.days for card in one.cards)


def test_marks_of_a_visit(desk, client) -> None:
    route = desk.store.plan().routes[0]
    first, second = (stop.visit.visit_id for stop in route.stops[:2])
    lock_visit(desk.store, second, reason="mit der Schule vereinbart", author="Bea", clock=lambda: AT)
    record_visit(desk.store, first, MONDAY, author="Bea", clock=lambda: AT)
    cards = {card.visit: card for day in board_of(client).days for card in day.cards}
    assert (cards[first].outcome, cards[first].fixed.rule) == ("done", "done")
    assert (cards[second].locked, cards[second].lock_reason) == (True, "mit der Schule vereinbart")
    assert not any(card.locked for visit, card in cards.items() if visit != second)


def test_who_may_not_plan_reads_without_changing(desk) -> None:
    with desk.client("viewer") as viewer:
        assert not board_of(viewer).may_change
        assert viewer.post("/schedule/undo", json={"plan": "plan-1"}).status_code == 403


def test_a_trial_says_what_it_costs_and_changes_nothing(desk, client) -> None:
    before, board = desk.store.revision(), board_of(client)
    good, bad = a_move(client, board), a_move(client, board, ok=False)
    assert good.against == [] and good.days[-1].visits[1] == good.days[-1].visits[0] + 1
    assert good.change_s == good.costs["total_s"][1] - good.costs["total_s"][0]
    assert bad.against and all(one.rule and one.text for one in bad.against)
    assert desk.store.revision() == before
    english = client.post("/schedule/trials?lang=en", json={
        "plan": board.plan.id, "visit": bad.visit,
        "targets": [{"crew": bad.new.crew, "day": bad.new.day.isoformat(), "position": None}],
    })  # fmt: skip
    (told,) = TrialAnswer.model_validate_json(english.content).verdicts
    assert [one.rule for one in told.against] == [one.rule for one in bad.against]
    assert [one.text for one in told.against] != [one.text for one in bad.against]


def test_a_move_is_in_force_and_hands_back_what_differs(desk, client) -> None:
    board = board_of(client)
    verdict = a_move(client, board)
    told = moved(client, wish(board, verdict, reason="Anruf"))
    assert desk.store.plan_in_force() == told.plan.id and told.before == "plan-1"
    assert placements(desk.store.plan().routes)[verdict.visit] == Placement(verdict.new.crew, verdict.new.day)
    now = {(one.day, one.crew): one for one in board_of(client).days}
    was = {(one.day, one.crew): one for one in board.days}
    assert {(one.day, one.crew) for one in told.days} == {key for key in now if now[key] != was[key]}
    assert all(one == now[(one.day, one.crew)] for one in told.days)
    (move,) = desk.store.moves(told.plan.id)
    assert (move.author, move.reason) == ("Ada", "vom Planer: Anruf")


def test_what_stands_against_a_move_is_told(desk, client, problem) -> None:
    board = board_of(client)
    verdict = a_move(client, board, ok=False)
    told = problem(client.post("/schedule/moves", json=wish(board, verdict)), 422)
    assert told["code"] == "move_not_possible"
    assert [one["rule"] for one in told["fields"]["objections"]] == [one.rule for one in verdict.against]
    assert desk.store.plan_in_force() == "plan-1"


def test_the_second_of_two_planners_is_told_who_was_quicker(desk, client, problem) -> None:
    board = board_of(client)
    verdict = a_move(client, board)
    moved(client, wish(board, verdict, reason="zuerst"))
    with desk.client("admin") as second:
        told = problem(second.post("/schedule/moves", json=wish(board, verdict)), 409)
        assert (told["code"], told["fields"]["expected"]) == ("plan_changed", "plan-1")
        seen = second.get("/schedule/changes", params={"revision": board.revision})
        changes = ChangesAnswer.model_validate_json(seen.content)
    assert changes.in_force == told["fields"]["in_force"] == desk.store.plan_in_force()
    (change,) = changes.changes
    assert (change.author, change.what, [one.visit for one in change.moves]) == ("Ada", "moved", [verdict.visit])
    again = client.get("/schedule/changes", params={"revision": changes.revision})
    assert ChangesAnswer.model_validate_json(again.content).changes == []


def test_locks_and_plans_of_others_are_told_too(desk, client) -> None:
    board = board_of(client)
    lock_visit(desk.store, board.days[0].cards[0].visit, reason="", author="Bea", clock=lambda: AT)
    seen = client.get("/schedule/changes", params={"revision": board.revision})
    assert [(one.author, one.what) for one in ChangesAnswer.model_validate_json(seen.content).changes] == [
        ("Bea", "lock")
    ]


def test_a_visit_is_set_aside_for_a_reason_and_put_back(desk, client, problem) -> None:
    board = board_of(client)
    leaving = next(
        card.visit
        for day in board.days
        for card in day.cards
        if tried(client, board, card.visit, [{"crew": None, "day": None, "position": None}])[0].ok
    )
    at = placements(desk.store.plan().routes)[leaving]
    out = {"plan": board.plan.id, "visit": leaving}
    assert problem(client.post("/schedule/moves", json=out), 400)["code"] == "no_reason"
    told = moved(client, {**out, "reason": "Baustelle"})
    (line,) = (one for one in told.unserved if one.visit == leaving)
    assert line.set_aside and line.reason == "vom Planer: Baustelle"
    back = moved(client, {"plan": told.plan.id, "visit": leaving, "crew": at.crew, "day": at.on.isoformat()})
    assert leaving not in {one.visit for one in back.unserved}
    assert desk.store.events() == []


def test_a_move_is_undone(desk, client, problem) -> None:
    board = board_of(client)
    verdict = a_move(client, board)
    there = moved(client, wish(board, verdict))
    response = client.post("/schedule/undo", json={"plan": there.plan.id})
    told = HandedBack.model_validate_json(response.content)
    assert told.visits == [verdict.visit] and told.plan.id == desk.store.plan_in_force() == "plan-1"
    assert board_of(client).days == board.days
    assert problem(client.post("/schedule/undo", json={"plan": "plan-1"}), 404)["code"] == "no_move"


def test_a_draft_is_changed_without_touching_the_plan_in_force(desk, client, problem) -> None:
    plan = desk.store.plan()
    with desk.store.change(author="a", reason="b", at=AT) as tx:
        tx.put_plan(replace(plan, plan_id="draft"), in_force=False)
    board = board_of(client, plan="draft")
    assert not board.plan.in_force
    verdict = a_move(client, board)
    assert problem(client.post("/schedule/moves", json=wish(board, verdict)), 409)["code"] == "plan_changed"
    told = moved(client, wish(board, verdict, draft=True))
    assert desk.store.plan_in_force() == "plan-1" and not told.plan.in_force
    ahead = client.get(f"/plans/{told.plan.id}/proposed-moves").json()["moves"]
    assert [one["visit"] for one in ahead] == [verdict.visit]
    accept_plan(desk.store, told.plan.id, author="Ada", clock=lambda: AT, expected="plan-1")
    assert client.get(f"/plans/{told.plan.id}/proposed-moves").json()["moves"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"plan": "plan-1", "visit": "x", "crew": "crew-1"},
        {"plan": "plan-1", "visit": "x", "crew": "crew-1", "day": "2026-11-24", "position": 0},
        {"plan": "plan-1", "visit": "x", "crew": "crew-1", "day": 20261124},
        {"plan": "plan 1", "visit": "x", "reason": "a"},
        {"plan": "plan-1", "visit": "x", "reason": "a\nb"},
        {"plan": "plan-1", "visit": "x", "reason": "a", "hidden": True},
    ],
)
def test_wishes_that_cannot_be_read_are_refused(client, problem, body) -> None:
    assert problem(client.post("/schedule/moves", json=body), 422)["code"] == "invalid_input"


def test_unknown_visits_plans_and_no_plan_at_all(desk, client, problem) -> None:
    targets = [{"crew": "crew-1", "day": "2026-11-24", "position": None}]
    problem(client.post("/schedule/trials", json={"plan": "plan-1", "visit": "x", "targets": targets}), 404)
    problem(client.get("/schedule", params={"plan": "nothing"}), 404)
    problem(client.post("/schedule/trials", json={"plan": "plan-1", "visit": "x", "targets": []}), 422)
    with desk.store.change(author="a", reason="b", at=AT) as tx:
        tx.clear()
    assert problem(client.get("/schedule"), 409)["code"] == "not_ready"


def test_only_the_last_boards_are_kept(desk, client) -> None:
    board_of(client)
    boards: Boards = desk.app.state.boards
    kept = boards.find("plan-1")
    assert kept is not None
    board_of(client)
    assert boards.find("plan-1") is kept
    for number in range(KEPT):
        boards.keep(replace(kept, plan=replace(kept.plan, plan_id=f"other-{number}")))
    assert boards.find("plan-1") is None
    assert boards.find("other-0") is not None
