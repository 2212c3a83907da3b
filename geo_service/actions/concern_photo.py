"""Floor 6: a reporter's picture of a concern: few, soon after the report, known by the secret, freed of metadata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from geo_service.actions.concern_records import concern_of
from geo_service.actions.keep_photo import keep_photo
from geo_service.base.errors import RuleBroken
from geo_service.neighbourhood.concern import MAX_PHOTOS, Concern, Report
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.photo_folder import Incoming, PhotoPlace
from geo_service.store.protocol import Store

WITHIN = timedelta(hours=2)
"""So long after the report pictures may come."""

AUTHOR = "resident"


def require_room(store: Store, secret: str, sha256: str, *, now: datetime) -> None:
    """Refuse a picture before its bytes are read.

    Raises
    ------
    NotFound
        The secret leads to no concern.
    RuleBroken
        When the report has its pictures, or is too old.
    """
    _require_room(concern_of(store, secret)[1], sha256, now)


def add_photo(
    store: Store,
    place: PhotoPlace,
    secret: str,
    sha256: str,
    incoming: Incoming,
    *,
    said: str | None = None,
    clock: Callable[[], datetime],
) -> Concern:
    """Keep a picture with the report that a secret leads to; the same picture again changes nothing.

    Raises
    ------
    NotFound, RuleBroken
        As in `require_room`; what came in is dropped.
    PictureRefused, StoreFull
        As in `geo_service.actions.keep_photo.keep_photo`.
    """
    try:
        require_room(store, secret, sha256, now=clock())
    except BaseException:
        incoming.drop()
        raise
    photo = keep_photo(store, place, sha256, incoming, said=said, author=AUTHOR, clock=clock)
    kept, report = concern_of(store, secret)
    if sha256 in report.photos:
        return kept.record
    now = clock()
    with store.change(author=AUTHOR, reason=f"a picture for {kept.record.number}", at=now) as tx:
        kept, report = concern_of(store, secret)
        _require_room(report, sha256, now)
        with_it = replace(report, photos=tuple(dict.fromkeys((*report.photos, photo.sha256))))
        reports = tuple(with_it if one is report else one for one in kept.record.reports)
        concern = replace(kept.record, reports=reports)
        tx.put_record(CONCERN, concern)
    return concern


def _require_room(report: Report, sha256: str, now: datetime) -> None:
    if sha256 in report.photos:
        return
    if len(report.photos) >= MAX_PHOTOS:
        raise RuleBroken(f"there are {MAX_PHOTOS} pictures already", remedy="they are enough", rule="photos_full")
    if now - report.at > WITHIN or report.forgotten_at is not None:
        raise RuleBroken(
            "pictures can be added only soon after the report",
            remedy="report it again with the picture",
            rule="photos_late",
        )
