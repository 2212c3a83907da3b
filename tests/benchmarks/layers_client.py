"""A client that is the same for all servers: requests one after the other on each connection, as fast as answers come.

It parses no more than it must: status, length, end. `Ceiling` is a server that does nothing, so that the client's own
bound is known.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np

HEADERS_END = b"\r\n\r\n"
EMPTY = (204, 304)


class BadAnswer(Exception):
    """A server answered with something else than was asked for."""


@dataclass
class Timing:
    """What came of some requests.

    Attributes
    ----------
    latencies_s
        Of each answer, seconds.
    seconds
        How long it took in all.
    sent_bytes
        Bodies of all answers together.
    cpu_s
        Seconds of computing that the server took, all of its processes.
    """

    latencies_s: list[float] = field(default_factory=list)
    seconds: float = 0.0
    sent_bytes: int = 0
    cpu_s: float = 0.0

    def add(self, other: Timing) -> None:
        """Take in what came of more requests."""
        self.latencies_s += other.latencies_s
        self.seconds += other.seconds
        self.sent_bytes += other.sent_bytes
        self.cpu_s += other.cpu_s

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.latencies_s)

    @property
    def per_s(self) -> float:
        """Answers a second."""
        return len(self) / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        """Return how long a share of the answers took at most, milliseconds; NaN without any."""
        return 1000 * float(np.percentile(self.latencies_s, share)) if self.latencies_s else float("nan")


def parse_head(head: bytes) -> tuple[int, int]:
    """Return status and length of the body.

    Raises
    ------
    BadAnswer
        When the head does not tell the length.

    Examples
    --------
    >>> parse_head(b"HTTP/1.1 200 OK\\r\\nContent-Length: 12")
    (200, 12)
    >>> parse_head(b"HTTP/1.1 304 Not Modified")
    (304, 0)
    """
    status = int(head[9:12])
    if status in EMPTY:
        return status, 0
    name = b"\r\ncontent-length:"
    start = head.lower().find(name)
    if start < 0:
        raise BadAnswer(f"status {status} without a length: {head[:80]!r}")
    return status, int(head[start + len(name) :].partition(b"\r\n")[0])


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as an answer is whole, until the time is over."""

    def __init__(self, requests: Iterator[bytes], expected: int, until: float, done: asyncio.Future[None]) -> None:
        self.timing = Timing()
        self._requests = requests
        self._expected = expected
        self._until = until
        self._done = done
        self._buffer = b""
        self._missing = -1  # bytes of the body still to come; below 0: the head is not whole yet
        self._length = 0
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        if self._missing < 0:
            self._buffer += data
            end = self._buffer.find(HEADERS_END)
            if end < 0:
                return
            try:
                status, self._length = parse_head(self._buffer[:end])
                if status != self._expected:
                    raise BadAnswer(f"status {status}, not {self._expected}: {self._buffer[:400]!r}")
            except BadAnswer as error:
                self._fail(error)
                return
            self._missing = self._length - (len(self._buffer) - end - len(HEADERS_END))
            self._buffer = b""
        else:
            self._missing -= len(data)
        if self._missing == 0:
            now = time.perf_counter()
            self._missing = -1
            self.timing.latencies_s.append(now - self._sent_at)
            self.timing.sent_bytes += self._length
            if now < self._until:
                self._send()
            else:
                self._transport.close()

    def _fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)
        self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            if error is None:
                self._done.set_result(None)
            else:
                self._done.set_exception(error)


@dataclass(frozen=True)
class Asked:
    """What one server is asked: addresses in turn, all with the same headers.

    Attributes
    ----------
    base
        ``"http://127.0.0.1:8000"``.
    paths
        With their queries.
    expected
        The status that all answers have.
    """

    base: str
    paths: Sequence[str]
    headers: tuple[tuple[str, str], ...] = ()
    expected: int = 200

    def requests(self) -> Iterator[bytes]:
        """Yield requests for ever."""
        host = urlsplit(self.base).netloc
        further = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        tail = f" HTTP/1.1\r\nHost: {host}\r\n{further}\r\n".encode()
        while True:
            for path in self.paths:
                yield b"GET " + path.encode() + tail


def hammer(asked: Asked, requests: Iterator[bytes], *, seconds: float, connections: int) -> Timing:
    """Ask as fast as answers come on some connections; each answer that was begun is waited for.

    Raises
    ------
    BadAnswer
        For any other status than the one expected.
    """
    return asyncio.run(_hammer(asked, requests, seconds, connections))


async def _hammer(asked: Asked, requests: Iterator[bytes], seconds: float, connections: int) -> Timing:
    loop = asyncio.get_running_loop()
    place = urlsplit(asked.base)
    began = time.perf_counter()
    ends: list[asyncio.Future[None]] = []
    made: list[_Connection] = []
    for _ in range(connections):
        ends.append(loop.create_future())
        made.append(_Connection(requests, asked.expected, began + seconds, ends[-1]))
        await loop.create_connection(lambda one=made[-1]: one, place.hostname, place.port)  # type: ignore[misc]
    await asyncio.gather(*ends)
    whole = Timing(seconds=time.perf_counter() - began)
    for one in made:
        whole.add(one.timing)
    return whole


class Ceiling(asyncio.Protocol):
    """A server that gives the same answer whatever is asked: the bound of the client."""

    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer; the client never sends two requests at once nor one in pieces."""
        self._transport.write(self.answer)


async def serve_nothing(port: int, length: int) -> None:
    """Serve answers of so many bytes until the process ends."""
    Ceiling.answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % length + bytes(length)
    server = await asyncio.get_running_loop().create_server(Ceiling, "127.0.0.1", port)
    await server.serve_forever()
