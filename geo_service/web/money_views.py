"""Floor 8: the pages of the money as HTML: how the measures stand, vouchers, own visits, claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from geo_service.actions.book_visits import Proposal, proposals
from geo_service.actions.money_records import all_carriers, all_claims, all_measures, all_vouchers, the
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError
from geo_service.funding.cents import euros
from geo_service.funding.claims import Claim, changed_since, reproduces
from geo_service.funding.measure import Measure
from geo_service.funding.totals import Account, total_of
from geo_service.funding.voucher import FundShare, Voucher
from geo_service.outputs.money_account import accounts
from geo_service.outputs.money_list import VoucherFilter, vouchers_of
from geo_service.store.kinds_money import VOUCHER
from geo_service.store.protocol import Store
from geo_service.web.frame import Frame
from geo_service.web.markup import Child, Markup, join, tag
from geo_service.web.money_parts import bar, choice, cost_kind_in, day_of, facts, field, table, tabs, totals_table
from geo_service.web.money_words import MONEY
from geo_service.web.page_desk import PLANNERS, STAFF
from geo_service.web.words import Lang

VOUCHER_FIELDS = (
    *("measure", "dated", "from", "until", "amount", "vat", "cost_kind", "carrier", "text", "quarter", "plot", "work"),
    *("document", "step"),
)
"""Fields of the form of a voucher."""

VAT_RATES = (("0", "0 %"), ("7", "7 %"), ("19", "19 %"))


def overview(frame: Frame, store: Store, on: date) -> str:
    """Return how each measure stands: approved, charged, left; by quarter, time and kind of cost."""
    words = MONEY[frame.lang]
    return frame.page(words["title"], tabs(frame), *(_measure(frame, one) for one in accounts(store, on)))


def _measure(frame: Frame, account: Account) -> Markup:
    words, lang, one = MONEY[frame.lang], frame.lang, account.measure
    funds = {fund.code: fund.name for fund in one.funds}
    whole = sum(fund.parts for fund in one.funds)
    starts = [_start(one, start.quarter, start.from_on, lang) for start in one.starts]
    rows: list[tuple[str, Child]] = [
        (words["duration"], f"{day_of(one.from_on, lang)} – {day_of(one.until_on, lang)}"),
        (words["funds"], ", ".join(f"{fund.name} {100 * fund.parts / whole:g} %" for fund in one.funds)),
        (words["starts"], tag("ul", *(tag("li", text) for text in starts)) if starts else None),
        (words["source"], one.source),
    ]
    approved = [
        [one.reference, day_of(one.approved_on, lang), euros(one.gross_cents, lang), one.note] for one in one.approvals
    ]
    heads = [(words["reference"], False), (words["date"], False), (words["amount"], True), (words["note"], False)]
    kinds = {cost_kind_in(code, lang): total for code, total in account.by_cost_kind.items()}
    return tag(
        "section",
        tag(
            "h2",
            f"{one.code} {one.name} ",
            tag("span", words["fictional"], class_="chip") if one.fictional else None,
        ),
        tag("p", one.programme, class_="quiet") if one.programme else None,
        bar(account, lang),
        facts(rows),
        totals_table(account.by_quarter, account.total, funds, lang, title=words["quarter"]),
        tag(
            "details",
            tag("summary", f"{words['time']}, {words['cost_kind']}"),
            totals_table(account.by_time, account.total, funds, lang, title=words["time"]),
            totals_table(kinds, account.total, funds, lang, title=words["cost_kind"]),
        ),
        table(heads, approved, words["approvals"]) if approved else None,
        _approve(frame, one) if frame.who.is_one_of(PLANNERS) else None,
        id=f"measure-{one.code}",
    )


def _start(measure: Measure, quarter: str, on: date, lang: Lang) -> str:
    words, first = MONEY[lang], measure.chargeable_from(quarter)
    told = {"quarter": quarter, "on": day_of(on, lang), "first": day_of(first, lang)}
    return words["start_late" if first is not None and first > on else "start_line"].format_map(told)


def _approve(frame: Frame, measure: Measure) -> Markup:
    words = MONEY[frame.lang]
    return tag(
        "details",
        tag("summary", words["approve"]),
        tag(
            "form",
            field("reference", words["reference"], required=True, maxlength=100),
            field("on", words["date"], type="date", required=True),
            field("amount", words["amount"], required=True, inputmode="decimal"),
            field("note", words["note"], wide=True, maxlength=300),
            tag("button", words["save"], class_="main"),
            method="post",
            action=frame.link(f"/money/measures/{measure.code}/approvals"),
        ),
    )


def voucher_list(frame: Frame, store: Store, asked: Mapping[str, str]) -> str:
    """Return the vouchers that are asked for, the newest first, with their total and files."""
    words, lang = MONEY[frame.lang], frame.lang
    try:
        days = {name: date.fromisoformat(asked[name]) if asked.get(name) else None for name in ("from", "until")}
    except ValueError as error:
        raise InputError("this is no day", remedy="write it as 2026-11-24") from error
    quarter = asked.get("quarter", "*")
    wanted = VoucherFilter(
        measure=asked.get("measure", ""),
        quarter=None if quarter == "*" else quarter,
        cost_kind=asked.get("cost_kind", ""),
        carrier=asked.get("carrier", ""),
        from_on=days["from"],
        until_on=days["until"],
    )
    found = vouchers_of(store, wanted)
    measures = all_measures(store)
    funds = list(dict.fromkeys(fund.code for one in measures for fund in one.funds))
    total = total_of(found, funds)
    names = {one.code: one.name for one in all_carriers(store)} if frame.who.is_one_of(STAFF) else {}
    heads = [(words["number"], False), (words["served"], False), (words["quarter"], False), (words["cost_kind"], False)]
    heads += [(words["carrier"], False), (words["gross"], True), *((fund.upper(), True) for fund in funds)]
    rows = [_voucher_row(frame, one, funds, names) for one in reversed(found)]
    amounts = [euros(total.gross_cents, lang), *(euros(total.by_fund.get(fund, 0), lang) for fund in funds)]
    foot: list[Child] = [words["sum"], "", "", "", "", *amounts]
    files = "&".join(f"{name}={value}" for name, value in asked.items() if value and value != "*" and name != "lang")
    kinds = sorted({code for one in measures for code in one.cost_kinds})
    quarters = sorted({one.spending.quarter for one in all_vouchers(store)} - {""})
    may = frame.who.is_one_of(PLANNERS)
    every = ("", words["all"])
    form = tag(
        "form",
        choice("measure", words["measure"], [every, *((one.code, one.code) for one in measures)], wanted.measure),
        choice(
            "quarter",
            words["quarter"],
            [("*", words["all"]), ("", words["whole_area"]), *((one, one) for one in quarters)],
            quarter,
        ),
        choice(
            "cost_kind", words["cost_kind"], [every, *((c, cost_kind_in(c, lang)) for c in kinds)], wanted.cost_kind
        ),
        field("from", words["from"], type="date", value=asked.get("from", "")),
        field("until", words["until"], type="date", value=asked.get("until", "")),
        tag("input", type="hidden", name="lang", value=lang),
        tag("button", words["show"]),
        method="get",
        class_="fields",
    )
    downloads = [
        tag("a", suffix.upper(), href=f"/vouchers.{suffix}{'?' + files if files else ''}", class_="button")
        for suffix in ("xlsx", "csv")
    ]
    return frame.page(
        words["vouchers"],
        tabs(frame),
        form,
        table(heads, rows, words["vouchers"], foot) if rows else tag("p", words["none"], class_="empty"),
        tag(
            "p",
            *(downloads if frame.who.is_one_of(STAFF) else ()),
            tag("a", words["new_voucher"], href=frame.link("/money/vouchers/new"), class_="button main")
            if may
            else None,
            class_="actions",
        ),
    )


def _voucher_row(frame: Frame, one: Voucher, funds: Sequence[str], carriers: Mapping[str, str]) -> list[Child]:
    lang, told = frame.lang, one.spending
    link = tag("a", one.number, href=frame.link(f"/money/vouchers/{one.number}"))
    kind = "" if one.kind == "original" else f" ({MONEY[lang][one.kind]})"
    return [
        join(link, kind),
        day_of(told.served_until, lang),
        told.quarter or MONEY[lang]["whole_area"],
        cost_kind_in(told.cost_kind, lang),
        carriers.get(told.carrier, told.carrier),
        euros(told.gross_cents, lang),
        *(euros(one.by_fund.get(fund, 0), lang) for fund in funds),
    ]


def voucher_form(
    frame: Frame, store: Store, sent: Mapping[str, str], today: date, split: Sequence[FundShare] = ()
) -> str:
    """Return the form of a voucher; with a split it was checked and can be booked."""
    words, lang = MONEY[frame.lang], frame.lang
    measures = all_measures(store)
    kinds = sorted({code for one in measures for code in one.cost_kinds}, key=lambda code: cost_kind_in(code, lang))
    groups = sorted({one.group for one in store.quarters()})
    day = today.isoformat()
    fields = [
        choice(
            "measure",
            words["measure"],
            [(one.code, f"{one.code} {one.name}") for one in measures],
            sent.get("measure", "W26"),
        ),
        choice("cost_kind", words["cost_kind"], [(c, cost_kind_in(c, lang)) for c in kinds], sent.get("cost_kind", "")),
        choice("carrier", words["carrier"], [(c.code, c.name) for c in all_carriers(store)], sent.get("carrier", "")),
        field("amount", words["amount"], value=sent.get("amount", ""), required=True, inputmode="decimal"),
        choice("vat", words["vat_rate"], VAT_RATES, sent.get("vat", "19")),
        field("dated", words["date"], type="date", value=sent.get("dated", day), required=True),
        field("from", words["from"], type="date", value=sent.get("from", day), required=True),
        field("until", words["until"], type="date", value=sent.get("until", day), required=True),
        field("text", words["text"], wide=True, value=sent.get("text", ""), required=True, maxlength=300),
        choice(
            "quarter", words["quarter"], [("", words["whole_area"]), *((g, g) for g in groups)], sent.get("quarter", "")
        ),
        field("plot", words["plot"], value=sent.get("plot", ""), maxlength=80),
        field("work", words["work"], value=sent.get("work", ""), maxlength=40),
        field("document", words["document"], wide=True, value=sent.get("document", ""), maxlength=64),
    ]
    names = {fund.code: fund.name for one in measures for fund in one.funds}
    shown = [tag("li", f"{names.get(one.fund, one.fund)}: {euros(one.cents, lang)}") for one in split]
    return frame.page(
        words["new_voucher"],
        tabs(frame),
        tag(
            "form",
            *fields,
            tag("div", tag("strong", words["split"]), tag("ul", *shown), class_="split", role="status")
            if split
            else None,
            tag("button", words["check"], name="step", value="check", class_=None if split else "main"),
            tag("button", words["book"], name="step", value="book", class_="main") if split else None,
            method="post",
            action=frame.link("/money/vouchers/new"),
            class_="fields card",
        ),
    )


def voucher_page(frame: Frame, store: Store, number: str) -> str:
    """Return one voucher with what belongs to it, and the forms to correct and cancel it."""
    words, lang = MONEY[frame.lang], frame.lang
    one = the(store, VOUCHER, number).record
    told = one.spending
    claim = next((each.number for each in all_claims(store, told.measure) if number in each.vouchers), "")
    staff = frame.who.is_one_of(STAFF)
    follow = [each for each in all_vouchers(store) if each.refers_to == number]
    rows: list[tuple[str, Child]] = [
        (words["kind"], words[one.kind]),
        (words["refers_to"], _link(frame, one.refers_to) if one.refers_to else None),
        (words["measure"], told.measure),
        (words["cost_kind"], cost_kind_in(told.cost_kind, lang)),
        (words["carrier"], told.carrier if staff else None),
        (words["text"], told.text if staff else None),
        (words["served"], f"{day_of(told.served_from, lang)} – {day_of(told.served_until, lang)}"),
        (words["quarter"], told.quarter or words["whole_area"]),
        (words["plot"], told.plot),
        (words["work"], told.work),
        (words["visit"], told.visit),
        (words["lot"], tag("a", told.lot, href=frame.link(f"/money/lots/{told.lot}")) if told.lot else None),
        (words["gross"], tag("strong", euros(told.gross_cents, lang))),
        (words["vat"], euros(told.vat_cents, lang)),
        (words["reason"], one.reason if staff else None),
        (words["booked"], day_of(one.at.astimezone(BERLIN).date(), lang)),
        (words["claimed"], claim or words["not_claimed"]),
    ]
    names = {fund.code: fund.name for each in all_measures(store) for fund in each.funds}
    split = [tag("li", f"{names.get(each.fund, each.fund)}: {euros(each.cents, lang)}") for each in one.split]
    later = [
        tag("li", _link(frame, each.number), f" {words[each.kind]} {euros(each.gross_cents, lang)}") for each in follow
    ]
    return frame.page(
        f"{words['number']} {number}",
        tabs(frame),
        tag("section", facts(rows), tag("div", tag("strong", words["split"]), tag("ul", *split), class_="split")),
        tag("section", tag("ul", *later)) if later else None,
        _voucher_forms(frame, one) if frame.who.is_one_of(PLANNERS) and one.kind == "original" else None,
    )


def _voucher_forms(frame: Frame, one: Voucher) -> Markup:
    words = MONEY[frame.lang]
    reason = field("reason", words["reason"], wide=True, required=True, maxlength=300)
    path = f"/money/vouchers/{one.number}"
    return tag(
        "section",
        tag(
            "details",
            tag("summary", words["correct"]),
            tag("p", words["correct_hint"], class_="quiet"),
            tag(
                "form",
                field("amount", words["difference"], required=True, inputmode="decimal"),
                choice("vat", words["vat_rate"], VAT_RATES, "19"),
                reason,
                tag("button", words["correct"], class_="main"),
                method="post",
                action=frame.link(f"{path}/correction"),
            ),
        ),
        tag(
            "details",
            tag("summary", words["cancel"]),
            tag(
                "form",
                reason,
                tag("button", words["cancel"], class_="main"),
                method="post",
                action=frame.link(f"{path}/cancellation"),
            ),
        ),
    )


def visit_list(frame: Frame, store: Store) -> str:
    """Return the done visits of own crews that no voucher pays yet, calculated."""
    words = MONEY[frame.lang]
    found = proposals(store)
    may = frame.who.is_one_of(PLANNERS)
    heads = [(words["visit"], False), (words["date"], False), (words["quarter"], False), (words["minutes"], True)]
    heads += [(words["measure"], False), (words["gross"], True), *(((words["book"], False),) if may else ())]
    rows = [_proposal_row(frame, one, may=may) for one in found]
    book_all = tag(
        "form", tag("button", words["book_all"], class_="main"), method="post", action=frame.link("/money/visits")
    )
    return frame.page(
        words["visits"],
        tabs(frame),
        tag("p", words["visits_hint"], class_="quiet"),
        table(heads, rows, words["visits"]) if rows else tag("p", words["visits_none"], class_="empty"),
        book_all if may and any(one.complete for one in found) else None,
    )


def _proposal_row(frame: Frame, one: Proposal, *, may: bool) -> list[Child]:
    words, lang = MONEY[frame.lang], frame.lang
    missing = [words["minutes"] if what == "minutes" else what for what in (one.cost.missing if one.cost else ())]
    if one.complete and one.cost is not None:
        amount: Child = euros(one.cost.gross_cents, lang)
    else:
        amount = tag("span", words["missing"].format(what=", ".join(missing) or "–"), class_="chip rule")
    form = tag(
        "form",
        tag("input", type="hidden", name="visit", value=one.visit_id),
        tag("button", words["book"]),
        method="post",
        action=frame.link("/money/visits"),
    )
    return [
        one.visit_id,
        day_of(one.done_on, lang),
        one.quarter or words["whole_area"],
        "–" if one.minutes is None else one.minutes,
        one.measure or words["no_measure"],
        amount,
        *((form if one.complete else "",) if may else ()),
    ]


def claim_list(frame: Frame, store: Store, today: date) -> str:
    """Return the claims, each proven by its digest, and the form of a new one."""
    words, lang = MONEY[frame.lang], frame.lang
    vouchers = all_vouchers(store)
    shown = [_claim(one, vouchers, lang) for one in reversed(all_claims(store))]
    measures = [(one.code, f"{one.code} {one.name}") for one in all_measures(store)]
    form = tag(
        "section",
        tag("h2", words["claim_new"]),
        tag("p", words["claim_hint"], class_="quiet"),
        tag(
            "form",
            choice("measure", words["measure"], measures, "W26"),
            choice("kind", words["kind"], [(one, words[one]) for one in ("advance", "final")]),
            field("until", words["until"], type="date", value=today.isoformat(), required=True),
            field("note", words["note"], wide=True, maxlength=300),
            tag("button", words["claim_new"], class_="main"),
            method="post",
            action=frame.link("/money/claims"),
            class_="fields",
        ),
    )
    return frame.page(
        words["claims"],
        tabs(frame),
        *(shown or [tag("p", words["none"], class_="empty")]),
        form if frame.who.is_one_of(PLANNERS) else None,
    )


def _claim(one: Claim, vouchers: Sequence[Voucher], lang: Lang) -> Markup:
    words, holds = MONEY[lang], reproduces(one, vouchers)
    later = sum(each.gross_cents for each in changed_since(one, vouchers))
    rows: list[tuple[str, Child]] = [
        (words["kind"], words[one.kind]),
        (words["until"], day_of(one.until_on, lang)),
        (words["vouchers"], len(one.vouchers)),
        (words["gross"], tag("strong", euros(one.gross_cents, lang))),
        *((each.fund.upper(), euros(each.cents, lang)) for each in one.by_fund),
        (words["changed"], euros(later, lang) if later else None),
        (words["digest"], tag("span", one.digest, class_="digest")),
    ]
    proof = tag("span", words["reproduces" if holds else "broken"], class_="chip good" if holds else "chip bad")
    return tag("section", tag("h2", one.number, " ", proof), facts(rows))


def _link(frame: Frame, number: str) -> Markup:
    return tag("a", number, href=frame.link(f"/money/vouchers/{number}"))
