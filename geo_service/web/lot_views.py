"""Floor 8: lots of work put out to tender as HTML: bill of quantities, bids side by side, award, acceptance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from geo_service.actions.accept_lot import VAT_PERCENT, reported_of
from geo_service.actions.money_records import all_carriers, all_lots, all_measures, the
from geo_service.funding.cents import euros
from geo_service.funding.lots import Lot, ranking
from geo_service.outputs.money_export import UNITS
from geo_service.store.kinds_money import LOT
from geo_service.store.protocol import Store
from geo_service.web.frame import Frame
from geo_service.web.markup import Child, Markup, tag
from geo_service.web.money_parts import choice, day_of, facts, field, table, tabs
from geo_service.web.money_words import MONEY
from geo_service.web.page_desk import PLANNERS, STAFF


def lot_list(frame: Frame, store: Store, today: date) -> str:
    """Return the lots, and the form of a new one."""
    words, lang = MONEY[frame.lang], frame.lang
    heads = [(words["lot"], False), (words["name"], False), (words["quarter"], False), (words["kind"], False)]
    rows: list[list[Child]] = [
        [
            tag("a", one.code, href=frame.link(f"/money/lots/{one.code}")),
            one.title,
            one.quarter,
            tag("span", words[f"state_{one.state}"], class_="chip"),
        ]
        for one in reversed(all_lots(store))
    ]
    kinds = store.catalogue().kinds.values()
    works = [
        tag(
            "label",
            tag("input", type="checkbox", name=f"work-{one.code}", value="1"),
            one.name_en if lang == "en" else one.name_de,
            class_="check",
        )
        for one in kinds
    ]
    form = tag(
        "section",
        tag("h2", words["lot_new"]),
        tag("p", words["lot_hint"], class_="quiet"),
        tag(
            "form",
            field("title", words["name"], wide=True, required=True, maxlength=120),
            choice("measure", words["measure"], [(one.code, one.code) for one in all_measures(store)], "W26"),
            choice("quarter", words["quarter"], [(one, one) for one in sorted({q.group for q in store.quarters()})]),
            field("from", words["from"], type="date", value=today.isoformat(), required=True),
            field("until", words["until"], type="date", value=today.isoformat(), required=True),
            tag("fieldset", tag("legend", words["works"]), *works),
            tag("button", words["lot_new"], class_="main"),
            method="post",
            action=frame.link("/money/lots"),
            class_="fields",
        ),
    )
    return frame.page(
        words["lots"],
        tabs(frame),
        table(heads, rows, words["lots"]) if rows else tag("p", words["none"], class_="empty"),
        form if frame.who.is_one_of(PLANNERS) else None,
    )


def lot_page(frame: Frame, store: Store, code: str) -> str:
    """Return one lot: what is asked for, who offers it at which price, what was accepted."""
    words, lang = MONEY[frame.lang], frame.lang
    lot = the(store, LOT, code).record
    may = frame.who.is_one_of(PLANNERS)
    staff = frame.who.is_one_of(STAFF)
    names = {one.code: one.name for one in all_carriers(store)} if staff else {}
    award = lot.award
    rows: list[tuple[str, Child]] = [
        (words["measure"], lot.measure),
        (words["quarter"], lot.quarter),
        (words["duration"], f"{day_of(lot.from_on, lang)} – {day_of(lot.until_on, lang)}"),
        (words["kind"], tag("span", words[f"state_{lot.state}"], class_="chip")),
        (
            words["award"],
            words["awarded_to"].format(
                carrier=names.get(award.carrier, award.carrier), on=day_of(award.awarded_on, lang)
            )
            + (f": {award.reason}" if staff else "")
            if award
            else None,
        ),
    ]
    files = [
        tag("a", suffix.upper(), href=f"/lots/{code}/bill.{suffix}", class_="button")
        for suffix in ("pdf", "xlsx", "csv")
    ]
    return frame.page(
        f"{words['lot']} {code}: {lot.title}",
        tabs(frame),
        tag("section", facts(rows), tag("p", *files, class_="actions")),
        _bill(frame, lot),
        _bids(frame, lot, names, may=may) if lot.tendered_on is not None else None,
        _tender(frame, lot) if may and lot.state == "draft" else None,
        _acceptance(frame, store, lot) if may and lot.state == "awarded" else None,
        _accepted(frame, lot) if lot.acceptances else None,
    )


def _bill(frame: Frame, lot: Lot) -> Markup:
    words = MONEY[frame.lang]
    heads = [(words["position"], False), (words["text"], False), (words["quantity"], True)]
    rows: list[list[Child]] = [[one.oz, one.text, f"{one.quantity} {UNITS[one.unit]}"] for one in lot.positions]
    return tag("section", tag("h2", words["bill"]), table(heads, rows, words["bill"]))


def _tender(frame: Frame, lot: Lot) -> Markup:
    words = MONEY[frame.lang]
    return tag(
        "section",
        tag("p", words["tender_hint"], class_="quiet"),
        tag(
            "form",
            tag("button", words["tender"], class_="main"),
            method="post",
            action=frame.link(f"/money/lots/{lot.code}/tender"),
        ),
    )


def _bids(frame: Frame, lot: Lot, names: Mapping[str, str], *, may: bool) -> Markup:
    words, lang = MONEY[frame.lang], frame.lang
    ranked = ranking(lot)
    heads = [(words["carrier"], False), (words["received"], False), (words["net"], True)]
    rows: list[list[Child]] = [
        [
            names.get(bid.carrier, bid.carrier),
            day_of(bid.received_on, lang),
            words["incomplete"] if cents is None else euros(cents, lang),
        ]
        for bid, cents in ranked
    ]
    open_ = may and lot.state == "tendered"
    path = f"/money/lots/{lot.code}"
    return tag(
        "section",
        tag("h2", words["bids"]),
        table(heads, rows, words["bids"]) if rows else tag("p", words["none"], class_="quiet"),
        _prices(frame, lot, names) if open_ else None,
        tag(
            "details",
            tag("summary", words["award"]),
            tag(
                "form",
                choice(
                    "carrier",
                    words["carrier"],
                    [(bid.carrier, names.get(bid.carrier, bid.carrier)) for bid, _ in ranked],
                ),
                field("reason", words["reason"], wide=True, required=True, maxlength=300),
                tag("button", words["award"], class_="main"),
                method="post",
                action=frame.link(f"{path}/award"),
            ),
        )
        if open_ and ranked
        else None,
    )


def _prices(frame: Frame, lot: Lot, names: Mapping[str, str]) -> Markup:
    words = MONEY[frame.lang]
    heads = [(words["position"], False), (words["text"], False), (words["quantity"], True), (words["unit_price"], True)]
    rows: list[list[Child]] = [
        [
            one.oz,
            one.text,
            f"{one.quantity} {UNITS[one.unit]}",
            tag("input", name=f"price-{one.oz}", inputmode="decimal", aria_label=f"{words['unit_price']} {one.oz}"),
        ]
        for one in lot.positions
    ]
    return tag(
        "details",
        tag("summary", words["bid"]),
        tag("p", words["bid_hint"], class_="quiet"),
        tag(
            "form",
            choice("carrier", words["carrier"], list(names.items())),
            field("received", words["received"], type="date", required=True),
            table(heads, rows, words["bid"]),
            tag("button", words["bid"], class_="main"),
            method="post",
            action=frame.link(f"/money/lots/{lot.code}/bids"),
        ),
    )


def _acceptance(frame: Frame, store: Store, lot: Lot) -> Markup:
    words = MONEY[frame.lang]
    reported = reported_of(store, lot)
    heads = [(words["position"], False), (words["text"], False), (words["quantity"], True)]
    heads += [(words["reported"], True), (words["accepted"], True), (words["more_reason"], False)]
    rows: list[list[Child]] = []
    for one in lot.positions:
        left, told = one.quantity - lot.accepted(one.oz), reported.get(one.oz)
        if left <= 0:
            continue
        rows.append(
            [
                one.oz,
                one.text,
                f"{left} {UNITS[one.unit]}",
                "–" if told is None else told,
                tag(
                    "input", name=f"accepted-{one.oz}", inputmode="numeric", aria_label=f"{words['accepted']} {one.oz}"
                ),
                tag("input", name=f"reason-{one.oz}", maxlength=200, aria_label=f"{words['more_reason']} {one.oz}"),
            ]
        )
    return tag(
        "section",
        tag("h2", words["acceptance"]),
        tag("p", words["accept_hint"], class_="quiet"),
        tag(
            "form",
            field("from", words["from"], type="date", required=True),
            field("until", words["until"], type="date", required=True),
            field("vat", words["vat_rate"], type="number", min="0", max="25", value=str(VAT_PERCENT)),
            table(heads, rows, words["acceptance"]),
            field("deduction", words["deduction"], inputmode="decimal"),
            field("deduction_reason", words["deduction_reason"], wide=True, maxlength=200),
            tag("label", tag("input", type="checkbox", name="close", value="1"), words["close"], class_="check"),
            tag("button", words["accept"], class_="main"),
            method="post",
            action=frame.link(f"/money/lots/{lot.code}/acceptances"),
            class_="fields",
        ),
    )


def _accepted(frame: Frame, lot: Lot) -> Markup:
    words, lang = MONEY[frame.lang], frame.lang
    rows: list[Sequence[Child]] = [
        [
            day_of(one.accepted_on, lang),
            len(one.positions),
            euros(one.net_cents, lang),
            tag("a", one.voucher, href=frame.link(f"/money/vouchers/{one.voucher}")),
        ]
        for one in lot.acceptances
    ]
    heads = [(words["date"], False), (words["position"], True), (words["net"], True), (words["number"], False)]
    return tag("section", tag("h2", words["accepted_so_far"]), table(heads, rows, words["accepted_so_far"]))
