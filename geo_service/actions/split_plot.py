"""Floor 6: split a plot, by a line across it or by the outlines of its parts.

The first part (of a cut: the largest) keeps code, records, urgent reports and photos; the others get new codes. The
last day of each work holds for all parts, for it was done on all of the ground; so do exceptions to the cutting ban.
What the plan in force has there stays until it is planned anew: then each part has its own visits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.actions.edit_plot import TRIES, CodeTaken, free_code, next_codes, require_free, require_version
from geo_service.actions.known_area import known_area
from geo_service.actions.plot_records import found_plot, planned_remarks
from geo_service.base.clock import require_aware
from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.base.errors import Conflict, InputError, RuleBroken
from geo_service.plots.codes import Codes
from geo_service.plots.drawn import drawn_outline, quarter_at
from geo_service.plots.model import Plot, PlotState, Quarter
from geo_service.plots.outlines import crs_of
from geo_service.plots.reading import plot_id
from geo_service.plots.remarks import Remark
from geo_service.plots.split import cut_outline, fitted_parts, split_into
from geo_service.plots.version import plot_version
from geo_service.store.protocol import Store


@dataclass(frozen=True)
class SplitPlot:
    """The parts of a plot, the one that keeps its code first, each with its version.

    Attributes
    ----------
    remarks
        What was mended in the outlines, and what is left to be done.
    """

    parts: tuple[Plot, ...]
    versions: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()


def split_plot(
    store: Store,
    code: str,
    *,
    line: LineString | MultiLineString | None = None,
    outlines: Sequence[BaseGeometry] = (),
    epsg: int = WGS84_EPSG,
    expected: str | None,
    reason: str = "",
    author: str,
    clock: Callable[[], datetime],
) -> SplitPlot:
    """Split a plot by a line, or into outlines.

    Parameters
    ----------
    line
        Crosses the plot from outside to outside; each piece becomes a plot.
    outlines
        Of the parts, in place of a line; they cover the plot, the first keeps its code. What they leave out or overlap
        by along their boundaries, within `geo_service.plots.split.SNAP_M`, is put right.
    epsg
        Of both: degrees (4326, lon before lat) or the plan CRS.
    expected
        As in `geo_service.actions.edit_plot.change_plot`.

    Raises
    ------
    NotFound
        There is no such plot.
    InputError
        ``line_or_outlines`` (one of both), ``not_cut``, ``sliver``, ``too_few_parts``, ``parts_differ``,
        ``outline_refused``; ``fields`` tell lon and lat where there is a place.
    RuleBroken
        The plot was returned.
    Conflict
        ``changed_meanwhile``.
    """
    now = require_aware(clock())
    plot = found_plot(store, code)
    require_version(plot, plot, expected, ("outline",))
    require_in_care(plot)
    if (line is None) == (not outlines):
        raise InputError("a plot is split by a line or by outlines", remedy="give one of both", code="line_or_outlines")
    remarks: tuple[Remark, ...] = ()
    if line is not None:
        crs_of(epsg)
        pieces = cut_outline(plot.geometry, transform_geometry(line, epsg, plot.epsg), plot.epsg)
    else:
        drawn = [drawn_outline(one, epsg=epsg, plan_epsg=plot.epsg, near=known_area(store)) for one in outlines]
        remarks = tuple(remark for one in drawn for remark in one.remarks)
        pieces = fitted_parts(plot.geometry, [one.geometry for one in drawn], plot.epsg)
    quarters = _quarters_of(pieces, plot, store.quarters())
    parts: tuple[Plot, ...] = ()
    for _ in range(TRIES):
        with suppress(CodeTaken):
            parts = _kept_parts(store, plot, pieces, quarters, reason=reason, author=author, at=now)
            break
    if not parts:
        raise Conflict("others take codes all the time", remedy="split it again", code="code_taken")
    if plot.parcels:
        remarks += (
            Remark("contents", "jeder Teil nennt alle Flurstücke: bitte prüfen", "each part names all parcels: check"),
        )
    return SplitPlot(parts, tuple(map(plot_version, parts)), (*remarks, *planned_remarks(store, [code])))


def _kept_parts(
    store: Store,
    plot: Plot,
    pieces: Sequence[Polygon | MultiPolygon],
    quarters: Sequence[Quarter | None],
    *,
    reason: str,
    author: str,
    at: datetime,
) -> tuple[Plot, ...]:
    codes = _new_codes(store, quarters[1:])
    names = [(plot_id(f"split of {plot.plot_id}", f"{one}\x1f{at.isoformat()}"), one) for one in codes]
    keys = [quarter.key if quarter else plot.quarter for quarter in quarters]
    parts = split_into(plot, pieces, names, keys, author=author, at=at)
    told = f"split {plot.code} into {', '.join(part.code for part in parts)}"
    with store.change(author=author, reason=f"{told}: {reason}"[:500] if reason else told, at=at) as tx:
        require_version(found_plot(store, plot.code), plot, plot_version(plot), ("outline",))
        require_free(store, codes)
        tx.put_plots(parts)
        done = [(work, on) for (of, work), on in store.last_done().items() if of == plot.plot_id]
        given = [kept for kept in store.exceptions() if kept.plot_id == plot.plot_id]
        for part in parts[1:]:
            for work, on in sorted(done):
                tx.record_done(part.plot_id, work, on)
            for kept in given:
                tx.put_exception(replace(kept, plot_id=part.plot_id))
    return parts


def require_in_care(plot: Plot) -> None:
    """Refuse to change the ground of a plot that was returned.

    Raises
    ------
    RuleBroken
        It was.
    """
    if plot.state is PlotState.RETURNED:
        raise RuleBroken(
            f"{plot.code} was returned: its ground stays as it was",
            remedy="draw a new plot if it came back",
            rule="plot_life",
            plot=plot.code,
        )


def _quarters_of(
    pieces: Sequence[Polygon | MultiPolygon], plot: Plot, quarters: Sequence[Quarter]
) -> list[Quarter | None]:
    """Return the quarter of each piece; in none where it touches none, unless the whole was told to be in one."""
    told = next((one for one in quarters if one.key == plot.quarter), None)
    return [quarter_at(piece, quarters) or told for piece in pieces]


def _new_codes(store: Store, quarters: Sequence[Quarter | None]) -> list[str]:
    known: dict[str, Codes] = {}
    codes = []
    for quarter in quarters:
        key = quarter.key if quarter else ""
        if key not in known:
            known[key] = next_codes(store, quarter)
        codes.append(free_code(store, known[key], quarter))
    return codes
