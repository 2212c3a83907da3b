"""Floor 1: a plot brought up to date with what a row of a file tells; what the row does not tell stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from shapely import Point

from geo_service.plots.columns import access_point
from geo_service.plots.model import Baunvo, CareArea, Contamination, OwnerKind, Plot, Tenure, TenureKind

_SAME_PLACE_M = 0.05
_MAX_ACCESS_M = 100.0
_EMPTY: dict[str, Any] = {
    "name": "",
    "address": "",
    "access_note": "",
    "hazard_note": "",
    "parcels": (),
    "owner_kind": OwnerKind.UNKNOWN,
    "baunvo": Baunvo.UNKNOWN,
    "contamination": Contamination.UNKNOWN,
}


def updated(plot: Plot, said: Mapping[str, Any], area_m2: float) -> Plot:
    """Return a plot with the fields that a row tells.

    Parameters
    ----------
    plot
        As it is known, or new.
    said
        By column name as `geo_service.plots.columns.parse_values` reads it; None clears a field.
    area_m2
        Area of the outline the row gives, square metres: a care area that covered the whole plot follows it.
    """
    told = {name: _EMPTY[name] if said[name] is None else said[name] for name in _EMPTY if name in said}
    return replace(
        plot,
        tenure=_tenure(plot.tenure, said),
        access=_access(plot, said),
        care_areas=said.get("care_areas") or _following(plot, area_m2),
        state=said.get("state") or plot.state,
        public=said.get("public", plot.public),
        **told,
    )


def oddities(plot: Plot) -> Iterator[str]:
    """Say in words what of a plot's contents does not fit together."""
    tenure = plot.tenure
    if tenure.from_on and tenure.until_on and tenure.until_on < tenure.from_on:
        yield f"its tenure ends {tenure.until_on} before it begins {tenure.from_on}"
    care_m2 = sum(area.area_m2 for area in plot.care_areas)
    if care_m2 > 1.1 * plot.area_m2 + 1:
        yield f"care areas add up to {care_m2:.0f} m² on a plot of {plot.area_m2:.0f} m²"
    if plot.access is not None and plot.access.distance(plot.geometry) > _MAX_ACCESS_M:
        yield f"its access lies {plot.access.distance(plot.geometry):.0f} m away from it"


def _tenure(base: Tenure, said: Mapping[str, Any]) -> Tenure:
    if not said.keys() & {"tenure_kind", "tenure_from", "tenure_until"}:
        return base
    return Tenure(
        kind=said.get("tenure_kind", base.kind) or TenureKind.NONE,
        from_on=said.get("tenure_from", base.from_on),
        until_on=said.get("tenure_until", base.until_on),
    )


def _access(base: Plot, said: Mapping[str, Any]) -> Point | None:
    if not said.keys() & {"access_lon", "access_lat"}:
        return base.access
    lon, lat = said.get("access_lon"), said.get("access_lat")
    if lon is None or lat is None:
        return None
    access = access_point(lon, lat, base.epsg)
    unmoved = base.access is not None and access.distance(base.access) <= _SAME_PLACE_M
    return base.access if unmoved else access


def _following(base: Plot, area_m2: float) -> tuple[CareArea, ...]:
    """Let the only care area of a plot follow its outline, where it covered the whole of it."""
    if len(base.care_areas) == 1 and abs(base.care_areas[0].area_m2 - base.area_m2) < 0.1:
        return base.care_areas if area_m2 == base.area_m2 else (CareArea(base.care_areas[0].kind, round(area_m2, 1)),)
    return base.care_areas
