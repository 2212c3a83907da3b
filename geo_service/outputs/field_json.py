"""Floor 7: what came in from the field as JSON documents: reports, alerts, conflicts, standards, waste."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from geo_service.outputs.field_account import FieldActuals
from geo_service.outputs.field_day import CrewCameIn
from geo_service.outputs.inbox import InboxAlert, InboxConflict
from geo_service.work.waste_totals import CarriedAway, HazardousYear


def reports_json(on: date, crews: Iterable[CrewCameIn]) -> dict[str, Any]:
    """Return what came in of a day as a document."""
    return {
        "date": on.isoformat(),
        "crews": [
            {
                "crew": crew.crew,
                "name": crew.name,
                "visits": [asdict(visit) for visit in crew.visits],
                "minutes": crew.minutes,
                "planned_minutes": crew.planned_minutes,
                "reports": crew.reports,
                "photos": crew.photos,
                "photos_missing": list(crew.photos_missing),
                "refused": [
                    {"report_id": kept.report.report_id, "code": kept.code, "reason": kept.reason}
                    for kept in crew.rejected
                ],
                "waiting": crew.waiting,
                "conflicts": crew.conflicts,
                "closed": crew.closed,
                "last_at": _iso(crew.last_at),
            }
            for crew in crews
        ],
    }


def alerts_json(alerts: Iterable[InboxAlert]) -> dict[str, Any]:
    """Return open alerts as a document."""
    return {
        "alerts": [
            {
                "alert": one.alert.alert_id,
                "kind": one.alert.kind,
                "plot": one.alert.plot,
                "visit": one.alert.visit_id,
                "text": one.alert.text,
                "text_en": one.alert.text_en,
                "crew": one.report.crew,
                "at": _iso(one.alert.at),
                "photos": [photo.note.sha256 for photo in one.photos],
            }
            for one in alerts
        ]
    }


def conflicts_json(conflicts: Iterable[InboxConflict]) -> dict[str, Any]:
    """Return open conflicts as a document."""
    return {
        "conflicts": [
            {
                "conflict": one.conflict.conflict_id,
                "visit": one.conflict.visit_id,
                "opened_at": _iso(one.conflict.opened_at),
                "desk": {
                    "outcome": one.conflict.desk.outcome,
                    "minutes": one.conflict.desk.minutes,
                    "quantities": [asdict(quantity) for quantity in one.conflict.desk.quantities],
                    "remark": one.conflict.desk.remark,
                    "crew": one.conflict.desk.crew,
                    "author": one.conflict.desk.author,
                },
                "phone": {
                    "report_id": one.phone.report.report_id,
                    "outcome": one.phone.report.kind.value,
                    "minutes": one.phone.report.minutes,
                    "quantities": [asdict(quantity) for quantity in one.phone.report.quantities],
                    "remark": one.phone.report.remark,
                    "crew": one.phone.report.crew,
                    "author": one.phone.author,
                },
            }
            for one in conflicts
        ]
    }


def standards_json(found: FieldActuals) -> dict[str, Any]:
    """Return booked minutes against the standard as a document; the last tier's limit is null."""
    rows = []
    for row in found.rows:
        told = asdict(row)
        told["up_to_m2"] = None if math.isinf(row.up_to_m2) else row.up_to_m2
        told["outliers"] = [{**one, "on": one["on"].isoformat()} for one in told["outliers"]]
        rows.append(told)
    return {"works": rows, "unfinished": len(found.unfinished), "left": len(found.left)}


def waste_json(carried: Iterable[CarriedAway], years: Iterable[HazardousYear]) -> dict[str, Any]:
    """Return waste by key and year as a document."""
    return {
        "carried_away": [asdict(one) for one in carried],
        "hazardous": [{**asdict(year), "by_key": dict(year.by_key), "level": year.level} for year in years],
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
