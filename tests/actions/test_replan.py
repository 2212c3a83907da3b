"""Replanning what is in force: what passed and what is locked stays, what is hit moves, and every move is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.actions.lock_visits import announce_visit, lock_visit
from geo_service.actions.record_visit import record_visit
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.actions.urgent import urgent_id
from geo_service.base.errors import Cancelled, InputError, NotFound, NotReady
from geo_service.base.progress import Progress, after_iterations
from geo_service.schedule.compare import placements
from geo_service.schedule.events import CrewAbsent, DoneEarly, Rain, Refused, UrgentVisit, VehicleBroken
from geo_service.schedule.model import Placement

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))
BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Monday at 5 in the morning in Leipzig, before anybody has begun."""


@pytest.fixture
def again(three_days):
    """Return a way to plan anew what is in force."""

    def make(*events, at=BEFORE, plan_id="new", draft=False, **more):
        how = ReplanRequest(0, 1, draft)
        stop = after_iterations(2000)
        return replan(three_days, events, how, plan_id=plan_id, author="bea", clock=lambda: at, stop=stop, **more)

    return make


def stops(plan, on=None, crew=None):
    return [
        (stop, route)
        for route in plan.routes
        for stop in route.stops
        if on in (None, route.crew_day.on) and crew in (None, route.crew_day.crew)
    ]


def wet(plan, on):
    return [stop.visit for stop, _ in stops(plan, on) if Rain(on).hits(stop.visit)]


def test_rain_moves_wet_work_and_keeps_reason_old_date_and_author(again, three_days):
    before = three_days.plan()
    hit = wet(before, MONDAY)
    made = again(Rain(MONDAY))
    told = {move.visit_id: move for move in three_days.moves("new")}

    assert hit
    assert wet(made, MONDAY) == []
    for visit in hit:
        move = told[visit.visit_id]
        assert (move.reason, move.reason_en) == ("Regen am 23.11.2026", "rain on 2026-11-23")
        assert (move.old_on, move.author, move.at) == (MONDAY, "bea", BEFORE)
        assert placements(made.routes).get(visit.visit_id) == (
            Placement(move.new_crew, move.new_on) if move.new_on else None
        )
    assert all(move.reason.startswith(("Regen", "Folge von: Regen")) for move in told.values())


def test_every_move_is_told_and_nothing_that_stays(again, three_days):
    old, new = three_days.plan(), again(CrewAbsent("crew-2", TUESDAY))
    before, after = placements(old.routes), placements(new.routes)
    moved = {visit_id for visit_id, at in before.items() if after.get(visit_id) != at}

    assert {move.visit_id for move in three_days.moves("new")} == moved
    assert {visit_id for visit_id, at in before.items() if at == Placement("crew-2", TUESDAY)} <= moved


def test_what_happened_holds_for_the_plans_after_it(again, three_days):
    again(Rain(MONDAY), plan_id="first")
    made = again(plan_id="second")

    assert wet(made, MONDAY) == []
    assert [kept.event for kept in three_days.events()] == [Rain(MONDAY)]
    assert (three_days.events()[0].author, three_days.events()[0].at) == ("bea", BEFORE)


def test_rain_on_named_machines_hits_those_alone(again):
    made = again(Rain(MONDAY, works=frozenset({"litter_pick"}), machines=frozenset({"tipper"})))

    assert {stop.visit.work for stop, _ in stops(made, MONDAY)}.isdisjoint({"litter_pick", "clear", "green"})
    assert wet(made, MONDAY), "leaf blowers are not named"


def test_an_absent_crew_goes_nowhere(again):
    made = again(CrewAbsent("crew-2", MONDAY, TUESDAY))

    assert stops(made, MONDAY, "crew-2") == stops(made, TUESDAY, "crew-2") == []
    assert stops(made, WEDNESDAY, "crew-2")


def test_a_broken_vehicle_takes_the_crew_or_its_machines(again, three_days):
    lost, crew = next(
        (machine, route.crew_day.crew)
        for stop, route in stops(three_days.plan(), MONDAY)
        for machine in stop.visit.machines - {"hand_tools"}
    )
    made = again(VehicleBroken(crew, MONDAY, machines=frozenset({lost})))
    assert not any(lost in stop.visit.machines for stop, _ in stops(made, MONDAY, crew))
    assert not any(lost in route.crew_day.machines for _, route in stops(made, MONDAY, crew))

    busy = next(r.crew_day.crew for _, r in stops(made, TUESDAY))
    assert stops(again(VehicleBroken(busy, TUESDAY), plan_id="more"), TUESDAY, busy) == []


def test_urgent_work_comes_in_and_says_why(again, three_days):
    plot = three_days.plots()[0].code
    report = UrgentVisit(plot, "Sperrmüll abholen", "Anwohnerin rief an", MONDAY, 1800, machines=frozenset({"tipper"}))
    made = again(report)
    ((stop, route),) = [(s, r) for s, r in stops(made) if s.visit.visit_id == urgent_id(report)]

    assert (stop.visit.work, stop.visit.priority, route.crew_day.on) == ("Sperrmüll abholen", 1, MONDAY)
    assert "tipper" in route.crew_day.machines
    assert (stop.visit.why, stop.visit.why_en) == ("dringend: Anwohnerin rief an", "urgent: Anwohnerin rief an")
    assert urgent_id(report) in placements(again(plan_id="next").routes), "it stays asked for until it is done"


def test_urgent_work_that_is_due_anyway_is_hurried(again, three_days):
    free = [(r.crew_day.on, s.visit) for s, r in stops(three_days.plan()) if s.visit.parts == 1 and not s.visit.after]
    visit = max(free, key=lambda one: one[0])[1]
    made = again(UrgentVisit(visit.plot_code, visit.work, "Glas auf dem Weg", MONDAY))

    assert placements(made.routes)[visit.visit_id].on == MONDAY
    (stop,) = [stop for stop, _ in stops(made) if stop.visit.visit_id == visit.visit_id]
    assert stop.visit.why.startswith("dringend: Glas auf dem Weg; ")


def test_a_refused_visit_is_listed_with_the_words(again, three_days):
    (first, _), (second, _), *_ = stops(three_days.plan(), MONDAY)
    made = again(
        Refused(first.visit.visit_id, "Eigentümer lässt niemanden ein"),
        Refused(second.visit.visit_id, "Tor verschlossen", on=MONDAY),
    )
    (told,) = [one for one in made.unserved if one.visit_id == first.visit.visit_id]

    assert (told.code, told.reason) == ("refused", "abgelehnt: Eigentümer lässt niemanden ein")
    assert second.visit.visit_id not in {stop.visit.visit_id for stop, _ in stops(made, MONDAY)}


def test_work_done_early_is_noted_and_due_later(again, three_days):
    regular = {"inspect", "litter_pick", "tree_check", "sweep_path"}  # none of them comes again within three days
    every = [one for one in stops(three_days.plan()) if one[0].visit.work in regular and one[0].visit.parts == 1]
    stop, route = max(every, key=lambda one: one[1].crew_day.on)
    visit = stop.visit
    made = again(DoneEarly(visit.visit_id, MONDAY))

    assert three_days.last_done()[visit.plot_id, visit.work] == MONDAY
    assert (visit.plot_id, visit.work) not in {(s.visit.plot_id, s.visit.work) for s, _ in stops(made)}
    assert (visit.plot_id, visit.work) not in {(one.plot_id, one.work) for one in made.unserved}
    (done,) = three_days.visits_done()
    told = (visit.visit_id, MONDAY, route.crew_day.crew, "bea")
    assert (done.visit_id, done.done_on, done.crew, done.author) == told
    (move,) = [one for one in three_days.moves("new") if one.visit_id == visit.visit_id]
    assert (move.reason, move.new_on) == (f"erledigt am 23.11.2026: {visit.visit_id}", None)


def test_what_has_passed_stays_as_it_was(again, three_days):
    old = three_days.plan()
    on_tuesday = BEFORE + timedelta(days=1)
    made = again(CrewAbsent("crew-1", TUESDAY), at=on_tuesday)
    monday = [route for route in old.routes if route.crew_day.on == MONDAY]

    assert [route for route in made.routes if route.crew_day.on == MONDAY] == monday
    assert (made.from_on, made.days) == (old.from_on, old.days)
    assert len(made.lines) == len(made.routes)
    done = {stop.visit.visit_id for route in monday for stop in route.stops}
    assert not done & {stop.visit.visit_id for stop, route in stops(made) if route.crew_day.on > MONDAY}
    assert not done & {one.visit_id for one in made.unserved}
    assert all(move.old_on >= TUESDAY for move in three_days.moves("new"))


def test_a_visit_of_yesterday_that_was_refused_is_asked_for_again(again, three_days):
    (stop, _), *_ = stops(three_days.plan(), MONDAY)
    asked = stop.visit.visit_id
    made = again(Refused(asked, "Tor zu", on=MONDAY), at=BEFORE + timedelta(days=1))

    later = {s.visit.visit_id for s, r in stops(made) if r.crew_day.on > MONDAY} | {o.visit_id for o in made.unserved}
    assert asked in later


def test_what_has_begun_today_stays_where_and_when_it_is(again, three_days):
    noon = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    begun = {
        (stop.visit.visit_id, route.crew_day.crew, stop.start_s)
        for stop, route in stops(three_days.plan(), MONDAY)
        if stop.start_s <= 12 * 3600
    }
    made = again(CrewAbsent("crew-4", TUESDAY), at=noon)
    now = {(stop.visit.visit_id, route.crew_day.crew, stop.start_s) for stop, route in stops(made, MONDAY)}

    assert begun and begun <= now
    assert all(start_s >= 12 * 3600 for _, _, start_s in now - begun)


def test_a_crew_sent_home_at_noon_leaves_what_it_has_not_done(again, three_days):
    noon = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    mine = stops(three_days.plan(), MONDAY, "crew-1")
    ended = {stop.visit.visit_id for stop, _ in mine if stop.end_s <= 12 * 3600}
    made = again(CrewAbsent("crew-1", MONDAY), at=noon)
    asked = placements(made.routes).keys() | {one.visit_id for one in made.unserved}

    assert ended and len(ended) < len(mine)
    assert not ended & asked
    assert {stop.visit.visit_id for stop, _ in mine} - ended <= asked
    assert not ended & {move.visit_id for move in three_days.moves("new")}


def test_locked_and_announced_visits_stay(again, three_days):
    by_me = {"author": "ada", "clock": lambda: BEFORE}
    route = max((r for r in three_days.plan().routes if r.crew_day.on > MONDAY), key=lambda r: len(r.stops))
    here = Placement(route.crew_day.crew, route.crew_day.on)
    first, last = route.stops[0].visit, route.stops[-1].visit
    lock_visit(three_days, first.visit_id, reason="Ortstermin", **by_me)
    lock = announce_visit(three_days, last.visit_id, reason="Zettel im Haus", **by_me)
    other = next(crew.code for crew in three_days.crews() if crew.code != here.crew)
    made = again(CrewAbsent(other, here.on), Rain(here.on, works=frozenset({first.work, last.work})))
    (stop,) = [stop for stop, _ in stops(made) if stop.visit.visit_id == last.visit_id]

    assert first != last
    assert placements(made.routes)[first.visit_id] == placements(made.routes)[last.visit_id] == here
    assert lock.window[0] <= stop.start_s <= lock.window[1]
    assert any("bleibt trotz Regen" in warning and first.visit_id in warning for warning in made.warnings)


def test_a_lock_on_a_crew_that_is_absent_is_told_and_lifted(again, three_days):
    stop, route = next(one for one in stops(three_days.plan()) if one[1].crew_day.on > MONDAY)
    crew, on = route.crew_day.crew, route.crew_day.on
    lock_visit(three_days, stop.visit.visit_id, reason="", author="ada", clock=lambda: BEFORE)
    made = again(CrewAbsent(crew, on))

    assert any(stop.visit.visit_id in told and f"{crew} arbeitet dann nicht" in told for told in made.warnings)
    assert placements(made.routes).get(stop.visit.visit_id) != Placement(crew, on)
    assert three_days.locks() == []


def test_a_draft_changes_nothing_in_force(again, three_days):
    before = three_days.plan()
    made = again(Rain(MONDAY), draft=True)

    assert (three_days.plan(), three_days.plan("new")) == (before, made)
    assert made.events == (Rain(MONDAY),)
    assert (three_days.moves(), three_days.events()) == ([], [])


def test_nothing_happened_and_nothing_changes_much(again, three_days):
    before = placements(three_days.plan().routes)
    after = placements(again().routes)

    assert sum(before[one] != after.get(one) for one in before) <= len(before) // 10
    assert {move.reason for move in three_days.moves()} <= {"neu geplant"}


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (CrewAbsent("crew-9", MONDAY), NotFound),
        (VehicleBroken("crew-9", MONDAY), NotFound),
        (DoneEarly("nothing", MONDAY), NotFound),
        (Refused("nothing", "why"), NotFound),
        (UrgentVisit("KLZ-9999", "clear", "why", MONDAY), NotFound),
    ],
)
def test_what_nobody_knows_is_refused(again, three_days, event, error):
    before = three_days.revision()
    with pytest.raises(error):
        again(event)
    assert three_days.revision() == before


def test_a_machine_that_nobody_knows_and_tomorrows_work_are_refused(again, three_days):
    plot = three_days.plots()[0].code
    with pytest.raises(InputError, match="submarine"):
        again(UrgentVisit(plot, "dive", "why", MONDAY, machines=frozenset({"submarine"})))
    (stop, _), *_ = stops(three_days.plan())
    with pytest.raises(InputError, match="cannot have been done"):
        again(DoneEarly(stop.visit.visit_id, TUESDAY))


def test_without_a_plan_or_after_its_end_there_is_nothing_to_replan(again, empty, sample):
    with pytest.raises(NotReady, match="ended on 2026-11-25"):
        again(at=BEFORE + timedelta(days=3))
    with pytest.raises(NotReady, match="no plan is in force"):
        replan(empty, (), ReplanRequest(), plan_id="x", author="a", clock=lambda: BEFORE)


def test_cancelling_keeps_everything(again, three_days):
    before = three_days.revision()

    def cancel(progress: Progress) -> None:
        if progress.stage == "drawing the routes":
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        again(Rain(MONDAY), on_progress=cancel)
    assert three_days.revision() == before


def test_a_visit_noted_as_done_on_another_day_is_the_same_piece_of_work_next_time(again, three_days):
    """The next due date is reckoned from the day it was done: the id changes, the work is not new."""
    stop, _ = next((s, r) for s, r in stops(three_days.plan(), MONDAY) if s.visit.work == "litter_pick")
    record_visit(three_days, stop.visit.visit_id, MONDAY, author="ada", clock=lambda: BEFORE + timedelta(hours=9))
    made = again(at=BEFORE + timedelta(days=1))

    assert stop.visit.visit_id not in {s.visit.visit_id for s, r in stops(made) if r.crew_day.on > MONDAY}
    assert replace(made, figures={}).days == (MONDAY, TUESDAY, WEDNESDAY)
