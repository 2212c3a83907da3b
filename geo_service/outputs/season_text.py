"""Floor 7: a plan of a season as text for a terminal, and as the JSON that the command line writes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from geo_service.base.units import hours
from geo_service.outputs.words import KEPT_OUT, number, numeric_date
from geo_service.schedule.season.model import ResourceName, SeasonPlan
from geo_service.work.model import Catalogue

SHOWN = 10
"""Reasons that are listed; the JSON lists all."""

BAR = 20
"""Characters of a full bar."""

WORDS = {
    "de": {
        "title": "Saison ab {}, {} Wochen",
        "needs": "Bedarfe (Arbeit auf einer Fläche, Ketten als einer)",
        "served": "Einsätze eingeplant",
        "left_out": "nicht eingeplant",
        "work": "Arbeitszeit auf den Flächen",
        "zones": "Anfahrten in Zonen",
        "deviation": "Abweichung vom Wunschtag je Einsatz, Tage",
        "checked": "unabhängig geprüft, ohne Befund",
        "stopped": "Suche vorzeitig beendet: bester Stand bis dahin",
        "week": "Woche",
        "from": "ab",
        "load": "aller Kolonnen",
        "of": "verplant",
        "tightest": "am knappsten",
        "reasons": "Nicht eingeplant und warum",
        "kept_out": "Nicht in dieser Saison",
        "more": "… und {} weitere (alle mit --as json)",
        "off": "kein Dienst",
    },
    "en": {
        "title": "Season from {}, {} weeks",
        "needs": "needs (work on a plot, chains as one)",
        "served": "visits planned",
        "left_out": "left out",
        "work": "work on plots",
        "zones": "openings of zones",
        "deviation": "days off the ideal for each visit",
        "checked": "checked independently, no fault",
        "stopped": "search ended early: the best so far",
        "week": "week",
        "from": "from",
        "load": "all crews",
        "of": "planned",
        "tightest": "tightest",
        "reasons": "Left out and why",
        "kept_out": "Kept out of this season",
        "more": "… and {} more (all with --as json)",
        "off": "nobody works",
    },
}


def season_json(plan: SeasonPlan) -> dict[str, Any]:
    """Return a plan of a season: figures, load by resource and week, every visit, what is left out and kept out.

    Only checked plans are ever returned, so ``checked`` is true. Where a resource is not there in a week the load is
    null.
    """
    horizon = plan.problem.horizon
    return {
        "from": horizon.from_on.isoformat(),
        "until": horizon.until_on.isoformat(),
        "weeks": [horizon.name(week) for week in range(horizon.weeks)],
        "needs": len(plan.problem.needs),
        "served": int(plan.served.sum()),
        "left_out": len(plan.left_out),
        "cost_s": {
            "deviation": plan.objective.deviation_s,
            "openings": plan.objective.opening_s,
            "unserved": plan.objective.unserved_s,
            "overload": plan.objective.overload_s,
            "total": plan.objective.total_s,
        },
        "reserve": plan.problem.reserve,
        "checked": True,
        "stopped": plan.stopped,
        "seed": plan.seed,
        "iterations": plan.iterations,
        "resources": [
            {
                "code": one.code,
                "names": [name.en for name in one.names],
                "crews": sorted(one.crews),
                "planable_s": plan.planable_s[place].tolist(),
                "load_s": [
                    load if room > 0 else None
                    for load, room in zip(plan.load_s[place].tolist(), one.capacity_s, strict=True)
                ],
            }
            for place, one in enumerate(plan.problem.resources)
        ],
        "visits": [
            {
                "plot": visit.need.plot_code,
                "task": visit.step.work,
                "part": visit.step.part,
                "parts": visit.step.parts,
                "week": horizon.name(visit.week),
                "due": visit.due_on.isoformat(),
                "minutes": visit.step.service_s // 60,
                "zone": plan.problem.zones[visit.need.zone].code,
            }
            for visit in plan.visits()
        ],
        "reasons": [
            {
                "plot": one.plot_code,
                "task": one.work,
                "due": one.due_on.isoformat() if one.due_on else None,
                "code": one.code,
                "reason": one.reason,
                "reason_en": one.reason_en,
            }
            for one in plan.left_out
        ],
        "kept_out": [
            {"plot": one.plot_code, "task": one.work, "code": one.code, "reason": one.reason}
            for one in plan.problem.kept_out
        ],
    }


def print_season(console: Console, plan: SeasonPlan, lang: str = "de", *, catalogue: Catalogue | None = None) -> None:
    """Print the figures of a season, the load of each week as a bar, and what it leaves out and why.

    Parameters
    ----------
    catalogue
        Gives the names of the works; without it their codes stand.
    """
    words = WORDS[lang]
    horizon = plan.problem.horizon
    table = Table(
        title=words["title"].format(numeric_date(horizon.from_on, lang), horizon.weeks),
        title_justify="left",
        box=None,
        show_header=False,
    )
    table.add_column(justify="right")
    table.add_column()
    for value, name in (
        (number(len(plan.problem.needs), lang), "needs"),
        (number(int(plan.served.sum()), lang), "served"),
        (number(len(plan.left_out), lang), "left_out"),
        (hours(_work_s(plan)), "work"),
        (number(int(plan.zones_opened.sum()), lang), "zones"),
        (number(_days_off(plan), lang, 1), "deviation"),
        ("✓", "checked"),
    ):
        table.add_row(value, words[name])
    console.print(table)
    if plan.stopped:
        console.print(f"! {words['stopped']}", markup=False, highlight=False)
    console.print(_week_table(plan, lang))
    _print_left_out(console, plan, lang, catalogue)


def _work_s(plan: SeasonPlan) -> int:
    return sum(visit.step.service_s for visit in plan.visits())


def _days_off(plan: SeasonPlan) -> float:
    """Return the mean of days off the ideal, by the weight of priority 3."""
    return plan.objective.deviation_s / max(1, plan.problem.weights.day_off_s) / max(1, len(plan.need))


def _week_table(plan: SeasonPlan, lang: str) -> Table:
    words, horizon = WORDS[lang], plan.problem.horizon
    table = Table(box=None)
    for name in ("week", "from", "load"):
        table.add_column(words[name])
    table.add_column(words["of"], justify="right")
    table.add_column(words["tightest"])
    widest = int(np.argmax([sum(one.capacity_s) for one in plan.problem.resources])) if plan.problem.resources else -1
    for week in range(horizon.weeks):
        monday = numeric_date(horizon.date(7 * week), lang)
        room = int(plan.planable_s[widest, week]) if widest >= 0 else 0
        if room == 0:
            table.add_row(horizon.name(week), monday, words["off"], "–", "–")
            continue
        share = plan.load_s[widest, week] / room
        tightest = _tightest(plan, week, lang)
        table.add_row(horizon.name(week), monday, bar(share), f"{100 * share:.0f} %", tightest)
    return table


def bar(share: float) -> str:
    """Write a share from 0 to 1 as a bar of eighths.

    Examples
    --------
    >>> bar(0.5), len(bar(1.0)), bar(0.0).strip()
    ('██████████··········', 20, '····················')
    """
    eighths = round(max(0.0, min(1.0, share)) * BAR * 8)
    full, rest = divmod(eighths, 8)
    partial = "▏▎▍▌▋▊▉"[rest - 1] if rest else ""
    return f"{'█' * full}{partial}".ljust(BAR, "·")


def _tightest(plan: SeasonPlan, week: int, lang: str) -> str:
    room = plan.planable_s[:, week]
    shares = np.where(room > 0, plan.load_s[:, week] / np.maximum(room, 1), -1.0)
    place = int(np.argmax(shares))
    names = plan.problem.resources[place].names
    return f"{short_name(names, lang)} {100 * shares[place]:.0f} %"


def short_name(names: tuple[ResourceName, ...], lang: str) -> str:
    """Return the name of a group of crews, short enough for a row; ``+`` says that it has others, too."""
    name = names[0].en if lang == "en" else names[0].de
    return f"{name} +" if len(names) > 1 else name


def _print_left_out(console: Console, plan: SeasonPlan, lang: str, catalogue: Catalogue | None) -> None:
    words = WORDS[lang]

    def work_name(work: str) -> str:
        kind = catalogue.kinds.get(work) if catalogue is not None else None
        return work if kind is None else kind.name_en if lang == "en" else kind.name_de

    if plan.problem.kept_out:
        counts = Counter(KEPT_OUT[lang].get(one.code, one.code) for one in plan.problem.kept_out)
        kept = ", ".join(f"{count} {why}" for why, count in counts.most_common())
        console.print(f"{words['kept_out']}: {kept}", markup=False, highlight=False, soft_wrap=True)
    if not plan.left_out:
        return
    console.print(f"{words['reasons']}:", markup=False, highlight=False)
    told = Counter((work_name(one.work), one.reason_en if lang == "en" else one.reason) for one in plan.left_out)
    for (work, reason), count in told.most_common(SHOWN):
        console.print(f"  {count} × {work}: {reason}", markup=False, highlight=False, soft_wrap=True)
    if len(told) > SHOWN:
        console.print("  " + words["more"].format(len(told) - SHOWN), markup=False, highlight=False)
