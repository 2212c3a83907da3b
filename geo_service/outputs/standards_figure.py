"""Floor 7: the figure of booked minutes against the standard: a row for each work and tier, with the spread."""

from __future__ import annotations

import io
import math

from matplotlib.figure import Figure

from geo_service.outputs.field_account import FieldActuals
from geo_service.outputs.words import number
from geo_service.work.model import Catalogue

MM_PER_INCH = 25.4
ROW_MM = 9.0
INK, BAND, MARK = "#33508a", "#a9bbdf", "#c2410c"

WORDS = {
    "de": {
        "title": "Gebuchte Minuten gegen die Vorgabe",
        "axis": "Anteil der Vorgabe in %: Viertel, Mitte und Vorschlag",
        "proposal": "Vorschlag",
        "none": "Noch keine Minuten gebucht",
    },
    "en": {
        "title": "Booked minutes against the standard",
        "axis": "share of the standard in %: quarters, middle and proposal",
        "proposal": "proposal",
        "none": "No minutes booked yet",
    },
}


def standards_figure(found: FieldActuals, catalogue: Catalogue, *, width_mm: float = 200.0, lang: str = "de") -> Figure:
    """Draw each work and tier of area: the middle half of its jobs as a band, their middle, and the proposal.

    Parameters
    ----------
    width_mm
        Width on paper, millimetres; the height follows from the number of rows.
    """
    said = WORDS["en" if lang == "en" else "de"]
    rows = found.rows[::-1]
    height_mm = 32 + ROW_MM * max(1, len(rows))
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(said["title"] if rows else said["none"], loc="left", fontsize=11)
    names = []
    for place, row in enumerate(rows):
        kind = catalogue.kinds[row.work]
        name = kind.name_en if lang == "en" else kind.name_de
        limit = "" if math.isinf(row.up_to_m2) else f" ≤ {number(row.up_to_m2, lang)} m²"
        above = f" > {number(row.from_m2, lang)} m²" if math.isinf(row.up_to_m2) and row.from_m2 else ""
        names.append(f"{name}{limit}{above} (n = {row.jobs})")
        low, middle, high = (100 * one for one in (row.ratio.low, row.ratio.middle, row.ratio.high))
        axes.barh(place, high - low, left=low, height=0.5, color=BAND)
        axes.plot([middle, middle], [place - 0.25, place + 0.25], color=INK, linewidth=3)
        if row.proposal is not None:
            rate = row.standard.minutes_per_m2
            area_m2 = (row.standard_minutes - row.standard.minutes_fixed) / rate if rate else 0.0
            proposed = row.proposal.minutes_fixed + row.proposal.minutes_per_m2 * area_m2
            label = said["proposal"] if not axes.get_legend_handles_labels()[1] else None
            axes.plot(100 * proposed / row.standard_minutes, place, "D", color=MARK, markersize=6, label=label)
    axes.axvline(100, color="black", linewidth=1)
    axes.set_yticks(range(len(rows)), names, fontsize=9)
    axes.set_xlim(left=0, right=max(200.0, *(110 * row.ratio.high for row in rows), 0.0))
    axes.set_xlabel(said["axis"], fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[1]:
        axes.legend(loc="lower right", fontsize=8, frameon=False)
    return figure


def standards_png(found: FieldActuals, catalogue: Catalogue, *, lang: str = "de") -> bytes:
    """Return the figure as a PNG file."""
    out = io.BytesIO()
    standards_figure(found, catalogue, lang=lang).savefig(out, format="png")
    return out.getvalue()
