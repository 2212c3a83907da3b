"""Floor 7: what came in from the field, for the terminal: reports, alerts, conflicts, standards, waste."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from geo_service.base.clock import BERLIN
from geo_service.outputs.field_account import FieldActuals
from geo_service.outputs.field_day import CrewCameIn, VisitState, obstacle_in
from geo_service.outputs.inbox import InboxAlert, InboxConflict, InboxPhoto
from geo_service.outputs.words import long_date, number
from geo_service.work.actuals import Standard, TierActuals
from geo_service.work.field_report import Quantity
from geo_service.work.model import Catalogue
from geo_service.work.waste import WASTE
from geo_service.work.waste_totals import CarriedAway, HazardousYear

BAR = 21
"""Letters of a bar; its middle is as planned, its ends nothing and double."""

_UNITS = {"m2": "m²", "m3": "m³", "t": "t", "plants": "Pfl."}

WORDS: dict[str, dict[str, str]] = {
    "de": {
        "actual": "gebucht",
        "alerts": "Offene Hinweise",
        "amount": "Menge",
        "area": "Fläche m²",
        "begun": "begonnen",
        "carried": "Abgefahren",
        "closed": "Tag abgeschlossen",
        "conflicts": "Offene Konflikte",
        "desk": "Leitstelle",
        "done": "erledigt",
        "few_plots": "zu wenige Flächen",
        "hazardous": "Gefährlicher Abfall {year}: {t} t von {limit} t ohne Nachweispflicht",
        "holds": "passt",
        "in_conflict": "im Konflikt",
        "jobs": "n",
        "key": "Schlüssel",
        "minutes": "{minutes} min, geplant {planned}",
        "missing": "fehlt: Foto {one}",
        "near": "fast erreicht",
        "no_alerts": "Keine offenen Hinweise.",
        "no_conflicts": "Keine offenen Konflikte.",
        "no_minutes": "Noch keine Minuten gebucht.",
        "no_reports": "Nichts eingegangen.",
        "no_waste": "Noch nichts abgefahren oder gefunden.",
        "not_booked": "noch nichts gebucht",
        "not_possible": "nicht möglich",
        "open": "offen",
        "outliers": "Ausreißer",
        "over": "ÜBERSCHRITTEN",
        "phone": "Telefon",
        "photos": "{received} von {all} Fotos",
        "proposal": "Vorschlag",
        "refused": "nicht angenommen",
        "reports": "Eingegangen",
        "spread": "0 %  wie Vorgabe 200 %",
        "standard": "Vorgabe",
        "standards": "Ist gegen Vorgabe",
        "stopped": "gestoppt",
        "times": "Fahrten",
        "too_few": "zu wenige Buchungen",
        "unfinished": "{n} gebuchte Teile warten auf den Rest ihrer Arbeit",
        "untold": "{n}-mal ohne Gewicht",
        "waiting": "warten",
        "work": "Arbeit",
    },
    "en": {
        "actual": "booked",
        "alerts": "Open alerts",
        "amount": "amount",
        "area": "area m²",
        "begun": "begun",
        "carried": "Carried away",
        "closed": "day closed",
        "conflicts": "Open conflicts",
        "desk": "desk",
        "done": "done",
        "few_plots": "too few plots",
        "hazardous": "Hazardous waste {year}: {t} t of {limit} t exempt from proof",
        "holds": "holds",
        "in_conflict": "in conflict",
        "jobs": "n",
        "key": "key",
        "minutes": "{minutes} min, planned {planned}",
        "missing": "missing: photo {one}",
        "near": "nearly used up",
        "no_alerts": "No open alerts.",
        "no_conflicts": "No open conflicts.",
        "no_minutes": "No minutes booked yet.",
        "no_reports": "Nothing came in.",
        "no_waste": "Nothing carried away or found yet.",
        "not_booked": "nothing booked yet",
        "not_possible": "not possible",
        "open": "open",
        "outliers": "outliers",
        "over": "EXCEEDED",
        "phone": "phone",
        "photos": "{received} of {all} photos",
        "proposal": "proposal",
        "refused": "not taken",
        "reports": "Came in",
        "spread": "0 %  as planned  200 %",
        "standard": "standard",
        "standards": "Actual against standard",
        "stopped": "stopped",
        "times": "trips",
        "too_few": "too few bookings",
        "unfinished": "{n} booked parts wait for the rest of their job",
        "untold": "{n} times without a weight",
        "waiting": "waiting",
        "work": "work",
    },
}


def words(lang: str) -> dict[str, str]:
    """Return the words of a language: English for ``"en"``, German for everything else."""
    return WORDS["en" if lang == "en" else "de"]


def print_reports(console: Console, on: date, crews: Sequence[CrewCameIn], catalogue: Catalogue, lang: str) -> None:
    """Print what came in of a day: a line of sums for each crew, then what needs a look."""
    said = words(lang)
    console.print(Text(f"{said['reports']} {long_date(on, lang)}", style="bold"))
    if not crews:
        console.print(Text(said["no_reports"]))
    for crew in crews:
        console.print(Text())
        console.print(Text(f"{crew.name} ({crew.crew}): {', '.join(_sums(crew, lang))}", style="bold"))
        for visit in crew.visits:
            if visit.state in {"not_possible", "stopped"}:
                kind = catalogue.kinds.get(visit.work)
                task = visit.work if kind is None else (kind.name_en if lang == "en" else kind.name_de)
                why = f": {obstacle_in(visit.reason, lang)}" if visit.reason else ""
                console.print(Text(f"  {visit.plot}  {task}  {said[visit.state]}{why}"))
        for kept in crew.rejected:
            reason = kept.reason_en if lang == "en" else kept.reason
            console.print(Text(f"  {kept.report.plot or kept.report.visit_id}  {said['refused']}: {reason}"))
        for one in crew.photos_missing:
            console.print(Text(f"  {said['missing'].format(one=one[:12])}"))


def _sums(crew: CrewCameIn, lang: str) -> list[str]:
    said = words(lang)
    states: tuple[VisitState, ...] = ("not_possible", "stopped", "begun", "open")
    told = [f"{crew.count('done')}/{len(crew.visits)} {said['done']}"]
    told += [f"{crew.count(state)} {said[state]}" for state in states if crew.count(state)]
    if crew.minutes:
        told.append(said["minutes"].format(minutes=crew.minutes, planned=crew.planned_minutes))
    if crew.photos:
        told.append(said["photos"].format(received=crew.photos - len(crew.photos_missing), all=crew.photos))
    counts = (("refused", len(crew.rejected)), ("waiting", crew.waiting), ("in_conflict", crew.conflicts))
    told += [f"{count} {said[name]}" for name, count in counts if count]
    return told + ([said["closed"]] if crew.closed else [])


def print_alerts(console: Console, alerts: Sequence[InboxAlert], lang: str) -> None:
    """Print open alerts with their numbers, by which they are answered."""
    said = words(lang)
    console.print(Text(said["alerts"] if alerts else said["no_alerts"], style="bold" if alerts else ""))
    for one in alerts:
        alert = one.alert
        text = alert.text_en if lang == "en" else alert.text
        about = " · ".join(part for part in (one.about.address, one.about.task(lang), one.about.crew) if part)
        console.print(Text(f"{alert.alert_id:>4}  {_moment(alert.at)}  {text}"))
        console.print(Text(f"      {about}{_photos(one.photos, lang)}", style="dim"))


def print_conflicts(console: Console, conflicts: Sequence[InboxConflict], lang: str) -> None:
    """Print open conflicts, both versions side by side."""
    said = words(lang)
    console.print(Text(said["conflicts"] if conflicts else said["no_conflicts"], style="bold" if conflicts else ""))
    for one in conflicts:
        desk, phone = one.conflict.desk, one.phone.report
        about = " · ".join(part for part in (one.about.address, one.about.task(lang), one.about.crew) if part)
        console.print(Text(f"{one.conflict.conflict_id:>4}  {one.conflict.visit_id}"))
        console.print(Text(f"      {about}", style="dim"))
        table = Table("     ", said["desk"], said["phone"], box=None, pad_edge=False)
        for ours, theirs in (
            (said.get(desk.outcome, said["open"]), said.get(phone.kind.value, phone.kind.value)),
            (_minutes(desk.minutes), _minutes(phone.minutes)),
            (_quantities(desk.quantities, lang), _quantities(phone.quantities, lang)),
            (desk.remark, phone.remark),
            (f"{desk.crew} {desk.author}", f"{phone.crew} {one.phone.author}"),
            (_moment(desk.changed_at) if desk.changed_at else "", _moment(one.phone.received_at)),
        ):
            if ours.strip() or theirs.strip():
                table.add_row("", Text(ours), Text(theirs))
        console.print(table)


def ratio_bar(row: TierActuals) -> str:
    """Return the spread of booked over planned minutes as a bar: quarters, middle, and the mark of the plan.

    Examples
    --------
    >>> from geo_service.work.actuals import Quartiles
    >>> half = Quartiles(0.5, 1.25, 1.5)
    >>> ratio_bar(TierActuals("mow", 0, 1, 9, 3, 1, 9, 9, 9, half, half, Standard(1, 1), None, "holds"))
    '·····├────|─█──┤·····'
    """
    cells = ["·"] * BAR
    low, middle, high = (
        min(BAR - 1, round(value * (BAR - 1) / 2)) for value in (row.ratio.low, row.ratio.middle, row.ratio.high)
    )
    for cell in range(low, high + 1):
        cells[cell] = "─"
    cells[low], cells[high] = "├", "┤"
    cells[BAR // 2] = "|"
    cells[middle] = "█"
    return "".join(cells)


def print_standards(console: Console, found: FieldActuals, catalogue: Catalogue, lang: str) -> None:
    """Print booked minutes against the standard, and what the standard should be."""
    said = words(lang)
    console.print(Text(said["standards"], style="bold"))
    if not found.rows:
        console.print(Text(said["no_minutes"]))
    else:
        table = Table(box=None, pad_edge=False)
        for name in ("work", "area", "jobs", "standard", "actual", "spread", "proposal"):
            table.add_column(said[name], no_wrap=name not in {"work", "proposal"})
        for row in found.rows:
            kind = catalogue.kinds[row.work]
            proposal = said[row.verdict] if row.proposal is None else _standard(row.proposal, lang)
            table.add_row(
                Text(kind.name_en if lang == "en" else kind.name_de),
                _tier(row, lang),
                str(row.jobs),
                number(row.standard_minutes, lang),
                number(row.actual.middle, lang),
                Text(ratio_bar(row)),
                Text(proposal),
            )
        console.print(table)
    for row in found.rows:
        for one in row.outliers:
            share = f"{round(100 * one.ratio)} %"
            console.print(Text(f"{said['outliers']}: {one.visit_id}  {one.minutes:g} min, {share}", style="dim"))
    if found.unfinished:
        console.print(Text(said["unfinished"].format(n=len(found.unfinished))))
    booked = {row.work for row in found.rows}
    others = [
        kind.name_en if lang == "en" else kind.name_de for kind in catalogue.kinds.values() if kind.code not in booked
    ]
    if found.rows and others:
        console.print(Text(f"{said['not_booked']}: {', '.join(others)}", style="dim"))


def print_waste(console: Console, carried: Sequence[CarriedAway], years: Sequence[HazardousYear], lang: str) -> None:
    """Print what was carried away by key, and the hazardous waste of each year against the exemption."""
    said = words(lang)
    if not carried and not years:
        console.print(Text(said["no_waste"]))
    if carried:
        table = Table(said["key"], said["carried"], "m³", "t", said["times"], box=None, pad_edge=False)
        for one in carried:
            known = WASTE.get(one.waste_key)
            name = "" if known is None else (known.name_en if lang == "en" else known.name_de)
            table.add_row(one.waste_key, Text(name), _amount(one.m3, lang), _amount(one.t, lang), str(one.times))
        console.print(table)
    for year in years:
        text = said["hazardous"].format(year=year.year, t=number(year.t, lang, 2), limit=number(year.limit_t, lang))
        level = f" · {said[year.level]}" if year.level != "ok" else ""
        untold = f" · {said['untold'].format(n=year.untold)}" if year.untold else ""
        console.print(Text(f"{text}{level}{untold}", style="" if year.level == "ok" else "bold"))


def _tier(row: TierActuals, lang: str) -> str:
    if math.isinf(row.up_to_m2):
        return f"> {number(row.from_m2, lang)}" if row.from_m2 else ""
    return f"≤ {number(row.up_to_m2, lang)}"


def _standard(one: Standard, lang: str) -> str:
    return f"{number(one.minutes_fixed, lang, 1)} + {number(one.minutes_per_m2, lang, 4)}/m²"


def _amount(amount: float | None, lang: str) -> str:
    return "–" if amount is None else number(amount, lang, 2)


def _minutes(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes} min"


def _quantities(quantities: Iterable[Quantity], lang: str) -> str:
    return ", ".join(f"{number(one.amount, lang, 2)} {_UNITS[one.unit]} {one.waste_key}".strip() for one in quantities)


def _photos(photos: Sequence[InboxPhoto], lang: str) -> str:
    if not photos:
        return ""
    return " · " + words(lang)["photos"].format(received=sum(one.received for one in photos), all=len(photos))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(BERLIN):%d.%m. %H:%M}"
