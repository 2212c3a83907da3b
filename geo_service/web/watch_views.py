"""Floor 8: the quarter watch as HTML: figures with small charts, strengths and problems, frozen reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geo_service.base.clock import BERLIN
from geo_service.outputs.indicator_kinds import INDICATOR, INDICATORS, Indicator, gap_words
from geo_service.outputs.indicators import OVERALL, Finding, Reading
from geo_service.outputs.periods import Period
from geo_service.outputs.report import Difference, Report, quarter_name, written
from geo_service.outputs.words import numeric_date
from geo_service.store.kinds_watch import FrozenReport, WatchComment
from geo_service.web.frame import Frame
from geo_service.web.markup import Child, Markup, join, tag
from geo_service.web.watch_words import WATCH
from geo_service.web.words import Lang

TABS = (("/watch", "watch"), ("/watch/reports", "reports"))
BAR, GAP, TALL = 22, 6, 46
"""Width of a bar, what lies between two, and the height of a chart, in units of its view box."""


def tabs(frame: Frame) -> Markup:
    """Return the way to the other page of the watch."""
    words = WATCH[frame.lang]
    return frame.tabs([(path, words[name]) for path, name in TABS], words["parts"])


def watch_page(
    frame: Frame,
    readings: Sequence[Reading],
    periods: Sequence[Period],
    found: Sequence[Finding],
    compared: Period,
    comments: Mapping[str, WatchComment],
    *,
    may_comment: bool,
) -> str:
    """Return the first page of the watch."""
    words = WATCH[frame.lang]
    return frame.page(
        words["title"],
        tabs(frame),
        _findings(frame, found, periods[-1], compared, comments, may_comment=may_comment),
        tag("div", *(_indicator(frame, one, readings, periods) for one in INDICATORS), class_="figures"),
        tag("p", words["left_out"], class_="quiet"),
        tag(
            "p",
            tag("a", f"{words['download']} (XLSX)", href="/indicators.xlsx", class_="button"),
            " ",
            tag("a", f"{words['download']} (CSV)", href="/indicators.csv", class_="button"),
        ),
    )


def _indicator(frame: Frame, one: Indicator, readings: Sequence[Reading], periods: Sequence[Period]) -> Markup:
    words, lang = WATCH[frame.lang], frame.lang
    mine = {reading.key: reading for reading in readings if reading.indicator == one.code}
    whole = [mine.get((one.code, "", OVERALL, each.name)) for each in periods]
    rows: list[Markup] = []
    for part, quarter in dict.fromkeys((key[1], key[2]) for key in mine):
        if part and quarter != OVERALL:
            continue
        name = one.part_name(part, lang) if part else quarter_name(quarter, lang)
        values = [mine.get((one.code, part, quarter, each.name)) for each in periods]
        cells = [tag("td", _short(value, lang), class_="figure") for value in values]
        rows.append(tag("tr", tag("th", name, scope="row"), *cells))
    gaps = dict.fromkeys(gap_words(each.gap, lang) for each in whole if each is not None and each.gap)
    heads = [tag("th", each.name, scope="col", class_="figure") for each in periods]
    return tag(
        "section",
        tag("h2", one.name(lang), " ", tag("span", one.unit(lang), class_="quiet")),
        _chart(one, whole, periods, lang),
        tag("p", f"{words['gap']}: {'; '.join(gaps)}", class_="gap") if gaps else None,
        tag(
            "details",
            tag("summary", words["figure"]),
            tag(
                "div",
                tag("table", tag("thead", tag("tr", tag("td"), *heads)), tag("tbody", *rows)),
                class_="wide-table",
                tabindex=0,
            ),
            tag("p", tag("strong", words["definition"]), ": ", one.definition(lang)),
            tag("p", tag("strong", words["source"]), ": ", one.source(lang), class_="quiet"),
        ),
        id=one.code,
    )


def _short(reading: Reading | None, lang: Lang) -> Child:
    if reading is None or reading.value is None:
        why = gap_words(reading.gap, lang) if reading is not None else ""
        return tag("abbr", "–", title=why) if why else "–"
    return written(reading, lang)


def _chart(one: Indicator, whole: Sequence[Reading | None], periods: Sequence[Period], lang: Lang) -> Markup:
    """Return bars of the whole area; a hollow one where the figure is not known."""
    highest = max((each.value for each in whole if each is not None and each.value is not None), default=0.0) or 1.0
    marks: list[Markup] = []
    for place, (reading, each) in enumerate(zip(whole, periods, strict=True)):
        x = place * (BAR + GAP)
        value = None if reading is None else reading.value
        if value is None:
            marks.append(tag("rect", x=x, y=TALL - 8, width=BAR, height=8, class_="unknown"))
        else:
            tall = max(1.0, TALL * value / highest)
            marks.append(tag("rect", x=x, y=f"{TALL - tall:.1f}", width=BAR, height=f"{tall:.1f}", class_="bar-mark"))
            marks.append(
                tag("text", written(reading, lang), x=x + BAR // 2, y=f"{TALL - tall - 3:.1f}", class_="value")
            )
        marks.append(tag("text", each.name[2:], x=x + BAR // 2, y=TALL + 10, class_="when"))
    told = ", ".join(f"{each.name}: {written(reading, lang)}" for reading, each in zip(whole, periods, strict=True))
    width = len(periods) * (BAR + GAP)
    box = f"-8 -12 {width + 12} {TALL + 26}"
    return tag("svg", *marks, viewBox=box, class_="chart", role="img", aria_label=f"{one.name(lang)}: {told}")


def _findings(
    frame: Frame,
    found: Sequence[Finding],
    of: Period,
    compared: Period,
    comments: Mapping[str, WatchComment],
    *,
    may_comment: bool,
) -> Markup:
    words, lang = WATCH[frame.lang], frame.lang
    rows = []
    for one in found:
        kind = INDICATOR[one.indicator]
        said = comments.get(one.key)
        values = [
            written(Reading(one.indicator, "", one.quarter, "", value), lang) for value in (one.before, one.value)
        ]
        form = tag(
            "form",
            tag("input", type="hidden", name="key", value=one.key),
            tag(
                "label",
                tag("span", words["comment"], class_="unseen"),
                tag("input", name="text", value=said.text if said else "", maxlength=1000),
                class_="wide",
            ),
            tag("button", words["save"]),
            method="post",
            action=frame.link("/watch/comments"),
            class_="fields",
        )
        rows.append(
            tag(
                "tr",
                tag("td", tag("span", words["strength" if one.good else "problem"], class_=_chip(one))),
                tag("th", quarter_name(one.quarter, lang), scope="row"),
                tag("td", f"{kind.name(lang)}: {values[0]} → {values[1]} {kind.unit(lang)}"),
                tag("td", form if may_comment else (said.text if said else "")),
            )
        )
    heads = ("", words["quarter"], words["finding"], words["comment"])
    table = tag(
        "table",
        tag("thead", tag("tr", *(tag("th", one, scope="col") if one else tag("td") for one in heads))),
        tag("tbody", *rows),
    )
    return tag(
        "section",
        tag("h2", words["findings"]),
        tag("p", words["against"].format(period=of.name, compared=compared.name), class_="quiet"),
        tag("div", table, class_="wide-table", tabindex=0) if rows else tag("p", words["none"]),
        id="findings",
    )


def _chip(one: Finding) -> str:
    return "chip good" if one.good else "chip bad"


def report_list(frame: Frame, reports: Sequence[FrozenReport], periods: Sequence[Period], *, may_freeze: bool) -> str:
    """Return the list of frozen reports, with the form to freeze another one."""
    words = WATCH[frame.lang]
    rows = [
        tag(
            "li",
            tag("a", one.number, href=frame.link(f"/watch/reports/{one.number}")),
            f" · {numeric_date(one.at.astimezone(BERLIN).date(), frame.lang)} · {one.author}",
            f" · {one.note}" if one.note else None,
        )
        for one in reversed(reports)
    ]
    options = [tag("option", one.name, value=one.name) for one in reversed(periods)]
    form = tag(
        "section",
        tag("h2", words["freeze"]),
        tag("p", words["freeze_hint"], class_="quiet"),
        tag(
            "form",
            tag("label", tag("span", words["period"]), tag("select", *options, name="period")),
            tag("label", tag("span", words["note"]), tag("input", name="note", maxlength=300), class_="wide"),
            tag("button", words["freeze"], class_="main"),
            method="post",
            action=frame.link("/watch/reports"),
            class_="fields",
        ),
    )
    listed = tag("ul", *rows, class_="card") if rows else tag("p", words["no_reports"], class_="empty")
    return frame.page(words["reports"], tabs(frame), listed, form if may_freeze else None)


def report_view(frame: Frame, frozen: FrozenReport, report: Report, changed: Sequence[Difference]) -> str:
    """Return a frozen report: its figures, that they come out again, and what was corrected since."""
    words, lang = WATCH[frame.lang], frame.lang
    rows = []
    for code, part, quarter in report.rows():
        if quarter != OVERALL:
            continue
        one = INDICATOR[code]
        name = f"{one.name(lang)}: {one.part_name(part, lang)}" if part else one.name(lang)
        values = [report.value(code, part, quarter, of) for of in (report.period, report.compared)]
        cells = [tag("td", _short(value, lang), class_="figure") for value in values]
        rows.append(tag("tr", tag("th", name, scope="row"), *cells, tag("td", one.unit(lang))))
    heads = (report.period.name, report.compared.name)
    differing = [
        tag(
            "tr",
            tag("th", f"{one.part} {one.key}", scope="row"),
            tag("td", one.field or words["record"]),
            tag("td", _said(one.then)),
            tag("td", _said(one.now)),
        )
        for one in changed
    ]
    columns = ("record", "field", "then", "now")
    facts = [
        (words["period"], frozen.period),
        (words["by"], f"{frozen.author}, {numeric_date(frozen.at.astimezone(BERLIN).date(), lang)}"),
        (words["digest"], tag("code", frozen.digest)),
    ]
    return frame.page(
        f"{words['report']} {frozen.number}",
        tabs(frame),
        tag(
            "section",
            tag("dl", *(join(tag("dt", name), tag("dd", value)) for name, value in facts), class_="facts"),
            tag("p", words["reproduced"], class_="said good"),
            tag(
                "p",
                tag("a", "PDF", href=f"/reports/{frozen.number}.pdf", class_="button"),
                " ",
                tag("a", "XLSX", href=f"/reports/{frozen.number}.xlsx", class_="button"),
            ),
        ),
        tag(
            "section",
            tag("h2", words["watch"]),
            tag(
                "div",
                tag(
                    "table",
                    tag(
                        "thead",
                        tag(
                            "tr", tag("td"), *(tag("th", one, scope="col", class_="figure") for one in heads), tag("td")
                        ),
                    ),
                    tag("tbody", *rows),
                ),
                class_="wide-table",
                tabindex=0,
            ),
        ),
        tag(
            "section",
            tag("h2", words["changed"]),
            tag(
                "div",
                tag(
                    "table",
                    tag("thead", tag("tr", *(tag("th", words[one], scope="col") for one in columns))),
                    tag("tbody", *differing),
                ),
                class_="wide-table",
                tabindex=0,
            )
            if differing
            else tag("p", words["unchanged"]),
            id="differences",
        ),
    )


def _said(value: object) -> str:
    return "–" if value is None else str(value)
