"""Floor 1: one outline as a person draws it: placed, checked and mended as an import does, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.base.errors import InputError
from geo_service.plots.account import Account
from geo_service.plots.checks import outline_keys, warn_of_shapes
from geo_service.plots.codes import NO_QUARTER
from geo_service.plots.location import KnownArea
from geo_service.plots.model import Plot, PlotState, Quarter
from geo_service.plots.outlines import broken_at, crs_of, plan_outlines
from geo_service.plots.quarters import quarter_of
from geo_service.plots.remarks import Remark, remarks_of
from geo_service.plots.table import Table, object_array

ECHO_M = 0.01
"""Corners that moved by no more come from rounding degrees on the way to an editor and back: nothing was drawn."""


@dataclass(frozen=True)
class Drawn:
    """A sound outline in the plan CRS.

    Attributes
    ----------
    epsg
        The plan CRS it is in.
    area_m2
        Planar area in square metres.
    remarks
        What was mended, and what is odd about its shape.
    """

    geometry: Polygon | MultiPolygon
    epsg: int
    area_m2: float
    remarks: tuple[Remark, ...] = ()


def drawn_outline(geometry: BaseGeometry, *, epsg: int, plan_epsg: int | None, near: KnownArea | None = None) -> Drawn:
    """Return a drawn outline, sound and in the plan CRS.

    Parameters
    ----------
    geometry
        In ``epsg``, x before y: degrees are lon, lat.
    plan_epsg
        The plan CRS; None while a workspace has none: the metric CRS of the place.
    near
        Where plots are expected.

    Raises
    ------
    InputError
        ``outline_refused``: it is no polygon, crosses itself beyond mending, lies far off; ``fields['reason']`` says
        which, ``lon`` and ``lat`` where (degrees, None when that is no place). `CrsMissing`, `CrsMismatch`: there is no
        such ``epsg``, or the coordinates cannot be in it.

    Examples
    --------
    >>> found = drawn_outline(shapely.box(12.33, 51.32, 12.331, 51.321), epsg=4326, plan_epsg=25833)
    >>> round(found.area_m2), found.epsg, found.remarks
    (7756, 25833, ())
    """
    account = Account()
    table = Table({}, object_array([geometry]), crs_of(epsg))
    placed = plan_outlines(table, account, epsg=plan_epsg, near=near, assume_epsg=None)
    if account.refusals:
        reason, remedy = account.refusals[0]
        place = broken_at(geometry, epsg) or (None, None)
        raise InputError(
            f"the outline cannot be taken: {reason}",
            remedy=remedy,
            code="outline_refused",
            reason=reason,
            lon=place[0],
            lat=place[1],
        )
    warn_of_shapes(placed.geometries, placed.area_m2, account)
    return Drawn(placed.geometries[0], placed.epsg, float(placed.area_m2[0]), remarks_of(account))


def is_echo(drawn: Polygon | MultiPolygon, kept: Polygon | MultiPolygon) -> bool:
    """Tell whether an outline is the one that is kept, sent back with its degrees rounded."""
    return bool(
        shapely.equals_exact(drawn, kept, ECHO_M)
        or shapely.equals_exact(shapely.normalize(drawn), shapely.normalize(kept), ECHO_M)
    )


def require_no_twin(geometry: Polygon | MultiPolygon, plot_id: str, others: Sequence[Plot]) -> None:
    """Refuse an outline that another plot has; plots that were returned do not count.

    Raises
    ------
    InputError
        ``twin``, with the code of the other plot.
    """
    near = [one for one in others if one.plot_id != plot_id and one.state is not PlotState.RETURNED]
    key, *keys = outline_keys(object_array([geometry, *(one.geometry for one in near)]))
    for one, its in zip(near, keys, strict=True):
        if its == key:
            raise InputError(
                f"{one.code} has the same outline",
                remedy=f"change {one.code} instead, or draw another outline",
                code="twin",
                plot=one.code,
            )


def quarter_at(geometry: Polygon | MultiPolygon, quarters: Sequence[Quarter]) -> Quarter | None:
    """Return the quarter that holds most of an outline; None where it touches none."""
    found = quarter_of(object_array([geometry]), quarters)[0]
    return quarters[found] if found >= 0 else None


def code_prefix(quarter: Quarter | None) -> str:
    """Return what the codes of plots in a quarter begin with."""
    return quarter.short if quarter else NO_QUARTER


def degrees_of(geometry: BaseGeometry, epsg: int) -> BaseGeometry:
    """Return a geometry in degrees, lon before lat."""
    return transform_geometry(geometry, epsg, WGS84_EPSG)
