"""Uploads made to do harm: refused in two seconds and a hundred megabytes, and no file is left.

Photos are sent to a desk in a process of its own, whose memory is measured; files of plots and streets go through the
actions that import them, measured here. Each bound is shown to matter by a desk without bounds.
"""

from __future__ import annotations

import bz2
import gzip
import os
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from geo_service.actions.import_plots import import_plots
from geo_service.actions.import_quarters import import_quarters
from geo_service.actions.import_streets import import_streets
from geo_service.base.errors import FileUnreadable
from geo_service.base.pictures import MAX_BYTES
from geo_service.store.sqlite import SqliteStore
from tests.base import picture_files as made
from tests.trust import uploads
from tests.trust.uploads import Server, address, priced, serving

MOST_S, MOST_MB = 2.0, 100.0
TRIES = range(3)
"""A machine that does other things beside may need another try to be quick enough; all else must hold each time."""

GOOD = made.saved(made.drawn(400, 300), "JPEG")
AT = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("uploads") / "workspace") as one:
        good = made.plain("PNG")  # what a first request loads is not counted against the others
        assert one.ask("PUT", address(good), {"Content-Type": "image/png"}, good) == 201
        for path in (one.workspace / "photos").rglob("*.png"):
            path.unlink()
        yield one


@dataclass
class Sent:
    """A request, and the statuses that answer it; 0: the line was cut, nobody is answered."""

    body: bytes | list[bytes]
    kind: str = "image/jpeg"
    statuses: tuple[int, ...] = (422,)
    method: str = "PUT"
    path: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def to(self, server: Server, patience_s: float = 10) -> int:
        whole = self.body if isinstance(self.body, bytes) else b"".join(self.body)
        headers = {"Content-Type": self.kind, **dict(self.headers)}
        return server.ask(self.method, self.path or address(whole), headers, self.body, patience_s)


def in_pieces(offset: int, length: int) -> tuple[tuple[str, str], ...]:
    return (("Upload-Offset", str(offset)), ("Upload-Length", str(length)))


def length(count: int) -> tuple[tuple[str, str], ...]:
    return (("Content-Length", str(count)),)


def chunked(data: bytes, size: int = 65_536) -> bytes:
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


CHUNKED = (("Transfer-Encoding", "chunked"),)
GZIP = (("Content-Encoding", "gzip"),)
JAR = made.plain("GIF") + uploads.zipped({"Evil.class": b"\xca\xfe"})
PIECE = "application/octet-stream"
SOME = address(GOOD)
TRICKLE = [GOOD[at : at + 10] for at in range(0, 300, 10)]

PHOTOS: dict[str, Callable[[], Sent]] = {
    "a zip bomb": lambda: Sent(uploads.zip_bomb(), "application/zip", (415,)),
    "a zip bomb that calls itself a picture": lambda: Sent(uploads.zip_bomb()),
    "a gzip bomb that calls itself a picture": lambda: Sent(uploads.gzip_bomb(), "image/png"),
    "a gzip bomb as encoding": lambda: Sent(uploads.gzip_bomb(), headers=GZIP, statuses=(415,)),
    "a packed picture": lambda: Sent(gzip.compress(GOOD), headers=GZIP, statuses=(415,)),
    "nested bombs": lambda: Sent(uploads.nested_bomb()),
    "a zip of 10,000 entries": lambda: Sent(uploads.many_entries()),
    "a zip that slips out": lambda: Sent(uploads.zipped({"../../evil.jpg": GOOD})),
    "a zip with a symbolic link": lambda: Sent(uploads.zip_with_link()),
    "a tar with a symbolic link": lambda: Sent(uploads.tar_with_link()),
    "a png of 50,000² pixels": lambda: Sent(made.png_of_size(50_000, 50_000), "image/png"),
    "a jpeg of 50,000² pixels": lambda: Sent(made.jpeg_of_size(50_000, 50_000)),
    "a webp of 16,000² pixels": lambda: Sent(uploads.webp_of_size(16_000, 16_000), "image/webp"),
    "a jpeg of 500 scans": lambda: Sent(uploads.jpeg_scans(500)),
    "a jpeg of 20,001 segments": lambda: Sent(made.jpeg_with(made.jpeg_segment(0xFE, b"") * 20_001)),
    "a png of 20,001 chunks": lambda: Sent(made.png_with(made.png_chunk(b"teXt", b"") * 20_001), "image/png"),
    "a jpeg of fill bytes": lambda: Sent(b"\xff\xd8" + b"\xff" * (MAX_BYTES - 2)),
    "a jpeg that is html": lambda: Sent(GOOD + uploads.HTML),
    "a jpeg that is a jar": lambda: Sent(GOOD + uploads.zipped({"META-INF/MANIFEST.MF": b"Main-Class: Evil"})),
    "a gif that is a jar": lambda: Sent(JAR, "image/gif", (415,)),
    "the same as jpeg": lambda: Sent(JAR),
    "a png that is php": lambda: Sent(made.plain("PNG") + b"<?php system($_GET[0]) ?>", "image/png"),
    "an svg with a script": lambda: Sent(uploads.SVG, "image/svg+xml", (415,)),
    "the same as png": lambda: Sent(uploads.SVG, "image/png"),
    "html as picture": lambda: Sent(uploads.HTML),
    "xml that reads a file": lambda: Sent(uploads.XXE, "image/png"),
    "a moving picture": lambda: Sent(
        made.saved(made.drawn(), "WEBP", save_all=True, append_images=[Image.new("RGB", (64, 40))] * 50), "image/webp"
    ),
    "a png that calls itself jpeg": lambda: Sent(made.plain("PNG")),
    "a picture that calls itself text": lambda: Sent(GOOD, "text/html", (415,)),
    "no kind": lambda: Sent(GOOD, "", (415,)),
    "a wrong hash": lambda: Sent(GOOD, path="/photos/" + "0" * 64),
    "a hash in upper case": lambda: Sent(GOOD, path="/photos/" + sha256(GOOD).hexdigest().upper(), statuses=(404,)),
    "a way out in the hash": lambda: Sent(GOOD, path="/photos/..%2f..%2f..%2fetc%2fpasswd", statuses=(404,)),
    "a plain way out": lambda: Sent(GOOD, path="/photos/../../etc/passwd", statuses=(404, 405)),
    "a NUL in the hash": lambda: Sent(GOOD, path="/photos/" + "0" * 61 + "%00", statuses=(404,)),
    "a slow body": lambda: Sent(TRICKLE, path=SOME, headers=length(5000), statuses=(408,)),
    "a slow body in chunks": lambda: Sent([b"1\r\nx\r\n"] * 30, path=SOME, headers=CHUNKED, statuses=(408,)),
    "a body that stops": lambda: Sent(GOOD[:100], path=SOME, headers=length(5000), statuses=(408,)),
    "a length that is too long": lambda: Sent(b"", path=SOME, headers=length(10**15), statuses=(413,)),
    "a length that is too short": lambda: Sent(GOOD, headers=length(10)),
    "a length below 0": lambda: Sent(GOOD, headers=length(-1), statuses=(400,)),
    "a length and chunks": lambda: Sent(
        GOOD, headers=(*length(9), *CHUNKED), statuses=(400, 408)
    ),
    "chunks beyond the limit": lambda: Sent(chunked(bytes(MAX_BYTES + 1)), path=SOME, headers=CHUNKED, statuses=(413,)),
    "a picture beyond the limit": lambda: Sent(GOOD + bytes(MAX_BYTES), path=SOME, statuses=(413,)),
    "chunks that are none": lambda: Sent(b"zz\r\nhello", path=SOME, headers=CHUNKED, statuses=(400,)),
    "a chunk of 2^64 bytes": lambda: Sent([b"f" * 16 + b"\r\n" + GOOD], "image/jpeg", (400, 408), "PUT", SOME, CHUNKED),
    "a last piece with a wrong hash": lambda: Sent(
        GOOD, PIECE, (422,), "PATCH", "/photos/" + "1" * 64, in_pieces(0, len(GOOD))
    ),
    "a piece that goes on where nothing is": lambda: Sent(
        GOOD, PIECE, (409,), "PATCH", "", in_pieces(7, 7 + len(GOOD))
    ),
    "a piece of a photo that is too large": lambda: Sent(
        GOOD, PIECE, (400,), "PATCH", "", in_pieces(0, 10**12)
    ),
    "a form": lambda: Sent(b"--x\r\n\r\nhello\r\n--x--", "multipart/form-data; boundary=x", (415,)),
    "another body, deep": lambda: Sent(b"[" * 900_000, "application/json", (400, 422), "POST", "/plans"),
    "another body, slow": lambda: Sent(
        [b"1\r\n \r\n"] * 30, "application/json", (408,), "POST", "/plans", CHUNKED
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PHOTOS)
def test_a_harmful_upload_is_refused_at_once_and_leaves_nothing(server: Server, name: str) -> None:
    sent = PHOTOS[name]()
    for _ in TRIES:
        with priced(server.pid) as price:
            status = sent.to(server)
        assert status in sent.statuses
        if price.seconds <= MOST_S:
            break
    assert price.seconds <= MOST_S
    assert price.megabytes <= MOST_MB
    uploads.wait_for(lambda: server.files() == [])
    store = SqliteStore.open(server.workspace)
    assert store.photo(sha256(GOOD).hexdigest()) is None
    store.close()


def test_a_cut_body_leaves_nothing(server: Server) -> None:
    with priced(server.pid) as price:
        for size in (0, 1, 100, len(GOOD) - 1):
            headers = {"Content-Type": "image/jpeg", "Content-Length": str(len(GOOD))}
            where = urlsplit(server.url)
            with socket.create_connection((where.hostname, where.port)) as line:
                told = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
                head = f"PUT {SOME} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.key}\r\n{told}\r\n"
                line.sendall(head.encode() + GOOD[:size])
        uploads.wait_for(lambda: server.files() == [])
    assert price.seconds <= MOST_S
    assert price.megabytes <= MOST_MB
    assert httpx.head(f"{server.url}{SOME}", headers={"Authorization": f"Bearer {server.key}"}).status_code == 404


@pytest.mark.parametrize("bomb", [b"zTXt", b"iTXt", b"iCCP", b"eXIf"])
def test_bombs_in_what_is_dropped_never_go_off(server: Server, bomb: bytes) -> None:
    data = uploads.png_text_bomb(bomb)
    with priced(server.pid) as price:
        assert Sent(data, "image/png").to(server) == 201
    assert price.seconds <= MOST_S
    assert price.megabytes <= MOST_MB
    (kept,) = (server.workspace / "photos").glob(f"*/{sha256(data).hexdigest()}.png")
    assert kept.stat().st_size < 1000 < len(data)
    kept.unlink()


def noise(side: int) -> Image.Image:
    return Image.effect_noise((side, side), 9).convert("RGB")


@pytest.mark.slow
def test_the_largest_good_pictures_stay_in_bounds_even_all_at_once(server: Server) -> None:
    pictures = [
        ("image/jpeg", made.saved(noise(3535), "JPEG", quality=60, progressive=True, subsampling=0)),
        ("image/png", made.saved(Image.new("RGBA", (3535, 3535), "red"), "PNG", compress_level=1)),
        ("image/webp", made.saved(noise(2000), "WEBP", quality=40, method=0)),
    ]
    assert all(len(data) <= MAX_BYTES for _, data in pictures)
    with priced(server.pid) as price, ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda one: Sent(one[1], one[0]).to(server), pictures * 2))
    assert answers == [201] * 6
    assert price.megabytes <= MOST_MB
    for path in (server.workspace / "photos").glob("??/*"):
        path.unlink()


def test_two_threads_send_one_photo(server: Server) -> None:
    data = made.saved(made.drawn(1600, 1200), "JPEG")
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "image/jpeg"}

    def send(_: int) -> tuple[int, bytes]:
        answer = httpx.put(f"{server.url}{address(data)}", content=data, headers=headers, timeout=20)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(16)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    digest = sha256(data).hexdigest()
    assert server.files() == [f"{digest[:2]}/{digest}.jpg"]
    with closing(sqlite3.connect(server.workspace / "desk.sqlite")) as db:
        noted = db.execute("SELECT count(*) FROM change WHERE what = 'photo' AND key = ?", (digest,)).fetchone()
    assert noted == (1,)
    (server.workspace / "photos" / digest[:2] / f"{digest}.jpg").unlink()


@pytest.mark.slow
def test_without_bounds_the_same_uploads_do_their_harm(tmp_path: Path) -> None:
    """The control: smaller ones of the same kind, sent to a desk whose bounds are switched off."""
    with serving(tmp_path / "workspace", "unlimited") as server:
        good = made.plain("PNG")
        assert Sent(good, "image/png").to(server) == 201
        wide = made.saved(Image.new("RGBA", (9000, 9000)), "PNG", compress_level=1)
        with priced(server.pid) as price:
            assert Sent(wide, "image/png").to(server) == 201
        assert price.megabytes > MOST_MB
        with priced(server.pid) as price:
            Sent(uploads.jpeg_scans(900)).to(server, 60)
        assert price.seconds > MOST_S
        with priced(server.pid) as price:
            assert Sent(TRICKLE, path=SOME, headers=length(5000)).to(server, 1) != 408
        assert price.seconds > MOST_S
        long = made.jpeg_with(made.jpeg_segment(0xFE, b"") * 20_001)
        assert Sent(long).to(server) == 201


# --- files that are imported ---


def kml(text: bytes) -> bytes:
    return b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>' + text + b"</Document></kml>"


VRT = (
    b'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>%s</SrcDataSource>'
    b'<GeometryField encoding="WKT" field="WKT"/></OGRVRTLayer></OGRVRTDataSource>'
)
SECRET = b'id,WKT\ngeheim,"POLYGON((12.32 51.31,12.33 51.31,12.33 51.32,12.32 51.31))"\n'
LONG_TABLE = b"id;WKT\n" + b"".join(os.urandom(1000) * 100 for _ in range(1200))
OSM_BOMB = b'<?xml version="1.0"?><osm version="0.6">' + b" " * 100_000_000 + b"</osm>"

FILES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a zip bomb": ("a.zip", lambda _: uploads.zip_bomb()),
    "a gzip bomb": ("a.geojson.gz", lambda _: uploads.gzip_bomb()),
    "nested bombs": ("a.zip", lambda _: uploads.nested_bomb()),
    "a zip of 10,000 entries": ("a.zip", lambda _: uploads.many_entries()),
    "a symbolic link in a zip": ("a.zip", lambda _: uploads.zip_with_link()),
    "a tar": ("a.tar.gz", lambda _: uploads.tar_with_link()),
    "a zip that slips out": ("a.zip", lambda _: uploads.zipped({"../../../evil.geojson": b"no plots"})),
    "a geojson of 120 megabytes": ("a.zip", lambda _: uploads.zipped({"a.geojson": LONG_TABLE})),
    "a table of 120 megabytes": ("a.zip", lambda _: uploads.zipped({"a.csv": LONG_TABLE})),
    "xml that reads a file": ("a.kml", lambda _: uploads.XXE.replace(b"svg", b"kml")),
    "xml that reads a file, further down": (
        "a.kml",
        lambda _: b"<!--" + b"x" * 70_000 + b"-->" + uploads.XXE.replace(b"svg", b"kml").partition(b"?>")[2],
    ),
    "a million laughs": ("a.kml", lambda _: uploads.MILLION_LAUGHS),
    "a shapefile that points elsewhere": ("a.shp", lambda secret: VRT % secret),
    "a geopackage that points elsewhere": ("a.gpkg", lambda secret: VRT % secret),
    "a flatgeobuf that points elsewhere": ("a.fgb", lambda secret: b"fgb\x03fgb" + VRT % secret),
    "a kml that points elsewhere": ("a.kml", lambda secret: kml(b"") + VRT % secret),
    "a gml that points elsewhere": ("a.gml", lambda secret: b'<a xmlns="http://www.opengis.net/gml"/>' + VRT % secret),
    "a json that runs something": (
        "a.json",
        lambda secret: b'{"type":"gdal_streamed_alg","command_line":"gdal vector read %s","a":"esriGeometry"}' % secret,
    ),
    "a zip that points elsewhere": ("a.zip", lambda secret: uploads.zipped({"a.shp": VRT % secret, "a.dbf": b"\x03"})),
}  # fmt: skip
STREETS: dict[str, tuple[str, bytes]] = {
    "streets: a gzip bomb": ("a.osm.gz", gzip.compress(OSM_BOMB)),
    "streets: a bzip2 bomb": ("a.osm.bz2", bz2.compress(OSM_BOMB)),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore.create(tmp_path / "workspace")
    yield store
    store.close()


@pytest.fixture
def passing_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder where passing files go."""
    folder = tmp_path / "passing"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def refused(store: SqliteStore, folder: Path, run: Callable[[], object]) -> None:
    """Hold what refuses a file against the bounds."""
    before = sorted(folder.parent.rglob("*"))
    for _ in TRIES:
        with priced() as price, pytest.raises(FileUnreadable) as caught:
            run()
        assert caught.value.remedy
        if price.seconds <= MOST_S:
            break
    assert price.seconds <= MOST_S
    assert price.megabytes <= MOST_MB
    assert [path for path in sorted(folder.parent.rglob("*")) if path not in before] == []
    assert list(folder.iterdir()) == []
    assert (store.revision(), store.plots(), store.quarters(), store.streets()) == (0, [], [], None)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("take", [import_plots, import_quarters])
def test_a_harmful_file_is_refused_at_once_and_leaves_nothing(
    store: SqliteStore, passing_folder: Path, tmp_path: Path, name: str, take: Callable[..., object]
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(SECRET)
    file, make = FILES[name]
    path = tmp_path / file
    path.write_bytes(make(str(secret).encode()))
    refused(store, passing_folder, lambda: take(store, path, author="tests", at=AT))


@pytest.mark.parametrize("name", STREETS)
def test_harmful_streets_are_refused_at_once(
    store: SqliteStore, passing_folder: Path, tmp_path: Path, name: str
) -> None:
    file, data = STREETS[name]
    path = tmp_path / file
    path.write_bytes(data)
    refused(store, passing_folder, lambda: import_streets(store, path, author="tests", at=AT))


@pytest.mark.slow
def test_without_bounds_a_bomb_goes_off(
    store: SqliteStore, passing_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same bomb, smaller, where the reader's bound is lifted."""
    from geo_service.plots import archives, formats, vector

    path = tmp_path / "a.zip"
    path.write_bytes(uploads.zip_bomb(150))
    monkeypatch.setattr(archives, "_RATIO_FROM_BYTES", 1 << 40)
    with archives.unpacked(path) as files:
        assert files[0].stat().st_size == 150_000_000
    monkeypatch.setattr(formats, "STRICT_JSON_BYTES", 1 << 40)
    with priced() as price, pytest.raises(FileUnreadable, match="no JSON"):
        import_plots(store, path, author="tests", at=AT)
    assert price.megabytes > MOST_MB
    secret, evil = tmp_path / "secret.csv", tmp_path / "a.shp"
    secret.write_bytes(SECRET)
    evil.write_bytes(VRT % str(secret).encode())
    monkeypatch.setattr(vector, "_require_own_data", lambda file: None)
    monkeypatch.setattr(vector, "_DRIVERS", vector._DRIVERS | {"OGR_VRT"})
    assert vector.read_vector([evil], None).columns["id"] == ["geheim"]
