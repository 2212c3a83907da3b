"""Floor 7: what a workspace holds, as text and JSON."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from geo_service.base.clock import BERLIN
from geo_service.outputs.words import STATES, number, numeric_date
from geo_service.store.protocol import Store

WORDS = {
    "de": {
        "sample": "Schematische Beispieldaten",
        "plan_crs": "Koordinatensystem",
        "quarters": "Ortsteile",
        "plots": "Flächen",
        "area": "Fläche gesamt",
        "streets": "Straßennetz",
        "crews": "Kolonnen",
        "plan": "Plan in Kraft",
        "none": "keiner",
        "changes": "letzte Änderungen",
    },
    "en": {
        "sample": "Schematic sample data",
        "plan_crs": "plan CRS",
        "quarters": "quarters",
        "plots": "plots",
        "area": "total area",
        "streets": "street network",
        "crews": "crews",
        "plan": "plan in force",
        "none": "none",
        "changes": "latest changes",
    },
}


def status_json(store: Store) -> dict[str, Any]:
    """Return counts of what the workspace holds, the plan in force and the latest changes."""
    plots, network, plan = store.plots(), store.streets(), store.plan()
    return {
        "sample": store.is_sample(),
        "plan_crs": store.plan_crs(),
        "revision": store.revision(),
        "quarters": len(store.quarters()),
        "plots": len(plots),
        "plots_by_state": dict(sorted(Counter(plot.state.value for plot in plots).items())),
        "plots_by_quarter": dict(sorted(Counter(plot.quarter for plot in plots).items())),
        "area_m2": round(sum(plot.area_m2 for plot in plots), 1),
        "streets": None if network is None else network.source,
        "crews": [crew.code for crew in store.crews()],
        "plan": None
        if plan is None
        else {"plan": plan.plan_id, "from": plan.from_on.isoformat(), "dates": [day.isoformat() for day in plan.days]},
        "changes": [
            {"revision": revision, "at": at, "author": author, "reason": reason}
            for revision, at, author, reason in dict.fromkeys(
                (one.revision, one.at.isoformat(timespec="seconds"), one.author, one.reason)
                for one in store.ledger(100_000)
            )
        ][:5],
    }


def print_status(console: Console, store: Store, lang: str = "de") -> None:
    """Print what the workspace holds."""
    words, status = WORDS[lang], status_json(store)
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    plan = status["plan"]
    counts = status["plots_by_state"]
    states = ", ".join(f"{counts[state]} {name}" for state, name in STATES[lang].items() if state in counts)
    for name, value in (
        ("plan_crs", f"EPSG:{status['plan_crs']}" if status["plan_crs"] else "–"),
        ("quarters", str(status["quarters"])),
        ("plots", f"{status['plots']} ({states})" if states else "0"),
        ("area", f"{number(status['area_m2'], lang)} m²"),
        ("streets", status["streets"] or "–"),
        ("crews", ", ".join(status["crews"])),
        ("plan", _span(plan["dates"], lang) if plan else words["none"]),
    ):
        table.add_row(words[name], value)
    if status["sample"]:
        console.print(f"! {words['sample']}", markup=False, highlight=False)
    console.print(table, markup=False)
    console.print(f"{words['changes']}:", markup=False, highlight=False)
    for change in status["changes"]:
        at = datetime.fromisoformat(change["at"]).astimezone(BERLIN)
        when = f"{numeric_date(at.date(), lang)} {at:%H:%M}"
        console.print(
            f"  {when}  {change['author']}: {change['reason']}", markup=False, highlight=False, soft_wrap=True
        )


def _span(dates: list[str], lang: str) -> str:
    first, last = (numeric_date(date.fromisoformat(text), lang) for text in (dates[0], dates[-1]))
    return f"{first} – {last}"
