"""Floor 6: take a crew's report: once, whatever is sent twice; nothing of it is lost, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from geo_service.actions.field_alert import alert_of
from geo_service.actions.follow_up import note_follow_up
from geo_service.actions.record_visit import note_done
from geo_service.actions.settle_concerns import reopen_concerns
from geo_service.base.clock import BERLIN
from geo_service.base.errors import Conflict
from geo_service.routes.model import Route
from geo_service.store.field import AsideReport, FieldConflict, KeptReport
from geo_service.store.protocol import Store, Writing
from geo_service.work.field_report import (
    OBSTACLE,
    OF_A_VISIT,
    FieldReport,
    ReportKind,
    ReportStatus,
    VisitCourse,
)
from geo_service.work.field_verdict import Earlier, Refusal, judge
from geo_service.work.model import Visit
from geo_service.work.noise import refusal

AHEAD = timedelta(days=1)
"""How far ahead of today the list may be that a crew works on."""

BEGINS = frozenset({ReportKind.START, ReportKind.RESUME})
"""Kinds that tell that machines start to run."""


@dataclass(frozen=True)
class _Known:
    """What the plans know of a report: its visit with the crew and day that it lies with."""

    visit: Visit | None
    refusal: Refusal | None


class _KeptAlready(Exception):
    """Another request kept the same report meanwhile: the empty transaction is rolled back."""


def take_report(
    store: Store, report: FieldReport, *, sha256: str, body: bytes, author: str, clock: Callable[[], datetime]
) -> KeptReport:
    """Keep a report and do what follows from it; the same report again changes nothing.

    Parameters
    ----------
    sha256, body
        Of the bytes as they were sent, by which a report is known again.

    Returns
    -------
    KeptReport
        With what became of it: accepted, waiting for the one it builds on, in conflict, or refused with the reason.

    Raises
    ------
    Conflict
        Another body came under this id before; this one is kept aside.
    """
    kept = store.field_report(report.report_id)
    now = clock()
    if kept is None:
        try:
            with store.change(author=author, reason=_title(report), at=now) as tx:
                _require_new(store, report)
                new, visit = _judged(store, KeptReport(report, sha256, author, now, ReportStatus.WAITING), now)
                tx.put_report(new)
                _follow(store, tx, new, visit, now)
                kept = store.field_report(report.report_id)
        except _KeptAlready:
            kept = store.field_report(report.report_id)
    assert kept is not None
    if kept.sha256 == sha256:
        return kept
    if sha256 not in {aside.sha256 for aside in store.asides(report.report_id)}:
        with store.change(author=author, reason=f"another body of report {report.report_id} put aside", at=now) as tx:
            tx.put_aside(AsideReport(report.report_id, sha256, body, author, now))
    raise Conflict(
        f"report {report.report_id} was received with other contents; what was sent now is kept aside",
        remedy="send corrections as a report of their own",
        code="other_body",
        report=report.report_id,
    )


def _require_new(store: Store, report: FieldReport) -> None:
    if store.field_report(report.report_id) is not None:
        raise _KeptAlready


def planned(store: Store, report: FieldReport) -> Visit | None:
    """Return the visit that a report is about, from the plan that its crew took along or the one in force."""
    return _known(store, report).visit


def apply(store: Store, tx: Writing, kept: KeptReport, visit: Visit | None, now: datetime) -> None:
    """Write into an open transaction what follows from an accepted report."""
    report = kept.report
    if report.visit_id and report.changes_visit:
        before = store.course(report.visit_id)
        if report.is_hazardous:
            tx.put_course(replace(before, version=before.version + 1, stopped=True))
        else:
            _apply_outcome(store, tx, kept, visit, before, now)
    alert = alert_of(kept, now)
    if alert is not None:
        tx.put_alert(alert)
    note_follow_up(store, tx, kept, visit, now)


def _apply_outcome(
    store: Store, tx: Writing, kept: KeptReport, visit: Visit | None, before: VisitCourse, now: datetime
) -> None:
    report = kept.report
    told = VisitCourse(
        report.visit_id,
        version=before.version + 1,
        stopped=before.stopped,
        report_id=report.report_id,
        crew=report.crew,
        minutes=report.minutes,
        quantities=report.quantities,
        reason=report.reason,
        remark=report.remark,
        author=kept.author,
        changed_at=now,
    )
    if report.kind is ReportKind.DONE:
        assert visit is not None, "a visit that no plan knows is refused"
        on = min(report.day, now.astimezone(BERLIN).date())
        note_done(store, tx, visit, on, crew=report.crew, author=kept.author, at=now, told=told)
        return
    if before.outcome == "done":
        tx.forget_done(report.visit_id)
        reopen_concerns(store, tx, report.visit_id, author=kept.author, at=now)
    tx.put_course(replace(told, outcome="not_possible"))


def _judged(store: Store, kept: KeptReport, now: datetime) -> tuple[KeptReport, Visit | None]:
    """Return the report with what becomes of it as things stand now, and the visit that it is about."""
    report = kept.report
    earlier = store.field_report(report.after) if report.after else None
    if earlier is not None and earlier.status is ReportStatus.WAITING:
        earlier = None
    known = _known(store, report)
    refused = known.refusal or _wrong_chain(report, earlier) or _against_rule(store, report, known.visit)
    refused = refused or _too_early(report, now)
    verdict = judge(
        report,
        store.course(report.visit_id) if report.visit_id else VisitCourse(""),
        None if earlier is None else Earlier(earlier.status, earlier.version),
        refused,
    )
    why = verdict.refusal or Refusal("", "", "")
    judged = replace(
        kept,
        status=verdict.status,
        version=verdict.version,
        code=why.code,
        reason=why.reason,
        reason_en=why.reason_en,
    )
    return judged, known.visit


def _follow(store: Store, tx: Writing, kept: KeptReport, visit: Visit | None, now: datetime) -> None:
    """Do what follows from a report that is kept, then settle those that waited for it."""
    report = kept.report
    if kept.status is ReportStatus.WAITING:
        return
    if kept.status is ReportStatus.ACCEPTED:
        apply(store, tx, kept, visit, now)
    elif kept.status is ReportStatus.CONFLICT:
        tx.put_conflict(FieldConflict(report.report_id, report.visit_id, store.course(report.visit_id), now))
    for waiting in store.field_reports(after=report.report_id):
        if waiting.status is ReportStatus.WAITING:
            settled, its_visit = _judged(store, waiting, now)
            tx.settle_report(settled)
            _follow(store, tx, settled, its_visit, now)


def _known(store: Store, report: FieldReport) -> _Known:
    """Look a report up in the plan that its crew took along and in the one in force."""
    routes = list(_routes(store, report.plan_id))
    if not report.visit_id:
        if report.kind in OF_A_VISIT:
            return _Known(None, _NO_VISIT)
        days = {route.crew_day.on for route in routes if route.crew_day.crew == report.crew}
        return _Known(None, None if report.day in days or report.plot else _NO_DAY)
    found = [(stop.visit, route) for route in routes for stop in route.stops if stop.visit.visit_id == report.visit_id]
    if not found:
        return _Known(None, _NO_VISIT)
    own = [visit for visit, route in found if route.crew_day.crew == report.crew]
    return _Known(own[0], None) if own else _Known(None, _NOT_YOURS)


def _routes(store: Store, plan_id: str) -> Iterator[Route]:
    in_force = store.plan()
    if plan_id and (in_force is None or in_force.plan_id != plan_id):
        taken_along = store.plan(plan_id)
        yield from taken_along.routes if taken_along else ()
    yield from in_force.routes if in_force else ()


def _wrong_chain(report: FieldReport, earlier: KeptReport | None) -> Refusal | None:
    if earlier is None or (earlier.report.visit_id, earlier.report.crew) == (report.visit_id, report.crew):
        return None
    return _OTHER_CHAIN


def _too_early(report: FieldReport, now: datetime) -> Refusal | None:
    today: date = now.astimezone(BERLIN).date()
    return _FUTURE if report.day > today + AHEAD else None


def _against_rule(store: Store, report: FieldReport, visit: Visit | None) -> Refusal | None:
    """Refuse to begin with a machine that may not run now, unless the crew says why it does."""
    if visit is None or report.kind not in BEGINS or report.against is not None:
        return None
    plot = store.plot(visit.plot_code)
    if plot is None:
        return None
    local = report.at.astimezone(BERLIN)
    second = local.hour * 3600 + local.minute * 60 + local.second
    machines, rules = store.catalogue().machines, store.rules()
    for code in sorted(visit.machines & machines.keys()):
        why = [refusal(machines[code], plot.baunvo, local.date(), second, rules, lang=lang) for lang in ("de", "en")]
        if why[0] is not None:
            return Refusal("against_rule", why[0], why[1] or "")
    return None


def _title(report: FieldReport) -> str:
    about = report.visit_id or report.plot or f"{report.crew} {report.day}"
    obstacle = f" ({OBSTACLE[report.reason].name_en})" if report.reason in OBSTACLE else ""
    return f"{report.crew} reports {report.kind.value} of {about}{obstacle}"[:500]


_NO_VISIT = Refusal(
    "visit_unknown", "Dieser Einsatz steht in keinem Plan der Kolonne", "no plan of the crew has this visit"
)
_NO_DAY = Refusal("day_unknown", "Für diesen Tag gibt es keinen Plan der Kolonne", "the crew has no plan for this day")
_NOT_YOURS = Refusal(
    "not_your_visit", "Dieser Einsatz gehört zu einer anderen Kolonne", "this visit belongs to another crew"
)
_OTHER_CHAIN = Refusal(
    "other_visit",
    "Die Meldung baut auf einer Meldung zu einem anderen Einsatz auf",
    "the report builds on a report about another visit",
)
_FUTURE = Refusal("future_day", "Der Tag liegt in der Zukunft", "the day lies in the future")
