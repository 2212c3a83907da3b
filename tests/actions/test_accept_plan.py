"""What-if: a draft is compared, accepted while it holds, and refused when the world has moved on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.actions.accept_plan import accept_plan, compare_plans
from geo_service.actions.lock_visits import lock_visit
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.record_visit import record_visit
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.base.errors import Conflict, NotFound
from geo_service.base.progress import after_iterations
from geo_service.schedule.compare import placements
from geo_service.schedule.events import CrewAbsent, Rain, UrgentVisit

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BY = {"author": "cem", "clock": lambda: BEFORE}


@pytest.fixture
def draft(three_days):
    """Return the draft that answers rain on Monday."""
    return try_out(three_days, Rain(MONDAY), plan_id="draft")


def try_out(store, *events, plan_id):
    how, stop = ReplanRequest(0, 1, draft=True), after_iterations(2)
    return replan(store, events, how, plan_id=plan_id, stop=stop, **BY)


def crew_in_use(plan, on):
    return next(route.crew_day.crew for route in plan.routes if route.crew_day.on == on)


def test_an_accepted_draft_is_in_force_with_its_events_and_moves(three_days, draft):
    before = placements(three_days.plan().routes)
    accept_plan(three_days, "draft", **BY)
    after = placements(draft.routes)

    assert three_days.plan() == draft
    assert three_days.plan_in_force() == "draft"
    assert [kept.event for kept in three_days.events()] == [Rain(MONDAY)]
    assert {move.visit_id for move in three_days.moves("draft")} == {
        one for one, at in before.items() if after.get(one) != at
    }
    assert {move.author for move in three_days.moves()} == {"cem"}


def test_a_plan_in_force_is_not_accepted_again(three_days):
    with pytest.raises(Conflict) as caught:
        accept_plan(three_days, "three", **BY)
    assert caught.value.code == "in_force"
    with pytest.raises(NotFound):
        accept_plan(three_days, "nothing", **BY)


def test_a_draft_of_a_period_is_accepted(three_days):
    how = PlanRequest(MONDAY, 3, 0, 2, draft=True)
    made = plan_period(three_days, how, plan_id="other", stop=after_iterations(9), **BY)
    assert three_days.plan_in_force() == "three"
    accept_plan(three_days, "other", **BY)
    assert three_days.plan() == made


def outdated(store, why):
    with pytest.raises(Conflict) as caught:
        accept_plan(store, "draft", **BY)
    assert caught.value.code == "plan_outdated"
    assert any(why in fault for fault in caught.value.fields["faults"]), caught.value.fields
    assert store.plan_in_force() != "draft"


def test_work_done_meanwhile_breaks_it(three_days, draft):
    visit_id = next(stop.visit.visit_id for route in draft.routes for stop in route.stops if stop.visit.parts == 1)
    record_visit(three_days, visit_id, MONDAY, **BY)
    outdated(three_days, f"{visit_id} is not due any more")


def test_urgent_work_that_came_in_breaks_it(three_days, draft):
    report = UrgentVisit(three_days.plots()[0].code, "Glas wegräumen", "Anruf", TUESDAY)
    with three_days.change(author="a", reason="b", at=BEFORE) as tx:
        tx.put_event(report, author="a", at=BEFORE)
    outdated(three_days, "fell due since")


def test_a_crew_that_falls_ill_breaks_it(three_days, draft):
    with three_days.change(author="a", reason="b", at=BEFORE) as tx:
        tx.put_event(CrewAbsent(crew_in_use(draft, TUESDAY), TUESDAY), author="a", at=BEFORE)
    outdated(three_days, "is not a crew-day of the problem")


def test_a_lock_set_meanwhile_breaks_it(three_days, draft):
    now, then = placements(three_days.plan().routes), placements(draft.routes)
    moved = next(one for one, at in now.items() if one in then and then[one] != at)
    lock_visit(three_days, moved, reason="", **BY)
    outdated(three_days, f"{moved} is locked to")


def test_a_day_that_went_otherwise_breaks_it(three_days, draft):
    with pytest.raises(Conflict) as caught:
        accept_plan(three_days, "draft", author="cem", clock=lambda: BEFORE + timedelta(days=1))
    assert "2026-11-23 has passed and was not as planned" in caught.value.fields["faults"]
    with pytest.raises(Conflict, match="has passed"):
        accept_plan(three_days, "draft", author="cem", clock=lambda: BEFORE + timedelta(days=9))


def test_a_draft_for_the_days_to_come_outlives_the_day(three_days):
    """Made in the morning, accepted the next morning: the day between was as the plan in force had it."""
    crew = crew_in_use(three_days.plan(), TUESDAY)
    at = BEFORE + timedelta(days=1)
    how = ReplanRequest(0, 1, draft=True)
    replan(
        three_days,
        [CrewAbsent(crew, TUESDAY)],
        how,
        plan_id="draft",
        author="cem",
        clock=lambda: at,
        stop=after_iterations(2),
    )
    accept_plan(three_days, "draft", author="cem", clock=lambda: at + timedelta(minutes=5))
    assert three_days.plan_in_force() == "draft"


def test_two_plans_side_by_side(three_days, draft):
    seen = compare_plans(three_days, "three", "draft")
    old, new = three_days.plan("three"), draft

    assert seen.costs["travel_s"] == (old.costs["travel_s"], new.costs["travel_s"])
    assert seen.costs["total_s"] == (old.figures["cost_s"], new.figures["cost_s"])
    assert seen.same + len(seen.visits) == len(placements(old.routes).keys() | placements(new.routes).keys())
    assert compare_plans(three_days, "three", "three").visits == ()
    with pytest.raises(NotFound):
        compare_plans(three_days, "three", "nothing")
