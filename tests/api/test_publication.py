"""An owner objects: the plot is gone from everything public with the next answer, whatever was kept before."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx
import mapbox_vector_tile
import pytest

from geo_service.api.access import ACCESS
from geo_service.api.roles import ANONYMOUS
from geo_service.outputs.tile_grid import LAST_ZOOM, tile_at
from geo_service.outputs.tile_layers import SINGLE_PLOTS_ZOOM

from .conftest import add_pages, lonlat
from .test_access import address

CODE, NUMBER = "KLZ-0012", 12  # the last one: what is told of where everything lies depends on it
MARKS = (CODE, "12a Kleinzschocher", "Dieskaustraße 12")
OBJECTION = {"public": False, "reason": "Widerspruch vom 12.11.2026"}


FIXED = ("/sign-in", "/crew", "/docs", "/openapi.json", "/service-worker.js", "/static")
"""Beginnings of addresses that show nothing of the register; the API's text has this code as an example."""


@dataclass(frozen=True)
class Asked:
    """An address and how it is asked for."""

    path: str
    accept: str

    def of(self, client: httpx.Client, tag: str = "") -> httpx.Response:
        headers = {"Accept": self.accept} | ({"If-None-Match": tag} if tag else {})
        return client.get(self.path, headers=headers)


def public_addresses() -> list[Asked]:
    """Return every address that anybody may read, about the plot where it is about one, tiles of all zooms too."""
    found = []
    for (method, template), roles in ACCESS.items():
        if method != "GET" or ANONYMOUS not in roles or template.startswith(FIXED):
            continue
        if template.endswith("{tileCol}"):
            place = template.partition("/{tileMatrix}")[0]
            tiles = (tile_at(*lonlat(NUMBER), zoom) for zoom in range(LAST_ZOOM + 1))
            found += [Asked(f"{place}/{one.zoom}/{one.row}/{one.column}", "*/*") for one in tiles]
            continue
        path = address(template.replace("{fid}", CODE) if "plots" in template else template)
        found += [Asked(path, "application/json"), Asked(path, "text/html")]
    plots = "/collections/plots/items"
    for query in ("limit=1000", "cursor=WyJLTFotMDAxMSJd", "bbox=12,51,13,52"):
        found += [Asked(f"{plots}?{query}", accept) for accept in ("application/json", "text/html")]
    found.append(Asked("/tiles/WebMercatorQuad?f=tilejson", "application/json"))
    return found


ADDRESSES = public_addresses()
DATA = ("/collections", "/tiles/")
"""Beginnings of addresses that say by an ETag which state they show."""


def shows(response: httpx.Response) -> bool:
    return any(mark in response.content.decode("utf-8", "replace") for mark in MARKS)


@pytest.fixture(scope="module")
def withheld(module_desk):
    """Return a desk with its pages, and what everybody was told before the owner objected."""
    add_pages(module_desk.app)
    with module_desk.client() as anybody, module_desk.client("moderator") as moderator:
        before = {one: one.of(anybody) for one in ADDRESSES}
        kept = {one: answer for one, answer in before.items() if one.path.startswith(DATA) and answer.is_success}
        again = {one.of(anybody, answer.headers["etag"]).status_code for one, answer in kept.items()}
        assert again == {304}  # the control: what was kept is confirmed
        assert moderator.put(f"/plots/{CODE}/publication", json=OBJECTION).json() == {"plot": CODE, "public": False}
        yield module_desk, before


def test_the_plot_was_to_be_seen_before(withheld) -> None:
    """The control: without the objection most of what follows would fail."""
    _, before = withheld
    seen = {one.path for one, answer in before.items() if shows(answer)}
    assert f"/collections/plots/items/{CODE}" in seen
    assert "/collections/plots/items?limit=1000" in seen
    tiles = {int(path.split("/")[-3]) for path in seen if re.fullmatch(r".*/\d+/\d+/\d+", path)}
    assert tiles == set(range(SINGLE_PLOTS_ZOOM, LAST_ZOOM + 1))
    assert len(seen) >= 2 * (LAST_ZOOM + 1 - SINGLE_PLOTS_ZOOM) + 5


@pytest.mark.parametrize("as_before", [False, True], ids=["plain", "with the old ETag"])
def test_it_is_gone_from_everything_public(withheld, as_before: bool) -> None:
    desk, before = withheld
    with desk.client() as anybody:
        for one, old in before.items():
            answer = one.of(anybody, old.headers.get("etag", "") if as_before else "")
            assert not shows(answer), one
            if one.path.startswith(DATA):
                kept = {304} if as_before and not shows(old) else set()  # what never showed it has not changed
                assert answer.status_code in {200, 404} | kept, one
        assert anybody.get(f"/collections/plots/items/{CODE}").status_code == 404
        assert anybody.get(f"/collections/plots/items/{CODE}", headers={"If-None-Match": "*"}).status_code == 404
        assert anybody.get(f"/collections/plots/items?code={CODE}").json()["numberMatched"] == 0


def test_it_is_not_counted_any_more(withheld) -> None:
    """Neither in cells of tiles further out, nor in totals, nor in where everything lies."""
    desk, before = withheld
    with desk.client() as anybody:
        for zoom in range(SINGLE_PLOTS_ZOOM):
            tile = tile_at(*lonlat(NUMBER), zoom)
            asked = Asked(f"/collections/plots/tiles/WebMercatorQuad/{zoom}/{tile.row}/{tile.column}", "*/*")
            then, now = (
                sum(cell["properties"]["count"] for cell in layers["plot_counts"]["features"])
                for layers in (mapbox_vector_tile.decode(one.content) for one in (before[asked], asked.of(anybody)))
            )
            assert now == then - 1
        asked = Asked("/collections/plots/items?limit=1000", "application/json")
        assert asked.of(anybody).json()["numberMatched"] == before[asked].json()["numberMatched"] - 1
        asked = Asked("/collections/plots", "application/json")
        east = [one.json()["extent"]["spatial"]["bbox"][0][2] for one in (before[asked], asked.of(anybody))]
        assert east[1] < east[0]


@pytest.mark.parametrize("visitor", ["viewer", "analyst", "moderator", "planner", "admin"])
def test_readers_still_see_it(withheld, visitor: str) -> None:
    desk, _ = withheld
    with desk.client(visitor) as reader:
        told = reader.get(f"/collections/plots/items/{CODE}")
        assert told.json()["properties"]["public"] is False
        tile = tile_at(*lonlat(NUMBER), 16)
        assert shows(reader.get(f"/tiles/WebMercatorQuad/16/{tile.row}/{tile.column}"))


def test_a_phone_sees_it_no_more_than_anybody(withheld) -> None:
    desk, _ = withheld
    with desk.client("own-crew") as phone:
        assert phone.get(f"/collections/plots/items/{CODE}").status_code == 404


def test_an_objection_is_taken_back(own_desk) -> None:
    desk = own_desk
    with desk.client("planner") as planner, desk.client() as anybody:
        planner.put(f"/plots/{CODE}/publication", json=OBJECTION)
        assert anybody.get(f"/collections/plots/items/{CODE}").status_code == 404
        again = planner.put(f"/plots/{CODE}/publication", json={"public": True, "reason": "Rücknahme vom 1.12.2026"})
        assert again.json()["public"] is True
        assert anybody.get(f"/collections/plots/items/{CODE}").status_code == 200
        assert desk.store.ledger(1)[0].reason == f"{CODE} published: Rücknahme vom 1.12.2026"
        assert desk.store.ledger(1)[0].author == "Ada"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/plots/KLZ-9999/publication", OBJECTION, 404),
        (f"/plots/{CODE}/publication", {"public": False}, 422),
        (f"/plots/{CODE}/publication", {"public": False, "reason": "  "}, 422),
        (f"/plots/{CODE}/publication", {"public": 0, "reason": "x"}, 422),
        (f"/plots/{CODE}/publication", {"public": None, "reason": "x"}, 422),
        (f"/plots/{CODE}/publication", OBJECTION | {"author": "somebody else"}, 422),
    ],
)
def test_what_does_not_fit_changes_nothing(own_desk, problem, path: str, body: dict[str, object], status: int) -> None:
    with own_desk.client("moderator") as moderator:
        problem(moderator.put(path, json=body), status)
    assert own_desk.store.plot(CODE).public


@pytest.mark.parametrize("visitor", ["viewer", "analyst", "own-crew"])
def test_who_may_not_say_so_changes_nothing(own_desk, problem, visitor: str) -> None:
    with own_desk.client(visitor) as client:
        problem(client.put(f"/plots/{CODE}/publication", json=OBJECTION), 403)
    assert own_desk.store.plot(CODE).public
