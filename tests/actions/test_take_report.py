"""A crew's report: what follows from it, what is refused with the rule named, what is kept whatever happens."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest

from geo_service.actions.resolve_conflict import resolve_conflict
from geo_service.actions.take_report import take_report
from geo_service.base.errors import Conflict, InputError, NotFound
from geo_service.store.sqlite import SqliteStore
from geo_service.work.field_report import (
    AgainstRule,
    FieldReport,
    FollowUp,
    PhotoNote,
    Quantity,
    ReportKind,
    ReportStatus,
)

MONDAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
ACCEPTED, WAITING, CONFLICT, REJECTED = ReportStatus


def stop_of(store, **wanted):
    """Return the first stop of Monday whose visit has what is wanted, with its crew."""
    return next(
        (stop, route.crew_day.crew)
        for route in store.plan().routes
        for stop in route.stops
        if route.crew_day.on == MONDAY and all(getattr(stop.visit, name) == value for name, value in wanted.items())
    )


def told(store, number, kind, **more) -> FieldReport:
    stop, crew = stop_of(store, parts=1)
    values = {
        "visit_id": stop.visit.visit_id,
        "crew": crew,
        "day": MONDAY,
        "plan_id": store.plan_in_force(),
        "at": NOON,
        **more,
    }
    return FieldReport(report_id=str(UUID(int=number)), kind=ReportKind(kind), **values)


def send(store, report, at=NOON, body=None):
    body = repr(report).encode() if body is None else body
    return take_report(
        store, report, sha256=hashlib.sha256(body).hexdigest(), body=body, author="phone 1", clock=lambda: at
    )


def test_a_done_visit_is_booked(three_days) -> None:
    amounts = (Quantity("m2", 400.0), Quantity("m3", 1.5, "200201"))
    kept = send(three_days, told(three_days, 1, "done", minutes=35, quantities=amounts, remark="ok"))
    visit = stop_of(three_days, parts=1)[0].visit
    course = three_days.course(visit.visit_id)

    assert (kept.status, kept.version, kept.seq) == (ACCEPTED, 1, 1)
    assert (course.version, course.outcome, course.minutes, course.quantities) == (1, "done", 35, amounts)
    assert (course.report_id, course.done_on, course.remark) == (kept.report.report_id, MONDAY, "ok")
    assert three_days.last_done()[visit.plot_id, visit.work] == MONDAY
    (done,) = three_days.visits_done()
    assert (done.visit_id, done.author) == (visit.visit_id, "phone 1")


def test_the_same_again_changes_nothing(three_days) -> None:
    report = told(three_days, 1, "done")
    first = send(three_days, report)
    before = three_days.revision()
    again = send(three_days, report, at=NOON + timedelta(days=30))

    assert again == first
    assert three_days.revision() == before


def test_other_contents_under_its_id_are_kept_aside(three_days) -> None:
    report = told(three_days, 1, "done", minutes=30)
    send(three_days, report)
    for _ in range(2):
        with pytest.raises(Conflict) as caught:
            send(three_days, replace(report, minutes=99), body=b"other")
    assert caught.value.code == "other_body"
    assert [aside.body for aside in three_days.asides(report.report_id)] == [b"other"]
    assert three_days.course(report.visit_id).minutes == 30


def test_two_requests_with_the_same_report_at_once(three_days, tmp_path) -> None:
    report, found, barrier = told(three_days, 1, "done"), [], Barrier(4)

    def race() -> None:
        barrier.wait()
        found.append(send(three_days, report))

    threads = [Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(one == found[0] for one in found)
    assert len(three_days.field_reports()) == 1
    assert three_days.course(report.visit_id).version == 1


def test_what_arrives_before_its_predecessor_waits(three_days) -> None:
    first = told(three_days, 1, "done", minutes=30)
    second = told(three_days, 2, "done", minutes=40, after=first.report_id)
    third = told(three_days, 3, "remark", remark="fertig", after=second.report_id)

    assert [send(three_days, one).status for one in (third, second)] == [WAITING, WAITING]
    assert three_days.course(first.visit_id).version == 0
    assert send(three_days, first).status is ACCEPTED
    assert [one.status for one in three_days.field_reports()] == [ACCEPTED] * 3
    assert (three_days.course(first.visit_id).version, three_days.course(first.visit_id).minutes) == (2, 40)


def test_a_visit_that_was_not_possible_stays_due(three_days) -> None:
    done = told(three_days, 1, "done")
    send(three_days, done)
    kept = send(three_days, told(three_days, 2, "not_possible", reason="parked_over", after=done.report_id))
    visit = stop_of(three_days, parts=1)[0].visit

    assert kept.status is ACCEPTED
    assert three_days.course(visit.visit_id).outcome == "not_possible"
    assert three_days.visits_done() == []
    assert three_days.last_done().get((visit.plot_id, visit.work)) != MONDAY


def test_another_phone_is_in_conflict_and_a_planner_chooses(three_days) -> None:
    mine = send(three_days, told(three_days, 1, "done", minutes=30))
    theirs = send(three_days, told(three_days, 2, "done", minutes=50))
    visit_id = mine.report.visit_id
    (conflict,) = three_days.conflicts(open_only=True)

    assert (theirs.status, theirs.version) == (CONFLICT, 0)
    assert (conflict.report_id, conflict.desk.minutes, conflict.desk.report_id) == (
        theirs.report.report_id,
        30,
        mine.report.report_id,
    )
    by = {"author": "ada", "clock": lambda: NOON}
    with pytest.raises(InputError):
        resolve_conflict(three_days, conflict.conflict_id, "phone", reason=" ", **by)
    with pytest.raises(NotFound):
        resolve_conflict(three_days, 99, "phone", reason="richtig", **by)
    settled = resolve_conflict(three_days, conflict.conflict_id, "phone", reason="nachgefragt", **by)
    assert (settled.choice, settled.reason, settled.author) == ("phone", "nachgefragt", "ada")
    assert (three_days.course(visit_id).minutes, three_days.course(visit_id).version) == (50, 2)
    assert three_days.field_report(mine.report.report_id).report.minutes == 30
    with pytest.raises(Conflict, match="settled by ada"):
        resolve_conflict(three_days, conflict.conflict_id, "desk", reason="doch nicht", **by)


def test_the_desk_side_leaves_everything(three_days) -> None:
    send(three_days, told(three_days, 1, "done", minutes=30))
    send(three_days, told(three_days, 2, "not_possible", reason="wet"))
    (conflict,) = three_days.conflicts()
    resolve_conflict(three_days, conflict.conflict_id, "desk", reason="war fertig", author="ada", clock=lambda: NOON)
    course = three_days.course(conflict.visit_id)
    assert (course.outcome, course.minutes, course.version) == ("done", 30, 1)
    assert three_days.conflicts(open_only=True) == []


def test_hazardous_waste_stops_the_job_and_alerts(three_days) -> None:
    found = told(three_days, 1, "found", waste_key="170605*", remark="Wellplatten")
    kept = send(three_days, found)
    again = send(three_days, told(three_days, 2, "done", after=found.report_id))
    (alert,) = three_days.alerts(open_only=True)

    assert (kept.status, kept.version) == (ACCEPTED, 1)
    assert (again.status, again.code) == (REJECTED, "job_stopped")
    assert (alert.kind, alert.visit_id) == ("hazardous", found.visit_id)
    assert "170605*" in alert.text
    assert "Wellplatten" in alert.text
    assert three_days.visits_done() == []


def test_a_find_without_a_visit_names_its_plot(three_days) -> None:
    kept = send(three_days, told(three_days, 1, "found", waste_key="170605*", visit_id="", plot="KLZ-0001"))
    assert kept.status is ACCEPTED
    assert three_days.alerts()[0].plot == "KLZ-0001"


def test_a_brushcutter_at_half_past_eight_is_refused(three_days) -> None:
    machines = three_days.catalogue().machines
    stop, crew = next(
        (stop, route.crew_day.crew)
        for route in three_days.plan().routes
        for stop in route.stops
        if any(machines[code].motor for code in stop.visit.machines)
    )
    early = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # 06:30 in Berlin: no motor tool may run
    named = {"visit_id": stop.visit.visit_id, "crew": crew, "day": MONDAY, "at": early}
    kept = send(three_days, told(three_days, 1, "start", **named))
    assert (kept.status, kept.code) == (REJECTED, "against_rule")
    assert "§" in kept.reason
    assert "§" in kept.reason_en

    meant = told(three_days, 2, "start", against=AgainstRule("32. BImSchV §7", "Gefahr am Gehweg"), **named)
    assert send(three_days, meant).status is ACCEPTED
    (alert,) = three_days.alerts()
    assert (alert.kind, "Gefahr am Gehweg" in alert.text) == ("against_rule", True)
    assert send(three_days, told(three_days, 3, "start", **{**named, "at": NOON})).status is ACCEPTED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visit_id": "KLZ-0001.mow_lawn.1999-01-01.1"}, "visit_unknown"),
        ({"visit_id": ""}, "visit_unknown"),
        ({"crew": "crew-9"}, "not_your_visit"),
        ({"day": date(2026, 11, 25)}, "future_day"),
    ],
)
def test_refused_and_kept(three_days, changes, code) -> None:
    kept = send(three_days, told(three_days, 1, "done", **changes))
    assert (kept.status, kept.code) == (REJECTED, code)
    assert kept.reason
    assert kept.reason_en
    assert three_days.field_report(kept.report.report_id).code == code


def test_a_day_without_a_plan_is_refused(three_days) -> None:
    kept = send(three_days, told(three_days, 1, "day_closed", visit_id="", day=date(2026, 1, 5)))
    assert (kept.status, kept.code) == (REJECTED, "day_unknown")


def test_a_chain_runs_along_one_visit(three_days) -> None:
    first = told(three_days, 1, "start")
    send(three_days, first)
    crew = first.crew
    other = next(
        stop.visit.visit_id
        for route in three_days.plan().routes
        for stop in route.stops
        if route.crew_day.crew == crew and stop.visit.visit_id != first.visit_id
    )
    kept = send(three_days, told(three_days, 2, "done", visit_id=other, after=first.report_id))
    assert (kept.status, kept.code) == (REJECTED, "other_visit")


def test_work_of_the_list_of_a_day_that_has_passed(three_days) -> None:
    late = NOON + timedelta(days=30)
    kept = send(three_days, told(three_days, 1, "done"), at=late)
    assert kept.status is ACCEPTED
    assert three_days.visits_done()[0].done_on == MONDAY


def test_a_follow_up_falls_due(three_days) -> None:
    wanted = FollowUp("Sperrmüll abholen", "zwei Sofas")
    report = told(three_days, 1, "done", follow_up=wanted)
    send(three_days, report)
    send(three_days, report)
    (kept,) = three_days.events()
    assert (kept.event.work, "zwei Sofas" in kept.event.reason) == ("Sperrmüll abholen", True)


def test_pictures_are_found_by_plot_visit_and_hash(three_days) -> None:
    note = PhotoNote("a" * 64, "before", NOON)
    report = told(three_days, 1, "done", photos=(note,))
    send(three_days, report)
    (use,) = three_days.photo_uses(sha256=note.sha256)
    assert (use.note, use.visit_id, use.crew) == (note, report.visit_id, report.crew)
    assert three_days.photo_uses(visit_id=report.visit_id) == [use]
    assert report.plot == ""
    assert three_days.photo_uses(plot=report.visit_id.split(".")[0]) == [use]
    assert three_days.photos([note.sha256]) == {}


def test_everything_is_read_back_after_a_restart(three_days, tmp_path) -> None:
    report = told(
        three_days,
        1,
        "not_possible",
        reason="nest",
        remark="Amsel",
        quantities=(Quantity("t", 0.2, "170605*"),),
        photos=(PhotoNote("b" * 64, "obstacle"),),
        follow_up=FollowUp("inspect"),
    )
    send(three_days, report)
    three_days.close()
    again = SqliteStore.open(tmp_path / "three-days")
    try:
        assert again.field_report(report.report_id).report == report
    finally:
        again.close()
