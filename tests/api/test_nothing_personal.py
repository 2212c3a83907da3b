"""Nothing personal stands in any answer that anybody may read: every address is asked, every name is sought."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.sample import load_sample
from geo_service.api.access import ACCESS, EVERYONE
from geo_service.main import open_desk
from geo_service.outputs.collections import COLLECTIONS
from geo_service.outputs.tile_grid import tile_at
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.sqlite import SqliteStore

from .conftest import NOW

PERSONAL = {"mail", "email", "phone", "person", "contact", "words"}
"""Fields of the sample's files that tell of persons; lists of them are ``emails`` and ``phones``."""

TILE = tile_at(12.33, 51.32, 14)
FILLED = {
    "{secret}": "x" * 43,
    "{sha256}": "0" * 64,
    "{name}": "192",
    "{path:path}": "icon.svg",
    "{sheet}": "light.json",
    "{tileMatrix}": "14",
    "{tileRow}": str(TILE.row),
    "{tileCol}": str(TILE.column),
    "{service}": "litter",
    "{occasion}": "sprechzeit-kleinzschocher",
    "{number}": "A-2026-0010",
    "{plot}": "KLZ-0001",
    "{project}": "V-002",
    "{lot}": "W26-L01",
    "{voucher}": "W26-00001",
    "{day}": "2026-11-24",
    "{crew}": "crew-1",
}
SUFFIXES = ("json", "xml", "csv", "geojson", "gpkg", "fgb", "parquet", "png", "svg", "ics", "pdf")


def told_of_persons(folder: Path) -> set[str]:
    """Return every name, mail, number and word of a reporter or contact that stands in the sample."""
    found: set[str] = set()

    def look(value: object, key: str = "", inside: str = "") -> None:
        if isinstance(value, dict):
            for name, one in value.items():
                look(one, name, key if isinstance(one, list | dict) else inside or key)
        elif isinstance(value, list):
            for one in value:
                look(one, key.removesuffix("s"), key)
        elif isinstance(value, str) and (
            key in PERSONAL or (key == "name" and inside in {"report", "reports", "contacts", "parties"})
        ):
            found.add(value)

    for path in folder.glob("*.json"):
        look(json.loads(path.read_text(encoding="utf-8")))
    return {text for text in found if len(text) > 5}


def addresses() -> Iterator[str]:
    """Yield every address that anybody may ask for, with each suffix, collection and language."""
    for (method, template), roles in ACCESS.items():
        if method != "GET" or roles != EVERYONE:
            continue
        for hole, value in FILLED.items():
            template = template.replace(hole, value)  # noqa: PLW2901
        for collection in COLLECTIONS if "{collection}" in template else ("",):
            one = template.replace("{collection}", collection)
            one = one.replace("{fid}", "A-2026-0010" if "/concerns/" in one else "KLZ-0001")
            for suffix in SUFFIXES if "{suffix}" in one else ("",):
                path = one.replace("{suffix}", suffix)
                yield path
                if path.endswith("/items"):
                    yield f"{path}?limit=1000"


def crawl(app: FastAPI, wanted: set[str]) -> tuple[list[str], int]:
    """Return which addresses tell what of the wanted words, and how many answered with something."""

    async def ask() -> tuple[list[str], int]:
        found, answered = [], 0
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
            for path in addresses():
                for accept in ("*/*",) if "." in path or "/tiles" in path else ("text/html", "*/*"):
                    answer = await client.get(path, headers={"Accept": accept})
                    assert answer.status_code < 500 and "{" not in path, path
                    answered += answer.status_code == 200
                    body = gzip.decompress(answer.content) if answer.content[:2] == b"\x1f\x8b" else answer.content
                    found += [f"{path}: {word}" for word in wanted if word.encode() in body]
        return found, answered

    return asyncio.run(ask())


@pytest.fixture
def house(tmp_path, sample):
    store = make_workspace(tmp_path / "workspace", defaults=sample, author="tester", at=NOW)
    load_sample(store, sample, at=NOW)
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield store, open_desk(store, pool, tmp_path / "workspace", "http://desk", clock=lambda: NOW)
    store.close()


def test_no_anonymous_answer_tells_of_a_person(house, sample):
    _, app = house
    wanted = told_of_persons(sample)
    assert {"Eva Beispiel", "vorstand@musterwiese.example", "0341 0000-518", "Anke Entwurf"} <= wanted
    found, answered = crawl(app, wanted)
    assert found == []
    assert answered > 80


def test_the_crawl_finds_a_name_that_slipped_through(house, sample):
    store, app = house
    _slip(store, "Dank an Eva Beispiel")
    found, _ = crawl(app, {"Eva Beispiel"})
    assert {one.partition("?")[0].partition(":")[0] for one in found} >= {
        "/collections/concerns/items",
        "/collections/concerns/download.csv",
        "/neighbourhood",
        "/open311/v2/requests.xml",
    }


def _slip(store: SqliteStore, text: str) -> None:
    kept = store.record(CONCERN, "A-2026-0010")
    with store.change(author="t", reason="slip", at=NOW) as tx:
        tx.put_record(CONCERN, replace(kept.record, public_text=text))


def test_moderator_5_an_objecting_owners_plot_vanishes_from_everything_public(house):
    store, app = house
    plot = store.plot("ALN-0004")
    words = {plot.code, plot.address, "Altreifen auf der Obstwiese"}
    before, _ = crawl(app, words)
    assert any(one.startswith("/neighbourhood") for one in before) and any("/concerns/items" in one for one in before)
    with store.change(author="t", reason="objection", at=NOW) as tx:
        tx.put_plots([replace(plot, public=False)])
    assert crawl(app, words)[0] == []
