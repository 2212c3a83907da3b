"""Files sent to be imported, made to do harm: refused in two seconds and a hundred megabytes, and nothing is left.

The same files as `tests.trust.test_uploads` gives to the actions, here through HTTP, with what only HTTP has: bodies
that lie about their length, trickle or are cut. Each bound is shown to matter by a desk without bounds.
"""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from geo_service.api.imports import MAX_BYTES
from geo_service.store.sqlite import SqliteStore
from tests.trust import uploads
from tests.trust.test_uploads import CHUNKED, FILES, GZIP, MOST_MB, MOST_S, SECRET, TRIES, Sent, chunked, length
from tests.trust.uploads import Server, priced, serving

BYTES = "application/octet-stream"
TRIED = "/imports/preview?name="
KEPT = "/imports?revision=0&name="
GOOD = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"KLZ-0001"},"geometry":{"type":'
    b'"Polygon","coordinates":[[[12.32,51.31],[12.321,51.31],[12.321,51.311],[12.32,51.311],[12.32,51.31]]]}}]}'
)
TRICKLE = [GOOD[at : at + 5] for at in range(0, 150, 5)]

BODIES = {
    "packed": Sent(GOOD, BYTES, (415,), "POST", TRIED + "a.geojson", GZIP),
    "slow": Sent(TRICKLE, BYTES, (408,), "POST", TRIED + "a.geojson", length(5000)),
    "slow, to be kept": Sent(TRICKLE, BYTES, (408,), "POST", KEPT + "a.geojson", length(5000)),
    "that stops": Sent(GOOD[:50], BYTES, (408,), "POST", TRIED + "a.geojson", length(len(GOOD))),
    "of a length that is too long": Sent(b"", BYTES, (413,), "POST", TRIED + "a.geojson", length(10**15)),
    "of a length below 0": Sent(GOOD, BYTES, (400,), "POST", TRIED + "a.geojson", length(-1)),
    "beyond the limit": Sent(bytes(MAX_BYTES + 1), BYTES, (413,), "POST", TRIED + "a.geojson"),
    "beyond the limit, in chunks": Sent(chunked(bytes(MAX_BYTES + 1)), BYTES, (413,), "POST", TRIED + "a.csv", CHUNKED),
    "without a byte": Sent(b"", BYTES, (422,), "POST", TRIED + "a.geojson"),
    "with a way out in its name": Sent(GOOD, BYTES, (400,), "POST", TRIED + "..%2f..%2fevil.geojson"),
    "with a NUL in its name": Sent(GOOD, BYTES, (400,), "POST", TRIED + "a%00.geojson"),
    "without an ending": Sent(GOOD, BYTES, (422,), "POST", TRIED + "geojson"),
    "with a name of 10,000 letters": Sent(GOOD, BYTES, (400,), "POST", TRIED + "a" * 10_000 + ".geojson"),
    "that is deep": Sent(b"[" * 900_000, BYTES, (400,), "POST", TRIED + "a.geojson"),
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("imports") / "workspace") as one:
        good = Sent(GOOD, BYTES, (200,), "POST", TRIED + "a.geojson")
        assert good.to(one) == 200  # what a first request loads is not counted against the others
        yield one


def left() -> list[Path]:
    """List what passing files may leave."""
    return sorted(Path(tempfile.gettempdir()).glob("geo-service-import-*"))


def refused(server: Server, sent: Sent) -> None:
    """Hold a body against the bounds."""
    for _ in TRIES:
        with priced(server.pid) as price:
            status = sent.to(server)
        assert status in sent.statuses
        if price.seconds <= MOST_S:
            break
    assert price.seconds <= MOST_S
    assert price.megabytes <= MOST_MB
    uploads.wait_for(lambda: left() == [])
    store = SqliteStore.open(server.workspace)
    assert (store.revision(), store.plots()) == (0, [])
    store.close()


@pytest.mark.parametrize("name", BODIES)
def test_a_harmful_body_is_refused_at_once_and_leaves_nothing(server: Server, name: str) -> None:
    refused(server, BODIES[name])


@pytest.mark.parametrize("address", [TRIED, KEPT])
@pytest.mark.parametrize("name", FILES)
def test_a_harmful_file_is_refused_at_once_and_leaves_nothing(
    server: Server, tmp_path: Path, name: str, address: str
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(SECRET)
    file, make = FILES[name]
    refused(server, Sent(make(str(secret).encode()), BYTES, (400, 413, 422), "POST", address + file))


def test_a_cut_body_leaves_nothing(server: Server) -> None:
    where = urlsplit(server.url)
    for size in (0, 1, len(GOOD) - 1):
        head = f"POST {KEPT}a.geojson HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n"
        with socket.create_connection((where.hostname, where.port)) as line:
            line.sendall(f"{head}Content-Length: {len(GOOD)}\r\n\r\n".encode() + GOOD[:size])
    uploads.wait_for(lambda: left() == [])
    store = SqliteStore.open(server.workspace)
    assert (store.revision(), store.plots()) == (0, [])
    store.close()


@pytest.mark.slow
def test_without_bounds_the_same_bodies_do_their_harm(tmp_path: Path) -> None:
    """The control: a desk whose bounds are switched off, and a good file that is taken."""
    with serving(tmp_path / "workspace", "unlimited") as server:
        large = Sent(bytes(MAX_BYTES + 1), BYTES, (), "POST", TRIED + "a.geojson")
        assert large.to(server, 30) != 413
        with priced(server.pid) as price:
            assert BODIES["slow"].to(server, 1) != 408
        assert price.seconds > MOST_S
        assert Sent(GOOD, BYTES, (), "POST", KEPT + "a.geojson").to(server, 30) == 201
        store = SqliteStore.open(server.workspace)
        assert [plot.code for plot in store.plots()] == ["KLZ-0001"]
        store.close()
