"""Floor 6: work that a crew asks for becomes due work: an event that every later plan heeds."""

from __future__ import annotations

from datetime import datetime, timedelta

from geo_service.actions.urgent import urgent_id
from geo_service.base.clock import BERLIN
from geo_service.schedule.events import FollowsFrom, UrgentVisit
from geo_service.store.field import KeptReport
from geo_service.store.protocol import Store, Writing
from geo_service.work.model import Visit

WITHIN = timedelta(days=14)
"""How soon a follow-up should be done."""

PRIORITY = 2
"""Of a follow-up, unless the planner makes it urgent."""


def note_follow_up(store: Store, tx: Writing, kept: KeptReport, visit: Visit | None, now: datetime) -> None:
    """Write the follow-up that a report asks for into an open transaction; without one nothing happens.

    A report asks once: while its event holds, and after its visit was done, nothing is added.
    """
    asked = kept.report.follow_up
    plot = kept.report.plot_code
    if asked is None or not plot:
        return
    event = UrgentVisit(
        plot=plot,
        work=asked.work,
        reason=(asked.note or kept.report.remark)[:300],
        latest_on=now.astimezone(BERLIN).date() + WITHIN,
        priority=PRIORITY,
        follows=follows_from(store, kept, visit),
    )
    if not was_asked(store, event):
        tx.put_event(event, author=kept.author, at=now)


def was_asked(store: Store, event: UrgentVisit) -> bool:
    """Tell whether the report that an event follows from has asked already: it holds, or its visit was done."""
    mine = urgent_id(event)
    held = {urgent_id(kept.event) for kept in store.events() if isinstance(kept.event, UrgentVisit)}
    return mine in held or mine in {one.visit_id for one in store.visits_done()}


def follows_from(store: Store, kept: KeptReport, visit: Visit | None) -> FollowsFrom:
    """Return what a follow-up follows from, in words: the crew's work, its day and who it was."""
    report = kept.report
    crew = next((one.name for one in store.crews() if one.code == report.crew), report.crew)
    kind = store.catalogue().kinds.get(visit.work) if visit else None
    named = visit.work if visit else ""
    de, en = (kind.name_de, kind.name_en) if kind else (named or "Meldung", named or "a report")
    return FollowsFrom(
        report.report_id,
        report.visit_id,
        f"{de} am {report.day:%d.%m.%Y}, {crew}",
        f"{en} on {report.day}, {crew}",
    )
