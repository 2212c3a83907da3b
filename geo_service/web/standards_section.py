"""Floor 8: booked minutes against the standard as a part of the planner's inbox, with proposals to accept."""

from __future__ import annotations

import math

from geo_service.outputs.field_account import FieldActuals
from geo_service.outputs.words import number
from geo_service.web.inbox_words import INBOX
from geo_service.web.markup import Markup, join, tag
from geo_service.web.words import Lang
from geo_service.work.actuals import Quartiles, Standard, TierActuals
from geo_service.work.model import Catalogue

_WIDTH, _HEIGHT = 200, 22
_DOUBLE = 2.0


def standards_section(found: FieldActuals, catalogue: Catalogue, lang: Lang) -> Markup:
    """Return the works that were booked, each tier with its spread, and a form where something is proposed."""
    words = INBOX[lang]
    head = ("work_name", "booked_jobs", "standard", "actual", "spread", "proposal")
    table = tag(
        "table",
        tag("thead", tag("tr", *(tag("th", words[name], scope="col") for name in head))),
        tag("tbody", *(_row(row, catalogue, lang) for row in found.rows)),
        class_="standards",
    )
    proposed = dict.fromkeys(row.work for row in found.rows if row.proposal is not None)
    forms = [_form(work, catalogue, lang) for work in proposed]
    title = words["standards"] + (f" ({len(proposed)})" if proposed else "")
    return tag("details", tag("summary", title), tag("div", table, class_="wide-table"), *forms, class_="refused")


def _name(work: str, catalogue: Catalogue, lang: Lang) -> str:
    kind = catalogue.kinds[work]
    return kind.name_en if lang == "en" else kind.name_de


def _row(row: TierActuals, catalogue: Catalogue, lang: Lang) -> Markup:
    words = INBOX[lang]
    above = f" > {number(row.from_m2, lang)} m²" if row.from_m2 else ""
    area = above if math.isinf(row.up_to_m2) else f" ≤ {number(row.up_to_m2, lang)} m²"
    proposal = join(words[row.verdict]) if row.proposal is None else tag("strong", _standard(row.proposal, lang))
    return tag(
        "tr",
        tag("th", _name(row.work, catalogue, lang), tag("span", area, class_="quiet"), scope="row"),
        tag("td", str(row.jobs)),
        tag("td", _standard(row.standard, lang)),
        tag("td", f"{number(row.actual.middle, lang)} min"),
        tag("td", _spread(row.ratio, lang)),
        tag("td", proposal),
    )


def _standard(one: Standard, lang: Lang) -> Markup:
    fixed, rate = number(one.minutes_fixed, lang, 1), number(100 * one.minutes_per_m2, lang, 1)
    return join(tag("span", f"{fixed} min"), " ", tag("span", f"+ {rate} min/100 m²"))


def _spread(ratio: Quartiles, lang: Lang) -> Markup:
    """Draw the quarters and the middle between nothing and double; the line in the middle is as planned."""
    low, middle, high = (_WIDTH * min(_DOUBLE, share) / _DOUBLE for share in (ratio.low, ratio.middle, ratio.high))
    told = f"{number(100 * ratio.middle, lang)} %"
    return join(
        tag(
            "svg",
            tag("rect", x=f"{low:.0f}", y=5, width=f"{max(1, high - low):.0f}", height=_HEIGHT - 10, class_="band"),
            tag("rect", x=f"{min(middle, _WIDTH - 3):.0f}", y=2, width=3, height=_HEIGHT - 4, class_="middle"),
            tag("rect", x=_WIDTH // 2, y=0, width=1, height=_HEIGHT, class_="plan"),
            viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
            role="img",
            aria_label=f"{number(100 * ratio.low, lang)}–{number(100 * ratio.high, lang)} %",
            class_="spread",
        ),
        tag("span", told),
    )


def _form(work: str, catalogue: Catalogue, lang: Lang) -> Markup:
    words = INBOX[lang]
    return tag(
        "form",
        tag(
            "label",
            tag("span", f"{words['accept']}: {_name(work, catalogue, lang)}. {words['ask']}"),
            tag("input", name="reason", maxlength=300, required=True),
            class_="wide",
        ),
        tag("button", words["accept"], class_="go"),
        method="post",
        action=f"/inbox/standards/{work}" + ("?lang=en" if lang == "en" else ""),
    )
