"""Floor 6: work that a crew asks for becomes due work: an event that every later plan heeds."""

from __future__ import annotations

from datetime import datetime, timedelta

from geo_service.base.clock import BERLIN
from geo_service.schedule.events import UrgentVisit
from geo_service.store.field import KeptReport
from geo_service.store.protocol import Writing
from geo_service.work.model import Visit

WITHIN = timedelta(days=14)
"""How soon a follow-up should be done."""


def note_follow_up(tx: Writing, kept: KeptReport, visit: Visit | None, now: datetime) -> None:
    """Write the follow-up that a report asks for into an open transaction; without one nothing happens."""
    report = kept.report
    plot = report.plot or (visit.plot_code if visit else "")
    if report.follow_up is None or not plot:
        return
    told = report.follow_up.note or report.remark
    event = UrgentVisit(
        plot=plot,
        work=report.follow_up.work,
        reason=f"Folge von {report.visit_id or plot}, {report.crew}{f': {told}' if told else ''}"[:300],
        latest_on=now.astimezone(BERLIN).date() + WITHIN,
    )
    tx.put_event(event, author=kept.author, at=now)
