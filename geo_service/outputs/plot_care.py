"""Floor 7: where the care of plots stands: what is due next and since when, and when somebody was there last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from geo_service.base.clock import BERLIN
from geo_service.plots.model import Plot
from geo_service.store.protocol import Store
from geo_service.work.due import first_due
from geo_service.work.job import LIFE
from geo_service.work.model import Catalogue, WorkKind

_LONG_AGO = date(2000, 1, 1)


@dataclass(frozen=True)
class PlotCare:
    """Where the care of a plot stands.

    Attributes
    ----------
    due
        Code of the work that fell due first, or will; empty when none does.
    due_on
        The day, in the past when it is overdue. It does not depend on today.
    last_visit_on
        The last day on which any work was done, None: never.
    """

    due: str = ""
    due_on: date | None = None
    last_visit_on: date | None = None


class CareReader:
    """Reads from a store, once, all that the care of plots depends on; see `care_reader`."""

    def __init__(self, store: Store) -> None:
        self._catalogue = store.catalogue()
        self._last_done = store.last_done()
        self._lifted = frozenset((kept.plot_id, kept.work) for kept in store.exceptions())

    def of(self, plots: Iterable[Plot]) -> dict[str, PlotCare]:
        """Return where the care of plots stands, by ``plot_id``."""
        return plot_care(plots, self._catalogue, self._last_done, self._lifted)


_KEPT: WeakKeyDictionary[Store, tuple[int, CareReader]] = WeakKeyDictionary()


def care_reader(store: Store) -> CareReader:
    """Return what reads the care of plots, the same one until anything changes in the store."""
    revision, kept = store.revision(), _KEPT.get(store)
    if kept is None or kept[0] != revision:
        kept = _KEPT[store] = (revision, CareReader(store))
    return kept[1]


def plot_care(
    plots: Iterable[Plot],
    catalogue: Catalogue,
    last_done: Mapping[tuple[str, str], date],
    lifted: frozenset[tuple[str, str]] = frozenset(),
) -> dict[str, PlotCare]:
    """Return where the care of plots stands, by ``plot_id``.

    Work is due by its interval and season, as `geo_service.work.due` says. Work never done is due since the plot came
    into its state. What must wait for other work, and days that only some law closes, are left to planning.

    Parameters
    ----------
    last_done
        Last day by (plot_id, code of the work).
    lifted
        (plot_id, code of the work) with an exception to the cutting ban.
    """
    visited: dict[str, date] = {}
    for (plot_id, _), done_on in last_done.items():
        visited[plot_id] = max(done_on, visited.get(plot_id, done_on))
    kinds = {state: [one for one in catalogue.kinds.values() if state in one.states] for state in LIFE}
    dues = _Dues(last_done, lifted)
    care = {}
    for plot in plots:
        found = min((due for kind in kinds.get(plot.state, ()) if (due := dues.of(plot, kind))), default=None)
        due_on, work = found or (None, "")
        care[plot.plot_id] = PlotCare(work, due_on, visited.get(plot.plot_id))
    return care


class _Dues:
    """When works fall due; worked out once for all plots on which a work was done last on the same day."""

    def __init__(self, last_done: Mapping[tuple[str, str], date], lifted: frozenset[tuple[str, str]]) -> None:
        self._last_done = last_done
        self._lifted = lifted
        self._known: dict[tuple[str, bool, bool, date], date | None] = {}

    def of(self, plot: Plot, kind: WorkKind) -> tuple[date, str] | None:
        """Return day and code of a work that falls due on a plot; None when it does not, or after the right ended."""
        if kind.area_m2(plot) <= 0:
            return None
        key = (plot.plot_id, kind.code)
        done_on = self._last_done.get(key)
        lifted = kind.woody_cut and key in self._lifted
        from_on = done_on or (plot.history[-1].at.astimezone(BERLIN).date() if plot.history else _LONG_AGO)
        known = (kind.code, lifted, done_on is None, from_on)
        if known not in self._known:
            due = first_due(kind, None if lifted else kind.season, done_on, from_on)
            self._known[known] = due.due_on if due else None
        due_on = self._known[known]
        until_on = plot.tenure.until_on
        return None if due_on is None or (until_on is not None and due_on > until_on) else (due_on, kind.code)
