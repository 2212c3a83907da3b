"""Floor 7: the report of an import as text for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from geo_service.base.report import ImportReport

SHOWN = 12
"""Rows of each kind that are listed; the JSON report lists all."""

WORDS = {
    "de": {
        "read": "gelesen",
        "accepted": "übernommen",
        "unchanged": "unverändert",
        "repaired": "repariert",
        "refused": "abgelehnt",
        "warnings": "auffällig",
        "row": "Zeile",
        "id": "Kennung",
        "reason": "Grund",
        "more": "… und {} weitere (alle mit --as json)",
    },
    "en": {
        "read": "read",
        "accepted": "accepted",
        "unchanged": "unchanged",
        "repaired": "repaired",
        "refused": "refused",
        "warnings": "odd",
        "row": "row",
        "id": "id",
        "reason": "reason",
        "more": "… and {} more (all with --as json)",
    },
}


def print_report(console: Console, report: ImportReport, lang: str = "de") -> None:
    """Print what was read, taken, mended and refused."""
    words = WORDS[lang]
    counts = {
        "read": report.read,
        "accepted": report.accepted,
        "unchanged": report.unchanged,
        "repaired": len(report.repaired),
        "refused": len(report.refused),
        "warnings": len(report.warnings),
    }
    told = ", ".join(f"{count} {words[name]}" for name, count in counts.items() if count or name == "read")
    console.print(f"{report.source}: {told}", markup=False, highlight=False)
    for note in report.notes:
        console.print(f"  {note}", markup=False, highlight=False, soft_wrap=True)
    lists = {
        "refused": [(one.row, one.id, f"{one.reason} → {one.remedy}") for one in report.refused],
        "repaired": [(one.row, one.id, f"{one.reason} ({one.area_change_m2:+.2f} m²)") for one in report.repaired],
        "warnings": [(one.row, one.id, one.reason) for one in report.warnings],
    }
    for name, rows in lists.items():
        if not rows:
            continue
        table = Table(title=f"{words[name]} ({len(rows)})", title_justify="left", box=None, pad_edge=False)
        table.add_column(words["row"], justify="right")
        table.add_column(words["id"], overflow="fold")
        table.add_column(words["reason"], overflow="fold")
        for row, identifier, reason in rows[:SHOWN]:
            table.add_row(str(row), identifier, reason)
        console.print(table, markup=False)
        if len(rows) > SHOWN:
            console.print(words["more"].format(len(rows) - SHOWN), markup=False, highlight=False)
