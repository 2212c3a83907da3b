"""Floor 5: how concerns are kept."""

from __future__ import annotations

from collections.abc import Iterator

from geo_service.neighbourhood.concern import Concern
from geo_service.store.records import Link, RecordKind


def _links(one: Concern) -> Iterator[Link]:
    for report in one.reports:
        yield "secret", report.secret_sha256
        yield "number", report.number
        for sha256 in report.photos:
            yield "photo", sha256
    for plot in {one.plot, *(order.plot for order in one.orders)} - {""}:
        yield "plot", plot
    for order in one.orders:
        yield "ordered", order.plot
        if order.done_by:
            yield "done_by", order.done_by


CONCERN = RecordKind("concern", Concern, lambda one: one.number, _links)
"""Looked up by ``secret`` (SHA-256), ``number`` of a report, ``photo``, ``plot``, ``ordered`` (plot), ``done_by``."""
