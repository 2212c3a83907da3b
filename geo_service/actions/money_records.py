"""Floor 6: what the actions of the money ask of the records: the one that is meant, or a refusal that says so."""

from __future__ import annotations

from typing import TypeVar

from geo_service.base.errors import NotFound
from geo_service.funding.claims import Claim
from geo_service.funding.lots import Lot
from geo_service.funding.measure import Measure
from geo_service.funding.voucher import Carrier, Voucher
from geo_service.store.kinds_money import CARRIER, CLAIM, LOT, MEASURE, VOUCHER
from geo_service.store.protocol import Store
from geo_service.store.records import Kept, RecordKind

T = TypeVar("T")


def the(store: Store, kind: RecordKind[T], record_id: str) -> Kept[T]:
    """Return a record.

    Raises
    ------
    NotFound
        There is none.
    """
    kept = store.record(kind, record_id)
    if kept is None:
        raise NotFound(f"no {kind.name} {record_id}", remedy=f"name one that is kept as {kind.name}", kind=kind.name)
    return kept


def all_vouchers(store: Store) -> list[Voucher]:
    """Return all vouchers in order of their numbers."""
    return [kept.record for kept in store.records(VOUCHER)]


def all_claims(store: Store, measure: str = "") -> list[Claim]:
    """Return the claims of a measure, or all, in order of their numbers."""
    link = ("measure", measure) if measure else None
    return [kept.record for kept in store.records(CLAIM, link=link)]


def all_measures(store: Store) -> list[Measure]:
    """Return all measures in order of their codes."""
    return [kept.record for kept in store.records(MEASURE)]


def all_carriers(store: Store) -> list[Carrier]:
    """Return all carriers in order of their codes."""
    return [kept.record for kept in store.records(CARRIER)]


def all_lots(store: Store) -> list[Lot]:
    """Return all lots in order of their codes."""
    return [kept.record for kept in store.records(LOT)]
