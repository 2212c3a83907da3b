"""Floor 7: vouchers by what is asked of them, the same for pages, API and files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo_service.actions.money_records import all_vouchers
from geo_service.funding.voucher import Voucher
from geo_service.store.protocol import Store


@dataclass(frozen=True)
class VoucherFilter:
    """Which vouchers are wanted; empty: whatever it is. ``quarter`` is None for all, empty for the whole area.

    Attributes
    ----------
    from_on, until_on
        First and last day on which the service may have ended, both inclusive.
    """

    measure: str = ""
    quarter: str | None = None
    cost_kind: str = ""
    carrier: str = ""
    plot: str = ""
    lot: str = ""
    from_on: date | None = None
    until_on: date | None = None

    def takes(self, voucher: Voucher) -> bool:
        """Tell whether a voucher is wanted."""
        told = voucher.spending
        return (
            all(
                getattr(self, name) in ("", getattr(told, name))
                for name in ("measure", "cost_kind", "carrier", "plot", "lot")
            )
            and self.quarter in (None, told.quarter)
            and (self.from_on or told.served_until) <= told.served_until <= (self.until_on or told.served_until)
        )


def vouchers_of(store: Store, wanted: VoucherFilter) -> list[Voucher]:
    """Return the vouchers that are wanted, in order of their numbers."""
    return [one for one in all_vouchers(store) if wanted.takes(one)]
