"""Floor 6: import quarters; they replace the ones before, and plots already kept find their quarter."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from geo_service.actions.known_area import known_area
from geo_service.actions.sample import leave_sample
from geo_service.base.report import ImportReport
from geo_service.plots.quarters import QuarterOptions, quarter_of, read_quarters
from geo_service.store.protocol import Store


def import_quarters(
    store: Store, path: Path, *, assume_epsg: int | None = None, layer: str | None = None, author: str, at: datetime
) -> ImportReport:
    """Read outlines of quarters and keep them.

    Raises
    ------
    FileUnreadable, CrsMissing
        When the file as a whole cannot be used; the quarters before stay.
    """
    fresh = store.is_sample()
    options = QuarterOptions(
        epsg=None if fresh else store.plan_crs(),
        existing=() if fresh else store.quarters(),
        near=None if fresh else known_area(store),
        layer=layer,
        assume_epsg=assume_epsg,
    )
    found = read_quarters(path, options)
    if not found.quarters:
        return found.report
    with store.change(author=author, reason=f"imported quarters from {path.name}", at=at) as tx:
        notes = leave_sample(store, tx)
        tx.set_plan_crs(found.epsg)
        tx.put_quarters(found.quarters)
        plots = store.plots()
        indices = quarter_of(np.array([plot.geometry for plot in plots], dtype=object), found.quarters)
        keys = ["" if index < 0 else found.quarters[index].key for index in indices]
        tx.put_plots(replace(plot, quarter=key) for plot, key in zip(plots, keys, strict=True) if key != plot.quarter)
    return found.report.with_notes(notes)
