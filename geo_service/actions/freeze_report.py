"""Floor 6: a report is frozen: the facts that it rests on are kept with their digest and never change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from geo_service.store.kinds_watch import FROZEN_REPORT, FrozenReport
from geo_service.store.protocol import Store


def freeze_report(
    store: Store,
    period: str,
    facts: str,
    digest: str,
    *,
    note: str = "",
    author: str,
    clock: Callable[[], datetime],
) -> FrozenReport:
    """Keep a report about a period under the next number.

    Parameters
    ----------
    facts, digest
        The facts as text and their SHA-256, see `geo_service.outputs.report.frozen_facts`.
    """
    now = clock()
    with store.change(author=author, reason=f"report about {period}", at=now) as tx:
        number = f"R-{period}-{tx.next_number(f'report {period}')}"
        report = FrozenReport(number, period, facts, digest, author, now, note.strip())
        tx.put_record(FROZEN_REPORT, report, expected=0)
    return report
