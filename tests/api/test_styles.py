"""Styles over HTTP: who may use which, what they point to is there, legends and patterns, what may be kept."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from geo_service.api.styles import StylesAnswer
from geo_service.outputs.basemap import FILE_NAME, write_basemap
from geo_service.outputs.map_classes import MAPS
from geo_service.outputs.map_style import MEDIA_TYPE
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.tile_grid import tile_at
from geo_service.streets.ground import Ground

from .conftest import NOW, lonlat

ALL = [f"{name}{theme}" for name in MAPS for theme in ("", "-dark")]


def test_readers_have_all_styles_and_the_public_those_of_where_plots_are(planner, anybody, problem) -> None:
    told = StylesAnswer.model_validate_json(planner.get("/styles").content)
    assert [one.id for one in told.styles] == ALL
    assert told.default == "plots-by-state"
    shown = StylesAnswer.model_validate_json(anybody.get("/styles").content)
    records = [name + dark for name in RECORD_LAYERS for dark in ("", "-dark")]
    assert [one.id for one in shown.styles] == ["plots", "plots-dark", *records]
    assert shown.default == "plots"
    problem(anybody.get("/styles/plots-by-due"), 401)
    problem(anybody.get("/styles/routes-by-crew/legend.svg"), 401)
    problem(planner.get("/styles/plots-by-mood"), 404)
    problem(planner.get("/styles/plots-dark-dark"), 404)


def test_every_link_of_the_list_leads_somewhere(planner) -> None:
    for one in planner.get("/styles").json()["styles"]:
        for link in one["links"]:
            answer = planner.get(link["href"])
            assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, link["type"])


def test_a_page_shows_the_legends(planner) -> None:
    page = planner.get("/styles", headers={"Accept": "text/html"}).text
    assert all(f"/styles/{name}/legend.svg" in page for name in ALL)


@pytest.mark.parametrize("name", ALL)
def test_what_a_style_points_to_is_there(desk, planner, name: str) -> None:
    answer = planner.get(f"/styles/{name}")
    assert answer.headers["content-type"] == MEDIA_TYPE
    style = answer.json()
    for suffix in (".json", ".png", "@2x.json", "@2x.png"):
        assert planner.get(style["sprite"] + suffix).status_code == 200
    at = tile_at(*lonlat(2), 16)
    address = style["sources"]["desk"]["tiles"][0].format(z=16, y=at.row, x=at.column)
    assert address.startswith(desk.url)
    assert planner.get(address).content
    layers = {one["source-layer"] for one in style["layers"] if one.get("source") == "desk"}
    metadata = planner.get("/tiles/WebMercatorQuad?f=tilejson").json()["vector_layers"]
    known = {one["id"]: set(one["fields"]) for one in metadata}
    assert layers <= set(known)
    for layer in style["layers"]:
        if layer.get("source") == "desk":
            assert fields(layer.get("filter")) <= known[layer["source-layer"]], layer["id"]


def fields(chosen) -> set[str]:
    if not chosen:
        return set()
    operator, *rest = chosen
    if operator in {"all", "any"}:
        return set().union(*map(fields, rest))
    return {rest[0]} - {"$type"}  # of the shape, no field


def test_a_style_draws_the_basemap_where_there_is_one(own_desk, tmp_path) -> None:
    with own_desk.client("planner") as client:
        assert set(client.get("/styles/plots").json()["sources"]) == {"desk"}
        write_basemap(tmp_path / FILE_NAME, own_desk.store.streets(), Ground())
        own_desk.app.state.desk = replace(own_desk.app.state.desk, basemap=tmp_path / FILE_NAME)
        sources = client.get("/styles/plots").json()["sources"]
        at = tile_at(*lonlat(2), 14)
        assert client.get(sources["basemap"]["tiles"][0].format(z=14, y=at.row, x=at.column)).content


def test_a_style_is_new_on_the_next_day_and_else_the_same(own_desk) -> None:
    with own_desk.client("planner") as client:
        first = client.get("/styles/plots-by-due")
        assert first.headers["cache-control"] == "private, no-cache"
        known = {"If-None-Match": first.headers["etag"]}
        assert client.get("/styles/plots-by-due", headers=known).status_code == 304
        own_desk.now[0] = NOW + timedelta(hours=17, minutes=30)  # half an hour past midnight in Berlin
        again = client.get("/styles/plots-by-due", headers=known)
        assert again.status_code == 200
        assert '"2026-11-24"' in again.text
        assert '"2026-11-23"' in first.text
    with own_desk.client() as client:
        assert client.get("/styles/plots").headers["cache-control"] == "public, no-cache"


def test_plots_tell_what_is_due(own_desk) -> None:
    with own_desk.client("planner") as client:
        before = client.get("/collections/plots/items/KLZ-0001").json()["properties"]
        assert (before["due"], before["last_visit_on"]) == ("mow_lawn", None)
        with own_desk.store.change(author="tests", reason="mown", at=NOW) as tx:
            tx.record_done("id-1", "mow_lawn", NOW.date())
        for path in ("/collections/plots/items/KLZ-0001", "/collections/plots/items?code=KLZ-0001"):
            told = client.get(path).json()
            found = told["features"][0] if "features" in told else told
            assert found["properties"]["last_visit_on"] == "2026-11-23", path
    with own_desk.client() as client:
        assert "due" not in client.get("/collections/plots/items/KLZ-0001").json()["properties"]


def test_legends_speak_both_languages(planner, problem) -> None:
    german, english = (planner.get(f"/styles/plots-by-due/legend.svg?lang={lang}").text for lang in ("de", "en"))
    assert "überfällig" in german and "overdue" in english
    picture = Image.open(io.BytesIO(planner.get("/styles/plots-by-due/legend.png").content))
    assert picture.format == "PNG"
    problem(planner.get("/styles/plots-by-due/legend.gif"), 404)
    problem(planner.get("/styles/plots-by-due/legend.svg?lang=fr"), 400)


def test_patterns_are_for_everybody(anybody, problem) -> None:
    index = json.loads(anybody.get("/sprites/dark@2x.json").content)
    width, height = Image.open(io.BytesIO(anybody.get("/sprites/dark@2x.png").content)).size
    assert all(one["x"] + one["width"] <= width and one["height"] == height for one in index.values())
    for sheet in ("sepia.png", "light.gif", "light@3x.png"):
        assert anybody.get(f"/sprites/{sheet}").status_code in {400, 404}
