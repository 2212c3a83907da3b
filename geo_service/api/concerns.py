"""Floor 8: concerns over HTTP: anybody reports and reads the status by a secret; moderators do the rest."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from geo_service.actions.check_concern import check_concern
from geo_service.actions.concern_photo import add_photo, require_room
from geo_service.actions.concern_records import concern_of, the_concern
from geo_service.actions.end_concern import close_concern, reject_concern, reopen_concern
from geo_service.actions.forget_reporters import forget_reporters
from geo_service.actions.forward_concern import forward_concern
from geo_service.actions.merge_concerns import merge_concerns
from geo_service.actions.order_concern import order_concern
from geo_service.actions.publish_concern import publish_concern, withdraw_concern
from geo_service.actions.report_concern import report_concern
from geo_service.api.concern_fields import (
    CheckTold,
    ConcernAnswer,
    ConcernList,
    ConcernRow,
    ConcernTold,
    ForwardTold,
    KindAnswer,
    KindList,
    MergeTold,
    NumberInPath,
    OrderTold,
    PublicationTold,
    ReportedAnswer,
    SecretInPath,
    StatusAnswer,
    StepTold,
    row_of,
    status_of,
    whole_of,
)
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.identity import Identity, IdentityHere
from geo_service.api.photos import HEADERS, PhotoReceipt, Sha256InPath, require_picture
from geo_service.api.roles import MODERATORS
from geo_service.api.uploads import drop_body, pieces
from geo_service.base.clock import Clock
from geo_service.base.errors import NotFound, NotReady, StoreFull
from geo_service.base.pictures import MAX_BYTES, SUFFIXES
from geo_service.neighbourhood.concern import MAX_PHOTOS, Status
from geo_service.neighbourhood.concern_services import CONCERN_KINDS
from geo_service.neighbourhood.concern_twins import twins_of
from geo_service.outputs.concern_features import public_concerns
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.photo_folder import PhotoPlace

router = APIRouter(tags=["Concerns"])

RESIDENT = "resident"


class _How(TypedDict):
    author: str
    clock: Clock


class _Told(TypedDict):
    reason: str
    answer: str
    seen: int | None


_STEP = problems(400, 401, 403, 404, 409, 413, 422)


class KindQuery(BaseModel, extra="forbid"):
    """In which language."""

    lang: Literal["de", "en", "easy"] = Field(default="de", description="German, English, easy German.")


class ConcernQuery(BaseModel, extra="forbid"):
    """Which concerns are listed; what is left out does not matter."""

    status: Status | None = Field(default=None, description="Where they stand.")
    quarter: str = Field(default="", max_length=40, pattern=r"^[\w.-]*$", description="Key of a quarter.")
    plot: str = Field(default="", max_length=80, pattern=r"^[\w.\- ]*$", description="Code of a plot.")
    open_only: bool = Field(default=False, alias="open", description="Only those that something is to happen with.")


@router.get(
    "/concern-kinds",
    summary="List the kinds of concerns",
    description="What residents may report, with what belongs to each.",
    responses=problems(400),
)
def list_kinds(asked: Annotated[KindQuery, Query()]) -> KindList:
    """Return the kinds in a language."""
    return KindList(
        kinds=[
            KindAnswer(
                code=one.code,
                name=one.name(asked.lang),
                hint=one.hint(asked.lang),
                theme=str(one.theme),
                stance=one.stance,
            )
            for one in CONCERN_KINDS
        ]
    )


@router.post(
    "/concerns",
    status_code=201,
    summary="Report a concern",
    description="Without an account. The answer has the link to the status; pictures are sent to "
    "`/concerns/status/{secret}/photos/{sha256}`. Nothing of it is public before a moderator released it.",
    responses=problems(400, 413, 422, 429),
)
def report(asked: ConcernTold, desk: DeskHere, who: IdentityHere) -> ReportedAnswer:
    """Keep what somebody reports."""
    counter = who.role in MODERATORS
    author = who.label if counter else RESIDENT
    done = report_concern(desk.store, asked.told(counter=counter), author=author, clock=desk.clock)
    link = f"{desk.base_url}/concern/{done.secret}"
    return ReportedAnswer(number=done.concern.number, secret=done.secret, link=link)


@router.get(
    "/concerns/status/{secret}",
    summary="Read the status of a concern",
    description="For its reporter; also when it was merged into another one.",
    responses=problems(400, 404),
)
def status(secret: SecretInPath, desk: DeskHere, response: Response) -> StatusAnswer:
    """Return where a concern stands."""
    response.headers["Cache-Control"] = "no-store"
    kept, told = concern_of(desk.store, secret)
    return status_of(kept.record, told)


@router.put(
    "/concerns/status/{secret}/photos/{sha256}",
    status_code=201,
    summary="Send a picture of a concern",
    description=f"JPEG, PNG or WebP of at most {MAX_BYTES} bytes, at most {MAX_PHOTOS} within two hours of the report. "
    "It is decoded, freed of metadata and kept.",
    responses=problems(400, 404, 408, 409, 413, 415, 422, 429, 507),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in SUFFIXES},
        }
    },
)
async def send_photo(secret: SecretInPath, sha256: Sha256InPath, request: Request, desk: DeskHere) -> PhotoReceipt:
    """Keep a picture."""
    place = _photos(desk)
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        await run_sync(lambda: require_room(desk.store, secret, sha256, now=desk.clock()))
        require_picture(said)
    except Exception:
        await drop_body(request.receive, desk.upload_limits)
        raise
    incoming = await run_sync(place.receive)
    try:
        async for piece in pieces(request, MAX_BYTES, desk.upload_limits):
            await run_sync(incoming.write, piece)
        await run_sync(lambda: add_photo(desk.store, place, secret, sha256, incoming, said=said, clock=desk.clock))
    except StoreFull:
        await run_sync(incoming.drop)
        raise
    finally:
        with CancelScope(shield=True):
            await run_sync(incoming.close)
    return PhotoReceipt(sha256=sha256, size_bytes=desk.store.photos([sha256])[sha256].size_bytes)


@router.get(
    "/concerns/status/{secret}/photos/{sha256}",
    response_class=Response,
    summary="Look at a picture of one's own concern",
    description="Freed of metadata; only those that came with the report that the link belongs to.",
    responses=problems(400, 404),
)
def own_photo(secret: SecretInPath, sha256: Sha256InPath, desk: DeskHere) -> Response:
    """Return a picture to whoever sent it."""
    _, told = concern_of(desk.store, secret)
    if sha256 not in told.photos:
        raise _no_photo()
    return _picture(desk, sha256, HEADERS)


@router.get(
    "/concerns/{number}/photos/{sha256}",
    response_class=Response,
    summary="Look at a published picture",
    description="One that a moderator released: without faces and plates.",
    responses=problems(400, 404),
)
def public_photo(number: NumberInPath, sha256: Sha256InPath, desk: DeskHere) -> Response:
    """Return a picture that a moderator released."""
    if not any(one.number == number and sha256 in one.public_photos for one in public_concerns(desk.store)):
        raise _no_photo()
    return _picture(desk, sha256, HEADERS | {"Cache-Control": "public, no-cache"})


@router.get(
    "/concerns",
    summary="List concerns",
    description="For moderators, by status, quarter and plot; those that were merged are told of by the others.",
    responses=problems(400, 401, 403),
)
def list_concerns(asked: Annotated[ConcernQuery, Query()], desk: DeskHere) -> ConcernList:
    """Return concerns for moderators; merged ones are with those that have their reports."""
    rows = [
        ConcernRow.model_validate(row_of(one.record, one.version))
        for one in desk.store.records(CONCERN)
        if not one.record.merged_into
        and asked.status in (None, one.record.status)
        and asked.quarter in ("", one.record.quarter)
        and asked.plot in ("", one.record.plot)
        and (one.record.is_open or not asked.open_only)
    ]
    return ConcernList(concerns=rows)


@router.get(
    "/concerns/{number}",
    summary="Read a concern",
    description="For moderators: its reports, steps, orders, and concerns that may be the same.",
    responses=problems(400, 401, 403, 404),
)
def read_concern(number: NumberInPath, desk: DeskHere) -> ConcernAnswer:
    """Return all of a concern, with those that may be the same."""
    return _whole(desk, number)


@router.post(
    "/concerns/{number}/check",
    summary="Check a concern",
    description="A moderator has looked at it: kind, place and plot are put right where need be.",
    responses=_STEP,
)
def check(number: NumberInPath, asked: CheckTold, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Note that it was checked."""
    check_concern(desk.store, number, asked.found(), **_how(desk, who), seen=asked.version)
    return _whole(desk, number)


@router.post(
    "/concerns/{number}/order",
    summary="Order work for a concern",
    description="It becomes a visit with its plot, pictures and waste key; when that is done the concern is closed.",
    responses=_STEP,
)
def order(number: NumberInPath, asked: OrderTold, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Ask for a visit."""
    order_concern(desk.store, number, asked.asked(), **_how(desk, who), seen=asked.version)
    return _whole(desk, number)


@router.post(
    "/concerns/{number}/forwarding",
    summary="Forward a concern",
    description="Somebody else takes care of it, under a reference of their own; an ordered visit is withdrawn.",
    responses=_STEP,
)
def forward(number: NumberInPath, asked: ForwardTold, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Note who takes care of it, and their reference."""
    forward_concern(desk.store, number, asked.body, asked.reference, **_told(asked), **_how(desk, who))
    return _whole(desk, number)


@router.post(
    "/concerns/{number}/closing",
    summary="Close a concern as done",
    description="A visit that was ordered and is not done yet is withdrawn.",
    responses=_STEP,
)
def close(number: NumberInPath, asked: StepTold, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Note that it is done."""
    close_concern(desk.store, number, **_told(asked), **_how(desk, who))
    return _whole(desk, number)


@router.post(
    "/concerns/{number}/rejection",
    summary="Reject a concern",
    description="Nothing can be done; the reason is kept, the answer is for the reporter.",
    responses=_STEP,
)
def reject(number: NumberInPath, asked: StepTold, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Note that nothing can be done, and why."""
    reject_concern(desk.store, number, **_told(asked), **_how(desk, who))
    return _whole(desk, number)


@router.post(
    "/concerns/{number}/reopening",
    summary="Open a concern again",
    description="It is checked then, and waits for its next step.",
    responses=_STEP,
)
def reopen(number: NumberInPath, asked: StepTold, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Note that it waits again."""
    reopen_concern(desk.store, number, **_told(asked), **_how(desk, who))
    return _whole(desk, number)


@router.post(
    "/concerns/{number}/merge",
    summary="Merge another concern into this one",
    description="Both reporters are kept, and both links go on working.",
    responses=_STEP,
)
def merge(number: NumberInPath, asked: MergeTold, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Merge two concerns about the same thing."""
    merge_concerns(desk.store, number, asked.twin, reason=asked.reason, **_how(desk, who), seen=asked.version)
    return _whole(desk, number)


@router.put(
    "/concerns/{number}/publication",
    summary="Publish a concern",
    description="Everybody sees kind, place, status, these words and pictures; nothing that a reporter told.",
    responses=_STEP,
)
def publish(number: NumberInPath, asked: PublicationTold, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Let everybody see it, with a moderator's words."""
    publish_concern(desk.store, number, asked.text, tuple(asked.photos), **_how(desk, who), seen=asked.version)
    return _whole(desk, number)


@router.delete(
    "/concerns/{number}/publication",
    summary="Withdraw a concern from the public",
    description="It is gone from all answers, layers and files with the next question.",
    responses=_STEP,
)
def withdraw(number: NumberInPath, desk: DeskHere, who: IdentityHere) -> ConcernAnswer:
    """Let nobody else see it any more."""
    withdraw_concern(desk.store, number, **_how(desk, who))
    return _whole(desk, number)


class Forgotten(BaseModel):
    """The concerns whose reporters are not known any more."""

    concerns: list[str]


@router.post(
    "/concerns/forgetting",
    summary="Forget reporters",
    description="Deletes words, contact and pictures of concerns that were closed half a year ago or earlier.",
    responses=problems(401, 403),
)
def forget(desk: DeskHere, who: IdentityHere) -> Forgotten:
    """Delete what is not needed any more."""
    return Forgotten(concerns=list(forget_reporters(desk.store, author=who.label, clock=desk.clock)))


def _how(desk: Desk, who: Identity) -> _How:
    return {"author": who.label, "clock": desk.clock}


def _told(asked: StepTold | ForwardTold) -> _Told:
    return {"reason": asked.reason, "answer": asked.answer, "seen": asked.version}


def _whole(desk: Desk, number: str) -> ConcernAnswer:
    kept = the_concern(desk.store, number)
    others = [one.record for one in desk.store.records(CONCERN)]
    return whole_of(kept.record, kept.version, twins_of(kept.record, others))


def _picture(desk: Desk, sha256: str, headers: dict[str, str]) -> Response:
    photo = desk.store.photos([sha256]).get(sha256)
    if photo is None or desk.photos is None:
        raise _no_photo()
    suffix = SUFFIXES[photo.media_type]
    disposition = {"Content-Disposition": f'inline; filename="{sha256[:16]}{suffix}"'}
    return FileResponse(desk.photos.path(sha256, suffix), headers=headers | disposition, media_type=photo.media_type)


def _photos(desk: Desk) -> PhotoPlace:
    if desk.photos is None:
        raise NotReady("this desk keeps no photos", remedy="send the report without")
    return desk.photos


def _no_photo() -> NotFound:
    return NotFound("there is no such picture", remedy="it may have been withdrawn")
