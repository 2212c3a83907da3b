"""Floor 1: several plots become one: the first, with the ground, the care areas and the parcels of all.

What must hold for all of them is held strictly: contaminated where one is, private where one is, hours of a residential
area where land uses differ, the right to work from when the last one begins until the first one ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo_service.base.clock import require_aware
from geo_service.base.errors import InputError
from geo_service.plots.model import Baunvo, CareArea, CareKind, Contamination, OwnerKind, Plot, StateChange, Tenure
from geo_service.plots.outlines import as_polygonal
from geo_service.plots.remarks import Remark

Kind = TypeVar("Kind", bound=StrEnum)

APART_M = 30.0
"""Plots that lie farther from all others do not make one: a crew would not walk."""

_SEAM_M = 0.001

_WORST = (Contamination.YES, Contamination.UNKNOWN, Contamination.NO)


def joined_outline(outlines: Sequence[Polygon | MultiPolygon]) -> Polygon | MultiPolygon:
    """Return the ground of several outlines as one; corners that only their seams had are gone.

    What two share counts once; a gap between them stays a gap.

    Examples
    --------
    >>> from shapely import box
    >>> joined_outline([box(0, 0, 1, 1), box(1, 0, 3, 1)]).normalize().wkt
    'POLYGON ((0 0, 0 1, 3 1, 3 0, 0 0))'
    """
    whole = as_polygonal(shapely.union_all(list(outlines)))
    edges = [one.boundary for one in outlines]
    mended = []
    for polygon in shapely.get_parts(whole).tolist():
        shell = _without_seams(polygon.exterior.coords, edges)
        holes = [_without_seams(ring.coords, edges) for ring in polygon.interiors]
        mended.append(Polygon(shell, holes))
    smooth = mended[0] if len(mended) == 1 else MultiPolygon(mended)
    return smooth if smooth.is_valid else whole


def merged(plots: Sequence[Plot], quarter: str, *, author: str, at: datetime) -> tuple[Plot, tuple[Remark, ...]]:
    """Return the plot that several make together, the first of them with more ground, and what differed.

    Parameters
    ----------
    quarter
        Key of the quarter of the whole.
    at
        Aware.

    Raises
    ------
    InputError
        ``too_few_plots``; ``apart``: one lies over `APART_M` from all others; ``state_differs``, ``tenure_differs``:
        they stand at different points of their life, or the right to work there is not the same.
    """
    first = plots[0]
    if len({plot.plot_id for plot in plots}) < max(2, len(plots)):
        raise InputError("two plots at least are merged, each named once", remedy="name two", code="too_few_plots")
    _require_near(plots)
    _require_same(plots, "state", [plot.state.value for plot in plots], "change the state first")
    _require_same(plots, "tenure", [plot.tenure.kind.value for plot in plots], "merge what is held by one right")
    geometry = joined_outline([plot.geometry for plot in plots])
    others = ", ".join(plot.code for plot in plots[1:])
    step = StateChange(first.state, require_aware(at), author, f"zusammengelegt mit {others}")
    whole = replace(
        first,
        geometry=geometry,
        area_m2=geometry.area,
        quarter=quarter,
        parcels=tuple(dict.fromkeys(parcel for plot in plots for parcel in plot.parcels)),
        access=next((plot.access for plot in plots if plot.access is not None), None),
        access_note=_notes(plot.access_note for plot in plots),
        hazard_note=_notes(plot.hazard_note for plot in plots),
        owner_kind=_same((plot.owner_kind for plot in plots), OwnerKind.UNKNOWN),
        tenure=_tenure(plots),
        baunvo=_same((plot.baunvo for plot in plots), Baunvo.UNKNOWN),
        contamination=min((plot.contamination for plot in plots), key=_WORST.index),
        care_areas=_care(plots),
        public=all(plot.public for plot in plots),
        history=(*first.history, step),
    )
    return whole, tuple(_differences(plots, whole))


def _require_near(plots: Sequence[Plot]) -> None:
    reached, waiting = {0}, [0]
    while waiting:
        here = plots[waiting.pop()].geometry
        near = [at for at, plot in enumerate(plots) if at not in reached and here.distance(plot.geometry) <= APART_M]
        reached.update(near)
        waiting += near
    for at, plot in enumerate(plots):
        if at not in reached:
            apart = min(plot.geometry.distance(plots[other].geometry) for other in reached)
            raise InputError(
                f"{plot.code} lies {apart:.0f} m from the others",
                remedy=f"merge plots that touch or lie within {APART_M:.0f} m",
                code="apart",
                plot=plot.code,
            )


def _require_same(plots: Sequence[Plot], what: str, values: Sequence[str], remedy: str) -> None:
    if len(set(values)) > 1:
        told = ", ".join(f"{plot.code} {value}" for plot, value in zip(plots, values, strict=True))
        raise InputError(f"the plots differ in their {what}: {told}", remedy=remedy, code=f"{what}_differs")


def _same(values: Iterable[Kind], otherwise: Kind) -> Kind:
    found = list(dict.fromkeys(values))
    return found[0] if len(found) == 1 else otherwise


def _notes(notes: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(note for note in notes if note))


def _tenure(plots: Sequence[Plot]) -> Tenure:
    begins = [plot.tenure.from_on for plot in plots if plot.tenure.from_on is not None]
    ends = [plot.tenure.until_on for plot in plots if plot.tenure.until_on is not None]
    return Tenure(plots[0].tenure.kind, max(begins, default=None), min(ends, default=None))


def _care(plots: Sequence[Plot]) -> tuple[CareArea, ...]:
    sums: dict[CareKind, float] = {}
    for plot in plots:
        for care in plot.care_areas:
            sums[care.kind] = sums.get(care.kind, 0.0) + care.area_m2
    return tuple(CareArea(kind, round(area_m2, 6)) for kind, area_m2 in sums.items())


def _differences(plots: Sequence[Plot], whole: Plot) -> Iterable[Remark]:
    named = (
        ("Eigentümerart", "kind of owner", [plot.owner_kind.value for plot in plots], whole.owner_kind.value),
        ("Art der Nutzung", "land use", [plot.baunvo.value for plot in plots], whole.baunvo.value),
        ("Altlasten", "contamination", [plot.contamination.value for plot in plots], whole.contamination.value),
        ("Recht ab", "right from", [_day(plot.tenure.from_on) for plot in plots], _day(whole.tenure.from_on)),
        ("Recht bis", "right until", [_day(plot.tenure.until_on) for plot in plots], _day(whole.tenure.until_on)),
        ("öffentlich", "public", [str(plot.public).lower() for plot in plots], str(whole.public).lower()),
    )
    for de, en, values, now in named:
        if len(set(values)) > 1:
            yield Remark(
                "differs", f"{de} verschieden ({', '.join(values)}): es gilt {now}",
                f"{en} differed ({', '.join(values)}): {now} holds",
            )  # fmt: skip
    shared = sum(plot.geometry.area for plot in plots) - whole.area_m2
    if shared > 0.1:
        yield Remark(
            "overlap", f"gemeinsamer Boden zählt einmal: {shared:.1f} m²", f"shared ground counts once: {shared:.1f} m²"
        )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _without_seams(ring: Iterable[tuple[float, ...]], edges: Sequence[object]) -> list[tuple[float, ...]]:
    """Return the corners of a ring without those where two outlines met and it goes straight on."""
    corners = list(ring)[:-1]
    points = shapely.points(np.array([corner[:2] for corner in corners]))
    on = sum((shapely.distance(points, edge) < _SEAM_M).astype(int) for edge in edges)
    kept = list(range(len(corners)))
    for at in np.flatnonzero(np.asarray(on) > 1).tolist():
        place = kept.index(at)
        before, after = kept[place - 1], kept[(place + 1) % len(kept)]
        straight = shapely.LineString([corners[before], corners[after]])
        if len(kept) > 3 and shapely.distance(points[at], straight) < _SEAM_M:
            kept.remove(at)
    return [corners[at] for at in kept]
