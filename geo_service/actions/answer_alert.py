"""Floor 6: a planner's answer to what a crew told: seen, go on, later, urgent, or further work.

An answer is given once. What it leads to is an event or the course of the visit, so that every later plan heeds it.
The version of the visit stays: what the crew goes on to report of it competes with nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from geo_service.actions.field_alert import FOUND, HAZARDOUS, NOT_POSSIBLE
from geo_service.actions.follow_up import PRIORITY, WITHIN, follows_from, was_asked
from geo_service.actions.take_report import planned
from geo_service.base.clock import BERLIN
from geo_service.base.errors import Conflict, InputError, NotFound
from geo_service.schedule.events import Event, Refused, UrgentVisit
from geo_service.store.field import Alert, KeptReport
from geo_service.store.protocol import Store
from geo_service.work.model import Visit

Decision = Literal["seen", "go_on", "later", "urgent", "order"]

DECISIONS: dict[str, tuple[Decision, ...]] = {
    HAZARDOUS: ("seen", "go_on", "order"),
    NOT_POSSIBLE: ("seen", "later", "urgent", "order"),
    FOUND: ("seen", "order"),
}
"""What may be decided by kind of alert; others are only seen."""

_SAID = {
    "seen": "gesehen (seen)",
    "go_on": "Arbeit geht weiter (the job goes on)",
    "later": "später (later)",
    "urgent": "dringend (urgent)",
    "order": "Folgeeinsatz (follow-up)",
}


@dataclass(frozen=True)
class Answer:
    """What a planner decides about an alert.

    Attributes
    ----------
    decision
        ``seen``: nothing more, what is due stays due. ``go_on``: a stopped job may go on. ``later``: the visit is not
        planned before ``from_on``. ``urgent``: it is hurried, or the work asked for, until ``until_on``. ``order``:
        further ``work`` on the plot until ``until_on``, by default within two weeks.
    note
        Why; the crew reads it.
    work
        Code of the catalogue or free words; with ``minutes`` for the latter.
    """

    decision: Decision
    note: str = ""
    from_on: date | None = None
    until_on: date | None = None
    work: str = ""
    minutes: int = 60


def answer_alert(store: Store, alert_id: int, answer: Answer, *, author: str, clock: Callable[[], datetime]) -> Alert:
    """Keep a planner's answer, and do what follows from it.

    Raises
    ------
    NotFound
        There is no such alert.
    InputError
        The decision does not fit the alert, or lacks a day, a reason or the work.
    Conflict
        Somebody answered before, or the work was asked for already.
    """
    now = clock()
    with store.change(author=author, reason=f"alert {alert_id}: {answer.decision} {answer.note}"[:500], at=now) as tx:
        alert = next((one for one in store.alerts() if one.alert_id == alert_id), None)
        if alert is None:
            raise NotFound(f"no alert {alert_id}", remedy="see which are open: `geo-service alerts`")
        if alert.seen_at is not None:
            raise Conflict(
                f"alert {alert_id} was answered by {alert.seen_by}: {alert.answer}",
                remedy="plan, or report a correction instead",
                code="answered",
            )
        if answer.decision not in DECISIONS.get(alert.kind, ("seen",)):
            raise InputError(f"{answer.decision} is no answer to this alert", remedy="choose one that is offered")
        kept = store.field_report(alert.report_id)
        assert kept is not None, "an alert is about a report that is kept"
        event = _event(store, alert, kept, planned(store, kept.report), answer, now.astimezone(BERLIN).date())
        if event is not None:
            tx.put_event(event, author=author, at=now)
        course = store.course(alert.visit_id)
        if answer.decision == "go_on":
            tx.put_course(replace(course, stopped=False))
        elif alert.kind == NOT_POSSIBLE and course.report_id == alert.report_id:
            tx.put_course(replace(course, outcome="", reason=""))
        seen = replace(alert, seen_by=author, seen_at=now, answer=_words(answer))
        tx.put_alert(seen)
    return seen


def _event(
    store: Store, alert: Alert, kept: KeptReport, visit: Visit | None, answer: Answer, today: date
) -> Event | None:
    until_on = answer.until_on or today + WITHIN
    if until_on < today:
        raise InputError(f"{until_on} has passed", remedy="name today or a later day")
    match answer.decision:
        case "seen":
            return None
        case "go_on":
            if not store.course(alert.visit_id).stopped:
                raise InputError(f"{alert.visit_id or alert.plot} is not stopped", remedy="answer that it is seen")
            if not answer.note.strip():
                raise InputError("a job goes on without a reason", remedy="say who cleared it, and how")
            return None
        case "later":
            if answer.from_on is None or answer.from_on <= today:
                raise InputError("from which day it can be done is missing", remedy="name a day after today")
            last_on = answer.from_on - timedelta(days=1)
            return Refused(alert.visit_id, answer.note.strip() or alert.text, on=today, until_on=last_on)
        case "urgent":
            work = visit.work if visit else ""
            return UrgentVisit(alert.plot, work, answer.note.strip() or alert.text[:300], until_on)
        case "order":
            return _order(store, alert, kept, visit, answer, until_on)


def _order(
    store: Store, alert: Alert, kept: KeptReport, visit: Visit | None, answer: Answer, until_on: date
) -> UrgentVisit:
    """Return further work on the plot; what was found and is not hazardous is carried away with it."""
    if not answer.work.strip():
        raise InputError("the work is missing", remedy="name a work of the catalogue, or say what is to be done")
    report = kept.report
    carried = report.waste_key if not report.is_hazardous else ""
    event = UrgentVisit(
        plot=alert.plot,
        work=answer.work.strip(),
        reason=(answer.note.strip() or report.remark)[:300],
        latest_on=until_on,
        service_s=60 * answer.minutes,
        volume_m3=sum(one.amount for one in report.quantities if one.unit == "m3") if carried else 0.0,
        waste_key=carried,
        priority=PRIORITY,
        follows=follows_from(store, kept, visit),
    )
    if was_asked(store, event):
        raise Conflict(
            "this report has its follow-up already", remedy="see `geo-service events list`", code="asked_already"
        )
    return event


def _words(answer: Answer) -> str:
    """Return the answer as it is kept: what was decided, for when, and why."""
    when = answer.from_on if answer.decision == "later" else answer.until_on
    parts = (_SAID[answer.decision], f"{when:%d.%m.%Y}" if when else "", answer.work, answer.note)
    return " · ".join(part for part in parts if part)
