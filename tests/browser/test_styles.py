"""Styles in MapLibre: each is taken without a complaint, draws plots or routes, and asks nobody else."""

from __future__ import annotations

import shutil

import pytest

from geo_service.outputs.basemap import FILE_NAME, write_basemap
from geo_service.streets.ground import ground_of_landscape

from .conftest import served

PAGE = """<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="/static/vendor/maplibre-gl/maplibre-gl.css">
<style>#map { position: absolute; inset: 0 }</style><div id="map"></div>
<script type="module">
import * as maplibre from "/static/vendor/maplibre-gl/maplibre-gl.mjs";
window.problems = [];
window.map = new maplibre.Map({
  container: "map", style: new URLSearchParams(location.search).get("style"), center: [12.325, 51.332], zoom: 14,
  fadeDuration: 0,
});
map.on("error", (event) => window.problems.push(String(event.error?.message ?? event)));
map.on("idle", () => { document.body.dataset.drawn = "1"; });
</script>"""
DRAWN = """() => [...new Set(map.queryRenderedFeatures().map((one) => `${one.source}/${one.sourceLayer}`))]"""


@pytest.fixture(scope="module")
def with_basemap(workspace, tmp_path_factory):
    folder = shutil.copytree(workspace, tmp_path_factory.mktemp("styles") / "workspace")
    with served(folder) as here:
        store = here.store
        write_basemap(folder / FILE_NAME, store.streets(), ground_of_landscape(store.landscape()))
        yield here


@pytest.mark.parametrize(
    ("style", "layer"),
    [("plots-by-due", "desk/plots"), ("plots-by-tenure-dark", "desk/plots"), ("routes-by-crew", "desk/routes")],
)
def test_maplibre_draws_a_style(browser, with_basemap, style: str, layer: str) -> None:
    context = browser.new_context(viewport={"width": 600, "height": 400})
    try:
        page = context.new_page()
        page.goto(with_basemap.sign_in())
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.route(lambda url: "/try.html" in url, lambda route: route.fulfill(content_type="text/html", body=PAGE))
        page.goto(f"{with_basemap.base}/try.html?style=/styles/{style}")
        page.wait_for_selector("body[data-drawn]", state="attached", timeout=60_000)
        assert page.evaluate("problems") == []
        assert {layer, "basemap/streets", "basemap/water"} <= set(page.evaluate(DRAWN))
        assert all(url.startswith((with_basemap.base, "data:", "blob:")) for url in asked)
    finally:
        context.close()
