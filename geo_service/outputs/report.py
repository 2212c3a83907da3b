"""Floor 7: reports about a quarter or a year: worked out from facts alone, frozen with a digest, held against later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from geo_service.base.errors import InputError
from geo_service.outputs.indicator_kinds import INDICATOR, gap_words
from geo_service.outputs.indicators import OVERALL, Finding, Reading, findings, indicators, year_before
from geo_service.outputs.periods import Period, before, period, quarters_in
from geo_service.outputs.spreadsheet import Cell, Column, Sheet, stamp
from geo_service.outputs.watch_facts import Facts, digest, facts_of, facts_text, facts_until, records_of, watch_facts
from geo_service.outputs.words import number
from geo_service.store.kinds_watch import FrozenReport
from geo_service.store.protocol import Store

SOURCE = (
    "Quartiersbeobachtung des Quartiersservice (Flächenregister, Einsätze, Anliegen, Belege), CC0-1.0 für Beispieldaten"
)


@dataclass(frozen=True)
class Report:
    """What a report tells.

    Attributes
    ----------
    compared
        The period before.
    readings
        Of the period, of the one before, of the year before, and for a year of its quarters.
    """

    period: Period
    compared: Period
    facts: Facts
    readings: tuple[Reading, ...]
    findings: tuple[Finding, ...]

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str, str], Reading]:
        return {one.key: one for one in self.readings}

    def value(self, indicator: str, part: str, quarter: str, of: Period) -> Reading | None:
        """Return one figure."""
        return self._by_key.get((indicator, part, quarter, of.name))

    def rows(self) -> list[tuple[str, str, str]]:
        """Return indicator, part and quarter of each row, in order."""
        return list(dict.fromkeys((one.indicator, one.part, one.quarter) for one in self.readings))


@dataclass(frozen=True)
class Difference:
    """What a frozen report says otherwise than the records do now; None: it was not there, or is gone."""

    part: str
    key: str
    field: str
    then: Any
    now: Any


def report_of(facts: Facts, of: Period) -> Report:
    """Work a report out from facts; the same facts give the same report."""
    compared = before(of)
    periods = dict.fromkeys((year_before(of), compared, *(quarters_in(of) if of.is_year else ()), of))
    readings = indicators(facts, tuple(periods))
    return Report(of, compared, facts, readings, tuple(findings(readings, of, year_before(of))))


def frozen_facts(store: Store, of: Period, today: date) -> tuple[str, str]:
    """Return the facts until the end of a period as text, and their digest.

    Raises
    ------
    InputError
        When the period has not ended yet.
    """
    if of.until_on >= today:
        raise InputError(f"{of.name} ends on {of.until_on}", remedy="freeze it afterwards, or look at it on /watch")
    text = facts_text(facts_until(watch_facts(store, today), of.until_on))
    return text, digest(text)


def report_again(frozen: FrozenReport) -> Report:
    """Return a frozen report, worked out anew from its facts.

    Raises
    ------
    InputError
        When the facts are not those that were frozen.
    """
    if digest(frozen.facts) != frozen.digest:
        raise InputError(f"{frozen.number} does not match its digest", remedy="restore a backup", code="digest")
    return report_of(facts_of(frozen.facts), period(frozen.period))


def differences(store: Store, frozen: FrozenReport, today: date) -> list[Difference]:
    """Return what was corrected since a report was frozen, record by record and field by field."""
    of = period(frozen.period)
    then = records_of(frozen.facts)
    now = records_of(facts_text(facts_until(watch_facts(store, today), of.until_on)))
    found = []
    for key in sorted(then.keys() | now.keys()):
        if key[0] == "play":
            continue  # known for today only
        was, is_now = then.get(key), now.get(key)
        if was is None or is_now is None:
            found.append(Difference(*key, "", _named(was), _named(is_now)))
            continue
        fields = [name for name in was if was[name] != is_now.get(name)]
        found += [Difference(*key, name, was[name], is_now.get(name)) for name in fields if name != "wkb"]
        if "wkb" in fields:
            found.append(Difference(*key, "outline", "…", "…"))
    return found


def _named(record: dict[str, Any] | None) -> str | None:
    if record is None:
        return None
    told = [record.get(name) for name in ("quarter", "work", "done_on", "gross_cents", "theme", "received_on", "state")]
    return ", ".join(str(one) for one in told if one not in (None, ""))


def written(reading: Reading | None, lang: str) -> str:
    """Return a figure as people read it; a gap says why."""
    if reading is None:
        return "–"
    if reading.value is None:
        return f"– ({gap_words(reading.gap, lang)})" if reading.gap else "–"
    text = number(reading.value, lang, INDICATOR[reading.indicator].places)
    return f"{text} *" if reading.left_out else text


def quarter_name(quarter: str, lang: str) -> str:
    """Return what a quarter of the programme is called; the whole area, and what belongs to none."""
    if quarter == OVERALL:
        return "whole area" if lang == "en" else "ganzes Gebiet"
    return quarter or ("no quarter" if lang == "en" else "ohne Quartier")


def report_sheets(report: Report, *, at: datetime, number_of: str, digest_of: str, lang: str = "de") -> list[Sheet]:
    """Return a report as tables for a spreadsheet: figures, definitions, facts that they rest on."""
    notes = (
        *stamp(SOURCE, at=at, sample=report.facts.sample, lang=lang),
        *((f"{number_of}, SHA-256 {digest_of}",) if number_of else ()),
    )
    year_ago = year_before(report.period)
    figures: list[list[Cell]] = []
    for code, part, quarter in report.rows():
        one = INDICATOR[code]
        cells = [report.value(code, part, quarter, of) for of in (report.period, report.compared, year_ago)]
        gap = next((gap_words(each.gap, lang) for each in cells[:1] if each is not None and each.gap), "")
        row: list[Cell] = [one.name(lang), one.part_name(part, lang) if part else "", quarter_name(quarter, lang)]
        figures.append([*row, one.unit(lang), *(None if each is None else each.value for each in cells), gap])
    heads = ("Indikator", "Teil", "Quartier", "Einheit") if lang == "de" else ("indicator", "part", "quarter", "unit")
    columns = [*(Column(head, "text", 24) for head in heads)]
    columns += [Column(of.name, "number", 12) for of in (report.period, report.compared, year_ago)]
    columns.append(Column("Lücke" if lang == "de" else "gap", "text", 34))
    definitions: list[list[Cell]] = [
        [INDICATOR[code].name(lang), INDICATOR[code].definition(lang), INDICATOR[code].source(lang)]
        for code in dict.fromkeys(one.indicator for one in report.readings)
    ]
    title = f"Quartiersbericht {report.period.name}" if lang == "de" else f"Quarter report {report.period.name}"
    about = ("Begriffe", "Definition", "Quelle") if lang == "de" else ("terms", "definition", "source")
    return [
        Sheet("Zahlen" if lang == "de" else "figures", title, columns, figures, notes=notes),
        Sheet(about[0], title, [Column(one, "text", 60) for one in (heads[0], *about[1:])], definitions, notes=notes),
        _spending_sheet(report, title, notes, lang),
    ]


def _spending_sheet(report: Report, title: str, notes: Sequence[str], lang: str) -> Sheet:
    facts = report.facts
    rows: list[list[Cell]] = []
    for one in facts.spending or ():
        if report.period.holds(one.on):
            shares = dict(one.shares)
            rows.append([one.number, one.on, quarter_name(one.quarter, lang), one.gross_cents])
            rows[-1] += [shares.get(fund) for fund in facts.funds]
    heads = (
        ("Beleg", "Leistung bis", "Quartier", "Betrag") if lang == "de" else ("voucher", "until", "quarter", "gross")
    )
    columns = [Column(heads[0]), Column(heads[1], "day"), Column(heads[2], "text", 20), Column(heads[3], "cents")]
    columns += [Column(fund.upper(), "cents") for fund in facts.funds]
    totals: list[Cell] = []
    if rows:
        sums = [sum(row[place] or 0 for row in rows) for place in range(3, len(columns))]  # type: ignore[misc]
        totals = ["Summe" if lang == "de" else "total", None, None, *sums]
    return Sheet("Belege" if lang == "de" else "vouchers", title, columns, rows, totals, notes)
