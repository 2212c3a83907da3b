"""Floor 8: photos over HTTP: sent whole or in pieces, known by their SHA-256, never public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from geo_service.actions.keep_photo import keep_photo, received
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.identity import Identity, IdentityHere
from geo_service.api.reading import NOT_MODIFIED
from geo_service.api.roles import CREW
from geo_service.api.uploads import BodyRefused, drop_body, pieces
from geo_service.base.errors import NotFound, NotReady, StoreFull
from geo_service.base.pictures import MAX_BYTES, SUFFIXES
from geo_service.store.field import Photo
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.photo_folder import Incoming, Offset, PhotoPlace

router = APIRouter(prefix="/photos", tags=["Field reports"])

PIECE_TYPES = frozenset({"application/offset+octet-stream", "application/octet-stream", *SUFFIXES})
"""What the body of a piece may call itself."""

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Authorization, Cookie",
}
"""Sent with every photo: it never changes, and whatever it may hide is only ever a picture of this desk."""

Sha256InPath = Annotated[
    str,
    Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the photo as it is sent, in lower-case hexadecimal."),
]
_ABOUT_HEADERS = {
    "Upload-Offset": {"description": "Bytes that have arrived.", "schema": {"type": "integer"}},
    "Upload-Length": {"description": "Bytes of the whole photo.", "schema": {"type": "integer"}},
}


class PhotoReceipt(BaseModel):
    """Says that a photo arrived whole. Only a receipt that names the hash counts."""

    sha256: str = Field(description="Of the photo as it was sent.")
    status: Literal["received"] = "received"
    size_bytes: int = Field(description="Of the photo as it was sent.")


def _body(*media_types: str) -> dict[str, Any]:
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in media_types}
    return {"requestBody": {"required": True, "content": content}}


_RECEIPT: dict[int | str, dict[str, Any]] = {201: {"model": PhotoReceipt, "description": "It was received"}}


@router.put(
    "/{sha256}",
    status_code=201,
    summary="Send a photo whole",
    description=f"JPEG, PNG or WebP of at most {MAX_BYTES} bytes. It is decoded, freed of metadata and kept; the same "
    "photo again gets the same receipt.",
    responses={**_RECEIPT, **problems(401, 403, 404, 408, 413, 415, 422, 507)},
    openapi_extra=_body(*SUFFIXES),
)
async def send_photo(sha256: Sha256InPath, request: Request, desk: DeskHere, who: IdentityHere) -> PhotoReceipt:
    """Keep a photo."""
    said = _kind_of(request)
    try:
        require_picture(said)
    except BodyRefused:
        await drop_body(request.receive, desk.upload_limits)
        raise
    photo = await _take(desk, who, request, sha256, said, MAX_BYTES, _place(desk).receive)
    assert photo is not None
    return _receipt(photo)


@router.patch(
    "/{sha256}",
    summary="Send a piece of a photo",
    description="The next bytes, from where HEAD says that the desk is. What arrives of a piece stays, even when the "
    "connection breaks. The last piece is answered like a photo that is sent whole; pieces whose rest does not come "
    "are dropped after some days.",
    responses={
        204: {"description": "It arrived, more is to come", "headers": _ABOUT_HEADERS},
        **_RECEIPT,
        **problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 507),
    },
    openapi_extra=_body("application/offset+octet-stream"),
    status_code=201,
    response_model=PhotoReceipt,
)
async def send_piece(
    sha256: Sha256InPath,
    request: Request,
    desk: DeskHere,
    who: IdentityHere,
    upload_offset: Annotated[int, Header(ge=0, le=MAX_BYTES, description="Number of the first byte sent, from 0.")],
    upload_length: Annotated[int, Header(ge=1, le=MAX_BYTES, description="Bytes of the whole photo.")],
) -> PhotoReceipt | Response:
    """Keep a piece, and the photo when it is the last one."""
    if _kind_of(request) not in PIECE_TYPES:
        await drop_body(request.receive, desk.upload_limits)
        raise BodyRefused(415, "piece_kind", "a piece is plain bytes", "name it application/offset+octet-stream")
    place = _place(desk)
    known = await run_sync(received, desk.store, place, sha256)
    if known is not None:
        await drop_body(request.receive, desk.upload_limits)
        return _receipt(known)

    def resume() -> Incoming:
        return place.resume(sha256, _sender(who), Offset(upload_offset, upload_length))

    photo = await _take(desk, who, request, sha256, None, upload_length - upload_offset, resume, upload_length)
    if photo is not None:
        return _receipt(photo)
    now = await run_sync(place.unfinished, sha256, _sender(who)) or Offset(0, upload_length)
    return Response(status_code=204, headers=_offset_headers(now))


@router.head("/{sha256}", include_in_schema=False)
def look_at_photo(sha256: Sha256InPath, desk: DeskHere, who: IdentityHere) -> Response:
    """Tell how much of a photo has arrived."""
    place = _place(desk)
    photo = received(desk.store, place, sha256)
    known = place.unfinished(sha256, _sender(who)) if photo is None else Offset(photo.size_bytes, photo.size_bytes)
    if known is None:
        raise _unknown()
    return Response(headers={**_offset_headers(known), "Cache-Control": "no-store"})


@router.get(
    "/{sha256}",
    response_class=Response,
    summary="Look at a photo",
    description="A crew sees those of its own days and of the plots on its lists. HEAD tells whoever sends it how much "
    "has arrived, in `Upload-Offset` and `Upload-Length`; it is there whole when the two are equal.",
    responses={
        200: {
            "description": "The picture, without metadata",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in SUFFIXES},
        },
        **NOT_MODIFIED,
        **problems(401, 403, 404),
    },
)
def show_photo(sha256: Sha256InPath, request: Request, desk: DeskHere, who: IdentityHere) -> Response:
    """Return a photo."""
    place = _place(desk)
    photo = received(desk.store, place, sha256)
    if photo is None or not may_see(desk, who, sha256):
        raise _unknown()
    headers = {**HEADERS, "ETag": f'"{sha256}"'}
    known = {entry.strip().removeprefix("W/") for entry in request.headers.get("if-none-match", "").split(",")}
    if known & {headers["ETag"], "*"}:
        return Response(status_code=304, headers=headers)
    suffix = SUFFIXES[photo.media_type]
    headers["Content-Disposition"] = f'inline; filename="{sha256[:16]}{suffix}"'
    return FileResponse(place.path(sha256, suffix), headers=headers, media_type=photo.media_type)


def may_see(desk: Desk, who: Identity, sha256: str) -> bool:
    """Whether somebody may look at a photo: a crew at those of its own days and of the plots on its lists."""
    if who.role != CREW:
        return True
    uses = desk.store.photo_uses(sha256=sha256)
    if any(use.crew == who.crew for use in uses):
        return True
    ordered = [
        order.plot for kept in desk.store.records(CONCERN, link=("photo", sha256)) for order in kept.record.orders
    ]
    plots = {*(use.plot for use in uses), *ordered}
    plan = desk.store.plan() if plots else None
    return any(
        stop.visit.plot_code in plots
        for route in (plan.routes if plan is not None else ())
        if route.crew_day.crew == who.crew
        for stop in route.stops
    )


async def _take(
    desk: Desk,
    who: Identity,
    request: Request,
    sha256: str,
    said: str | None,
    most_bytes: int,
    begin: Callable[[], Incoming],
    whole: int | None = None,
) -> Photo | None:
    """Take a body in and keep the photo when it is whole; None while more is to come."""
    incoming = await run_sync(begin)
    try:
        async for piece in pieces(request, most_bytes, desk.upload_limits):
            await run_sync(incoming.write, piece)
        if whole is not None and incoming.offset < whole:
            return None

        def keep() -> Photo:
            return keep_photo(
                desk.store,
                _place(desk),
                sha256,
                incoming,
                said=said,
                author=who.label,
                clock=desk.clock,
            )

        return await run_sync(keep)
    except StoreFull:
        await run_sync(incoming.drop)
        raise
    finally:
        with CancelScope(shield=True):
            await run_sync(incoming.close)


def require_picture(said: str) -> None:
    """Refuse what does not call itself a picture.

    Raises
    ------
    BodyRefused
        With 415; the remedy names what is taken.
    """
    if said not in SUFFIXES:
        raise BodyRefused(415, "picture_kind", "a photo is JPEG, PNG or WebP", f"name one of {', '.join(SUFFIXES)}")


def _place(desk: Desk) -> PhotoPlace:
    if desk.photos is None:
        raise NotReady("this desk keeps no photos", remedy="serve it with `geo-service serve`")
    return desk.photos


def _sender(who: Identity) -> str:
    """Return whose pieces belong together: a crew's devices, or a person's."""
    return f"crew {who.crew}" if who.crew else f"{who.role} {who.label}"


def _kind_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _receipt(photo: Photo) -> PhotoReceipt:
    return PhotoReceipt(sha256=photo.sha256, size_bytes=photo.size_bytes)


def _offset_headers(at: Offset) -> dict[str, str]:
    return {"Upload-Offset": str(at.offset), "Upload-Length": str(at.length)}


def _unknown() -> NotFound:
    return NotFound("there is no such photo here", remedy="send it, or name the hash of one of your own days")
