"""Floor 7: the money as tables for analysts: amounts in whole cents, as the column names say.

A column ``<fund>_cents`` stands for each fund of any measure (``efre_cents``, ``city_cents``); where a measure does not
know the fund it is missing, not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from geo_service.base.clock import BERLIN
from geo_service.base.crs import LEIPZIG_EPSG
from geo_service.funding.claims import changed_since, reproduces
from geo_service.funding.lots import ranking
from geo_service.funding.measure import Measure
from geo_service.funding.totals import Total, calendar_quarter
from geo_service.outputs.money_account import accounts
from geo_service.store.kinds_money import CLAIM, LOT, MEASURE, VOUCHER
from geo_service.store.protocol import Store

VOUCHER_COLUMNS = (
    *("measure", "kind", "refers_to", "dated_on", "served_from", "served_until", "calendar_quarter", "quarter"),
    *("cost_kind", "carrier", "plot", "work", "visit", "lot", "text", "gross_cents", "vat_cents", "net_cents"),
)
"""Columns of `vouchers_frame` beside those of the funds, ``claim`` and the geometry."""

_DAYS = ("dated_on", "served_from", "served_until", "from_on", "until_on", "on", "awarded_on")


def vouchers_frame(store: Store) -> gpd.GeoDataFrame:
    """Return a row per voucher, indexed by number, with the entry to its plot as point in the plan CRS, or none.

    Corrections and cancellations are rows of their own, so every sum over rows is right. ``quarter`` is that of the
    programme, empty for the whole area; ``calendar_quarter`` (``"2026-Q4"``) is that in which the service ended;
    ``claim`` is the number of the claim that asked it back, or missing.
    """
    kept = [one.record for one in store.records(VOUCHER)]
    claims = {number: one.record.number for one in store.records(CLAIM) for number in one.record.vouchers}
    funds = fund_codes([one.record for one in store.records(MEASURE)])
    entries = {plot.code: plot.entry() for plot in store.plots()}
    rows = []
    for one in kept:
        told = one.spending
        row: dict[str, Any] = {name: getattr(told, name) for name in VOUCHER_COLUMNS if hasattr(told, name)}
        row |= {
            "kind": one.kind,
            "refers_to": one.refers_to or None,
            "calendar_quarter": calendar_quarter(told.served_until),
            "net_cents": told.gross_cents - told.vat_cents,
            "claim": claims.get(one.number),
        }
        row |= {name: row[name] or None for name in ("plot", "work", "visit", "lot")}
        rows.append(row | {f"{fund}_cents": one.by_fund.get(fund) for fund in funds})
    columns = (*VOUCHER_COLUMNS, *(f"{fund}_cents" for fund in funds), "claim")
    places = [entries.get(one.spending.plot) for one in kept]
    frame = gpd.GeoDataFrame(_frame(rows, columns), geometry=places, crs=store.plan_crs() or LEIPZIG_EPSG)
    frame.index = pd.Index([one.number for one in kept], name="number", dtype="str")
    return frame


def measures_frame(store: Store, on: date) -> pd.DataFrame:
    """Return a row per measure, indexed by code: duration, approved by a day, charged, left, each fund's part.

    ``fictional`` marks a sample that nobody granted.
    """
    found = accounts(store, on)
    funds = fund_codes([one.measure for one in found])
    rows = [
        {
            "name": one.measure.name,
            "from_on": one.measure.from_on,
            "until_on": one.measure.until_on,
            "fictional": one.measure.fictional,
            "approved_cents": one.approved_cents,
            "left_cents": one.left_cents,
            **_amounts(one.total, funds, one.measure),
        }
        for one in found
    ]
    columns = ("name", "from_on", "until_on", "fictional", "approved_cents", "left_cents", *_amount_columns(funds))
    frame = _frame(rows, columns)
    frame.index = pd.Index([one.measure.code for one in found], name="measure", dtype="str")
    return frame


def spending_frame(store: Store, on: date) -> pd.DataFrame:
    """Return a row per measure and quarter of the programme: what was charged, and each fund's cents.

    The quarters of a measure add up to its total exactly; what belongs to the whole area stands under the empty name.
    """
    return _grouped(store, on, "quarter")


def spending_over_time_frame(store: Store, on: date) -> pd.DataFrame:
    """Return a row per measure and calendar quarter in which service ended: what was charged, and each fund's cents."""
    return _grouped(store, on, "calendar_quarter")


def claims_frame(store: Store) -> pd.DataFrame:
    """Return a row per claim, indexed by number.

    ``reproduces`` tells whether the vouchers that are kept still give its digest; ``changed_cents`` is what corrections
    booked since then add up to that stand in no claim of theirs.
    """
    vouchers = [one.record for one in store.records(VOUCHER)]
    claims = [one.record for one in store.records(CLAIM)]
    funds = fund_codes([one.record for one in store.records(MEASURE)])
    rows = []
    for one in claims:
        asked = {share.fund: share.cents for share in one.by_fund}
        rows.append(
            {
                "measure": one.measure,
                "kind": one.kind,
                "until_on": one.until_on,
                "at": one.at,
                "vouchers": len(one.vouchers),
                "gross_cents": one.gross_cents,
                **{f"{fund}_cents": asked.get(fund) for fund in funds},
                "digest": one.digest,
                "reproduces": reproduces(one, vouchers),
                "changed_cents": sum(each.gross_cents for each in changed_since(one, vouchers)),
            }
        )
    money = (*(f"{fund}_cents" for fund in funds), "digest", "reproduces", "changed_cents")
    frame = _frame(rows, ("measure", "kind", "until_on", "at", "vouchers", "gross_cents", *money))
    frame.index = pd.Index([one.number for one in claims], name="claim", dtype="str")
    return frame


def lots_frame(store: Store) -> pd.DataFrame:
    """Return a row per lot put out to tender, indexed by code; sums are in cents without tax, missing while unknown."""
    lots = [one.record for one in store.records(LOT)]
    rows = []
    for one in lots:
        asked = {bid.carrier: cents for bid, cents in ranking(one)}
        whole = [cents for cents in asked.values() if cents is not None]
        rows.append(
            {
                "title": one.title,
                "measure": one.measure,
                "quarter": one.quarter,
                "from_on": one.from_on,
                "until_on": one.until_on,
                "state": one.state,
                "positions": len(one.positions),
                "bids": len(one.bids),
                "lowest_net_cents": min(whole, default=None),
                "carrier": one.award.carrier if one.award else None,
                "awarded_on": one.award.awarded_on if one.award else None,
                "awarded_net_cents": asked[one.award.carrier] if one.award else None,
                "accepted_net_cents": sum(each.net_cents for each in one.acceptances) if one.award else None,
                "deducted_net_cents": sum(cut.cents for each in one.acceptances for cut in each.deductions)
                if one.award
                else None,
            }
        )
    columns = (
        *("title", "measure", "quarter", "from_on", "until_on", "state", "positions", "bids", "lowest_net_cents"),
        *("carrier", "awarded_on", "awarded_net_cents", "accepted_net_cents", "deducted_net_cents"),
    )
    frame = _frame(rows, columns)
    frame.index = pd.Index([one.code for one in lots], name="lot", dtype="str")
    return frame


def fund_codes(measures: Sequence[Measure]) -> tuple[str, ...]:
    """Return the codes of all funds, each once, in the order in which the measures name them."""
    return tuple(dict.fromkeys(fund.code for one in measures for fund in one.funds))


def _grouped(store: Store, on: date, what: str) -> pd.DataFrame:
    found = accounts(store, on)
    funds = fund_codes([one.measure for one in found])
    rows = [
        {"measure": one.measure.code, what: name, **_amounts(total, funds, one.measure)}
        for one in found
        for name, total in (one.by_quarter if what == "quarter" else one.by_time).items()
    ]
    return _frame(rows, ("measure", what, *_amount_columns(funds)))


def _amount_columns(funds: Sequence[str]) -> tuple[str, ...]:
    return ("vouchers", "gross_cents", "vat_cents", *(f"{fund}_cents" for fund in funds))


def _amounts(total: Total, funds: Sequence[str], measure: Measure) -> dict[str, int | None]:
    known = {**dict.fromkeys(measure.parts, 0), **total.by_fund}
    amounts = {"vouchers": total.vouchers, "gross_cents": total.gross_cents, "vat_cents": total.vat_cents}
    return amounts | {f"{fund}_cents": known.get(fund) for fund in funds}


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: _column(name, [row[name] for row in rows]) for name in columns})


def _column(name: str, values: list[Any]) -> pd.Series:
    if name in _DAYS:
        return pd.to_datetime(pd.Series(values, dtype="object")).dt.as_unit("ms")
    if name == "at":
        return pd.to_datetime(pd.Series(values, dtype="object"), utc=True).dt.tz_convert(BERLIN.key)
    if name.endswith("_cents") or name in ("vouchers", "positions", "bids"):
        return pd.Series(values, dtype="Int64")
    if name in ("reproduces", "fictional"):
        return pd.Series(values, dtype="bool")
    return pd.Series(values, dtype="string")
