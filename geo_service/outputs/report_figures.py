"""Floor 7: the figures of a report as SVG: plots by state in the quarters, and what the work cost."""

from __future__ import annotations

import io

from matplotlib import rc_context
from matplotlib.figure import Figure

from geo_service.outputs.indicator_kinds import INDICATOR, STATES
from geo_service.outputs.indicators import OVERALL
from geo_service.outputs.report import Report, quarter_name

COLOURS = ("#e0a95a", "#f7e6a6", "#b7dc95", "#4f9153", "#cfd0d2", "#ffffff")
"""Of the states of a plot, in their order; as on the map."""


def states_figure(report: Report, lang: str = "de") -> bytes:
    """Return plots by state in each quarter as stacked bars; where the state is not known there is no bar."""
    named = [one for _, part, one in report.rows() if part == STATES[0][0] and one != OVERALL]
    quarters = [one for one in named if _plots_in(report, one)]
    figure = Figure(figsize=(6.6, 0.55 * max(len(quarters), 1) + 1.2), layout="constrained")
    axes = figure.subplots()
    left = [0.0] * len(quarters)
    for (state, de, en), colour in zip(STATES, COLOURS, strict=True):
        found = [report.value("plots", state, quarter, report.period) for quarter in quarters]
        counts = [0.0 if one is None or one.value is None else one.value for one in found]
        name = en if lang == "en" else de
        axes.barh(range(len(quarters)), counts, left=left, color=colour, edgecolor="#444444", linewidth=0.6, label=name)
        left = [at + count for at, count in zip(left, counts, strict=True)]
    axes.set_yticks(range(len(quarters)), [quarter_name(one, lang) for one in quarters])
    axes.invert_yaxis()
    axes.set_xlabel("plots" if lang == "en" else "Flächen")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=3, fontsize=8, frameon=False)
    return _svg(figure)


def _plots_in(report: Report, quarter: str) -> bool:
    whole = report.value("plots", "", quarter, report.period)
    return whole is not None and bool(whole.value)


def spending_figure(report: Report, lang: str = "de") -> bytes:
    """Return the spending in each quarter, of the period and of the one before."""
    quarters = [one for code, _, one in report.rows() if code == "spent_eur" and one != OVERALL]
    figure = Figure(figsize=(6.6, 2.4), layout="constrained")
    axes = figure.subplots()
    for shift, (of, colour) in enumerate(((report.compared, "#b9aec4"), (report.period, "#0f5c4c"))):
        found = [report.value("spent_eur", "", quarter, of) for quarter in quarters]
        values = [0.0 if one is None or one.value is None else one.value for one in found]
        places = [place + 0.4 * shift - 0.2 for place in range(len(quarters))]
        axes.bar(places, values, width=0.38, color=colour, label=of.name)
    axes.set_xticks(range(len(quarters)), [quarter_name(one, lang) for one in quarters], fontsize=8)
    axes.set_ylabel(INDICATOR["spent_eur"].unit(lang))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=8, frameon=False)
    return _svg(figure)


def _svg(figure: Figure) -> bytes:
    """Return a figure as SVG; the same figure gives the same bytes."""
    stream = io.BytesIO()
    with rc_context({"svg.hashsalt": "geo-service"}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()
