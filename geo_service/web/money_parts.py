"""Floor 8: what the pages of the money are drawn of: tabs, amounts, tables, the bar of a measure, fields of forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from geo_service.funding.cents import euros
from geo_service.funding.measure import COST_KINDS
from geo_service.funding.totals import Account, Total
from geo_service.outputs.words import numeric_date
from geo_service.web.frame import Frame
from geo_service.web.markup import Child, Markup, join, tag
from geo_service.web.money_words import MONEY
from geo_service.web.words import Lang

TABS = (
    ("/money", "overview"),
    ("/money/vouchers", "vouchers"),
    ("/money/visits", "visits"),
    ("/money/claims", "claims"),
    ("/money/lots", "lots"),
)


def tabs(frame: Frame) -> Markup:
    """Return the way to the other pages of the money."""
    words = MONEY[frame.lang]
    return frame.tabs([(path, words[name]) for path, name in TABS], words["parts"])


def cost_kind_in(code: str, lang: Lang) -> str:
    """Return the name of a kind of cost."""
    kind = COST_KINDS.get(code)
    if kind is None:
        return code
    return kind.name_en if lang == "en" else kind.name_de


def table(
    heads: Sequence[tuple[str, bool]], rows: Iterable[Sequence[Child]], caption: str, foot: Sequence[Child] = ()
) -> Markup:
    """Return a table that scrolls by itself when it is wide; a head says whether figures stand below it.

    A first cell that is plain text heads its row.
    """

    def cells(row: Sequence[Child]) -> list[Markup]:
        return [
            tag("th", cell, scope="row")
            if place == 0
            else tag("td", cell, class_="figure" if heads[place][1] else None)
            for place, cell in enumerate(row)
        ]

    head = tag("tr", *(tag("th", name, scope="col", class_="figure" if right else None) for name, right in heads))
    parts = [tag("thead", head), tag("tbody", *(tag("tr", *cells(row)) for row in rows))]
    if foot:
        parts.append(tag("tfoot", tag("tr", *cells(foot))))
    made = tag("table", tag("caption", caption, class_="quiet"), *parts)
    return tag("div", made, class_="wide-table", tabindex=0, role="region", aria_label=caption)


def bar(account: Account, lang: Lang) -> Markup:
    """Return the picture of a measure: what each quarter spent, one after another, in what is approved."""
    words, whole = MONEY[lang], max(account.approved_cents, account.total.gross_cents, 1)
    spent = words["picture"].format(
        charged=euros(account.total.gross_cents, lang), approved=euros(account.approved_cents, lang)
    )
    pieces, x = [], 0.0
    named = [(name, total) for name, total in account.by_quarter.items() if total.gross_cents > 0]
    for place, (name, total) in enumerate(named):
        width = 100 * total.gross_cents / whole
        told = f"{name or words['whole_area']}: {euros(total.gross_cents, lang)}"
        pieces.append(
            tag(
                "rect",
                tag("title", told),
                x=f"{x:.2f}%",
                y=0,
                width=f"{width:.2f}%",
                height=28,
                class_=f"piece-{place % 6}",
            )
        )
        x += width
    legend = [
        tag(
            "li",
            tag("span", class_=f"swatch piece-{place % 6}"),
            f" {name or words['whole_area']} ",
            euros(total.gross_cents, lang),
        )
        for place, (name, total) in enumerate(named)
    ]
    legend.append(tag("li", tag("span", class_="swatch rest"), f" {words['left']} ", euros(account.left_cents, lang)))
    picture = tag(
        "svg",
        tag("title", spent),
        tag("rect", x=0, y=0, width="100%", height=28, class_="rest"),
        *pieces,
        class_="bar-picture",
        role="img",
        width="100%",
        height=28,
    )
    return join(tag("p", tag("strong", spent)), picture, tag("ul", *legend, class_="legend"))


def totals_table(
    groups: Mapping[str, Total], whole: Total, funds: Mapping[str, str], lang: Lang, *, title: str
) -> Markup:
    """Return groups of vouchers with the cents of every fund, and the total that they add up to."""
    words = MONEY[lang]
    heads = [(title, False), (words["count"], True), (words["gross"], True), *((name, True) for name in funds.values())]
    rows = [_total_row(name or words["whole_area"], one, funds, lang) for name, one in groups.items()]
    return table(heads, rows, f"{words['charged']}: {title}", _total_row(words["sum"], whole, funds, lang))


def _total_row(name: str, one: Total, funds: Mapping[str, str], lang: Lang) -> list[Child]:
    return [
        name,
        one.vouchers,
        euros(one.gross_cents, lang),
        *(euros(one.by_fund.get(fund, 0), lang) for fund in funds),
    ]


def field(name: str, label: str, *, wide: bool = False, **attributes: str | int | bool | None) -> Markup:
    """Return a field of a form with its label."""
    return tag("label", tag("span", label), tag("input", name=name, **attributes), class_="wide" if wide else None)


def choice(
    name: str, label: str, options: Iterable[tuple[str, str]], chosen: str = "", *, required: bool = False
) -> Markup:
    """Return a field to choose from."""
    made = [tag("option", text, value=value, selected=value == chosen) for value, text in options]
    return tag("label", tag("span", label), tag("select", *made, name=name, required=required))


def day_of(on: date | None, lang: Lang) -> str:
    """Write a day, or a dash."""
    return "–" if on is None else numeric_date(on, lang)


def facts(rows: Iterable[tuple[str, Child]]) -> Markup:
    """Return names with what they are; what is empty is left out."""
    told = [(name, value) for name, value in rows if value not in ("", None)]
    return tag("dl", *(join(tag("dt", name), tag("dd", value)) for name, value in told), class_="facts")
