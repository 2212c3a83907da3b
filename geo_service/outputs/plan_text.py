"""Floor 7: a plan as text for a terminal, and as the JSON that the command line prints."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from geo_service.base.units import hours
from geo_service.outputs.words import KEPT_OUT, kilometres, number, numeric_date
from geo_service.schedule.compare import COST_NAMES, COST_PARTS
from geo_service.schedule.model import Remedy
from geo_service.store.model import Plan
from geo_service.work.model import Catalogue

SHOWN = 10
"""Reasons that are listed; the JSON lists all."""

WORDS = {
    "de": {
        "title": "Plan ab {}, {} Arbeitstage",
        "visits": "fällige Einsätze",
        "served": "eingeplant",
        "unserved": "nicht eingeplant",
        "drive": "Fahrzeit",
        "work": "Arbeitszeit auf den Flächen",
        "length": "Strecke",
        "checked": "unabhängig geprüft, ohne Befund",
        "kept_out": "Nicht in diesem Plan",
        "reasons": "Nicht eingeplant und warum",
        "costs": "Zielwert in Sekunden Fahrt",
        "remedy": "Abhilfe: {}",
        "more": "… und {} weitere (alle mit --as json)",
    },
    "en": {
        "title": "Plan from {}, {} working days",
        "visits": "visits due",
        "served": "served",
        "unserved": "unserved",
        "drive": "driving",
        "work": "work on plots",
        "length": "distance",
        "checked": "checked independently, no fault",
        "kept_out": "Kept out of this plan",
        "reasons": "Unserved and why",
        "costs": "Objective in seconds of driving",
        "remedy": "remedy: {}",
        "more": "… and {} more (all with --as json)",
    },
}


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return the figures of a plan. Only checked plans are ever kept, so ``checked`` is true."""
    figures = plan.figures
    return {
        "plan": plan.plan_id,
        "from": plan.from_on.isoformat(),
        "days": len(plan.days),
        "visits": int(figures["visits"]),
        "served": int(figures["served"]),
        "unserved": int(figures["unserved"]),
        "drive_s": int(figures["drive_s"]),
        "work_s": int(figures["work_s"]),
        "length_m": int(figures["length_m"]),
        "cost_s": int(figures["cost_s"]),
        "costs": dict(plan.costs),
        "checked": True,
        "seconds": figures["seconds"],
        "seed": plan.seed,
        "iterations": int(figures["iterations"]),
        "dates": [day.isoformat() for day in plan.days],
        "reasons": [
            {
                "plot": one.plot_code,
                "task": one.work,
                "due": one.due_on.isoformat(),
                "code": one.code,
                "reason": one.reason,
                "remedy": remedy_json(one.remedy),
            }
            for one in plan.unserved
        ],
        "kept_out": [
            {"plot": one.plot_code, "task": one.work, "code": one.code, "reason": one.reason} for one in plan.kept_out
        ],
        "notes": list(plan.notes),
        "warnings": list(plan.warnings),
    }


def remedy_json(remedy: Remedy | None) -> dict[str, Any] | None:
    """Return a remedy with its kind, words and figures; None where none is known."""
    if remedy is None:
        return None
    told = asdict(remedy)
    return {**told, "on": remedy.on.isoformat() if remedy.on else None} | {
        name: list(told[name]) for name in ("displaces", "needs")
    }


def print_plan(console: Console, plan: Plan, lang: str = "de", *, catalogue: Catalogue | None = None) -> None:
    """Print the figures of a plan and what it leaves out.

    Parameters
    ----------
    catalogue
        Gives the names of the works; without it their codes stand.
    """
    words = WORDS[lang]
    figures = plan.figures

    def work_name(work: str) -> str:
        kind = catalogue.kinds.get(work) if catalogue is not None else None
        return work if kind is None else kind.name_en if lang == "en" else kind.name_de

    table = Table(
        title=words["title"].format(numeric_date(plan.from_on, lang), len(plan.days)),
        title_justify="left",
        box=None,
        show_header=False,
    )
    table.add_column(justify="right")
    table.add_column()
    for value, name in (
        (number(figures["visits"], lang), "visits"),
        (number(figures["served"], lang), "served"),
        (number(figures["unserved"], lang), "unserved"),
        (hours(figures["work_s"]), "work"),
        (hours(figures["drive_s"]), "drive"),
        (kilometres(figures["length_m"], lang), "length"),
        ("✓", "checked"),
    ):
        table.add_row(value, words[name])
    console.print(table)
    if plan.costs:
        parts = ", ".join(
            f"{COST_NAMES[part][lang == 'en']} {number(plan.costs[part], lang)}"
            for part in COST_PARTS
            if plan.costs.get(part)
        )
        total = number(sum(plan.costs.values()), lang)
        console.print(f"{words['costs']}: {total} = {parts}", markup=False, highlight=False, soft_wrap=True)
    for note in (*plan.notes, *plan.warnings):
        console.print(f"! {note}", markup=False, highlight=False, soft_wrap=True)
    if plan.kept_out:
        counts = Counter(KEPT_OUT[lang].get(one.code, one.code) for one in plan.kept_out)
        kept = ", ".join(f"{count} {why}" for why, count in counts.most_common())
        console.print(f"{words['kept_out']}: {kept}", markup=False, highlight=False, soft_wrap=True)
    if plan.unserved:
        console.print(f"{words['reasons']}:", markup=False, highlight=False)
        told = Counter(
            (one.plot_code, work_name(one.work), one.reason_in(lang), one.remedy_in(lang)) for one in plan.unserved
        )
        for (plot, work, reason, remedy), count in list(told.items())[:SHOWN]:
            times = f" ({count} ×)" if count > 1 else ""
            how = f"; {words['remedy'].format(remedy)}" if remedy else ""
            console.print(f"  {plot} {work}{times}: {reason}{how}", markup=False, highlight=False, soft_wrap=True)
        if len(told) > SHOWN:
            console.print("  " + words["more"].format(len(told) - SHOWN), markup=False, highlight=False)
