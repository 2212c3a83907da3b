"""Floor 8: bodies from outside, read piece by piece: bounded in size and time, whatever their headers claim."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus

from anyio import fail_after, move_on_after
from fastapi import FastAPI, Response
from starlette.requests import Request
from starlette.types import Receive

from geo_service.api.errors import Problem, answer

PIECE_BYTES = 1 << 18
"""A piece that is handed on; what is in memory of a body at one time."""


@dataclass(frozen=True)
class UploadLimits:
    """How long a body may take, and how much of a refused one is read so that its sender gets to read the answer.

    Attributes
    ----------
    piece_s
        Seconds until the next bytes must come.
    whole_s
        Seconds for the whole body. Whoever needs longer sends in pieces: what arrived of them stays.
    dropped_bytes, dropped_s
        Of a refused body.
    """

    piece_s: float = 20.0
    whole_s: float = 300.0
    dropped_bytes: int = 16_000_000
    dropped_s: float = 1.0


class BodyRefused(Exception):
    """A body is too large, too slow, cut off or of a kind that is not taken."""

    def __init__(self, status: int, code: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, remedy=remedy)

    def answer(self, request: Request) -> Response:
        """Return the answer; the connection ends with it, for the rest of the body may still be on its way."""
        return answer(request, self.problem, {"Connection": "close"})


def too_large(most_bytes: int) -> BodyRefused:
    """Return the refusal of a body with too many bytes."""
    return BodyRefused(413, "body_too_large", f"the body is larger than {most_bytes} bytes", "send less at once")


def too_slow() -> BodyRefused:
    """Return the refusal of a body that trickles."""
    return BodyRefused(
        408, "body_too_slow", "the body came too slowly", "send again, a photo in pieces: what arrived of them stays"
    )


def cut_off() -> BodyRefused:
    """Return the refusal of a body whose sender went away; nobody will read it."""
    return BodyRefused(400, "body_cut_off", "the body was cut off", "send again")


def answer_refusals(app: FastAPI) -> None:
    """Let an application answer what is raised here."""

    async def on_refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, BodyRefused)
        return error.answer(request)

    app.add_exception_handler(BodyRefused, on_refused)


async def pieces(request: Request, most_bytes: int, limits: UploadLimits) -> AsyncIterator[bytes]:
    """Yield the body in pieces of about `PIECE_BYTES`.

    Raises
    ------
    BodyRefused
        413 before a byte above ``most_bytes`` is handed on; 415 when it is packed; 408 when it trickles and 400 when
        it is cut off, after what has arrived was handed on.
    """
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing != "identity":
        await drop_body(request.receive, limits)
        raise BodyRefused(415, "body_packed", "packed bodies are not taken", "send it without Content-Encoding")
    if _announced(request) > most_bytes:
        await drop_body(request.receive, limits)
        raise too_large(most_bytes)
    size = 0
    gathered = bytearray()
    more, slow = True, False
    try:
        with fail_after(limits.whole_s):
            while more:
                with fail_after(limits.piece_s):
                    message = await request.receive()
                if message["type"] == "http.disconnect":
                    break
                gathered += message.get("body", b"")
                more = message.get("more_body", False)
                if size + len(gathered) > most_bytes:
                    break
                if len(gathered) >= PIECE_BYTES:
                    size += len(gathered)
                    yield bytes(gathered)
                    gathered.clear()
    except TimeoutError:
        slow = True
    if size + len(gathered) > most_bytes:
        if more:
            await drop_body(request.receive, limits)
        raise too_large(most_bytes)
    if gathered:
        yield bytes(gathered)
    if more:
        raise too_slow() if slow else cut_off()


async def drop_body(receive: Receive, limits: UploadLimits) -> None:
    """Read on for a moment, keeping nothing."""
    size = 0
    with move_on_after(limits.dropped_s):
        while size <= limits.dropped_bytes:
            message = await receive()
            size += len(message.get("body", b""))
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 19 else 0
