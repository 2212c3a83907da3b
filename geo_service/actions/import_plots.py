"""Floor 6: import plots from any file the register can read, or try it; what is refused is listed, the known stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from geo_service.actions.known_area import known_area
from geo_service.actions.sample import leave_sample
from geo_service.base.report import ImportReport
from geo_service.plots.model import Plot
from geo_service.plots.reading import PlotImport, ReadOptions, read_plots
from geo_service.store.protocol import Store


@dataclass(frozen=True)
class PlotSource:
    """How to read a file of plots where it does not say so itself.

    Attributes
    ----------
    layer
        Layer of a file that has several.
    assume_epsg
        CRS of a file that names none.
    min_area_m2
        Refuse smaller plots; 0 refuses none.
    """

    layer: str | None = None
    assume_epsg: int | None = None
    min_area_m2: float = 0.0


Outcome = Literal["new", "changed", "unchanged", "refused"]


@dataclass(frozen=True)
class PreviewRow:
    """A row of a file and what an import would do with it.

    Attributes
    ----------
    row
        From 1, as the report counts.
    plot
        As it would be kept, in the plan CRS; None for a row that is refused.
    lonlat
        The middle of the row, degrees; None where it has no place.
    reason, remedy
        Why it is refused and what to do about it, or empty.
    repaired
        What was mended, or empty.
    warnings
        What is odd about it although it is taken.
    """

    row: int
    outcome: Outcome
    plot: Plot | None
    lonlat: tuple[float, float] | None
    reason: str = ""
    remedy: str = ""
    repaired: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do.

    Attributes
    ----------
    report
        As `import_plots` would return it, but for the note that the sample was removed.
    leaves_sample
        Whether it would replace the schematic sample whole.
    """

    report: ImportReport
    rows: tuple[PreviewRow, ...]
    leaves_sample: bool


def import_plots(store: Store, path: Path, *, how: PlotSource | None = None, author: str, at: datetime) -> ImportReport:
    """Read plots and keep the new and the changed ones; plots of elsewhere replace the sample whole.

    Raises
    ------
    FileUnreadable, CrsMissing
        When the file as a whole cannot be used; nothing changes.
    """
    found, fresh = _found(store, path, how or PlotSource(), author, at)
    if not found.plots:
        return found.report
    with store.change(author=author, reason=f"imported plots from {path.name}", at=at) as tx:
        notes = leave_sample(store, tx) if fresh else ()
        tx.set_plan_crs(found.epsg)
        tx.put_plots(found.plots)
    return found.report.with_notes(notes)


def preview_import(
    store: Store, path: Path, *, how: PlotSource | None = None, author: str, at: datetime
) -> ImportPreview:
    """Say what importing a file would do, row by row with its place; nothing is changed.

    `import_plots` with the same file and the same workspace then does just that.

    Raises
    ------
    FileUnreadable, CrsMissing
        When the file as a whole cannot be used.
    """
    found, fresh = _found(store, path, how or PlotSource(), author, at)
    refused = {one.row: one for one in found.report.refused}
    mended = {one.row: one.reason for one in found.report.repaired}
    warned: dict[int, list[str]] = {}
    for one in found.report.warnings:
        warned.setdefault(one.row, []).append(one.reason)
    changed = {plot.plot_id for plot in found.plots}
    rows = []
    for row in found.rows:
        why = refused.get(row.row)
        outcome: Outcome = "refused"
        if row.plot is not None:
            taken: Outcome = "changed" if row.known else "new"
            outcome = taken if row.plot.plot_id in changed else "unchanged"
        rows.append(
            PreviewRow(
                row=row.row,
                outcome=outcome,
                plot=row.plot,
                lonlat=row.lonlat,
                reason=why.reason if why else "",
                remedy=why.remedy if why else "",
                repaired=mended.get(row.row, ""),
                warnings=tuple(warned.get(row.row, ())),
            )
        )
    return ImportPreview(found.report, tuple(rows), leaves_sample=fresh and bool(found.plots))


def _found(store: Store, path: Path, how: PlotSource, author: str, at: datetime) -> tuple[PlotImport, bool]:
    """Read a file; True when its plots would replace the sample."""
    found = _read(store, path, how, author, at, fresh=False)
    if store.is_sample() and not _edits_what_is_there(found, store):
        return _read(store, path, how, author, at, fresh=True), True
    return found, False


def _edits_what_is_there(found: PlotImport, store: Store) -> bool:
    """Tell whether a file brings plots back that were exported from here, changed or not.

    The same code is not enough, another register may use it: the plot must still lie where it lay.
    """
    known = {plot.plot_id: plot.geometry for plot in store.plots()}
    return found.report.unchanged > 0 or any(
        plot.plot_id in known and plot.geometry.intersects(known[plot.plot_id]) for plot in found.plots
    )


def _read(store: Store, path: Path, how: PlotSource, author: str, at: datetime, *, fresh: bool) -> PlotImport:
    options = ReadOptions(
        epsg=None if fresh else store.plan_crs(),
        quarters=() if fresh else store.quarters(),
        existing=() if fresh else store.plots(),
        near=None if fresh else known_area(store),
        layer=how.layer,
        assume_epsg=how.assume_epsg,
        min_area_m2=how.min_area_m2,
        author=author,
        at=at,
    )
    return read_plots(path, options)
