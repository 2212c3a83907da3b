"""Floor 6: what of a crew's report a planner must see."""

from __future__ import annotations

from datetime import datetime

from geo_service.store.field import Alert, KeptReport
from geo_service.work.field_report import OBSTACLE, ReportKind
from geo_service.work.waste import WASTE

HAZARDOUS = "hazardous"
NOT_POSSIBLE = "not_possible"
FOUND = "found"
AGAINST_RULE = "against_rule"


def alert_of(kept: KeptReport, now: datetime) -> Alert | None:
    """Return what a planner must see of an accepted report; None when it is as planned."""
    report = kept.report
    plot = report.plot_code
    told = _told(kept)
    if told is None:
        return None
    kind, text, text_en = told
    said = f": {report.remark}" if report.remark else ""
    return Alert(
        report.report_id, kind, plot, report.visit_id, f"{plot}: {text}{said}", f"{plot}: {text_en}{said}", now
    )


def _told(kept: KeptReport) -> tuple[str, str, str] | None:
    """Return kind of alert and its words in German and English."""
    report = kept.report
    waste = WASTE.get(report.waste_key)
    key, de, en = report.waste_key, waste.name_de if waste else "", waste.name_en if waste else ""
    if report.is_hazardous:
        return (
            HAZARDOUS,
            f"gefährlicher Abfall {key} gefunden ({de}), Arbeit gestoppt",
            f"hazardous waste {key} found ({en}), job stopped",
        )
    if report.kind is ReportKind.NOT_POSSIBLE:
        obstacle = OBSTACLE.get(report.reason)
        de, en = (obstacle.name_de, obstacle.name_en) if obstacle else (report.reason, report.reason)
        return NOT_POSSIBLE, f"nicht möglich, {de}", f"not possible, {en}"
    if report.against is not None:
        rule, reason = report.against.rule, report.against.reason
        return AGAINST_RULE, f"gearbeitet entgegen {rule}, Grund: {reason}", f"worked against {rule}: {reason}"
    if report.kind is ReportKind.FOUND:
        return FOUND, f"gefunden: {key} {de}".rstrip(": "), f"found: {key} {en}".rstrip(": ")
    return None
