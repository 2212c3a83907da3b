"""Floor 7: the indicators of the quarter watch, worked out from facts alone: the same facts give the same figures.

A figure that cannot be known is None with the reason, never 0; what could not be counted is told beside the figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from geo_service.outputs.indicator_kinds import INDICATOR, INDICATORS, STATES
from geo_service.outputs.periods import Period, period
from geo_service.outputs.watch_facts import WHOLE_AREA, ConcernFact, Facts, PlotFact, SpendingFact, VisitFact

OVERALL = "*"
"""Quarter of a figure for the whole area."""

GREEN = frozenset({"greened", "maintained"})
MOWN = frozenset({"lawn", "meadow"})
UNKNOWN, ABSENT = "unknown", ""


@dataclass(frozen=True)
class Reading:
    """One figure.

    Attributes
    ----------
    part
        State or theme, or empty: of all.
    quarter
        Of the programme; `OVERALL`, or empty for what belongs to none.
    value
        In the unit of the indicator; None: not known, and ``gap`` tells why.
    left_out
        How many things could not be counted because something of them is not known.
    """

    indicator: str
    part: str
    quarter: str
    period: str
    value: float | None
    gap: str = ""
    left_out: int = 0

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names it."""
        return self.indicator, self.part, self.quarter, self.period


def indicators(facts: Facts, periods: Sequence[Period], *, only: Sequence[str] | None = None) -> tuple[Reading, ...]:
    """Return all figures, in order of indicator, part, quarter and period; the whole area stands last.

    Parameters
    ----------
    only
        Codes of indicators; by default all.
    """
    wanted = [one.code for one in INDICATORS if only is None or one.code in only]
    readings: list[Reading] = []
    for code in wanted:
        for quarter in (*facts.quarters, *_homeless(facts), OVERALL):
            found = [one for each in periods for one in _WAYS[code](_Scope(facts, quarter), each)]
            parts = dict.fromkeys(one.part for one in found)
            readings += [one for part in parts for one in found if one.part == part]
    return tuple(readings)


def _homeless(facts: Facts) -> tuple[str, ...]:
    things: tuple[PlotFact | SpendingFact | ConcernFact, ...]
    things = (*facts.plots, *(facts.spending or ()), *(facts.concerns or ()))
    has = any(one.quarter == WHOLE_AREA for one in things)
    return (WHOLE_AREA,) if has else ()


@dataclass(frozen=True)
class _Scope:
    """The facts of one quarter, or of all."""

    facts: Facts
    quarter: str

    def of(self, things: Iterable[Any]) -> list[Any]:
        """Return those of some facts that lie in the quarter."""
        return [one for one in things if self.quarter in (OVERALL, one.quarter)]

    def told(self, code: str, each: Period, value: float | None, gap: str = "", **more: Any) -> Reading:
        """Return a figure, rounded so that it is written alike everywhere; a period ahead has none."""
        if each.from_on > self.facts.as_of:
            value, gap = None, "future"
        rounded = None if value is None else round(float(value), 6)
        return Reading(code, more.get("part", ""), self.quarter, each.name, rounded, gap, more.get("left_out", 0))


def state_on(plot: PlotFact, each: Period, facts: Facts) -> str:
    """Return the state of a plot on a period's last day, or today; `UNKNOWN`, or `ABSENT` before it was registered.

    What is not dated is known for today only.
    """
    on = min(each.until_on, facts.as_of)
    if not plot.states:
        return plot.state if on >= facts.as_of else UNKNOWN
    known = [state for day, state in plot.states if day <= on]
    if known:
        return known[-1]
    return ABSENT if plot.states[0][1] == "registered" else UNKNOWN


def _plots(scope: _Scope, each: Period) -> Iterator[Reading]:
    states = [state_on(one, each, scope.facts) for one in scope.of(scope.facts.plots)]
    missing = states.count(UNKNOWN)
    none_known = "no_history" if states and missing == len(states) else ""
    for state, _, _ in STATES:
        value = None if none_known else states.count(state)
        yield scope.told("plots", each, value, none_known, part=state, left_out=missing)
    whole = None if none_known else len([one for one in states if one not in (UNKNOWN, ABSENT)])
    yield scope.told("plots", each, whole, none_known, left_out=missing)


def _greened(scope: _Scope, each: Period) -> tuple[float | None, int]:
    known = [(one, state_on(one, each, scope.facts)) for one in scope.of(scope.facts.plots)]
    missing = sum(state == UNKNOWN for _, state in known)
    if known and missing == len(known):
        return None, missing
    return sum(one.net_m2 for one, state in known if state in GREEN), missing


def _greened_m2(scope: _Scope, each: Period) -> Iterator[Reading]:
    value, missing = _greened(scope, each)
    yield scope.told("greened_m2", each, value, "no_history" if value is None else "", left_out=missing)


def _done(scope: _Scope, each: Period) -> tuple[list[VisitFact], str]:
    """Return the visits done in a period, and the gap where none was on record anywhere by then."""
    began = min((one.done_on for one in scope.facts.visits), default=None)
    if began is None or began > each.until_on:
        return [], "no_visit"
    return [one for one in scope.of(scope.facts.visits) if each.holds(one.done_on)], ""


def mown_m2(visits: Iterable[VisitFact], shares: Mapping[str, float]) -> float:
    """Return square metres mown at least once; parts of one job add up, of several jobs on a plot the largest counts.

    Parameters
    ----------
    shares
        By code of the plot, what counts of its areas.
    """
    jobs: dict[tuple[str, str], dict[str, float]] = {}
    for one in visits:
        if one.care in MOWN:
            job = one.visit.rpartition(".")[0] or one.done_on.isoformat()
            of_plot = jobs.setdefault((one.plot, one.care), {})
            of_plot[job] = of_plot.get(job, 0.0) + one.area_m2
    return sum(max(found.values()) * shares.get(plot, 1.0) for (plot, _), found in jobs.items())


def _mown(scope: _Scope, each: Period) -> Iterator[Reading]:
    found, gap = _done(scope, each)
    shares = {one.code: one.share for one in scope.facts.plots}
    yield scope.told("mown_m2", each, None if gap else mown_m2(found, shares), gap)


def _visits_done(scope: _Scope, each: Period) -> Iterator[Reading]:
    found, gap = _done(scope, each)
    yield scope.told("visits_done", each, None if gap else len(found), gap)


def _on_time(scope: _Scope, each: Period) -> Iterator[Reading]:
    found, gap = _done(scope, each)
    judged = [one for one in found if one.latest_on is not None]
    missing = len(found) - len(judged)
    if not judged:
        yield scope.told("on_time_pct", each, None, gap or "none_judged", left_out=missing)
        return
    share = 100 * sum(one.done_on <= (one.latest_on or one.done_on) for one in judged) / len(judged)
    yield scope.told("on_time_pct", each, share, left_out=missing)


def _answer_days(scope: _Scope, each: Period) -> Iterator[Reading]:
    if scope.facts.concerns is None:
        yield scope.told("answer_days", each, None, scope.facts.gaps.get("concerns", "no_concern"))
        return
    waited = [
        (one.answered_on - one.received_on).days
        for one in scope.of(scope.facts.concerns)
        if one.answered_on is not None and each.holds(one.answered_on)
    ]
    yield scope.told("answer_days", each, median(waited) if waited else None, "" if waited else "no_answer")


def _themed(code: str, *, praise: bool) -> Callable[[_Scope, Period], Iterator[Reading]]:
    def way(scope: _Scope, each: Period) -> Iterator[Reading]:
        concerns = scope.facts.concerns
        first = min((one.received_on for one in concerns or ()), default=None)
        if concerns is None or first is None or first > each.until_on:
            yield scope.told(code, each, None, "no_concern")
            return
        themes = sorted({one.theme for one in concerns if one.praise == praise})
        found = [one for one in scope.of(concerns) if one.praise == praise and each.holds(one.received_on)]
        for theme in themes:
            yield scope.told(code, each, sum(one.theme == theme for one in found), part=theme)
        yield scope.told(code, each, len(found))

    return way


def _trees(scope: _Scope, each: Period) -> Iterator[Reading]:
    yield scope.told("trees", each, None, "no_tree_source")


def _play(scope: _Scope, each: Period) -> Iterator[Reading]:
    play = scope.facts.play
    if play is None:
        yield scope.told("play_pct", each, None, scope.facts.gaps.get("play", "no_play_source"))
        return
    if each.until_on < scope.facts.as_of:
        yield scope.told("play_pct", each, None, "no_history")
        return
    found = scope.of(play)
    streets_m = sum(one.streets_m for one in found)
    share = 100 * sum(one.near_m for one in found) / streets_m if streets_m else None
    yield scope.told("play_pct", each, share, "" if streets_m else "no_streets")


def _spent(scope: _Scope, each: Period) -> tuple[float | None, str]:
    spending = scope.facts.spending
    if spending is None:
        return None, scope.facts.gaps.get("spending", "no_measure")
    first = min((one.on for one in spending), default=None)
    if first is None or first > each.until_on:
        return None, "no_voucher"
    return sum(one.gross_cents for one in scope.of(spending) if each.holds(one.on)) / 100, ""


def _spent_eur(scope: _Scope, each: Period) -> Iterator[Reading]:
    yield scope.told("spent_eur", each, *_spent(scope, each))


def _eur_per_m2(scope: _Scope, each: Period) -> Iterator[Reading]:
    (spent, gap), (green, missing) = _spent(scope, each), _greened(scope, each)
    if spent is None or green is None:
        yield scope.told("eur_per_m2", each, None, gap or "no_history", left_out=missing)
    elif green == 0:
        yield scope.told("eur_per_m2", each, None, "no_greened", left_out=missing)
    else:
        yield scope.told("eur_per_m2", each, spent / green, left_out=missing)


_WAYS: dict[str, Callable[[_Scope, Period], Iterator[Reading]]] = {
    "plots": _plots,
    "greened_m2": _greened_m2,
    "mown_m2": _mown,
    "visits_done": _visits_done,
    "on_time_pct": _on_time,
    "answer_days": _answer_days,
    "complaints": _themed("complaints", praise=False),
    "praise": _themed("praise", praise=True),
    "trees": _trees,
    "play_pct": _play,
    "spent_eur": _spent_eur,
    "eur_per_m2": _eur_per_m2,
}


@dataclass(frozen=True)
class Finding:
    """A strength or a problem that a figure shows.

    Attributes
    ----------
    good
        Whether it is a strength.
    before, value
        The figure of the period before, and of the period.
    """

    indicator: str
    quarter: str
    period: str
    good: bool
    before: float
    value: float

    @property
    def key(self) -> str:
        """What a comment on it names."""
        return f"{self.indicator}.{self.quarter}.{self.period}"


NOTABLE = 0.1
"""Share by which a figure must have changed to stand among strengths and problems."""


def findings(readings: Iterable[Reading], each: Period, compared: Period) -> list[Finding]:
    """Return what became clearly better or worse in the quarters, the largest change first.

    Parameters
    ----------
    compared
        The period that it is held against: for care, which goes with the season, the same one of the year before.
    """
    known = {one.key: one.value for one in readings}
    found = []
    for (code, part, quarter, name), value in known.items():
        better, then = INDICATOR[code].better, known.get((code, part, quarter, compared.name))
        if name != each.name or part or not better or value is None or then is None or quarter == OVERALL:
            continue
        change = value - then
        if abs(change) > NOTABLE * max(abs(then), 1e-9):
            found.append(Finding(code, quarter, name, (change > 0) == (better == "more"), then, value))
    return sorted(found, key=lambda one: (-abs(one.value - one.before) / max(abs(one.before), 1e-9), one.key))


def year_before(each: Period) -> Period:
    """Return the same quarter of the year before, or the year before.

    Examples
    --------
    >>> year_before(period("2026-Q3")).name, year_before(period("2026")).name
    ('2025-Q3', '2025')
    """
    return period(f"{int(each.name[:4]) - 1}{each.name[4:]}")
