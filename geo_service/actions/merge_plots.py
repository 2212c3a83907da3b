"""Floor 6: merge plots that touch or lie near each other; the first keeps its code and gets the ground of all.

Work counts as last done on the whole when it was last done on the part where that is longest ago, for no part may wait
longer than it would have; work that one part has never seen, though it asks for it, is due. An exception to the cutting
ban stays only where all parts that the work concerns have it. Urgent reports about the others go on for the whole;
locks of their visits are lifted. The others are retired with what was recorded or planned there, or deleted where
nothing was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from geo_service.actions.edit_plot import require_version
from geo_service.actions.plot_records import drop_locks_of, found_plot, own_records, planned_remarks, urgent_of
from geo_service.actions.split_plot import require_in_care
from geo_service.base.clock import require_aware
from geo_service.plots.drawn import quarter_at
from geo_service.plots.life import change_state
from geo_service.plots.merge import joined_outline, merged
from geo_service.plots.model import Plot, PlotState
from geo_service.plots.remarks import Remark
from geo_service.plots.version import plot_version
from geo_service.store.protocol import Store, Writing
from geo_service.work.model import Catalogue


@dataclass(frozen=True)
class MergedPlot:
    """A plot with the ground of several.

    Attributes
    ----------
    version
        To be named by who changes it next.
    retired, deleted
        Codes of the other plots: those whose records stay, and those of which nothing was kept.
    remarks
        What differed between them, what was carried over, what is left to be done.
    """

    plot: Plot
    version: str
    retired: tuple[str, ...]
    deleted: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()


def merge_plots(
    store: Store,
    codes: Sequence[str],
    *,
    expected: Mapping[str, str] | None,
    reason: str = "",
    author: str,
    clock: Callable[[], datetime],
) -> MergedPlot:
    """Merge plots into the first that is named.

    Parameters
    ----------
    codes
        Two or more, each once; each touches another or lies within `geo_service.plots.merge.APART_M` of it.
    expected
        The version that the editor looked at, by code; None, or a code that is missing, overwrites.

    Raises
    ------
    NotFound
        There is no such plot.
    InputError
        ``too_few_plots``, ``apart``, ``state_differs``, ``tenure_differs``.
    RuleBroken
        One of them was returned.
    Conflict
        ``changed_meanwhile``, of the first that was.
    """
    now = require_aware(clock())
    plots = [found_plot(store, code) for code in codes]
    for plot in plots:
        require_version(plot, plot, (expected or {}).get(plot.code), ("outline",))
        require_in_care(plot)
    place = quarter_at(joined_outline([plot.geometry for plot in plots]), store.quarters()) if plots else None
    quarter = place.key if place else plots[0].quarter if plots else ""
    whole, remarks = merged(plots, quarter, author=author, at=now)
    told = f"merged {', '.join(codes[1:])} into {whole.code}"
    retired, deleted = [], []
    with store.change(author=author, reason=f"{told}: {reason}"[:500] if reason else told, at=now) as tx:
        for plot in plots:
            require_version(found_plot(store, plot.code), plot, plot_version(plot), ("outline",))
        remarks += planned_remarks(store, codes)
        _carry_work(store, tx, plots)
        remarks += _carry_exceptions(store, tx, plots)
        for plot in plots[1:]:
            remarks += _carry_urgent(store, tx, plot, whole)
            remarks += drop_locks_of(store, tx, plot.code)
            new_steps = [step for step in plot.history if step not in whole.history]
            if own_records(store, plot) or len(new_steps) > 1:
                why = f"zusammengelegt mit {whole.code}"
                tx.put_plots([change_state(plot, PlotState.RETURNED, author=author, at=now, reason=why)])
                retired.append(plot.code)
            else:
                tx.drop_plots([plot.plot_id])
                deleted.append(plot.code)
        tx.put_plots([whole])
    return MergedPlot(whole, plot_version(whole), tuple(retired), tuple(deleted), remarks)


def work_of_all(
    plots: Sequence[Plot], last_done: Mapping[tuple[str, str], date], catalogue: Catalogue
) -> dict[str, date | None]:
    """Return when each work counts as last done on the ground of all plots, None for never.

    Only plots that ask for the work count; where none does, the last day on any of them.
    """
    works = sorted({work for plot_id, work in last_done if plot_id in {plot.plot_id for plot in plots}})
    found: dict[str, date | None] = {}
    for work in works:
        kind = catalogue.kinds.get(work)
        days = [last_done.get((plot.plot_id, work)) for plot in plots if kind is None or kind.area_m2(plot) > 0]
        known = [day for day in days if day is not None]
        anywhere = [day for plot in plots if (day := last_done.get((plot.plot_id, work))) is not None]
        found[work] = (min(known) if len(known) == len(days) else None) if days else max(anywhere)
    return found


def _carry_work(store: Store, tx: Writing, plots: Sequence[Plot]) -> None:
    last_done = store.last_done()
    for work, on in work_of_all(plots, last_done, store.catalogue()).items():
        if last_done.get((plots[0].plot_id, work)) != on:
            tx.restate_done(plots[0].plot_id, work, on)


def _carry_exceptions(store: Store, tx: Writing, plots: Sequence[Plot]) -> tuple[Remark, ...]:
    given = {(kept.plot_id, kept.work): kept for kept in store.exceptions()}
    catalogue = store.catalogue()
    first, told = plots[0], []
    for work in sorted({work for plot_id, work in given if plot_id in {plot.plot_id for plot in plots}}):
        kind = catalogue.kinds.get(work)
        asking = [plot for plot in plots if kind is None or kind.area_m2(plot) > 0]
        theirs = [given.get((plot.plot_id, work)) for plot in asking]
        kept = theirs[0] if theirs and None not in theirs else None
        if kept is not None and (first.plot_id, work) not in given:
            tx.put_exception(replace(kept, plot_id=first.plot_id))
        if kept is None:
            if (first.plot_id, work) in given:
                tx.drop_exception(first.plot_id, work)
            de = f"Ausnahme für {work} gilt nicht für das Ganze und entfällt"
            told.append(Remark("exception", de, f"the exception for {work} does not cover the whole and is gone"))
    return tuple(told)


def _carry_urgent(store: Store, tx: Writing, plot: Plot, whole: Plot) -> tuple[Remark, ...]:
    told = []
    kept_by = {kept.event_id: kept for kept in store.events()}
    for event_id, event in urgent_of(store, plot.code):
        tx.drop_event(event_id)
        tx.put_event(replace(event, plot=whole.code), author=kept_by[event_id].author, at=kept_by[event_id].at)
        what = event.reason or event.work
        de = f"dringende Meldung gilt jetzt für {whole.code}: {what}"
        told.append(Remark("event", de, f"the urgent report is about {whole.code} now: {what}", whole.code))
    return tuple(told)
