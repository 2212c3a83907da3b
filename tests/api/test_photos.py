"""Photos over HTTP: whole or in pieces, once, with a receipt that names the hash; seen by whom they concern."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from hashlib import sha256
from urllib.parse import urlsplit

import httpx
import pytest

from geo_service.api.photos import HEADERS
from geo_service.base.pictures import MAX_BYTES
from geo_service.store.field import KeptReport
from geo_service.work.field_report import FieldReport, PhotoNote, ReportKind, ReportStatus
from tests.base import picture_files as made

DATA = made.saved(made.drawn(200, 120), "JPEG")
DIGEST = sha256(DATA).hexdigest()
ADDRESS = f"/photos/{DIGEST}"
RECEIPT = {"sha256": DIGEST, "status": "received", "size_bytes": len(DATA)}


@pytest.fixture
def crew(own_desk) -> Iterator[httpx.Client]:
    with own_desk.client("own-crew") as client:
        yield client


@pytest.fixture
def other(own_desk) -> Iterator[httpx.Client]:
    with own_desk.client("other-crew") as client:
        yield client


def put(client: httpx.Client, data: bytes = DATA, kind: str = "image/jpeg", digest: str = "") -> httpx.Response:
    digest = digest or sha256(data).hexdigest()
    return client.put(f"/photos/{digest}", content=data, headers={"Content-Type": kind})


def patch(client: httpx.Client, offset: int, data: bytes, length: int = len(DATA)) -> httpx.Response:
    headers = {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
        "Upload-Length": str(length),
    }
    return client.patch(ADDRESS, content=data, headers=headers)


def arrived(client: httpx.Client) -> tuple[int, int] | None:
    response = client.head(ADDRESS)
    assert response.status_code in {200, 404}
    if response.status_code == 404:
        return None
    return int(response.headers["upload-offset"]), int(response.headers["upload-length"])


def report_with_photo(desk, visit_id: str, crew: str, *, plot: str = "") -> None:
    report = FieldReport(
        report_id="018f2c1e-7b1a-7c3d-9f10-3a5b8c2d4e6f",
        kind=ReportKind.REMARK,
        crew=crew,
        day=date(2026, 11, 24),
        plan_id="plan-1",
        at=datetime.fromisoformat("2026-11-24T08:31:00+01:00"),
        visit_id=visit_id,
        plot=plot,
        photos=(PhotoNote(DIGEST, "before"),),
    )
    kept = KeptReport(report, "0" * 64, "phone", desk.now[0], ReportStatus.ACCEPTED)
    with desk.store.change(author="tests", reason="a report", at=desk.now[0]) as tx:
        tx.put_report(kept)


def files(desk_folder) -> list[str]:
    return sorted(path.name for path in (desk_folder / "workspace" / "photos").rglob("*") if path.is_file())


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.01)


def test_a_photo_sent_whole(crew, own_desk, tmp_path) -> None:
    assert arrived(crew) is None
    first = put(crew)
    assert (first.status_code, first.json()) == (201, RECEIPT)
    assert arrived(crew) == (len(DATA), len(DATA))
    revision = own_desk.store.revision()
    again = put(crew)
    assert (again.status_code, again.json()) == (201, RECEIPT)
    assert own_desk.store.revision() == revision
    assert files(tmp_path) == [f"{DIGEST}.jpg"]


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("WEBP", "image/webp")])
def test_other_kinds(crew, planner_of, kind: str, media_type: str) -> None:
    data = made.plain(kind)
    assert put(crew, data, media_type).status_code == 201
    seen = planner_of.get(f"/photos/{sha256(data).hexdigest()}")
    assert (seen.headers["content-type"], seen.content) == (media_type, data)


@pytest.fixture
def planner_of(own_desk) -> Iterator[httpx.Client]:
    with own_desk.client("planner") as client:
        yield client


def test_a_photo_in_pieces(crew, planner_of, tmp_path) -> None:
    size = len(DATA)
    for start, end in ((0, 100), (100, 101), (101, size - 1)):
        piece = patch(crew, start, DATA[start:end])
        assert (piece.status_code, piece.content) == (204, b"")
        assert (piece.headers["upload-offset"], piece.headers["upload-length"]) == (str(end), str(size))
        assert arrived(crew) == (end, size)
        assert crew.get(ADDRESS).status_code == planner_of.get(ADDRESS).status_code == 404
    last = patch(crew, size - 1, DATA[-1:])
    assert (last.status_code, last.json()) == (201, RECEIPT)
    assert patch(crew, 0, DATA[:10]).json() == RECEIPT
    assert put(crew).json() == RECEIPT
    assert files(tmp_path) == [f"{DIGEST}.jpg"]


def test_pieces_are_not_shared_between_senders(crew, other) -> None:
    assert patch(crew, 0, DATA[:50]).status_code == 204
    assert arrived(other) is None
    assert patch(other, 0, b"garbage", 7).status_code == 422
    assert patch(crew, 50, DATA[50:]).json() == RECEIPT
    assert arrived(other) == (len(DATA), len(DATA))


def test_a_wrong_offset_is_told_the_right_one(crew, problem) -> None:
    patch(crew, 0, DATA[:50])
    for offset, length in ((0, len(DATA)), (49, len(DATA)), (60, len(DATA)), (50, len(DATA) + 1)):
        told = problem(patch(crew, offset, DATA[offset:], length), 409)
        assert told["fields"] == {"offset": 50, "length": len(DATA)}
    assert arrived(crew) == (50, len(DATA))


def test_pieces_of_another_hash_are_dropped(crew, problem, tmp_path) -> None:
    patch(crew, 0, b"x" * 50)
    told = problem(patch(crew, 50, DATA[50:]), 422)
    assert told["code"] == "hash_differs"
    assert arrived(crew) is None
    assert files(tmp_path) == []


def test_more_than_was_announced_is_refused(crew, problem) -> None:
    problem(patch(crew, 0, DATA + b"more"), 413)
    assert patch(crew, *((arrived(crew) or (0, 0))[0], DATA[(arrived(crew) or (0, 0))[0] :])).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload-Offset": "0"},
        {"Upload-Length": "10"},
        {"Upload-Offset": "-1", "Upload-Length": "10"},
        {"Upload-Offset": "0", "Upload-Length": "0"},
        {"Upload-Offset": "0", "Upload-Length": str(MAX_BYTES + 1)},
        {"Upload-Offset": "9" * 400, "Upload-Length": "10"},
        {"Upload-Offset": "NaN", "Upload-Length": "1e999"},
        {"Upload-Offset": "true", "Upload-Length": "10"},
        {"Upload-Offset": "11", "Upload-Length": "10"},
    ],
)
def test_headers_that_do_not_fit(crew, problem, tmp_path, headers: dict[str, str]) -> None:
    response = crew.patch(ADDRESS, content=b"x", headers={"Content-Type": "application/octet-stream", **headers})
    problem(response, 409 if headers.get("Upload-Offset") == "11" else 400)
    assert files(tmp_path) == []


def test_what_arrives_of_a_cut_piece_stays_and_of_a_cut_photo_nothing(crew, own_desk, tmp_path) -> None:
    where = urlsplit(own_desk.url)
    size = len(DATA)
    for method, more in (("PUT", ""), ("PATCH", f"Upload-Offset: 0\r\nUpload-Length: {size}\r\n")):
        head = (
            f"{method} {ADDRESS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {own_desk.secrets['own-crew']}\r\n"
            f"Content-Type: image/jpeg\r\nContent-Length: {size}\r\n{more}\r\n"
        )
        with socket.create_connection((where.hostname, where.port), timeout=5) as line:
            line.sendall(head.encode() + DATA[:100])
            wait_for(lambda: len(files(tmp_path)) == 1)
        if method == "PUT":
            wait_for(lambda: files(tmp_path) == [])
    wait_for(lambda: arrived(crew) == (100, size))
    assert len(files(tmp_path)) == 1
    assert patch(crew, 100, DATA[100:]).json() == RECEIPT
    assert files(tmp_path) == [f"{DIGEST}.jpg"]


def test_a_picture_is_only_ever_a_picture(crew, planner_of) -> None:
    put(crew)
    seen = planner_of.get(ADDRESS)
    assert seen.content == DATA
    assert {name: seen.headers[name] for name in HEADERS} == HEADERS
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["content-disposition"] == f'inline; filename="{DIGEST[:16]}.jpg"'
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert seen.headers["etag"] == f'"{DIGEST}"'
    known = planner_of.get(ADDRESS, headers={"If-None-Match": f'"{DIGEST}"'})
    assert (known.status_code, known.content) == (304, b"")


def test_notes_of_the_camera_are_not_shown(crew, planner_of) -> None:
    data = made.plain(exif=made.exif())
    assert put(crew, data).json() == {
        "sha256": sha256(data).hexdigest(),
        "status": "received",
        "size_bytes": len(data),
    }
    seen = planner_of.get(f"/photos/{sha256(data).hexdigest()}").content
    assert made.SECRET in data
    assert made.SECRET not in seen


def test_nobody_sees_what_is_not_theirs(own_desk, crew, other, planner_of, problem) -> None:
    put(planner_of)
    for client in (crew, other):
        problem(client.get(ADDRESS), 404)
    report_with_photo(own_desk, "KLZ-0001.mow_lawn.2026-11-24.1", "crew-9")
    assert crew.get(ADDRESS).content == DATA  # on a plot of its list
    problem(other.get(ADDRESS), 404)
    with own_desk.client() as anybody:
        for method in ("GET", "HEAD", "PUT", "PATCH"):
            assert anybody.request(method, ADDRESS).status_code == 401
    for role in ("viewer", "moderator", "analyst"):
        with own_desk.client(role) as client:
            assert client.get(ADDRESS).status_code == (403 if role == "analyst" else 200)
            assert put(client).status_code == 403


def test_a_crew_sees_what_it_reported(own_desk, crew, other, problem) -> None:
    put(crew)
    report_with_photo(own_desk, "", "crew-2", plot="KLZ-0012")
    problem(crew.get(ADDRESS), 404)
    assert other.get(ADDRESS).content == DATA


def test_a_report_misses_its_photos_until_they_are_there(own_desk, crew) -> None:
    body = {
        "kind": "remark",
        "crew": "crew-1",
        "day": "2026-11-24",
        "plan_id": "plan-1",
        "visit_id": "KLZ-0001.mow_lawn.2026-11-24.1",
        "at": "2026-11-24T08:31:00+01:00",
        "photos": [{"sha256": DIGEST, "role": "after"}],
        "remark": "fertig",
    }
    address = "/field-reports/018f2c1e-7b1a-7c3d-9f10-3a5b8c2d4e6f"
    sent = {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}
    assert crew.put(address, **sent).json()["photos_missing"] == [DIGEST]
    put(crew)
    assert crew.put(address, **sent).json()["photos_missing"] == []


@pytest.mark.parametrize(
    "name", ["A" * 64, "a" * 63, "a" * 65, "..%2f..%2fetc%2fpasswd", "g" * 64, "%00" * 3, DIGEST + ".jpg"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH"])
def test_what_is_no_hash_is_not_there(crew, tmp_path, name: str, method: str) -> None:
    headers = {"Content-Type": "image/jpeg", "Upload-Offset": "0", "Upload-Length": "10"}
    assert crew.request(method, f"/photos/{name}", headers=headers).status_code == 404
    assert files(tmp_path) == []


def test_a_desk_without_a_folder_for_photos_says_so(own_desk, crew, problem) -> None:
    from dataclasses import replace

    own_desk.app.state.desk = replace(own_desk.app.state.desk, photos=None)
    assert problem(put(crew), 409)["code"] == "not_ready"
