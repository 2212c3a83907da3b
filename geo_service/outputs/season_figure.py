"""Floor 7: the figure of a season: load by group of crews and week as a heat map, for notebooks and the command line.

The colours (cividis) keep their order for people who confuse red and green, and in black and white. A week in which
nobody of a group works is hatched: there is no share to tell, and it is not shown as 0.
"""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from geo_service.outputs.season_text import short_name
from geo_service.outputs.words import MONTHS, number, numeric_date
from geo_service.schedule.season.model import SeasonPlan

MM_PER_INCH = 25.4
ROW_MM = 6.5
MISSING = "#d9d9d9"
NARROW = 3
"""Months shorter than these weeks have no name."""

WORDS = {
    "de": {
        "title": "Auslastung der Saison ab {}, {} Einsätze",
        "share": "verplanter Anteil der Stunden ohne Wetterreserve",
        "capacity": "Kapazität",
        "missing": "kein Dienst",
        "zones": "Zonen",
        "left_out": "nicht eingeplant: {}",
    },
    "en": {
        "title": "Load of the season from {}, {} visits",
        "share": "share of the hours planned, weather reserve kept free",
        "capacity": "capacity of",
        "missing": "nobody works",
        "zones": "zones",
        "left_out": "left out: {}",
    },
}


def load_shares(plan: SeasonPlan) -> npt.NDArray[np.float64]:
    """Return the planned share of each resource and week, shape (r, w); NaN where nobody of the group works."""
    room = plan.planable_s
    shares: npt.NDArray[np.float64] = np.where(room > 0, plan.load_s / np.maximum(room, 1), np.nan)
    return shares


def season_figure(plan: SeasonPlan, *, width_mm: float = 260.0, lang: str = "de") -> Figure:
    """Draw the load by group of crews and week, and below it how many zones each week opens.

    Parameters
    ----------
    width_mm
        Width on paper, millimetres; the height follows from the number of groups.
    """
    words = WORDS[lang]
    shares = load_shares(plan)
    shown = [
        place for place, one in enumerate(plan.problem.resources) if one.crews or not one.code.startswith("nobody")
    ]
    shares = shares[shown]
    labels = [short_name(plan.problem.resources[place].names, lang) for place in shown]
    height_mm = 55.0 + ROW_MM * max(1, len(shown))
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
    heat, zones = figure.subplots(2, 1, sharex=True, height_ratios=[max(1, len(shown)), 3.0])
    weeks = plan.problem.horizon.weeks
    image = heat.imshow(
        np.ma.masked_invalid(shares), aspect="auto", cmap="cividis", vmin=0.0, vmax=1.0, interpolation="nearest"
    )
    for row, week in zip(*np.nonzero(np.isnan(shares)), strict=True):
        heat.add_patch(
            Rectangle((week - 0.5, row - 0.5), 1, 1, facecolor=MISSING, edgecolor="#8c8c8c", hatch="///", linewidth=0)
        )
    heat.set_yticks(range(len(labels)), labels, fontsize=7)
    heat.set_ylabel(words["capacity"], fontsize=7)
    heat.tick_params(axis="x", labelbottom=False)
    colours = figure.colorbar(image, ax=heat, ticks=[0, 0.25, 0.5, 0.75, 1.0], pad=0.01)
    colours.ax.set_yticklabels([f"{part} %" for part in (0, 25, 50, 75, 100)], fontsize=7)
    colours.set_label(words["share"], fontsize=7)
    if np.isnan(shares).any():
        patch = Patch(facecolor=MISSING, edgecolor="#8c8c8c", hatch="///", label=words["missing"])
        heat.legend(handles=[patch], loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize=7, frameon=False)
    zones.bar(range(weeks), plan.zones_opened, color="#5b6f8f", width=0.8)
    zones.set_ylabel(words["zones"], fontsize=7)
    zones.tick_params(axis="both", labelsize=7)
    zones.spines[["top", "right"]].set_visible(False)
    ticks, names = _months(plan, lang)
    zones.set_xticks(ticks, names)
    zones.set_xlim(-0.5, weeks - 0.5)
    title = words["title"].format(
        numeric_date(plan.problem.horizon.from_on, lang), number(int(plan.served.sum()), lang)
    )
    if plan.left_out:
        title += ", " + words["left_out"].format(number(len(plan.left_out), lang))
    heat.set_title(title, fontsize=9, loc="left")
    return figure


def season_png(plan: SeasonPlan, *, lang: str = "de", dpi: int = 150) -> bytes:
    """Return the figure as a PNG."""
    made = io.BytesIO()
    season_figure(plan, lang=lang).savefig(made, format="png", dpi=dpi, metadata={"Software": "geo_service"})
    return made.getvalue()


def _months(plan: SeasonPlan, lang: str) -> tuple[list[int], list[str]]:
    """Return the first week of each month and its name; the first tick carries the year, and so does January."""
    ticks: list[int] = []
    names: list[str] = []
    before: tuple[int, int] | None = None
    for week in range(plan.problem.horizon.weeks):
        thursday: date = plan.problem.horizon.date(7 * week + 3)
        if before != (thursday.year, thursday.month):
            name = MONTHS["en" if lang == "en" else "de"][thursday.month - 1][:3]
            new_year = before is None or before[0] != thursday.year
            if ticks and week - ticks[-1] < NARROW:  # the first month has too few weeks for its name
                ticks.pop()
                names.pop()
            ticks.append(week)
            names.append(f"{name}\n{thursday.year}" if new_year else name)
            before = (thursday.year, thursday.month)
    return ticks, names
