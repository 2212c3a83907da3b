"""Floor 1: the life of a plot: which state may follow which, and who changed it, when and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from geo_service.base.clock import require_aware
from geo_service.base.errors import RuleBroken
from geo_service.plots.model import Plot, PlotState, StateChange

_NEXT = {
    PlotState.REGISTERED: PlotState.CLEARED,
    PlotState.CLEARED: PlotState.GREENED,
    PlotState.GREENED: PlotState.MAINTAINED,
}


def allowed_moves(plot: Plot) -> tuple[PlotState, ...]:
    """Return the states that may follow the plot's own, the usual one first.

    ::

        registered -> cleared -> greened -> maintained
        any of these -> set_aside -> back to where it was
        any but returned -> returned, which is final

    Examples
    --------
    >>> from shapely import box
    >>> [str(state) for state in allowed_moves(Plot("p1", "KLZ-0001", box(0, 0, 10, 10), 25833, 100.0))]
    ['cleared', 'set_aside', 'returned']
    """
    if plot.state is PlotState.RETURNED:
        return ()
    if plot.state is PlotState.SET_ASIDE:
        return (_before_set_aside(plot), PlotState.RETURNED)
    onward = (_NEXT[plot.state],) if plot.state in _NEXT else ()
    return (*onward, PlotState.SET_ASIDE, PlotState.RETURNED)


def change_state(plot: Plot, to: PlotState, *, author: str, at: datetime, reason: str) -> Plot:
    """Return the plot in its new state, the change added to its history.

    Parameters
    ----------
    plot, to
        The plot and the state it moves to.
    author, reason
        Who and why; neither may be blank.
    at
        Aware; kept in UTC.

    Raises
    ------
    RuleBroken
        When the move is not allowed (the message names those that are), or author or reason is blank.
    """
    allowed = allowed_moves(plot)
    if to not in allowed:
        names = ", ".join(allowed) or "nothing: returned is final"
        raise RuleBroken(
            f"plot {plot.code} is {plot.state}: {to} cannot follow",
            remedy=f"allowed now: {names}",
            rule="plot_life",
            plot=plot.code,
            allowed=[str(state) for state in allowed],
        )
    for name, value in (("author", author), ("reason", reason)):
        if not value.strip():
            raise RuleBroken(
                f"plot {plot.code}: a change of state carries its {name}",
                remedy=f"give the {name}",
                rule="plot_history",
                plot=plot.code,
            )
    change = StateChange(to, require_aware(at), author, reason)
    return replace(plot, state=to, history=(*plot.history, change))


def _before_set_aside(plot: Plot) -> PlotState:
    for change in reversed(plot.history):
        if change.state not in (PlotState.SET_ASIDE, PlotState.RETURNED):
            return change.state
    return PlotState.REGISTERED
