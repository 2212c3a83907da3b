"""Floor 7: concerns, indicators and booked minutes as tables for analysts; units stand in the column names."""

from __future__ import annotations

import math
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from geo_service.base.clock import BERLIN
from geo_service.base.crs import WGS84_EPSG
from geo_service.neighbourhood.concern_services import CONCERN_KIND
from geo_service.outputs.field_account import FieldActuals
from geo_service.outputs.indicator_kinds import INDICATOR, gap_words
from geo_service.outputs.indicators import Reading
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store


def concerns_frame(store: Store, epsg: int) -> gpd.GeoDataFrame:
    """Return a row per concern, indexed by number, without anything that its reporters told; points in ``epsg``.

    ``days_to_answer`` is missing while nobody has answered. Merged concerns are counted in ``reports`` of the other.
    """
    kept = [one.record for one in store.records(CONCERN) if not one.record.merged_into]
    rows = []
    for one in kept:
        kind, answered = CONCERN_KIND[one.kind], one.first_answer_at
        reported_on = one.reported_at.astimezone(BERLIN).date()
        answered_on = None if answered is None else answered.astimezone(BERLIN).date()
        rows.append(
            {
                "number": one.number,
                "kind": one.kind,
                "theme": str(kind.theme),
                "stance": kind.stance,
                "status": str(one.status),
                "quarter": one.quarter,
                "plot": one.plot or None,
                "reports": len(one.reports),
                "reported_on": reported_on,
                "answered_on": answered_on,
                "closed_on": None if one.closed_at is None else one.closed_at.astimezone(BERLIN).date(),
                "days_to_answer": None if answered_on is None else (answered_on - reported_on).days,
            }
        )
    columns = ("number", "kind", "theme", "stance", "status", "quarter", "plot", "reports")
    frame = pd.DataFrame(rows, columns=[*columns, "reported_on", "answered_on", "closed_on", "days_to_answer"])
    for name in ("reported_on", "answered_on", "closed_on"):
        frame[name] = pd.to_datetime(frame[name])
    frame["days_to_answer"] = frame["days_to_answer"].astype("Int64")
    points = [shapely.Point(one.lon, one.lat) for one in kept]
    found = gpd.GeoDataFrame(frame, geometry=points, crs=WGS84_EPSG)
    return found.to_crs(epsg).set_index("number", drop=False)


def indicators_frame(readings: Sequence[Reading], lang: str = "en") -> pd.DataFrame:
    """Return a row per figure: ``value`` in ``unit``, missing where it is not known, with the reason in ``gap``."""
    rows = [
        {
            "indicator": one.indicator,
            "part": one.part,
            "quarter": one.quarter,
            "period": one.period,
            "value": one.value,
            "unit": INDICATOR[one.indicator].unit(lang),
            "gap": gap_words(one.gap, lang),
            "left_out": one.left_out,
        }
        for one in readings
    ]
    names = ["indicator", "part", "quarter", "period", "value", "unit", "gap", "left_out"]
    frame = pd.DataFrame(rows, columns=names)
    frame["value"] = frame["value"].astype("Float64")
    return frame


def actuals_frame(found: FieldActuals) -> pd.DataFrame:
    """Return a row per work and tier of area: booked minutes over the standard's, as quartiles, and the proposal.

    ``low``, ``middle`` and ``high`` are shares of the standard, 1.0 is as it says. ``verdict`` tells whether another
    one is proposed.
    """
    rows = [
        {
            "work": one.work,
            "from_m2": one.from_m2,
            "up_to_m2": None if math.isinf(one.up_to_m2) else one.up_to_m2,
            "jobs": one.jobs,
            "low": one.ratio.low,
            "middle": one.ratio.middle,
            "high": one.ratio.high,
            "verdict": one.verdict,
        }
        for one in found.rows
    ]
    names = ["work", "from_m2", "up_to_m2", "jobs", "low", "middle", "high", "verdict"]
    return pd.DataFrame(rows, columns=names)
