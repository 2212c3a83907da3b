"""What the actions on concerns do on the small desk: for each what it does, and what must have happened before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from geo_service.actions.check_concern import Checked, check_concern
from geo_service.actions.concern_photo import add_photo
from geo_service.actions.end_concern import close_concern, reject_concern, reopen_concern
from geo_service.actions.forget_reporters import forget_reporters
from geo_service.actions.forward_concern import forward_concern
from geo_service.actions.merge_concerns import merge_concerns
from geo_service.actions.order_concern import OrderAsked, order_concern
from geo_service.actions.publish_concern import publish_concern, withdraw_concern
from geo_service.actions.report_concern import report_concern
from geo_service.neighbourhood.concern import Told
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.photo_folder import PhotoFolder
from geo_service.store.sqlite import SqliteStore
from tests.base.picture_files import plain
from tests.trust.small_desk import AT

HOW = {"author": "tester", "clock": lambda: AT + timedelta(hours=5)}
SECRET = "s" * 43
Act = Callable[[SqliteStore, Path], object]


def report(store: SqliteStore, files: Path, secret: str = SECRET) -> object:
    told = Told("dumped_waste", 12.3113, 51.3206, "Sofa", name="Eva Beispiel", mail="eva@post.example")
    return report_concern(store, told, **HOW, secret_of=lambda: secret)


def number(store: SqliteStore) -> str:
    return store.records(CONCERN)[-1].record.number


def reported(store: SqliteStore, files: Path) -> None:
    report(store, files)


def twice(store: SqliteStore, files: Path) -> None:
    report(store, files)
    report(store, files, "t" * 43)


def check(store: SqliteStore, files: Path) -> object:
    return check_concern(store, number(store), Checked("gesehen", plot="KLZ-0001"), **HOW)


def checked(store: SqliteStore, files: Path) -> None:
    reported(store, files)
    check(store, files)


def close(store: SqliteStore, files: Path) -> object:
    return close_concern(store, number(store), reason="weg", **HOW)


def closed(store: SqliteStore, files: Path) -> None:
    checked(store, files)
    close(store, files)


def publish(store: SqliteStore, files: Path) -> object:
    return publish_concern(store, number(store), "Sperrmüll", **HOW)


def published(store: SqliteStore, files: Path) -> None:
    checked(store, files)
    publish(store, files)


def merge(store: SqliteStore, files: Path) -> object:
    first, twin = [one.record.number for one in store.records(CONCERN)][-2:]
    return merge_concerns(store, first, twin, reason="dasselbe Sofa", **HOW)


def order(store: SqliteStore, files: Path) -> object:
    return order_concern(store, number(store), OrderAsked("abholen"), **HOW)


def forward(store: SqliteStore, files: Path) -> object:
    return forward_concern(store, number(store), "Ordnungsamt", "32-17", reason="Privatgrund", **HOW)


def photo(store: SqliteStore, files: Path) -> object:
    place = PhotoFolder(files.parent / "concern-photos")
    data = plain("PNG")
    incoming = place.receive()
    try:
        incoming.write(data)
        sha256 = hashlib.sha256(data).hexdigest()
        return add_photo(store, place, SECRET, sha256, incoming, said="image/png", clock=HOW["clock"])
    finally:
        incoming.close()


def forget(store: SqliteStore, files: Path) -> object:
    return forget_reporters(store, author="tester", clock=lambda: AT + timedelta(days=400))


CONCERNS: dict[str, tuple[Act, Act]] = {
    "check_concern.check_concern": (check, reported),
    "end_concern.close_concern": (close, checked),
    "end_concern.reject_concern": (
        lambda store, files: reject_concern(store, number(store), reason="nichts da", **HOW),
        reported,
    ),
    "end_concern.reopen_concern": (
        lambda store, files: reopen_concern(store, number(store), reason="wieder da", **HOW),
        closed,
    ),
    "forget_reporters.forget_reporters": (forget, closed),
    "forward_concern.forward_concern": (forward, checked),
    "merge_concerns.merge_concerns": (merge, twice),
    "order_concern.order_concern": (order, checked),
    "publish_concern.publish_concern": (publish, checked),
    "publish_concern.withdraw_concern": (
        lambda store, files: withdraw_concern(store, number(store), **HOW),
        published,
    ),
    "report_concern.report_concern": (report, lambda store, files: None),
}
"""By action; see `tests.trust.test_fault_at_every_statement.Case`."""

PHOTO = (photo, reported)
"""The same for `add_photo`: the picture is kept first, then named; sent again it is not kept twice."""
