"""Floor 6: import plots from any file the register can read; what is refused is listed, what is known stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from geo_service.actions.known_area import known_area
from geo_service.actions.sample import leave_sample
from geo_service.base.report import ImportReport
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


def import_plots(store: Store, path: Path, *, how: PlotSource | None = None, author: str, at: datetime) -> ImportReport:
    """Read plots and keep the new and the changed ones; plots of elsewhere replace the sample whole.

    Raises
    ------
    FileUnreadable, CrsMissing
        When the file as a whole cannot be used; nothing changes.
    """
    how = how or PlotSource()
    found = _read(store, path, how, author, at, fresh=False)
    fresh = store.is_sample() and not _edits_what_is_there(found, store)
    if fresh:
        found = _read(store, path, how, author, at, fresh=True)
    if not found.plots:
        return found.report
    with store.change(author=author, reason=f"imported plots from {path.name}", at=at) as tx:
        notes = leave_sample(store, tx) if fresh else ()
        tx.set_plan_crs(found.epsg)
        tx.put_plots(found.plots)
    return found.report.with_notes(notes)


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
