"""Floor 7: a report as PDF on A4, by Typst, with figures by matplotlib."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

import orjson
import typst

from geo_service.base.clock import require_aware
from geo_service.outputs.day_sheet import sheet_fonts
from geo_service.outputs.indicator_kinds import INDICATOR, gap_words
from geo_service.outputs.indicators import OVERALL, Reading, year_before
from geo_service.outputs.report import SOURCE, Report, quarter_name, written
from geo_service.outputs.report_figures import spending_figure, states_figure
from geo_service.outputs.spreadsheet import stamp

_WORDS = {
    "de": {
        "title": "Quartiersbericht",
        "states": "Flächen nach Stand am letzten Tag",
        "spending": "Ausgaben nach Belegen",
        "strong": "Stärken",
        "weak": "Probleme",
        "against": "gegen {period}",
        "none": "Nichts hat sich deutlich verändert.",
        "definitions": "Was die Zahlen bedeuten",
        "left_out": "* Nicht alles konnte gezählt werden. – Nicht bekannt, nicht null:",
        "area": "ganzes Gebiet",
    },
    "en": {
        "title": "Quarter report",
        "states": "Plots by state on the last day",
        "spending": "Spending by vouchers",
        "strong": "Strengths",
        "weak": "Problems",
        "against": "against {period}",
        "none": "Nothing has changed clearly.",
        "definitions": "What the figures mean",
        "left_out": "* Not everything could be counted. – Not known, not zero:",
        "area": "whole area",
    },
}


def report_pdf(report: Report, *, at: datetime, number_of: str = "", digest_of: str = "", lang: str = "de") -> bytes:
    """Return the PDF; the same report and ``at`` give the same bytes."""
    words = _WORDS["en" if lang == "en" else "de"]
    year_ago = year_before(report.period)
    rows: list[list[str]] = []
    gaps: dict[tuple[str, str], None] = {}
    for code, part, quarter in report.rows():
        if quarter != OVERALL:
            continue
        one = INDICATOR[code]
        name = f"{one.name(lang)}: {one.part_name(part, lang)}" if part else one.name(lang)
        found = [report.value(code, part, quarter, of) for of in (report.period, report.compared, year_ago)]
        rows.append([name, one.unit(lang), *(_figure(each, lang) for each in found)])
        gaps |= {(one.name(lang), gap_words(each.gap, lang)): None for each in found if each is not None and each.gap}
    told = [
        {
            "good": one.good,
            "text": f"{quarter_name(one.quarter, lang)}: {INDICATOR[one.indicator].name(lang)} "
            f"{written(report.value(one.indicator, '', one.quarter, year_ago), lang)} → "
            f"{written(report.value(one.indicator, '', one.quarter, report.period), lang)}",
        }
        for one in report.findings
    ]
    codes = dict.fromkeys(one.indicator for one in report.readings)
    sheet = {
        "lang": "en" if lang == "en" else "de",
        "title": f"{words['title']} {report.period.name}",
        "words": words | {"against": words["against"].format(period=year_ago.name)},
        "number": f"{number_of} · SHA-256 {digest_of}" if number_of else "",
        "heads": [report.period.name, report.compared.name, year_ago.name],
        "rows": rows,
        "findings": told,
        "definitions": [
            [INDICATOR[code].name(lang), INDICATOR[code].definition(lang), INDICATOR[code].source(lang)]
            for code in codes
        ],
        "gaps": [f"{name}: {reason}" for name, reason in gaps],
        "notes": " · ".join(stamp(SOURCE, at=at, sample=report.facts.sample, lang=lang)),
    }
    compiled = typst.compile(
        (files("geo_service.outputs") / "report.typ").read_bytes(),
        font_paths=sheet_fonts(),
        sys_inputs={
            "sheet": orjson.dumps(sheet).decode(),
            "states": states_figure(report, lang).decode(),
            "spending": spending_figure(report, lang).decode(),
        },
        timestamp=int(require_aware(at).timestamp()),
    )
    return bytes(compiled)


def _figure(reading: Reading | None, lang: str) -> str:
    """Return a figure for the table; why there is none stands below it."""
    return "–" if reading is None or reading.value is None else written(reading, lang)
