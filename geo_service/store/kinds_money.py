"""Floor 5: how the records of the money are kept: measures, carriers, prices, vouchers, claims, lots."""

from __future__ import annotations

from collections.abc import Iterator

from geo_service.funding.claims import Claim
from geo_service.funding.lots import Lot
from geo_service.funding.measure import Measure
from geo_service.funding.rates import RateTable
from geo_service.funding.voucher import Carrier, Voucher
from geo_service.store.records import Link, RecordKind


def _links_of_voucher(one: Voucher) -> Iterator[Link]:
    told = one.spending
    for name in ("measure", "plot", "visit", "lot", "carrier"):
        value = getattr(told, name)
        if value:
            yield name, value
    if one.refers_to:
        yield "refers_to", one.refers_to


MEASURE = RecordKind("measure", Measure, lambda one: one.code)
CARRIER = RecordKind("carrier", Carrier, lambda one: one.code)
RATES = RecordKind("rates", RateTable, lambda one: one.valid_from.isoformat())
VOUCHER = RecordKind("voucher", Voucher, lambda one: one.number, _links_of_voucher)
"""Looked up by ``measure``, ``plot``, ``visit``, ``lot``, ``carrier`` and ``refers_to``."""
CLAIM = RecordKind("claim", Claim, lambda one: one.number, lambda one: [("measure", one.measure)])
LOT = RecordKind("lot", Lot, lambda one: one.code, lambda one: [("measure", one.measure)])
