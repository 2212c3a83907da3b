"""The package of a crew's day over HTTP: packed, kept by the phone, and nobody else's."""

from __future__ import annotations

import gzip

import orjson
import pytest

from tests.outputs.package_model import Package

ADDRESS = "/days/2026-11-24/crews/crew-1/package"


def test_a_crew_takes_its_day_along(desk) -> None:
    with desk.client("own-crew") as client:
        response = client.get(ADDRESS)
    package = Package.model_validate_json(response.content, strict=True)
    assert [stop.plot for stop in package.stops] == ["KLZ-0001", "KLZ-0002", "KLZ-0003"]
    assert package.stops[0].access_note == "Tor links, Schlüssel 7"
    assert package.revision == desk.store.revision()
    assert package.as_of == desk.now[0]
    assert response.headers["cache-control"] == "private, no-cache"
    assert package.map is not None
    assert {one.properties["name"] for one in package.map.streets.features} >= {"Dieskaustraße"}


def test_it_comes_packed_to_those_who_take_that(desk) -> None:
    with desk.client("own-crew") as client:
        with client.stream("GET", ADDRESS, headers={"Accept-Encoding": "gzip"}) as response:
            raw = b"".join(response.iter_raw())
            assert response.headers["content-encoding"] == "gzip"
            assert "Accept-Encoding" in response.headers["vary"]
        with client.stream("GET", ADDRESS, headers={"Accept-Encoding": "identity"}) as response:
            plain = b"".join(response.iter_raw())
            assert "content-encoding" not in response.headers
    assert orjson.loads(gzip.decompress(raw)) == orjson.loads(plain)
    assert len(raw) < len(plain) / 2


def test_a_phone_that_has_it_gets_it_again_only_when_something_changed(own_desk) -> None:
    with own_desk.client("own-crew") as client:
        tag = client.get(ADDRESS).headers["etag"]
        same = client.get(ADDRESS, headers={"If-None-Match": tag})
        assert (same.status_code, same.content) == (304, b"")
        with own_desk.store.change(author="tests", reason="a change", at=own_desk.now[0]):
            pass
        assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 200


def test_it_is_nobody_elses(desk, problem) -> None:
    with desk.client("other-crew") as client:
        problem(client.get(ADDRESS), 404)
    with desk.client("analyst") as client:
        problem(client.get(ADDRESS), 403)
    with desk.client() as client:
        problem(client.get(ADDRESS), 401)
    with desk.client("planner") as client:
        assert client.get(ADDRESS).status_code == 200


@pytest.mark.parametrize("path", ["/days/2026-12-24/crews/crew-1/package", "/days/2026-11-24/crews/crew-9/package"])
def test_what_is_not_planned_is_not_there(desk, problem, path: str) -> None:
    with desk.client("planner") as client:
        problem(client.get(path), 404)


def test_a_crew_that_stays_gets_an_empty_day(desk) -> None:
    with desk.client("other-crew") as client:
        package = Package.model_validate_json(
            client.get("/days/2026-11-25/crews/crew-2/package", params={"lang": "en"}).content, strict=True
        )
    assert package.stops == []
    assert package.lang == "en"
