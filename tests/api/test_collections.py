"""Landing page, collections and items: OGC API - Features part 1 as programs and people see it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import shapely
import shapely.affinity

from geo_service.api.collections import QUERYABLES, SCHEMA_OF_ITEMS, SORTABLES
from geo_service.api.schemas import (
    CollectionAnswer,
    CollectionsAnswer,
    Conformance,
    Feature,
    FeatureCollection,
    Landing,
)
from geo_service.api.tile_metadata import TILESETS_VECTOR, TILING_SCHEMES
from geo_service.outputs.collections import COLLECTIONS, PLOTS
from geo_service.outputs.record_layers import RECORD_LAYERS

PUBLIC = ["quarters", "plots", "streets", *RECORD_LAYERS]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
X_MIDDLE = 12.3202  # degrees east, between the second and the third plot


def rels(told) -> dict[str, str]:
    return {link.rel: link.href for link in told.links}


def items(client: httpx.Client, name: str, **query: object) -> FeatureCollection:
    response = client.get(f"/collections/{name}/items", params=query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/geo+json"
    return FeatureCollection.model_validate_json(response.content)


def ids(told: FeatureCollection) -> list[object]:
    return [feature.id for feature in told.features]


def test_the_landing_page_leads_everywhere(anybody: httpx.Client) -> None:
    told = Landing.model_validate_json(anybody.get("/").content)
    assert "schematic sample data" in told.attribution
    assert set(rels(told)) == {
        *("self", "alternate", "service-desc", "service-doc", "conformance", "data"),
        *(TILESETS_VECTOR, TILING_SCHEMES, "http://www.opengis.net/def/rel/ogc/1.0/styles"),
    }
    for link in told.links:
        response = anybody.get(link.href, headers={"Accept": link.type})
        assert response.status_code == 200, link
        assert response.headers["content-type"].split("; charset")[0] == link.type, link


def test_conformance(anybody: httpx.Client) -> None:
    told = Conformance.model_validate_json(anybody.get("/conformance").content)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in told.conforms_to


def test_everybody_sees_the_public_collections_and_readers_all(anybody: httpx.Client, planner: httpx.Client) -> None:
    for client, names in ((anybody, PUBLIC), (planner, list(COLLECTIONS))):
        told = CollectionsAnswer.model_validate_json(client.get("/collections").content)
        assert [one.id for one in told.collections] == names
        for one in told.collections:
            alone = CollectionAnswer.model_validate_json(client.get(f"/collections/{one.id}").content)
            assert alone == one
            assert {"self", "alternate", "items", TILESETS_VECTOR, QUERYABLES, SORTABLES, SCHEMA_OF_ITEMS} == set(
                rels(one)
            )
            assert items(client, one.id).number_matched > 0


def test_the_extent_holds_every_feature(planner: httpx.Client) -> None:
    for name in COLLECTIONS:
        told = CollectionAnswer.model_validate_json(planner.get(f"/collections/{name}").content)
        extent = shapely.box(*told.extent.spatial.bbox[0])
        shapes = [
            shapely.geometry.shape(one.geometry) for one in items(planner, name, limit=1000).features if one.geometry
        ]
        assert shapes
        assert all(extent.covers(shape) for shape in shapes)


def test_the_extent_tells_the_days_of_what_happens(planner: httpx.Client) -> None:
    for name, days in (("plots", None), ("visits", 2), ("routes", 2)):
        told = CollectionAnswer.model_validate_json(planner.get(f"/collections/{name}").content)
        if days is None:
            assert told.extent.temporal is None
        else:
            begin, end = told.extent.temporal.interval[0]
            assert begin.isoformat() == "2026-11-24T00:00:00+01:00"
            assert (end - begin).days == days


def test_a_collection_with_a_multipolygon_has_multipolygons_only(own_desk) -> None:
    """QGIS takes the type of the layer from the first features."""
    plot = own_desk.store.plot("KLZ-0012")
    parts = shapely.MultiPolygon([plot.geometry, shapely.affinity.translate(plot.geometry, 0, 50)])
    with own_desk.client("planner") as client:
        assert {one.geometry["type"] for one in items(client, "plots").features} == {"Polygon"}
        with own_desk.store.change(author="tests", reason="two parts", at=own_desk.now[0]) as tx:
            tx.put_plots([replace(plot, geometry=parts)])
        now = items(client, "plots").features
    assert {one.geometry["type"] for one in now} == {"MultiPolygon"}
    assert [len(one.geometry["coordinates"]) for one in now] == [1] * 11 + [2]


def test_an_empty_desk_has_empty_collections(own_desk) -> None:
    with own_desk.store.change(author="tests", reason="empty", at=own_desk.now[0]) as tx:
        tx.clear()
    with own_desk.client("planner") as client:
        for name in COLLECTIONS:
            assert items(client, name).number_matched == 0
            assert CollectionAnswer.model_validate_json(client.get(f"/collections/{name}").content).extent is None


def test_the_public_sees_what_may_be_published_and_readers_see_all(
    anybody: httpx.Client, planner: httpx.Client
) -> None:
    public, full = items(anybody, "plots"), items(planner, "plots")
    assert (public.number_matched, full.number_matched) == (11, 12)
    assert "KLZ-0004" not in ids(public)
    for told, names in (
        (public, {one.name for one in PLOTS.properties if one.public}),
        (full, {one.name for one in PLOTS.properties}),
    ):
        assert all(set(one.properties) == names for one in told.features)
    assert "Schlüssel" not in anybody.get("/collections/plots/items").text
    assert "Schlüssel" in planner.get("/collections/plots/items").text


def test_what_is_not_public_cannot_be_asked_for(anybody: httpx.Client, planner: httpx.Client, problem) -> None:
    problem(anybody.get("/collections/plots/items/KLZ-0004"), 404)
    problem(anybody.get("/collections/plots/items", params={"hazard_note": "Glas"}), 400)
    assert planner.get("/collections/plots/items/KLZ-0004").status_code == 200
    assert items(planner, "plots", hazard_note="Glas").number_matched == 12


def test_a_feature_alone_equals_the_one_on_its_page(planner: httpx.Client) -> None:
    for name in COLLECTIONS:
        first = items(planner, name, limit=1).features[0]
        alone = Feature.model_validate_json(planner.get(f"/collections/{name}/items/{first.id}").content)
        assert {"self", "alternate", "collection"} == set(rels(alone))
        assert "schematic sample data" in alone.attribution
        assert alone.model_copy(update={"links": [], "attribution": "", "version": ""}) == first


def test_geometry_is_in_degrees_longitude_first(anybody: httpx.Client) -> None:
    corner = items(anybody, "plots", limit=1).features[0].geometry["coordinates"][0][0]
    assert corner == pytest.approx([12.3186, 51.3127], abs=2e-4)
    assert all(len(str(number)) <= 10 for number in corner)


@pytest.mark.parametrize("limit", [1, 4, 5, 11, 12, 100])
def test_following_next_finds_everything_once(anybody: httpx.Client, limit: int) -> None:
    found: list[object] = []
    address = f"/collections/plots/items?limit={limit}&quarter=52&f=json"
    while address:
        told = FeatureCollection.model_validate_json(anybody.get(address).content)
        assert told.number_returned == len(told.features) <= limit
        assert told.number_matched == 5
        found += ids(told)
        address = rels(told).get("next", "")
        assert not address or parse_qs(urlsplit(address).query)["quarter"] == ["52"]
    assert found == ["KLZ-0001", "KLZ-0002", "KLZ-0003", "KLZ-0005", "KLZ-0006"]


def test_a_page_says_what_it_is(anybody: httpx.Client) -> None:
    told = items(anybody, "plots", limit=2)
    assert told.time_stamp.isoformat() == "2026-11-23T06:00:00+00:00"
    assert "schematic sample data" in told.attribution
    assert {"self", "alternate", "next", "collection"} == set(rels(told))
    assert ids(FeatureCollection.model_validate_json(anybody.get(rels(told)["self"]).content)) == ids(told)
    assert "KLZ-0001" in anybody.get(rels(told)["alternate"]).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"bbox": f"12,51,{X_MIDDLE},52"}, ["KLZ-0001", "KLZ-0002"]),
        ({"bbox": f"12,51,0,{X_MIDDLE},52,500"}, ["KLZ-0001", "KLZ-0002"]),
        ({"bbox": "0,0,1,1"}, []),
        (
            {"bbox": f"12,51,{X_MIDDLE},52", "bbox-crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "limit": 1},
            ["KLZ-0001"],
        ),
        ({"code": "KLZ-0012"}, ["KLZ-0012"]),
        ({"area_m2": "600"}, [f"KLZ-{number:04d}" for number in range(1, 13)]),
        ({"quarter": "99"}, []),
        ({"address": "Dieskaustraße 3"}, ["KLZ-0003"]),
        ({"datetime": "2026-11-24"}, [f"KLZ-{number:04d}" for number in range(1, 13)]),  # plots have no time
    ],
)
def test_filters(planner: httpx.Client, query: dict[str, object], found: list[str]) -> None:
    assert ids(items(planner, "plots", **query)) == found


@pytest.mark.parametrize(
    ("moment", "crews"),
    [
        ("2026-11-24", ["crew-1.2026-11-24", "crew-2.2026-11-24"]),
        ("2026-11-25T09:00:00Z", ["crew-1.2026-11-25"]),
        ("2026-11-25/..", ["crew-1.2026-11-25"]),
        ("../2026-11-23", []),
        ("2026-11-23/2026-11-30", ["crew-1.2026-11-24", "crew-1.2026-11-25", "crew-2.2026-11-24"]),
    ],
)
def test_routes_by_day(planner: httpx.Client, moment: str, crews: list[str]) -> None:
    assert ids(items(planner, "routes", datetime=moment)) == crews


def test_visits_planned_and_left_out(planner: httpx.Client) -> None:
    assert items(planner, "visits", status="planned").number_matched == 5
    left_out = items(planner, "visits", status="unserved").features
    assert [one.properties["reason"] for one in left_out] == ["no crew has time"]


def test_an_answer_is_kept_until_the_data_change(own_desk) -> None:
    with own_desk.client() as client:
        for path in (
            "/",
            "/collections",
            "/collections/plots",
            "/collections/plots/items",
            "/collections/plots/items/KLZ-0001",
        ):
            first = client.get(path)
            again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
            as_page = client.get(path, headers={"If-None-Match": first.headers["etag"], **BROWSER})
            assert as_page.status_code == 200
        with own_desk.client("planner") as reader:
            full = reader.get("/collections/plots/items", headers={"If-None-Match": first.headers["etag"]})
            assert full.status_code == 200
        with own_desk.store.change(author="tests", reason="real data", at=own_desk.now[0]) as tx:
            tx.set_sample(False)
        changed = client.get("/collections/plots/items", headers={"If-None-Match": first.headers["etag"]})
        assert changed.status_code == 200
        assert changed.json()["attribution"] == "© OpenStreetMap contributors, ODbL 1.0"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/conformance",
        "/collections",
        "/collections/plots",
        "/collections/plots/items",
        "/collections/plots/items/KLZ-0001",
    ],
)
def test_a_browser_gets_pages(anybody: httpx.Client, path: str) -> None:
    for response in (anybody.get(path, headers=BROWSER), anybody.get(path, params={"f": "html"})):
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.text.startswith("<!doctype html>")
        assert path == "/conformance" or "Schematische Beispieldaten" in response.text
    assert (
        anybody.get(path, params={"f": "json"}, headers=BROWSER).headers["content-type"] != "text/html; charset=utf-8"
    )


def test_a_page_of_features_leads_to_the_next(anybody: httpx.Client) -> None:
    text = anybody.get("/collections/plots/items", params={"limit": 10, "f": "html"}).text
    assert "10 / 11" in text
    onward = text.split('href="')[-1].split('"')[0].replace("&amp;", "&")
    assert "KLZ-0012" in anybody.get(onward).text


def test_codes_and_days_stay_on_one_line(planner: httpx.Client) -> None:
    text = planner.get("/collections/visits/items", params={"f": "html"}).text
    for whole in ("KLZ-0001", "2026-11-24"):
        assert f'<span class="whole">{whole}</span>' in text
    assert ".whole" in planner.get("/docs/page.css").text


def test_what_stands_in_the_data_is_escaped_on_pages(own_desk) -> None:
    plot = own_desk.store.plot("KLZ-0001")
    with own_desk.store.change(author="tests", reason="a trap", at=own_desk.now[0]) as tx:
        tx.put_plots([replace(plot, address="<script>alert(1)</script>")])
    with own_desk.client(**BROWSER) as client:
        for path in ("/collections/plots/items", "/collections/plots/items/KLZ-0001"):
            text = client.get(path).text
            assert "&lt;script&gt;" in text
            assert "<script" not in text


def test_healthz(anybody: httpx.Client) -> None:
    told = anybody.get("/healthz").json()
    assert told == {"status": "ok", "version": "0.1.0", "revision": 1}
