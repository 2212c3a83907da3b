"""What becomes of a report: a table of cases, and what holds for all."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.work.field_report import FieldReport, ReportKind, ReportStatus, VisitCourse
from geo_service.work.field_verdict import STOPPED, Earlier, Refusal, judge

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
ACCEPTED, WAITING, CONFLICT, REJECTED = ReportStatus
NO = Refusal("no", "nein", "no")


def told(kind: str, base: int = 0, after: str = "", waste_key: str = "") -> FieldReport:
    return FieldReport(
        "r", ReportKind(kind), "crew-1", date(2026, 11, 24), "p", AT, "v", "", base, after, waste_key=waste_key
    )


@pytest.mark.parametrize(
    ("report", "version", "earlier", "status", "left"),
    [
        (told("done"), 0, None, ACCEPTED, 1),
        (told("not_possible", 3), 3, None, ACCEPTED, 4),
        (told("done"), 1, None, CONFLICT, 0),
        (told("done", 2), 1, None, CONFLICT, 2),
        (told("start"), 5, None, ACCEPTED, 0),
        (told("done", after="a"), 0, None, WAITING, 0),
        (told("done", after="a"), 4, Earlier(ACCEPTED, 4), ACCEPTED, 5),
        (told("done", 4, after="a"), 4, Earlier(ACCEPTED, 3), CONFLICT, 3),
        (told("done", after="a"), 1, Earlier(CONFLICT, 0), CONFLICT, 0),
        (told("done", after="a"), 1, Earlier(REJECTED, 1), ACCEPTED, 2),
        (told("found", waste_key="170605*"), 0, None, ACCEPTED, 1),
        (told("found", waste_key="170605*"), 7, None, ACCEPTED, 0),
        (told("found", waste_key="200301"), 7, None, ACCEPTED, 0),
    ],
)
def test_cases(report, version, earlier, status, left) -> None:
    verdict = judge(report, VisitCourse("v", version=version), earlier)
    assert (verdict.status, verdict.version, verdict.refusal) == (status, left, None)


@pytest.mark.parametrize("kind", ReportKind)
def test_a_stopped_job_takes_no_work(kind) -> None:
    verdict = judge(told(kind.value), VisitCourse("v", stopped=True))
    assert (verdict.refusal == STOPPED) == (kind.value in {"start", "resume", "done"})


def test_a_refusal_waits_for_the_report_before() -> None:
    assert judge(told("done", after="a"), VisitCourse("v"), None, NO).status is WAITING
    assert judge(told("done", after="a"), VisitCourse("v"), Earlier(ACCEPTED, 0), NO).refusal == NO


@given(
    st.sampled_from(ReportKind),
    st.integers(0, 5),
    st.integers(0, 5),
    st.booleans(),
    st.one_of(st.none(), st.builds(Earlier, st.sampled_from([ACCEPTED, CONFLICT, REJECTED]), st.integers(0, 5))),
    st.sampled_from(["", "a"]),
)
def test_only_what_was_made_from_the_version_changes_it(kind, base, version, stopped, earlier, after) -> None:
    report = told(kind.value, base, after)
    verdict = judge(report, VisitCourse("v", version=version, stopped=stopped), earlier if after else None)
    seen = earlier.version if earlier and after else base
    if verdict.version == version + 1 and verdict.version != seen:
        assert (verdict.status, seen, report.changes_visit) == (ACCEPTED, version, True)
    if verdict.status is CONFLICT:
        assert seen != version
        assert report.changes_visit
