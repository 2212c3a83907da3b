"""What crews report comes back: due dates shift, follow-ups fall due, what was not possible returns to the planner."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.actions.answer_alert import Answer, answer_alert
from geo_service.actions.asked import ask_period
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.actions.resolve_conflict import resolve_conflict
from geo_service.actions.take_report import take_report
from geo_service.actions.urgent import answering, urgent_id
from geo_service.actions.withdraw_event import withdraw_event
from geo_service.base.errors import Conflict, InputError, NotFound
from geo_service.base.progress import after_iterations
from geo_service.plots.model import PlotState
from geo_service.schedule.events import UrgentVisit, words
from geo_service.store.model import VisitDone
from geo_service.work.field_report import (
    AgainstRule,
    FieldReport,
    FollowUp,
    PhotoNote,
    Quantity,
    ReportKind,
    ReportStatus,
)

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
PICTURE = PhotoNote("ab" * 32, "obstacle")


@pytest.fixture
def tell(three_days):
    """Return a way to send a report of a visit of the plan in force, as its crew would."""

    def send(kind, stop, route, at=NOON, **fields):
        report = FieldReport(
            report_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{stop.visit.visit_id}{at}{fields}")),
            kind=ReportKind(kind),
            crew=route.crew_day.crew,
            day=at.date(),
            plan_id="three",
            at=at,
            visit_id=stop.visit.visit_id,
            plot=stop.visit.plot_code,
            base_version=three_days.course(stop.visit.visit_id).version,
        )
        return again(replace(report, **fields), at)

    def again(report, at=NOON):
        body = report.report_id.encode()  # made from all that the report tells
        sha256 = hashlib.sha256(body).hexdigest()
        return take_report(three_days, report, sha256=sha256, body=body, author="phone", clock=lambda: at)

    send.again = again
    return send


@pytest.fixture
def plan_again(three_days):
    def make(at=NOON, plan_id="new"):
        how, stop = ReplanRequest(0, 1), after_iterations(500)
        return replan(three_days, [], how, plan_id=plan_id, author="bea", clock=lambda: at, stop=stop)

    return make


def planned(plan, *, on=None, work=None, parts=1, crew=None):
    return [
        (stop, route)
        for route in plan.routes
        for stop in route.stops
        if on in (None, route.crew_day.on)
        and crew in (None, route.crew_day.crew)
        and work in (None, stop.visit.work)
        and stop.visit.parts == parts
    ]


def asked_for(store, first=MONDAY, days=3):
    return {visit.visit_id: visit for visit in ask_period(store, first, days).visits}


@pytest.mark.parametrize("days", [-3, 0, 3])
def test_done_early_or_late_shifts_the_next_due_date_by_as_much(three_days, tell, days):
    stop, route = planned(three_days.plan(), work="inspect")[-1]
    on = route.crew_day.on + timedelta(days=days)
    at = datetime(on.year, on.month, on.day, 15, 0, tzinfo=UTC)
    kept = tell("done", stop, route, at=at, minutes=22, quantities=(Quantity("m2", 800.0),))
    asked = ask_period(three_days, WEDNESDAY + timedelta(days=60), 45)
    (again,) = [one for one in asked.visits if (one.plot_id, one.work) == (stop.visit.plot_id, "inspect")]

    assert kept.status is ReportStatus.ACCEPTED
    assert (again.earliest_on, again.due_on) == (on + timedelta(days=70), on + timedelta(days=90))
    course = three_days.course(stop.visit.visit_id)
    assert (course.minutes, course.quantities, course.done_on) == (22, (Quantity("m2", 800.0),), on)


def test_a_done_visit_moves_the_life_of_its_plot_on(three_days, tell):
    stop, route = planned(three_days.plan(), work="green")[0]
    tell("done", stop, route, minutes=90)
    assert three_days.plot(stop.visit.plot_code).state is PlotState.GREENED


def test_a_follow_up_becomes_a_visit_with_who_and_why_and_is_done_like_any_other(three_days, tell, plan_again):
    stop, route = planned(three_days.plan(), on=MONDAY, work="litter_pick")[0]
    asked = FollowUp("Zaunfeld ersetzen", "zwei Latten lose")
    kept = tell("done", stop, route, minutes=20, follow_up=asked)
    (event,) = [one.event for one in three_days.events()]
    crew = next(one.name for one in three_days.crews() if one.code == route.crew_day.crew)
    mine = urgent_id(event)
    plan = plan_again()
    (later,) = [(s, r) for s, r in planned(plan) if s.visit.visit_id == mine]

    assert words(event)[0] == f"Folge von Abfall sammeln am 23.11.2026, {crew}: zwei Latten lose"
    assert event.follows.report_id == kept.report.report_id
    assert later[0].visit.why == words(event)[0]
    assert (later[0].visit.work, later[0].visit.priority) == ("Zaunfeld ersetzen", 2)

    at = NOON + timedelta(days=1)
    done = tell("done", *later, at=at, plan_id="new", minutes=45)
    assert done.status is ReportStatus.ACCEPTED
    assert mine not in asked_for(three_days)


def test_a_report_asks_once_however_often_it_comes_and_withdrawn_it_stays_so(three_days, tell):
    stop, route = planned(three_days.plan(), on=MONDAY, work="litter_pick")[0]
    kept = tell("done", stop, route, minutes=20, follow_up=FollowUp("Sofa holen"))
    tell.again(kept.report)
    (event,) = three_days.events()
    withdraw_event(three_days, event.event_id, author="bea", clock=lambda: NOON)
    tell.again(kept.report)

    assert three_days.events() == []


def test_a_follow_up_that_is_due_anyway_is_hurried_and_over_when_that_was_done(three_days, tell):
    """Without the time of the report, the event would make a new visit as soon as the hurried one is done."""
    plan = three_days.plan()
    by_plot = {}
    for there in planned(plan):
        by_plot.setdefault(there[0].visit.plot_code, []).append(there)
    (stop, route), (second, its_route), *_ = next(both for both in by_plot.values() if len(both) > 1)
    wanted = second.visit
    tell("done", stop, route, minutes=20, follow_up=FollowUp(wanted.work, "Scherben"))
    hurried = asked_for(three_days)[wanted.visit_id]
    tell("done", second, its_route, at=NOON + timedelta(hours=1), minutes=15)
    left = asked_for(three_days, TUESDAY, 2)

    assert hurried.priority == 2 and "Folge von" in hurried.why
    assert not [one for one in left if "follow_up" in one]


def test_work_of_the_week_before_that_is_told_later_does_not_answer_a_follow_up(three_days, tell):
    plan = three_days.plan()
    stop, route = planned(plan, on=MONDAY, work="litter_pick")[0]
    tell("done", stop, route, minutes=20, follow_up=FollowUp("inspect", "Riss in der Mauer"))
    plot_id, late = stop.visit.plot_id, NOON + timedelta(hours=2)
    records = [
        VisitDone(f"x.{days}", plot_id, "inspect", MONDAY + timedelta(days=days), "crew-1", 1, 1, "a", late)
        for days in (-6, 1)
    ]
    with three_days.change(author="a", reason="b", at=late) as tx:
        tx.record_visit(records[0])
    (event,) = [one.event for one in three_days.events()]

    assert answering(event, plot_id, records[:1], NOON) is None
    assert any("Folge von" in one.why for one in asked_for(three_days).values())
    assert answering(event, plot_id, records, NOON) == records[1]


def test_what_was_not_possible_returns_with_its_picture_and_stays_due(three_days, tell, plan_again):
    stop, route = planned(three_days.plan(), on=MONDAY)[0]
    visit_id = stop.visit.visit_id
    tell("not_possible", stop, route, reason="gate_locked", remark="neues Schloss", photos=(PICTURE,))
    (alert,) = three_days.alerts(open_only=True)
    plan = plan_again(NOON + timedelta(days=1))
    later = [r.crew_day.on for s, r in planned(plan) if s.visit.visit_id == visit_id and r.crew_day.on > MONDAY]

    assert (alert.kind, alert.visit_id) == ("not_possible", visit_id)
    assert alert.text == f"{stop.visit.plot_code}: nicht möglich, Tor verschlossen: neues Schloss"
    assert [use.note for use in three_days.photo_uses(visit_id=visit_id)] == [PICTURE]
    assert later or visit_id in {one.visit_id for one in plan.unserved}
    assert not later or three_days.course(visit_id).outcome == ""  # the new day begins with an open visit


def test_without_a_report_the_same_visit_is_taken_as_done(three_days, plan_again):
    """The control of the test above."""
    stop, _ = planned(three_days.plan(), on=MONDAY)[0]
    plan = plan_again(NOON + timedelta(days=1))
    later = [r for s, r in planned(plan) if s.visit.visit_id == stop.visit.visit_id and r.crew_day.on > MONDAY]

    assert not later and stop.visit.visit_id not in {one.visit_id for one in plan.unserved}


def test_what_a_crew_did_not_report_on_a_day_that_it_reported_is_still_due(three_days, tell, plan_again):
    (first, route), (second, _), *_ = planned(three_days.plan(), on=MONDAY, crew="crew-1")
    tell("done", first, route, minutes=20)
    plan = plan_again(NOON + timedelta(days=1))
    told = {s.visit.visit_id for s, r in planned(plan) if r.crew_day.on > MONDAY}
    told |= {one.visit_id for one in plan.unserved}

    assert second.visit.visit_id in told
    assert first.visit.visit_id not in told


def test_what_was_done_before_its_hour_is_no_move_and_keeps_its_version(three_days, tell, plan_again):
    """The plan that follows does not ask for it any more; the phone may still correct what it told."""
    stop, route = planned(three_days.plan(), on=MONDAY)[-1]
    early = NOON - timedelta(hours=5)
    done = tell("done", stop, route, at=early, minutes=20)
    plan_again(early)
    visit_id = stop.visit.visit_id

    assert visit_id not in {move.visit_id for move in three_days.moves("new")}
    again = {"base_version": 0, "after": done.report.report_id}
    assert tell("done", stop, route, at=early, minutes=25, **again).status is ReportStatus.ACCEPTED


def test_put_off_it_is_not_planned_before_its_day(three_days, tell, plan_again):
    stop, route = planned(three_days.plan(), on=MONDAY, work="inspect")[0]
    tell("not_possible", stop, route, reason="gate_locked")
    (alert,) = three_days.alerts()
    answer = Answer("later", "Schlüssel kommt Mittwoch", from_on=WEDNESDAY)
    seen = answer_alert(three_days, alert.alert_id, answer, author="bea", clock=lambda: NOON)
    visit = {one.visit_id: one for one in ask_period(three_days, MONDAY, 3).visits}[stop.visit.visit_id]

    assert set(visit.day_windows) == {WEDNESDAY}
    assert visit.forbidden[TUESDAY].endswith("Schlüssel kommt Mittwoch")
    assert (seen.seen_by, seen.answer) == ("bea", "später (later) · 25.11.2026 · Schlüssel kommt Mittwoch")
    assert three_days.alerts(open_only=True) == []


def test_made_urgent_it_is_hurried(three_days, tell):
    stop, route = planned(three_days.plan(), on=MONDAY, work="litter_pick")[0]
    tell("not_possible", stop, route, reason="parked_over")
    (alert,) = three_days.alerts()
    answer_alert(
        three_days,
        alert.alert_id,
        Answer("urgent", "Anruf der Schule", until_on=TUESDAY),
        author="bea",
        clock=lambda: NOON,
    )
    visit = asked_for(three_days)[stop.visit.visit_id]

    assert (visit.priority, visit.latest_on) == (1, TUESDAY)
    assert visit.why.startswith("dringend: Anruf der Schule; ")


def test_a_hazardous_find_stops_the_job_until_the_planner_lets_it_go_on(three_days, tell, plan_again):
    stop, route = planned(three_days.plan(), on=MONDAY, work="litter_pick")[0]
    visit_id = stop.visit.visit_id
    found = tell(
        "found", stop, route, waste_key="170605*", quantities=(Quantity("t", 0.3, "170605*"),), remark="Platten"
    )
    (alert,) = three_days.alerts()
    stopped = ask_period(three_days, MONDAY, 3)
    with pytest.raises(InputError, match="without a reason"):
        answer_alert(three_days, alert.alert_id, Answer("go_on"), author="bea", clock=lambda: NOON)
    answer_alert(three_days, alert.alert_id, Answer("go_on", "Fachfirma war da"), author="bea", clock=lambda: NOON)

    assert (alert.kind, alert.text) == (
        "hazardous",
        f"{stop.visit.plot_code}: gefährlicher Abfall 170605* gefunden (asbesthaltige Baustoffe), Arbeit gestoppt: "
        "Platten",
    )
    assert visit_id not in {one.visit_id for one in stopped.visits}
    assert [one.visit.visit_id for one in stopped.refused] == [visit_id]
    assert visit_id in asked_for(three_days)
    on_the_phone = {"base_version": 0, "after": found.report.report_id}
    assert tell("done", stop, route, minutes=30, **on_the_phone).status is ReportStatus.ACCEPTED


def test_after_an_answer_the_same_phone_may_still_do_it(three_days, tell):
    stop, route = planned(three_days.plan(), on=MONDAY)[0]
    kept = tell("not_possible", stop, route, reason="parked_over")
    (alert,) = three_days.alerts()
    answer_alert(three_days, alert.alert_id, Answer("seen"), author="bea", clock=lambda: NOON)
    assert three_days.course(stop.visit.visit_id).outcome == ""
    done = tell("done", stop, route, minutes=30, base_version=0, after=kept.report.report_id)
    assert (done.status, three_days.course(stop.visit.visit_id).outcome) == (ReportStatus.ACCEPTED, "done")


def test_what_was_found_is_ordered_with_its_waste_once(three_days, tell):
    stop, route = planned(three_days.plan(), on=MONDAY, work="inspect")[0]
    amount = (Quantity("m3", 1.5, "200307"),)
    kept = tell("found", stop, route, waste_key="200307", quantities=amount, remark="Sofa am Zaun", visit_id="")
    (alert,) = three_days.alerts()
    order = Answer("order", work="Sperrmüll abholen", minutes=30, until_on=WEDNESDAY)
    answer_alert(three_days, alert.alert_id, order, author="bea", clock=lambda: NOON)
    (event,) = [one.event for one in three_days.events()]
    visit = asked_for(three_days)[urgent_id(event)]

    assert (visit.work, visit.service_s, visit.volume_m3, visit.waste_key) == ("Sperrmüll abholen", 1800, 1.5, "200307")
    assert (event.follows.report_id, event.reason) == (kept.report.report_id, "Sofa am Zaun")
    with pytest.raises(Conflict, match="was answered by bea"):
        answer_alert(three_days, alert.alert_id, order, author="ada", clock=lambda: NOON)
    assert len(three_days.events()) == 1


def test_a_planner_orders_nothing_that_the_crew_has_asked_for_already(three_days, tell):
    stop, route = planned(three_days.plan(), on=MONDAY)[0]
    tell("not_possible", stop, route, reason="other", follow_up=FollowUp("Tor reparieren"))
    (alert,) = three_days.alerts()
    before = three_days.revision()
    with pytest.raises(Conflict, match="follow-up already"):
        answer_alert(
            three_days, alert.alert_id, Answer("order", work="Tor reparieren"), author="bea", clock=lambda: NOON
        )
    assert (three_days.revision(), three_days.alerts(open_only=True)) == (before, [alert])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer("go_on", "gut"), InputError),
        (Answer("later", "zu"), InputError),
        (Answer("later", "zu", from_on=MONDAY), InputError),
        (Answer("order", "nichts"), InputError),
        (Answer("urgent", "eilt", until_on=date(2026, 11, 20)), InputError),
    ],
)
def test_an_answer_that_does_not_fit_changes_nothing(three_days, tell, answer, error):
    stop, route = planned(three_days.plan(), on=MONDAY)[0]
    tell("not_possible", stop, route, reason="wet")
    (alert,) = three_days.alerts()
    before = three_days.revision()
    with pytest.raises(error):
        answer_alert(three_days, alert.alert_id, answer, author="bea", clock=lambda: NOON)
    with pytest.raises(NotFound):
        answer_alert(three_days, 99, Answer("seen"), author="bea", clock=lambda: NOON)

    assert (three_days.revision(), three_days.events()) == (before, [])


def test_an_act_against_a_rule_is_told(three_days, tell):
    stop, route = planned(three_days.plan(), on=MONDAY)[0]
    tell("done", stop, route, minutes=9, against=AgainstRule("32. BImSchV §7", "Gefahr im Verzug"))
    (alert,) = three_days.alerts()
    assert (alert.kind, alert.text_en) == (
        "against_rule",
        f"{stop.visit.plot_code}: worked against 32. BImSchV §7: Gefahr im Verzug",
    )


@pytest.mark.parametrize("choice", ["desk", "phone"])
def test_further_work_is_kept_whichever_version_of_the_visit_is_chosen(three_days, tell, choice):
    stop, route = planned(three_days.plan(), on=MONDAY)[0]
    tell("done", stop, route, minutes=20)
    other = tell("done", stop, route, minutes=45, base_version=0, follow_up=FollowUp("Sofa holen"))
    (conflict,) = three_days.conflicts(open_only=True)
    before = three_days.events()
    resolve_conflict(three_days, conflict.conflict_id, choice, reason="gefragt", author="bea", clock=lambda: NOON)

    assert (other.status, before) == (ReportStatus.CONFLICT, [])
    assert [one.event.work for one in three_days.events()] == ["Sofa holen"]
    assert three_days.course(stop.visit.visit_id).minutes == (20 if choice == "desk" else 45)


def test_older_events_without_priority_are_read(three_days):
    old = UrgentVisit("KLZ-0001", "Sofa holen", "Anruf", WEDNESDAY)
    with three_days.change(author="a", reason="b", at=NOON) as tx:
        tx.put_event(old, author="a", at=NOON)
        tx._db.execute("UPDATE event SET document = json_remove(document, '$.priority', '$.follows')")
    assert [one.event for one in three_days.events()] == [old]
