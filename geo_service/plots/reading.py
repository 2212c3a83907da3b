"""Floor 1: reading plots: from any file to plots that are new or changed, and the report of every row."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from shapely import MultiPolygon, Polygon

from geo_service.base.clock import require_aware
from geo_service.base.errors import CrsMismatch
from geo_service.base.report import ImportReport
from geo_service.plots.account import Account
from geo_service.plots.checks import outline_keys, overlaps, refuse_doubles, warn_of_shapes
from geo_service.plots.codes import NO_QUARTER, Codes, is_code
from geo_service.plots.formats import read_table
from geo_service.plots.kinds import care_of
from geo_service.plots.location import KnownArea
from geo_service.plots.model import CareArea, Plot, Quarter, StateChange
from geo_service.plots.outlines import Outlines, plan_outlines
from geo_service.plots.quarters import quarter_of
from geo_service.plots.synonyms import Recognised, recognise
from geo_service.plots.table import object_array
from geo_service.plots.update import oddities, updated

_NAMESPACE = uuid5(NAMESPACE_URL, "geo-service/plots")
_TOLD_OVERLAPS = 3


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How to read plots.

    Attributes
    ----------
    epsg
        The plan CRS of the workspace; None: not decided yet, the metric CRS of where most rows lie.
    at
        When, aware: goes into the history.
    quarters, existing
        What the workspace knows, in the plan CRS.
    near
        Where the plots are expected: rows over 50 km from it are refused.
    layer
        Name of the layer wanted; None: the one with outlines.
    source
        Name of the source; None: the file's name. Id and source together make a plot's stable id.
    assume_epsg
        What the coordinates are where the file does not say.
    min_area_m2
        Smaller outlines are refused.
    author
        Who imports.
    """

    epsg: int | None
    at: datetime
    quarters: Sequence[Quarter] = ()
    existing: Sequence[Plot] = ()
    near: KnownArea | None = None
    layer: str | None = None
    source: str | None = None
    assume_epsg: int | None = None
    min_area_m2: float = 0.0
    author: str = "import"


@dataclass(frozen=True)
class ReadRow:
    """A row of a file and what becomes of it.

    Attributes
    ----------
    row
        From 1, as the report counts.
    plot
        As it will be kept; None for a row that is refused.
    known
        Whether the workspace has the plot already.
    lonlat
        The middle of the row, degrees; None where it has no place.
    """

    row: int
    plot: Plot | None
    known: bool
    lonlat: tuple[float, float] | None


@dataclass(frozen=True)
class PlotImport:
    """Plots to be stored, new or changed, with the report of all rows and the plan CRS they are in.

    Attributes
    ----------
    rows
        All rows of the file in their order, those that are refused or unchanged too.
    """

    plots: tuple[Plot, ...]
    report: ImportReport
    epsg: int
    rows: tuple[ReadRow, ...] = ()


def read_plots(path: Path, options: ReadOptions) -> PlotImport:
    """Read plots from any file that `geo_service.plots.formats.read_table` reads.

    A row is the same plot as one that is known when it carries its ``plot_id``, or its id within the same source,
    or its code, or has the same outline. Columns that the file has decide; what it does not tell stays as it is.

    Raises
    ------
    InputError
        When the file as a whole cannot be understood; `geo_service.plots.account.report_of_failure` tells it.
    CrsMismatch
        When quarters, known plots and ``epsg`` are not in one reference system.
    """
    account = Account()
    epsg = _one_epsg(options)
    table = read_table(path, options.layer, prefer="plots")
    placed = plan_outlines(table, account, epsg=epsg, near=options.near, assume_epsg=options.assume_epsg)
    recognised = recognise(table.columns, len(table))
    outlines = outline_keys(placed.geometries)
    identities = [said.get("plot_id") or key for said, key in zip(recognised.rows, recognised.keys, strict=True)]
    refuse_doubles(outlines, identities, account)
    _refuse_small(placed, options.min_area_m2, account)
    warn_of_shapes(placed.geometries, placed.area_m2, account)
    for note in recognised.notes:
        account.note(note)
    reading = _Reading(options, options.source or path.name, placed, recognised, outlines, account)
    plots = reading.plots()
    ids = [one or said.get("code", "") for one, said in zip(recognised.ids, recognised.rows, strict=True)]
    return PlotImport(tuple(plots), account.report(reading.source, ids), placed.epsg, reading.all_rows())


def plot_id(source: str, key: str) -> str:
    """Return the stable id of a plot from its source and its id there.

    Examples
    --------
    >>> plot_id("lots.zip", "25163020130000")
    'ab50c7e4-719a-53a0-a702-9c6241fe0d5c'
    """
    return str(uuid5(_NAMESPACE, f"{source}\x1f{key}"))


class _Reading:
    """The sound rows of one file on their way to plots."""

    def __init__(
        self,
        options: ReadOptions,
        source: str,
        placed: Outlines,
        recognised: Recognised,
        outlines: list[bytes | None],
        account: Account,
    ) -> None:
        self.options = options
        self.source = source
        self.placed = placed
        self.recognised = recognised
        self.outlines = outlines
        self.account = account
        self.rows = account.open_rows(len(outlines))
        self.read: dict[int, Plot] = {}
        self.known = self._known()
        self.codes = Codes(plot.code for plot in options.existing)
        said = ((row, recognised.rows[row].get("code", "")) for row in self.rows if row not in self.known)
        self.given_codes = {code: row for row, code in said if is_code(code) and self.codes.take(code)}

    def plots(self) -> list[Plot]:
        quarters = self._quarters()
        changed = []
        for row in self.rows:
            for complaint in self.recognised.complaints[row]:
                self.account.warn(row, complaint)
            known = self.known.get(row)
            plot = self.read[row] = self._plot(row, known, quarters[row])
            if known is not None and replace(plot, history=known.history) == known:
                self.account.unchanged.add(row)
            else:
                changed.append(plot)
        self._note_care(changed)
        self._warn_of_overlaps()
        return changed

    def all_rows(self) -> tuple[ReadRow, ...]:
        places: list[list[float]] = self.placed.lonlat.tolist()
        return tuple(
            ReadRow(row + 1, self.read.get(row), row in self.known, None if math.isnan(lon) else (lon, lat))
            for row, (lon, lat) in enumerate(places)
        )

    def _known(self) -> dict[int, Plot]:
        """Find the known plots that rows tell of: all by id first, then by code, then by outline; each once."""
        existing = self.options.existing
        outlines = outline_keys(object_array([plot.geometry for plot in existing]))
        self.known_outlines = {plot.plot_id: outline for plot, outline in zip(existing, outlines, strict=True)}
        known: dict[int, Plot] = {}
        free = dict.fromkeys(plot.plot_id for plot in existing)
        for names, name_of in (
            ([plot.plot_id for plot in existing], self._new_id),
            ([plot.code for plot in existing], lambda row: self.recognised.rows[row].get("code")),
            (outlines, lambda row: self.outlines[row]),
        ):
            by_name: dict[Any, Plot] = dict(zip(names, existing, strict=True))
            for row in self.rows:
                plot = None if row in known else by_name.get(name_of(row))
                if plot is not None and plot.plot_id in free:
                    known[row] = plot
                    del free[plot.plot_id]
        return known

    def _new_id(self, row: int) -> str:
        given, key = self.recognised.rows[row].get("plot_id"), self.recognised.keys[row]
        digest = "" if given or key else hashlib.sha256(self.outlines[row] or b"").hexdigest()
        return str(given or plot_id(self.source, key or f"outline {digest}"))

    def _plot(self, row: int, known: Plot | None, quarter: Quarter | None) -> Plot:
        said = self.recognised.rows[row]
        geometry, area_m2 = self.placed.geometries[row], float(self.placed.area_m2[row])
        base = known or self._new(row, geometry, area_m2, quarter)
        if known is not None and self.known_outlines[known.plot_id] == self.outlines[row]:
            geometry, area_m2 = known.geometry, known.area_m2
        plot = replace(
            updated(base, said, area_m2),
            geometry=geometry,
            area_m2=area_m2,
            quarter=quarter.key if quarter else "" if self.options.quarters else base.quarter,
            public=base.public and said.get("public", True),
        )
        if said.get("public") and not plot.public:
            self.account.warn(row, "its owner objected to publication: it stays withheld until somebody publishes it")
        for oddity in oddities(plot):
            self.account.warn(row, oddity)
        return self._with_history(plot)

    def _new(self, row: int, geometry: Polygon | MultiPolygon, area_m2: float, quarter: Quarter | None) -> Plot:
        said = self.recognised.rows[row]
        care, state = care_of(self.recognised.kinds[row])
        return Plot(
            plot_id=self._new_id(row),
            code=self._code(row, quarter),
            geometry=geometry,
            epsg=self.placed.epsg,
            area_m2=area_m2,
            care_areas=(CareArea(care, round(area_m2, 1)),),
            state=state,
            source=said.get("source") or self.source,
            source_id=self.recognised.ids[row],
            history=said.get("history") or (),
        )

    def _code(self, row: int, quarter: Quarter | None) -> str:
        given = self.recognised.rows[row].get("code")
        if given and self.given_codes.get(given) == row:
            return str(given)
        code = self.codes.next(quarter.short if quarter else NO_QUARTER)
        if given:
            self.account.warn(row, f"code {given!r} is in use or no code; the plot was given {code}")
        return code

    def _with_history(self, plot: Plot) -> Plot:
        if plot.history and plot.history[-1].state is plot.state:
            return plot
        at = require_aware(self.options.at)
        step = StateChange(plot.state, at, self.options.author, f"imported from {self.source}")
        return replace(plot, history=(*plot.history, step))

    def _quarters(self) -> dict[int, Quarter | None]:
        quarters = self.options.quarters
        names = {name.lower(): quarter for quarter in quarters for name in (quarter.name, quarter.short, quarter.key)}
        places = quarter_of(self.placed.geometries, quarters)
        found: dict[int, Quarter | None] = {}
        for row in self.rows:
            lies_in = quarters[places[row]] if places[row] >= 0 else None
            told = names.get(str(self.recognised.rows[row].get("quarter") or "").lower())
            if quarters and lies_in is None:
                self.account.warn(row, "outside all quarters")
            elif lies_in is not None and told is not None and told.key != lies_in.key:
                self.account.warn(row, f"the file says {told.name}, most of it lies in {lies_in.name}")
            found[row] = told or lies_in
        return found

    def _note_care(self, plots: Sequence[Plot]) -> None:
        if any("care_areas" in said for said in self.recognised.rows):
            return
        counts = Counter(area.kind.value for plot in plots for area in plot.care_areas)
        told = ", ".join(f"{kind} {count}" for kind, count in counts.most_common())
        if told:
            self.account.note(f"care areas follow from the kind of ground, the whole plot each: {told}")

    def _warn_of_overlaps(self) -> None:
        rows = self.rows
        met = {plot.plot_id for plot in self.known.values()}
        others = [plot for plot in self.options.existing if plot.plot_id not in met]
        names = [f"row {row + 1}" for row in rows] + [f"plot {plot.code}" for plot in others]
        geometries = object_array([*self.placed.geometries[rows], *(plot.geometry for plot in others)])
        told: dict[int, list[tuple[float, str]]] = {}
        for first, second, shared in overlaps(geometries):
            if first < len(rows):  # else both were there before
                here, there = (second, first) if second < len(rows) else (first, second)
                told.setdefault(rows[here], []).append((-shared, f"{names[there]} by {shared:.0f} m²"))
        for row, found in told.items():
            largest = ", ".join(text for _, text in sorted(found)[:_TOLD_OVERLAPS])
            more = f" and {len(found) - _TOLD_OVERLAPS} more" if len(found) > _TOLD_OVERLAPS else ""
            self.account.warn(row, f"overlaps {largest}{more}")


def _one_epsg(options: ReadOptions) -> int | None:
    found = {one.epsg for one in options.quarters} | {one.epsg for one in options.existing}
    if options.epsg is not None:
        found.add(options.epsg)
    if len(found) > 1:
        raise CrsMismatch(f"the workspace holds geometry in EPSG {sorted(found)}", remedy="import into a new workspace")
    return found.pop() if found else None


def _refuse_small(placed: Outlines, min_area_m2: float, account: Account) -> None:
    for row in np.flatnonzero((placed.area_m2 > 0) & (placed.area_m2 < min_area_m2)).tolist():
        account.refuse(
            row,
            f"its {placed.area_m2[row]:.1f} m² are below the minimum of {min_area_m2:g} m²",
            "lower the minimum area",
        )
