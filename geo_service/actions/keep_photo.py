"""Floor 6: keep a photo that has arrived whole: hashed, checked, freed of metadata, on disk, only then in the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from geo_service.base.errors import PictureRefused
from geo_service.base.pictures import SUFFIXES, check_picture
from geo_service.store.field import Photo
from geo_service.store.photo_folder import Incoming, PhotoFolder, PhotoPlace, Swept
from geo_service.store.protocol import Store

UNFINISHED_FOR = timedelta(days=3)
"""So long pieces wait for the rest; a phone that comes later sends the photo from its beginning."""

_CUT_OFF_AFTER = timedelta(hours=1)
_ONE_AT_A_TIME = Lock()  # a picture unfolds to many times its size when it is decoded


def keep_photo(
    store: Store,
    place: PhotoPlace,
    digest: str,
    incoming: Incoming,
    *,
    said: str | None = None,
    author: str,
    clock: Callable[[], datetime],
) -> Photo:
    """Keep a photo; the same one again changes nothing. What came in is dropped, whatever becomes of it.

    Parameters
    ----------
    digest
        SHA-256 of the photo in lower-case hexadecimal, as its sender names it.
    said
        The media type that the sender claims; None: whatever it is.

    Raises
    ------
    PictureRefused
        When the bytes have another hash or are no picture that is taken.
    StoreFull
        When the disk is full; nothing is left then.
    """
    try:
        if incoming.digest() != digest:
            raise PictureRefused(
                "the bytes do not have the hash that the photo was announced with",
                remedy="send the photo again from its beginning",
                code="hash_differs",
            )
        with _ONE_AT_A_TIME:
            known = received(store, place, digest)
            return known if known is not None else _keep(store, place, digest, incoming, said, author, clock)
    finally:
        incoming.drop()


def _keep(
    store: Store,
    place: PhotoPlace,
    digest: str,
    incoming: Incoming,
    said: str | None,
    author: str,
    clock: Callable[[], datetime],
) -> Photo:
    picture = check_picture(incoming.read(), said)
    kept = store.photo(digest)  # its row may stand without its file when only the database was brought back
    photo = Photo(
        sha256=digest,
        kept_sha256=sha256(picture.data).hexdigest(),
        media_type=picture.media_type,
        size_bytes=incoming.offset,
        width=picture.width,
        height=picture.height,
        received_at=clock(),
        author=author,
    )
    place.keep(digest, SUFFIXES[picture.media_type], picture.data)
    if kept is not None:
        return kept
    try:
        with store.change(author=author, reason=f"photo {digest[:12]} received", at=photo.received_at) as tx:
            tx.put_photo(photo)
    except BaseException:
        place.drop(digest, SUFFIXES[picture.media_type])
        raise
    return photo


def received(store: Store, place: PhotoPlace, digest: str) -> Photo | None:
    """Return a photo that counts as received: its row stands and its file lies where it belongs."""
    photo = store.photo(digest)
    return photo if photo is not None and place.has(digest, SUFFIXES[photo.media_type]) else None


def sweep_photos(store: Store, folder: PhotoFolder, *, now: datetime) -> Swept:
    """Clear away what crashes and senders who never came back left over; call it before the desk opens."""
    return folder.sweep(store.photos, cut_off_before=now - _CUT_OFF_AFTER, expired_before=now - UNFINISHED_FOR)
