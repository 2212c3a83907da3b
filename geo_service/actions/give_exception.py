"""Floor 6: exceptions to the ban on cutting woody plants (BNatSchG §39(5)), each with its ground and evidence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from geo_service.base.errors import Conflict, InputError, NotFound
from geo_service.plots.model import Plot
from geo_service.store.model import KeptException
from geo_service.store.protocol import Store
from geo_service.work.cutting import RULE, CuttingException, ExceptionCode


def give_exception(
    store: Store,
    plot_code: str,
    work: str,
    code: ExceptionCode,
    evidence: str,
    *,
    author: str,
    clock: Callable[[], datetime],
) -> KeptException:
    """Let a work that the ban forbids be planned on a plot at any time of the year.

    Raises
    ------
    NotFound
        There is no such plot or work.
    InputError
        The evidence is blank, or the ban does not bind the work.
    Conflict
        Somebody else gave another one for the same work on the plot; ``fields`` tell both.
    """
    plot, now = _require_plot(store, plot_code), clock()
    catalogue = store.catalogue()
    if work not in catalogue.kinds:
        bound = ", ".join(sorted(kind.code for kind in catalogue.kinds.values() if kind.woody_cut))
        raise NotFound(f"no work '{work}' in the catalogue", remedy=f"name one that {RULE} binds: {bound}")
    if not catalogue.kinds[work].woody_cut:
        raise InputError(f"{RULE} does not bind '{work}'", remedy="it needs no exception")
    kept = KeptException(plot.plot_id, work, CuttingException(code, evidence), author, now)
    with store.change(author=author, reason=f"exception for {work} on {plot_code}: {evidence}", at=now) as tx:
        _require_own(store, kept, plot_code)
        tx.put_exception(kept)
    return kept


def take_exception_back(store: Store, plot_code: str, work: str, *, author: str, clock: Callable[[], datetime]) -> None:
    """Take an exception back.

    Raises
    ------
    NotFound
        There is none.
    """
    plot = _require_plot(store, plot_code)
    if (plot.plot_id, work) not in {(kept.plot_id, kept.work) for kept in store.exceptions()}:
        raise NotFound(f"no exception for {work} on {plot_code}", remedy="see which there are")
    with store.change(author=author, reason=f"took back the exception for {work} on {plot_code}", at=clock()) as tx:
        tx.drop_exception(plot.plot_id, work)


def _require_own(store: Store, kept: KeptException, plot_code: str) -> None:
    """Refuse to replace what somebody else gave on other grounds; called in the open transaction."""
    key = (kept.plot_id, kept.work)
    there = next((one for one in store.exceptions() if (one.plot_id, one.work) == key), None)
    if there is None or there.author == kept.author or there.exception == kept.exception:
        return
    raise Conflict(
        f"{there.author} gave an exception for {kept.work} on {plot_code} already: {_told(there)}",
        remedy="take it back first",
        code="exception_given",
        given=_told(there),
        asked=_told(kept),
        author=there.author,
    )


def _told(kept: KeptException) -> str:
    return f"{kept.exception.code.value}, {kept.exception.evidence}"


def _require_plot(store: Store, code: str) -> Plot:
    plot = store.plot(code)
    if plot is None:
        raise NotFound(f"no plot {code}", remedy="name the code of a plot", plot=code)
    return plot
