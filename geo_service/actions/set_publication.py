"""Floor 6: publish a plot, or withhold it because its owner objected (BauGB §200(3)): from the next answer on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from geo_service.base.errors import InputError, NotFound
from geo_service.plots.model import Plot
from geo_service.store.protocol import Store


def set_publication(
    store: Store, plot_code: str, public: bool, *, reason: str, author: str, clock: Callable[[], datetime]
) -> Plot:
    """Say whether the public may see a plot; the ledger keeps who said so, when and why.

    Returns
    -------
    Plot
        The plot as it is kept now; saying the same again changes nothing.

    Raises
    ------
    NotFound
        There is no such plot.
    InputError
        The reason is blank.
    """
    if not reason.strip():
        raise InputError("say why", remedy="name the objection and its date, or who took it back")
    plot = store.plot(plot_code)
    if plot is None:
        raise NotFound(f"no plot {plot_code}", remedy="name the code of a plot", plot=plot_code)
    if plot.public == public:
        return plot
    said = replace(plot, public=public)
    done = "published" if public else "withheld from the public"
    with store.change(author=author, reason=f"{plot_code} {done}: {reason}", at=clock()) as tx:
        tx.put_plots([said])
    return said
