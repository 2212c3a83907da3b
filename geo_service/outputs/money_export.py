"""Floor 7: vouchers and bills of quantities as files: XLSX, CSV, and the bill as PDF to be filled in by bidders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files

import orjson
import typst

from geo_service.base.clock import require_aware
from geo_service.base.errors import InputError
from geo_service.funding.cents import euros
from geo_service.funding.lots import Lot, Position
from geo_service.funding.measure import COST_KINDS, Measure
from geo_service.funding.totals import total_of
from geo_service.funding.voucher import Voucher
from geo_service.outputs.day_sheet import sheet_fonts
from geo_service.outputs.money_frames import fund_codes
from geo_service.outputs.plain import plain
from geo_service.outputs.spreadsheet import Cell, Column, Form, Sheet, csv_of, stamp, xlsx_of
from geo_service.outputs.words import number, numeric_date

SOURCE = "Belege des Quartiersservice; intern, nicht zur Weitergabe"
BILL_SOURCE = "Flächenkataster und Leistungskatalog des Quartiersservice"
UNITS = {"m2": "m²", "visit": "St"}
"""Units of positions as GAEB writes them."""

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def vouchers_file(
    vouchers: Sequence[Voucher],
    measures: Sequence[Measure],
    carriers: dict[str, str],
    form: str,
    *,
    at: datetime,
    sample: bool,
) -> bytes:
    """Return vouchers as ``csv`` (columns as in `geo_service.outputs.money_frames`, whole cents) or ``xlsx``.

    Parameters
    ----------
    carriers
        Names by code.
    """
    fictional = sorted(one.code for one in measures if one.fictional)
    notes = stamp(SOURCE, at=at, sample=sample)
    if fictional:
        notes = (*notes, f"Erfundene Maßnahmen: {', '.join(fictional)}")
    machine = form == "csv"
    sheet = _vouchers(vouchers, measures, carriers, notes, machine=machine)
    return csv_of(sheet) if machine else xlsx_of([sheet], at=at)


def _vouchers(
    vouchers: Sequence[Voucher],
    measures: Sequence[Measure],
    carriers: dict[str, str],
    notes: Sequence[str],
    *,
    machine: bool,
) -> Sheet:
    funds = fund_codes(measures)
    names = {fund.code: fund.name for one in measures for fund in one.funds}
    told = (
        ("number", "Beleg", 13),
        ("kind", "Art", 12),
        ("refers_to", "zu Beleg", 13),
        ("measure", "Maßnahme", 10),
        ("dated_on", "Datum", 11),
        ("served_from", "Leistung von", 12),
        ("served_until", "Leistung bis", 12),
        ("quarter", "Gebiet", 15),
        ("cost_kind", "Kostenart", 24),
        ("carrier", "Träger", 30),
        ("plot", "Fläche", 10),
        ("work", "Arbeit", 14),
        ("visit", "Einsatz", 14),
        ("lot", "Los", 9),
        ("text", "Text", 50),
        ("reason", "Grund", 24),
        ("document_sha256", "Dokument (SHA-256)", 18),
        ("gross_cents", "Brutto", 14),
        ("vat_cents", "davon MwSt.", 13),
        *((f"{fund}_cents", names[fund], 14) for fund in funds),
    )
    columns = [Column(key if machine else name, _form(key), width) for key, name, width in told]
    rows: list[Sequence[Cell]] = []
    for one in vouchers:
        values: dict[str, Cell] = {
            **{key: getattr(one.spending, key) for key, *_ in told if hasattr(one.spending, key)},
            "number": one.number,
            "kind": one.kind if machine else KINDS[one.kind],
            "refers_to": one.refers_to,
            "reason": one.reason,
            **{f"{fund}_cents": one.by_fund.get(fund) for fund in funds},
        }
        if not machine:
            kind = COST_KINDS.get(one.spending.cost_kind)
            values["cost_kind"] = kind.name_de if kind else one.spending.cost_kind
            values["carrier"] = carriers.get(one.spending.carrier, one.spending.carrier)
        rows.append([values[key] for key, *_ in told])
    whole = total_of(vouchers, funds)
    sums: dict[str, Cell] = {"number": "Summe", "gross_cents": whole.gross_cents, "vat_cents": whole.vat_cents}
    sums |= {f"{fund}_cents": cents for fund, cents in whole.by_fund.items()}
    return Sheet("Belege", "Belege", columns, rows, [sums.get(key) for key, *_ in told], notes)


KINDS = {"original": "Beleg", "correction": "Korrektur", "cancellation": "Storno"}
"""Kinds of vouchers for people."""


def _form(key: str) -> Form:
    if key.endswith("_cents"):
        return "cents"
    return "day" if key in ("dated_on", "served_from", "served_until") else "text"


def bill_file(lot: Lot, form: str, *, at: datetime, sample: bool, lang: str = "de") -> bytes:
    """Return the bill of quantities of a lot, prices blank, as ``xlsx``, ``csv`` or ``pdf``.

    The table is ordered as GAEB orders it (ordinal number, short text, quantity, unit, unit price, total); it is no
    GAEB exchange file.
    """
    notes = stamp(BILL_SOURCE, at=at, sample=sample, lang=lang)
    if form == "pdf":
        return _bill_pdf(lot, notes, at=at)
    if form not in ("csv", "xlsx"):
        raise InputError(f"a bill of quantities is not made as {form}", remedy="ask for xlsx, csv or pdf")
    if form == "csv":
        columns = [Column(name) for name in ("oz", "title", "section", "text", "plot", "work", "per_cycle", "cycles")]
        columns += [Column(name) for name in ("quantity", "unit", "unit_price_cents", "total_cents")]
        rows = [[*_facts(one), one.quantity, one.unit, None, None] for one in lot.positions]
        return csv_of(Sheet(lot.code, lot.title, columns, rows, notes=notes))
    widths = (("OZ", 12), ("Titel", 16), ("Abschnitt", 22), ("Kurztext", 52), ("Fläche", 10))
    figures = (("je Durchgang", 10), ("Durchgänge", 10), ("Menge", 12))
    columns = [Column(name, "text", width) for name, width in widths]
    columns += [Column(name, "whole", width) for name, width in figures]
    columns += [
        Column("Einheit", "text", 8),
        Column("Einheitspreis netto", "cents", 14),
        Column("Gesamt netto", "cents", 14),
    ]
    rows = [
        [
            one.oz,
            one.title,
            one.section,
            one.text,
            one.plot,
            one.per_cycle,
            one.cycles,
            one.quantity,
            UNITS[one.unit],
            None,
            None,
        ]
        for one in lot.positions
    ]
    total: list[Cell] = ["Summe netto", *[None] * 10]
    title = f"Leistungsverzeichnis Los {lot.code}: {lot.title}"
    return xlsx_of([Sheet(lot.code, title, columns, rows, total, (_span(lot), *notes))], at=at)


def _facts(one: Position) -> list[Cell]:
    return [one.oz, one.title, one.section, one.text, one.plot, one.work, one.per_cycle, one.cycles]


def _span(lot: Lot) -> str:
    return f"Gebiet {lot.quarter}, Ausführung {numeric_date(lot.from_on, 'de')} bis {numeric_date(lot.until_on, 'de')}"


def _bill_pdf(lot: Lot, notes: Sequence[str], *, at: datetime) -> bytes:
    prices = {one.oz: one.unit_cents for one in lot.winner.prices} if lot.winner else {}
    rows: list[dict[str, object]] = []
    title = section = ""
    for one in lot.positions:
        if one.title != title:
            rows.append({"head": 1, "oz": one.oz[:2], "text": plain(one.title)})
        if (one.title, one.section) != (title, section):
            rows.append({"head": 2, "oz": one.oz[:5], "text": plain(one.section)})
        title, section = one.title, one.section
        each = f"{number(one.per_cycle, 'de')} {UNITS[one.unit]} × {one.cycles}"
        rows.append(
            {
                "head": 0,
                "oz": one.oz,
                "text": plain(one.text),
                "each": each,
                "quantity": number(one.quantity, "de"),
                "unit": UNITS[one.unit],
                "price": euros(prices[one.oz], "de") if one.oz in prices else "",
                "total": euros(prices[one.oz] * one.quantity, "de") if one.oz in prices else "",
            }
        )
    net = sum(prices.get(one.oz, 0) * one.quantity for one in lot.positions)
    sheet = {
        "title": f"Leistungsverzeichnis Los {lot.code}",
        "name": plain(lot.title),
        "span": _span(lot),
        "kind": f"Auftrag an {lot.award.carrier}" if lot.award else "Angebotsblatt: Preise netto in Euro eintragen",
        "rows": rows,
        "net": euros(net, "de") if prices else "",
        "notes": " · ".join(notes),
        "blank": not prices,
    }
    compiled = typst.compile(
        (files("geo_service.outputs") / "lot_bill.typ").read_bytes(),
        font_paths=sheet_fonts(),
        sys_inputs={"sheet": orjson.dumps(sheet).decode()},
        timestamp=int(require_aware(at).timestamp()),
    )
    return bytes(compiled)
