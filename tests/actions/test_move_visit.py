"""The schedule board: what a drag would do, the move as a new plan, and the way back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import shapely

from geo_service.actions.accept_plan import accept_plan
from geo_service.actions.board import open_board
from geo_service.actions.edit_plot import change_plot
from geo_service.actions.lock_visits import lock_visit
from geo_service.actions.move_visit import move_visit, set_aside
from geo_service.actions.record_visit import record_visit
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.actions.try_move import try_move
from geo_service.actions.undo_move import undo_move
from geo_service.base.errors import Conflict, InputError, NotFound, NotReady, RuleBroken
from geo_service.base.progress import after_iterations
from geo_service.plots.drawn import degrees_of
from geo_service.routes.check import faults as route_faults
from geo_service.schedule.check import faults
from geo_service.schedule.compare import compare, placements
from geo_service.schedule.events import CrewAbsent
from geo_service.schedule.model import Placement, Solution
from geo_service.schedule.moving import ids_of, lay

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BY = {"author": "cem", "clock": lambda: BEFORE}


@pytest.fixture
def board(three_days):
    return open_board(three_days, clock=lambda: BEFORE)


def visits(board):
    return [stop.visit for route in board.routes for stop in route.stops]


def movable(board, *, ok=True, other_day=False):
    """Return the first verdict of a visit on another crew-day that is as asked."""
    for visit in visits(board):
        for day in board.problem.crew_days:
            verdict = try_move(board, visit.visit_id, day.crew, day.on)
            elsewhere = verdict.old != verdict.new and (not other_day or verdict.old.on != verdict.new.on)
            if elsewhere and verdict.ok is ok:
                return verdict
    raise AssertionError("no such move on the board")


def free_to_go(board):
    """Return a visit that nothing waits for, which is neither a part nor locked."""
    return next(v.visit_id for v in visits(board) if v.parts == 1 and try_move(board, v.visit_id, None, None).ok)


def test_the_board_is_the_plan_as_it_is_and_without_a_fault(three_days, board):
    assert board.in_force
    assert board.standing == ()
    assert {route.crew_day.on for route in board.routes} <= {MONDAY, TUESDAY, WEDNESDAY}
    assert placements(board.routes) == placements(three_days.plan().routes)


def test_a_board_is_kept_while_nothing_changes(three_days, board):
    assert open_board(three_days, clock=lambda: BEFORE, kept=board) is board
    later = open_board(three_days, clock=lambda: BEFORE + timedelta(hours=1), kept=board)
    assert later is not board
    lock_visit(three_days, visits(board)[0].visit_id, reason="", **BY)
    assert open_board(three_days, clock=lambda: BEFORE, kept=board) is not board


def test_a_verdict_says_what_it_costs_and_how_the_days_fill(board):
    verdict = movable(board)
    assert verdict.objections == ()
    old, new = verdict.days[0], verdict.days[-1]
    assert (old.crew, old.on) == (verdict.old.crew, verdict.old.on)
    assert (old.visits[1], new.visits[1]) == (old.visits[0] - 1, new.visits[0] + 1)
    assert new.work_s[1] - new.work_s[0] == old.work_s[0] - old.work_s[1]
    assert verdict.costs["changes_s"] == (0, board.problem.weights.change_s)
    assert sum(after - before for part, (before, after) in verdict.costs.items() if part != "total_s") == (
        verdict.change_s
    )
    there = next(route for route in verdict.routes if route.crew_day.crew == new.crew and route.crew_day.on == new.on)
    assert ids_of(there)[verdict.position - 1] == verdict.visit_id
    assert there.stops[verdict.position - 1].start_s == verdict.start_s
    assert all(route_faults(route, board.problem.matrix_of(route.crew_day)) == [] for route in verdict.routes)


def test_the_best_place_costs_no_more_than_any_other(board):
    best = movable(board)
    target = next(day for day in best.days if (day.crew, day.on) == (best.new.crew, best.new.on))
    others = [
        try_move(board, best.visit_id, best.new.crew, best.new.on, position)
        for position in range(1, target.visits[1] + 1)
    ]
    possible = [one.days[-1].drive_s[1] + one.days[-1].work_s[1] for one in others if one.ok]
    assert [one.position for one in others] == list(range(1, target.visits[1] + 1))
    assert best.days[-1].drive_s[1] + best.days[-1].work_s[1] == min(possible)


def test_the_order_of_a_day_changes(three_days, board):
    for route in board.routes:
        for visit_id in ids_of(route)[1:]:
            verdict = try_move(board, visit_id, route.crew_day.crew, route.crew_day.on, 1)
            if verdict.ok:
                done = move_visit(three_days, visit_id, route.crew_day.crew, route.crew_day.on, 1, expected="three",
                                  plan_id="moved", board=board, **BY)  # fmt: skip
                again = next(one for one in done.plan.routes if one.crew_day == route.crew_day)
                assert ids_of(again) == (visit_id, *(one for one in ids_of(route) if one != visit_id))
                assert done.verdict.costs["changes_s"] == (0, 0)
                assert three_days.moves("moved") == [], "the crew-day is the same"
                return
    raise AssertionError("no order can be changed")


def test_every_verdict_agrees_with_the_checkers_and_names_each_fault(board):
    """What is fine has no fault; what is not, has an objection for each rule that the checkers name."""
    days = board.problem.crew_days
    counted = {True: 0, False: 0}
    for number, visit in enumerate(visits(board)):
        day = days[number * 7 % len(days)]
        verdict = try_move(board, visit.visit_id, day.crew, day.on)
        laid = lay(board.problem, board.routes, board.visit(visit.visit_id), day)
        if laid.refusal:
            assert not verdict.ok
            continue
        found = faults(board.problem, Solution(laid.routes, board.unserved, 0, 0, 0))
        assert verdict.ok == (not found)
        assert {fault.rule for fault in found} == {one.rule for one in verdict.objections}
        assert all(one.text and one.text_en for one in verdict.objections)
        counted[verdict.ok] += 1
    assert min(counted.values()) > 3, "both kinds were met"


def test_what_stands_against_a_move_is_told_in_both_languages(board):
    told = {}
    for visit in visits(board):
        for day in board.problem.crew_days:
            for one in try_move(board, visit.visit_id, day.crew, day.on).objections:
                told.setdefault(one.rule, one)
    assert {"shift", "work_time", "skill", "machine"} <= told.keys()
    assert "min zu spät" in told["shift"].text
    assert "min late" in told["shift"].text_en
    assert "fehlt die Befähigung" in told["skill"].text
    assert all(one.text != one.text_en for one in told.values())


def test_a_visit_that_nobody_knows_and_a_crew_that_does_not_work(board):
    with pytest.raises(NotFound):
        try_move(board, "KLZ-9999.mow_lawn.1.1", "crew-1", MONDAY)
    visit_id = visits(board)[0].visit_id
    for crew, on, position in (("crew-1", None, None), (None, MONDAY, None), ("crew-1", MONDAY, 0)):
        with pytest.raises(InputError):
            try_move(board, visit_id, crew, on, position)
    sunday = try_move(board, visit_id, "crew-1", date(2026, 11, 29))
    assert [one.rule for one in sunday.objections] == ["no_crew_day"]
    gone = try_move(board, visit_id, "crew-1", date(2026, 11, 20))
    assert [one.rule for one in gone.objections] == ["past"]
    assert (gone.ok, gone.costs, gone.change_s) == (False, {}, 0)


def test_a_move_makes_a_new_plan_and_tells_who_when_and_why(three_days, board):
    verdict = movable(board, other_day=True)
    old = three_days.plan()
    done = move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="three",
                      plan_id="moved", reason="Schule bittet darum", board=board, **BY)  # fmt: skip
    assert done.before == "three"
    assert three_days.plan() == done.plan
    assert three_days.plan("three") == old, "the plan before is kept"
    changes = compare(old.routes, done.plan.routes, {}, {})
    assert [(one.visit.visit_id, one.old, one.new) for one in changes.visits] == [
        (verdict.visit_id, verdict.old, verdict.new)
    ]
    move = three_days.moves("moved")[0]
    assert (move.reason, move.reason_en, move.author, move.at) == (
        "vom Planer: Schule bittet darum",
        "by the planner: Schule bittet darum",
        "cem",
        BEFORE,
    )
    assert (Placement(move.old_crew, move.old_on), Placement(move.new_crew, move.new_on)) == (verdict.old, verdict.new)
    assert three_days.course(verdict.visit_id).version == 1, "a phone that shows the old day is in conflict"
    figures = done.plan.figures
    assert figures["drive_s"] == sum(route.drive_s for route in done.plan.routes)
    assert figures["cost_s"] == sum(done.plan.costs.values())
    assert len(done.plan.lines) == len(done.plan.routes)
    untouched = {route.crew_day for route in old.routes} - {route.crew_day for route in verdict.routes}
    assert [r for r in done.plan.routes if r.crew_day in untouched] == [
        r for r in old.routes if r.crew_day in untouched
    ]


def test_the_board_of_a_move_is_the_one_that_is_read_anew(three_days, board):
    verdict = movable(board)
    done = move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="three",
                      plan_id="moved", board=board, **BY)  # fmt: skip
    read = open_board(three_days, clock=lambda: BEFORE)
    assert open_board(three_days, clock=lambda: BEFORE, kept=done.board) is done.board
    for name in ("revision", "routes", "unserved", "standing", "costs", "set_aside", "fixed", "in_force"):
        assert getattr(done.board, name) == getattr(read, name), name
    assert done.board.problem.in_force == read.problem.in_force
    assert done.board.problem.familiar == read.problem.familiar


def test_two_planners_cannot_overwrite_each_other(three_days, board):
    verdict = movable(board)
    first = move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="three",
                       plan_id="first", board=board, **BY)  # fmt: skip
    other = next(v.visit_id for v in visits(board) if v.visit_id != verdict.visit_id)
    with pytest.raises(Conflict) as caught:
        move_visit(three_days, other, verdict.new.crew, verdict.new.on, expected="three", plan_id="second",
                   board=board, **BY)  # fmt: skip
    assert (caught.value.code, caught.value.fields) == ("plan_changed", {"expected": "three", "in_force": "first"})
    assert three_days.plan() == first.plan
    assert three_days.plan("second") is None


def test_what_somebody_wrote_meanwhile_is_looked_at(three_days, board):
    """The board that is kept knows nothing of the lock; the move is worked out anew and refused."""
    verdict = movable(board)
    lock_visit(three_days, verdict.visit_id, reason="angekündigt", **BY)
    with pytest.raises(RuleBroken) as caught:
        move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="three",
                   plan_id="moved", board=board, **BY)  # fmt: skip
    assert caught.value.code == "move_not_possible"
    assert [one["rule"] for one in caught.value.fields["objections"]] == ["locked"]
    assert "Festlegung" in caught.value.fields["objections"][0]["text"]
    assert three_days.plan_in_force() == "three"


def test_a_move_that_cannot_be_changes_nothing(three_days, board):
    verdict = movable(board, ok=False)
    revision = three_days.revision()
    with pytest.raises(RuleBroken):
        move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="three",
                   plan_id="moved", board=board, **BY)  # fmt: skip
    route = board.routes[0]
    with pytest.raises(InputError) as caught:
        move_visit(three_days, ids_of(route)[0], route.crew_day.crew, route.crew_day.on, 1, expected="three",
                   plan_id="moved", board=board, **BY)  # fmt: skip
    assert caught.value.code == "no_move"
    assert (three_days.revision(), three_days.plan_in_force()) == (revision, "three")


def test_a_visit_is_set_aside_put_back_and_both_are_undone(three_days, board):
    visit_id = free_to_go(board)
    old = placements(board.routes)[visit_id]
    with pytest.raises(InputError):
        set_aside(three_days, visit_id, reason=" ", expected="three", plan_id="aside", board=board, **BY)
    aside = set_aside(three_days, visit_id, reason="Nachbar macht es", expected="three", plan_id="aside", board=board,
                      **BY)  # fmt: skip
    left = {one.visit_id: one for one in three_days.plan().unserved}
    assert (left[visit_id].reason, left[visit_id].reason_en) == (
        "vom Planer: Nachbar macht es",
        "by the planner: Nachbar macht es",
    )
    assert visit_id not in placements(three_days.plan().routes)

    anew = replan(three_days, [], ReplanRequest(0, 1, draft=True), plan_id="draft", stop=after_iterations(2), **BY)
    assert visit_id not in placements(anew.routes), "no later plan takes it"

    back = move_visit(three_days, visit_id, old.crew, old.on, expected="aside", plan_id="back", **BY)
    assert placements(three_days.plan().routes)[visit_id] == old
    assert three_days.events() == []
    assert back.verdict.old is None
    assert back.verdict.change_s < 0, "a visit that is served costs less"

    undone = undo_move(three_days, expected="back", **BY)
    assert (undone.plan.plan_id, three_days.plan_in_force(), undone.visits) == ("aside", "aside", (visit_id,))
    assert [kept.event.reason for kept in three_days.events()] == ["vom Planer: Nachbar macht es"]
    assert undone.board.set_aside.keys() == {visit_id}
    first = undo_move(three_days, expected="aside", board=undone.board, **BY)
    assert (first.plan.plan_id, three_days.events()) == ("three", [])
    assert three_days.plan() == three_days.plan("three")
    assert aside.board.set_aside.keys() == {visit_id}
    with pytest.raises(NotFound) as caught:
        undo_move(three_days, expected="three", **BY)
    assert caught.value.code == "no_move"


def test_a_move_is_undone_and_told_to_the_phones(three_days, board):
    verdict = movable(board)
    move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="three", plan_id="moved",
               board=board, **BY)  # fmt: skip
    undone = undo_move(three_days, expected="moved", **BY)
    assert three_days.plan_in_force() == "three"
    move = three_days.moves("three")[0]
    assert (move.visit_id, move.reason) == (verdict.visit_id, "Verschiebung zurückgenommen")
    assert three_days.course(verdict.visit_id).version == 2
    read = open_board(three_days, clock=lambda: BEFORE)
    for name in ("revision", "routes", "unserved", "standing", "costs", "set_aside"):
        assert getattr(undone.board, name) == getattr(read, name), name


def test_a_plan_whose_streets_or_plots_changed_before_the_move_comes_back(three_days, board):
    """The way to a gate that was moved is told anew where a day is timed anew; the plan before has the old one."""
    verdict = movable(board, other_day=True)
    source = next(r for r in board.routes if verdict.visit_id in ids_of(r))
    neighbour = next(s.visit for s in source.stops if s.visit.visit_id != verdict.visit_id)
    plot = three_days.plot(neighbour.plot_code)
    place = degrees_of(shapely.Point(plot.geometry.bounds[0] + 95, plot.geometry.bounds[1] + 60), plot.epsg)
    change_plot(three_days, plot.code, {"access_lon": place.x, "access_lat": place.y}, expected=None, **BY)
    changed = open_board(three_days, clock=lambda: BEFORE)
    assert {fault.rule for fault in changed.standing} & {"drive", "length"}
    done = move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="three",
                      plan_id="moved", board=changed, **BY)  # fmt: skip
    assert undo_move(three_days, expected="moved", board=done.board, **BY).plan.plan_id == "three"


def test_nothing_is_undone_that_something_rests_on(three_days, board):
    verdict = movable(board)
    move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="three", plan_id="moved",
               board=board, **BY)  # fmt: skip
    lock_visit(three_days, verdict.visit_id, reason="zugesagt", **BY)
    with pytest.raises(Conflict) as caught:
        undo_move(three_days, expected="moved", **BY)
    assert caught.value.code == "undo_not_possible"
    assert [one["rule"] for one in caught.value.fields["objections"]] == ["locked"]
    with pytest.raises(Conflict) as caught:
        undo_move(three_days, expected="three", **BY)
    assert caught.value.code == "plan_changed"
    assert three_days.plan_in_force() == "moved"


def test_what_was_done_or_begun_stays(three_days):
    plan = three_days.plan()
    first = next(route for route in plan.routes if route.crew_day.on == MONDAY)
    record_visit(three_days, first.stops[0].visit.visit_id, MONDAY, **BY)
    noon = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    board = open_board(three_days, clock=lambda: noon)
    begun = [
        stop.visit.visit_id
        for route in plan.routes
        for stop in route.stops
        if route.crew_day.on == MONDAY and stop.start_s <= 12 * 3600
    ]
    assert len(begun) > 1
    for visit_id in begun:
        verdict = try_move(board, visit_id, first.crew_day.crew, WEDNESDAY)
        wanted = "done" if visit_id == first.stops[0].visit.visit_id else "begun"
        assert wanted in {one.rule for one in verdict.objections}
        assert not try_move(board, visit_id, None, None).ok
    later = [v.visit_id for v in visits(board) if v.visit_id not in begun]
    late_today = [try_move(board, one, first.crew_day.crew, MONDAY) for one in later[:20]]
    assert all(one.start_s > 12 * 3600 for one in late_today if one.ok), "nothing is put before now"


def test_days_that_have_passed_stay_as_they_were(three_days):
    tuesday = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    board = open_board(three_days, clock=lambda: tuesday)
    assert {route.crew_day.on for route in board.routes} <= {TUESDAY, WEDNESDAY}
    assert board.routes
    old = three_days.plan()
    aside = set_aside(three_days, free_to_go(board), reason="x", expected="three", plan_id="aside", author="cem",
                      clock=lambda: tuesday, board=board)  # fmt: skip
    assert [r for r in aside.plan.routes if r.crew_day.on < TUESDAY] == [
        r for r in old.routes if r.crew_day.on < TUESDAY
    ]
    with pytest.raises(NotReady):
        open_board(three_days, clock=lambda: tuesday + timedelta(days=3))


def test_what_was_wrong_before_is_not_the_moves_fault(three_days, board):
    """A crew falls ill without a new plan: its visits are dragged off one by one."""
    crew = board.routes[0].crew_day.crew
    with three_days.change(author="x", reason="ill", at=BEFORE) as tx:
        tx.put_event(CrewAbsent(crew, MONDAY, WEDNESDAY), author="x", at=BEFORE)
    ill = open_board(three_days, clock=lambda: BEFORE)
    assert ill.standing
    theirs = [stop.visit.visit_id for route in ill.routes if route.crew_day.crew == crew for stop in route.stops]
    days = [day for day in ill.problem.crew_days if day.crew != crew]
    saved = next(
        (one, day) for one in theirs for day in days if try_move(ill, one, day.crew, day.on).ok
    )  # fmt: skip
    done = move_visit(three_days, saved[0], saved[1].crew, saved[1].on, expected="three", plan_id="moved", board=ill,
                      **BY)  # fmt: skip
    assert len(done.board.standing) <= len(ill.standing)
    back = try_move(done.board, saved[0], crew, MONDAY)
    assert [one.rule for one in back.objections] == ["no_crew_day"]


def test_a_draft_is_changed_as_a_draft(three_days):
    replan(three_days, [], ReplanRequest(0, 1, draft=True), plan_id="draft", stop=after_iterations(2), **BY)
    board = open_board(three_days, clock=lambda: BEFORE, plan_id="draft")
    assert not board.in_force
    verdict = movable(board)
    done = move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="draft",
                      plan_id="draft-2", draft=True, board=board, **BY)  # fmt: skip
    assert three_days.plan_in_force() == "three"
    assert three_days.moves() == []
    aside = set_aside(three_days, free_to_go(done.board), reason="x", expected="three", plan_id="other", **BY)
    assert aside.plan.plan_id == three_days.plan_in_force()
    with pytest.raises(Conflict):
        move_visit(three_days, verdict.visit_id, verdict.old.crew, verdict.old.on, expected="draft-2",
                   plan_id="x", **BY)  # fmt: skip


def test_a_draft_with_a_move_can_be_accepted(three_days):
    replan(three_days, [], ReplanRequest(0, 1, draft=True), plan_id="draft", stop=after_iterations(2), **BY)
    board = open_board(three_days, clock=lambda: BEFORE, plan_id="draft")
    verdict = movable(board)
    done = move_visit(three_days, verdict.visit_id, verdict.new.crew, verdict.new.on, expected="draft",
                      plan_id="draft-2", draft=True, board=board, **BY)  # fmt: skip
    accept_plan(three_days, "draft-2", **BY)
    assert three_days.plan() == done.plan
    with pytest.raises(Conflict) as caught:
        move_visit(three_days, verdict.visit_id, verdict.old.crew, verdict.old.on, expected="draft-2",
                   plan_id="y", draft=True, **BY)  # fmt: skip
    assert caught.value.code == "plan_changed"
