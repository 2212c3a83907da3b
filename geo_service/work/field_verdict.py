"""Floor 2: what becomes of a crew's report: accepted, waiting, in conflict or refused. No storage, no clock."""

from __future__ import annotations

from dataclasses import dataclass

from geo_service.work.field_report import FieldReport, ReportKind, ReportStatus, VisitCourse

GOES_ON = frozenset({ReportKind.START, ReportKind.RESUME, ReportKind.DONE})
"""Kinds that tell of work on the plot: refused once its job is stopped."""


@dataclass(frozen=True)
class Earlier:
    """What became of the report that another one builds on.

    Attributes
    ----------
    version
        The version of the visit that it leaves to those that build on it.
    """

    status: ReportStatus
    version: int


@dataclass(frozen=True)
class Refusal:
    """Why a report cannot be accepted: a stable code, and words in German and English."""

    code: str
    reason: str
    reason_en: str


@dataclass(frozen=True)
class Verdict:
    """What becomes of a report.

    Attributes
    ----------
    version
        The version of the visit that it leaves to the reports that build on it: its own when it changed the visit,
        else the one that it was made from.
    refusal
        Set when it was refused.
    """

    status: ReportStatus
    version: int
    refusal: Refusal | None = None


STOPPED = Refusal(
    "job_stopped",
    "Die Arbeit ist nach einem Fund gefährlicher Abfälle gestoppt; die Planung entscheidet, wie es weitergeht",
    "the job was stopped after a hazardous find; the planners decide how it goes on",
)


def judge(
    report: FieldReport, course: VisitCourse, earlier: Earlier | None = None, refusal: Refusal | None = None
) -> Verdict:
    """Decide on a report about a visit that stands as ``course`` says.

    Parameters
    ----------
    earlier
        What became of ``report.after``; None while it has not arrived, or when there is none.
    refusal
        What else forbids it: unknown visit, another crew's visit, a rule that binds.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 11, 26, 8, tzinfo=UTC)
    >>> done = FieldReport("1", ReportKind.DONE, "crew-1", at.date(), "p", at, visit_id="v")
    >>> judge(done, VisitCourse("v")).status.value, judge(done, VisitCourse("v", version=1)).status.value
    ('accepted', 'conflict')
    """
    if report.after and earlier is None:
        return Verdict(ReportStatus.WAITING, report.base_version)
    base = report.base_version if earlier is None else earlier.version
    if refusal is not None:
        return Verdict(ReportStatus.REJECTED, base, refusal)
    if course.stopped and report.kind in GOES_ON:
        return Verdict(ReportStatus.REJECTED, base, STOPPED)
    if not report.changes_visit:
        return Verdict(ReportStatus.ACCEPTED, base)
    if report.is_hazardous:  # a danger is never put aside, whatever happened meanwhile
        own = base == course.version
        return Verdict(ReportStatus.ACCEPTED, course.version + 1 if own else base)
    if base != course.version:
        return Verdict(ReportStatus.CONFLICT, base)
    return Verdict(ReportStatus.ACCEPTED, course.version + 1)
