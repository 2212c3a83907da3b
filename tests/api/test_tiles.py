"""Vector tiles over HTTP: who sees what, what may be kept, what is refused, and GDAL as a client."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import brotli
import httpx
import mapbox_vector_tile
import pytest
from shapely import box

from geo_service.api import tile_schemas as schemas
from geo_service.outputs.collections import COLLECTIONS
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.tile_grid import HALF_WORLD_M, LAST_ZOOM, TileAddress, tile_at
from geo_service.outputs.vector_tile import MEDIA_TYPE

from .conftest import NOW, lonlat, plot_at

PUBLIC = ("quarters", "plots", "streets", *RECORD_LAYERS)
TILE_16 = tile_at(*lonlat(2), 16)


def tile_path(address: TileAddress, name: str = "") -> str:
    place = f"/collections/{name}/tiles" if name else "/tiles"
    return f"{place}/WebMercatorQuad/{address.zoom}/{address.row}/{address.column}"


def read(client: httpx.Client, path: str) -> dict[str, list[dict]]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    return {name: layer["features"] for name, layer in mapbox_vector_tile.decode(response.content).items()}


def codes(layers: dict[str, list[dict]]) -> set[str]:
    return {one["properties"]["code"] for one in layers.get("plots", ())}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_tile_has_the_same_features_as_a_box_of_the_items(planner, name: str) -> None:
    key = {"plots": "code", "quarters": "key", "streets": "osm_way"}.get(name, "id")
    edge = 64 / 4096 * 360 / (1 << 16)
    west = TILE_16.column * 360 / (1 << 16) - 180
    items = planner.get(
        f"/collections/{name}/items",
        params={"bbox": f"{west - edge},51.0,{west + 360 / (1 << 16) + edge},52.0", "limit": 1000},
    ).json()["features"]
    column = [TileAddress(16, TILE_16.column, TILE_16.row + step) for step in range(-6, 7)]
    found = [one for address in column for one in read(planner, tile_path(address, name)).get(name, ())]
    assert items
    assert {one["properties"][key] for one in found} == {
        one["id"] if key == "id" else one["properties"][key] for one in items
    }
    by_key = {one["id"] if key == "id" else one["properties"][key]: one["properties"] for one in items}
    for one in found:
        told = {name: value for name, value in by_key[one["properties"][key]].items() if value not in (None, "")}
        assert one["properties"].items() >= told.items()


def test_the_public_sees_what_is_public(planner, anybody, problem) -> None:
    wide = tile_at(*lonlat(4), 13)
    assert codes(read(planner, tile_path(wide, "plots"))) - codes(read(anybody, tile_path(wide, "plots"))) == {
        "KLZ-0004"
    }
    shown = {name for one in read(anybody, tile_path(TILE_16, "plots"))["plots"] for name in one["properties"]}
    assert shown == {"code", "address", "quarter", "area_m2", "parcels"}
    assert "hazard_note" in read(planner, tile_path(TILE_16, "plots"))["plots"][0]["properties"]
    for name in ("visits", "routes"):
        for path in (
            tile_path(TILE_16, name),
            f"{tile_path(TILE_16)}?collections=plots,{name}",
            f"/tiles?collections={name}",
            f"/tiles/WebMercatorQuad?collections={name}",
        ):
            problem(anybody.get(path), 401)
    assert set(read(anybody, tile_path(TILE_16))) == set(PUBLIC)
    assert set(read(planner, tile_path(TILE_16))) == set(COLLECTIONS)


def test_a_composed_tile_has_the_layers_that_are_chosen(planner, problem) -> None:
    path = tile_path(TILE_16)
    assert list(read(planner, f"{path}?collections=streets,plots,plots")) == ["plots", "streets"]
    whole = planner.get(f"{path}?collections=plots,streets").content
    assert whole == b"".join(planner.get(tile_path(TILE_16, name)).content for name in ("plots", "streets"))
    for choice in ("", "plots,", "nothing", "Plots", "plots;streets", "x" * 300):
        assert "collections" in str(problem(planner.get(f"{path}?collections={choice}"), 400))


def test_far_out_plots_are_counted(planner, anybody) -> None:
    path = tile_path(tile_at(*lonlat(2), 9), "plots")
    assert sum(one["properties"]["count"] for one in read(planner, path)["plot_counts"]) == 12
    assert sum(one["properties"]["count"] for one in read(anybody, path)["plot_counts"]) == 11


@pytest.mark.parametrize("kind", [None, "viewer", "planner"])
def test_what_may_be_kept(desk, kind: str | None) -> None:
    whose = "private" if kind else "public"
    with desk.client(kind) as client:
        first = client.get(tile_path(TILE_16, "plots"))
        assert first.headers["cache-control"] == f"{whose}, no-cache"
        assert {"Authorization", "Cookie", "Accept-Encoding"} <= set(first.headers["vary"].split(", "))
        again = client.get(tile_path(TILE_16, "plots"), headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
        assert again.status_code == 304
        assert again.content == b""
        assert {name: again.headers[name] for name in ("etag", "cache-control", "vary")} == {
            name: first.headers[name] for name in ("etag", "cache-control", "vary")
        }
        assert client.get(tile_path(TILE_16, "plots"), headers={"If-None-Match": '"x"'}).status_code == 200


def test_what_the_public_keeps_is_not_good_for_readers(anybody, planner) -> None:
    tag = anybody.get(tile_path(TILE_16, "plots")).headers["etag"]
    assert planner.get(tile_path(TILE_16, "plots"), headers={"If-None-Match": tag}).status_code == 200


def test_an_edit_is_in_the_next_tile(own_desk) -> None:
    path = tile_path(TILE_16, "plots")
    with own_desk.client("planner") as client:
        before = client.get(path)
        assert client.get(path).content == before.content
        with own_desk.store.change(author="tests", reason="a name", at=NOW) as tx:
            tx.put_plots([replace(plot_at(2), name="Umbenannt")])
        after = client.get(path, headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert b"Umbenannt" in after.content
        assert after.headers["etag"] != before.headers["etag"]
        with own_desk.store.change(author="tests", reason="objected", at=NOW) as tx:
            tx.put_plots([replace(plot_at(2), public=False)])
        assert "KLZ-0002" in codes(read(client, path))
        with own_desk.client() as public:
            assert "KLZ-0002" not in codes(read(public, path))


def test_gzip_for_those_who_take_it(planner) -> None:
    path = tile_path(TILE_16)
    plain = planner.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with planner.stream("GET", path, headers={"Accept-Encoding": "deflate, gzip;q=0.5"}) as packed:
        body = b"".join(packed.iter_raw())
        assert packed.headers["content-encoding"] == "gzip"
        assert int(packed.headers["content-length"]) == len(body) < len(plain.content)
        assert gzip.decompress(body) == plain.content
    assert "content-encoding" not in planner.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers


@pytest.mark.parametrize("name", ["plots", "visits", ""])
def test_what_is_answered_at_once_is_what_the_route_answers(planner, anybody, name: str) -> None:
    path = tile_path(TILE_16, name)
    for client in (planner, anybody):
        for packing in ("identity", "gzip", "br"):
            for _ in range(2):  # made, then kept
                at_once, by_route = (
                    client.get(one, headers={"Accept-Encoding": packing}) for one in (path, f"{path}?f=mvt")
                )
                assert (at_once.status_code, at_once.content) == (by_route.status_code, by_route.content)
                same = [dict(one.headers) for one in (at_once, by_route)]
                assert [one.pop("date", None) for one in same]
                assert same[0] == same[1]
        tag = at_once.headers.get("ETag", "none")
        assert [client.get(one, headers={"If-None-Match": tag}).status_code for one in (path, f"{path}?f=mvt")] in (
            [304, 304],
            [401, 401],
        )


def test_where_nothing_lies_the_tile_is_empty(planner) -> None:
    response = planner.get(tile_path(TileAddress(16, 0, 0), "plots"))
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == MEDIA_TYPE


@pytest.mark.parametrize(
    "numbers",
    ["0/1/0", "0/0/1", "2/4/0", "19/0/0", "25/0/0", "-1/0/0", "2/-1/0", "a/0/0", "1/0/0.5", "01/0/0", "1/+1/0"],
)
def test_there_are_no_other_tiles(planner, problem, numbers: str) -> None:
    problem(planner.get(f"/tiles/WebMercatorQuad/{numbers}"), 404)
    problem(planner.get(f"/collections/plots/tiles/WebMercatorQuad/{numbers}"), 404)


def test_what_is_not_known_is_refused(planner, problem) -> None:
    problem(planner.get("/collections/nothing/tiles"), 404)
    problem(planner.get("/collections/nothing/tiles/WebMercatorQuad/0/0/0"), 404)
    problem(planner.get("/collections/plots/tiles/WorldCRS84Quad"), 404)
    problem(planner.get("/tileMatrixSets/WorldCRS84Quad"), 404)
    for path in ("/tiles", "/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad/0/0/0", "/tileMatrixSets"):
        problem(planner.get(f"{path}?limit=3"), 400)
        problem(planner.get(f"{path}?f=png"), 400)
    problem(planner.get("/collections/plots/tiles/WebMercatorQuad/0/0/0?collections=plots"), 400)
    assert planner.get("/collections/plots/tiles/WebMercatorQuad/0/0/0?f=mvt").status_code == 200


def test_the_grid_is_the_registered_one(anybody) -> None:
    listed = schemas.TileMatrixSets.model_validate_json(anybody.get("/tileMatrixSets").content).tile_matrix_sets
    told = schemas.TileMatrixSet.model_validate_json(anybody.get(listed[0].links[0].href).content)
    assert [one.id for one in told.tile_matrices] == [str(zoom) for zoom in range(25)]
    assert told.tile_matrices[0].scale_denominator == pytest.approx(559082264.028717)
    assert told.tile_matrices[10].cell_size == pytest.approx(152.874056570353)
    assert told.tile_matrices[24].matrix_width == 16777216
    assert told.tile_matrices[3].point_of_origin == pytest.approx((-HALF_WORLD_M, HALF_WORLD_M))


def links(told: dict, rel: str) -> list[dict]:
    return [one for one in told["links"] if one["rel"].rsplit("/", 1)[-1] == rel]


def test_from_the_landing_page_to_a_tile(planner) -> None:
    start = planner.get("/").json()
    assert links(start, "tiling-schemes")[0]["href"].endswith("/tileMatrixSets")
    plots = planner.get("/collections/plots").json()
    for place in (links(start, "tilesets-vector")[0], links(plots, "tilesets-vector")[0]):
        sets = planner.get(place["href"]).json()
        schemas.TileSets.model_validate(sets)
        tileset = planner.get(links(sets["tilesets"][0], "self")[0]["href"]).json()
        schemas.TileSet.model_validate(tileset)
        assert planner.get(links(tileset, "tiling-scheme")[0]["href"]).json()["uri"] == tileset["tileMatrixSetURI"]
        item = links(tileset, "item")[0]
        assert item["templated"] is True
        assert item["type"] == MEDIA_TYPE
        address = {"tileMatrix": TILE_16.zoom, "tileRow": TILE_16.row, "tileCol": TILE_16.column}
        found = read(planner, item["href"].format(**address))
        by_id = {one["id"]: one for one in tileset["layers"]}
        for name, features in found.items():
            known = by_id[name]["propertiesSchema"]["properties"]
            assert {key for one in features for key in one["properties"]} <= set(known)
        assert [one["tileMatrix"] for one in tileset["tileMatrixSetLimits"]][-1] == str(LAST_ZOOM)
        lower, upper = tileset["boundingBox"]["lowerLeft"], tileset["boundingBox"]["upperRight"]
        assert box(*lower, *upper).buffer(1e-9).contains(box(*lonlat(2), *lonlat(3)))
        assert tileset["attribution"].startswith("Schematische Beispieldaten · schematic sample data")


@pytest.mark.parametrize("path", ["/tiles/WebMercatorQuad", "/collections/plots/tiles/WebMercatorQuad"])
def test_tilejson_for_map_libraries(planner, anybody, path: str) -> None:
    response = planner.get(f"{path}?f=tilejson", headers={"Accept": "text/html"})
    assert response.headers["content-type"] == "application/json"
    told = schemas.TileJson.model_validate_json(response.content)
    found = read(planner, told.tiles[0].format(z=TILE_16.zoom, x=TILE_16.column, y=TILE_16.row))
    fields = {one.id: one.fields for one in told.vector_layers}
    assert set(found) <= set(fields)
    for name, features in found.items():
        assert {key for one in features for key in one["properties"]} <= set(fields[name])
    assert "Beispieldaten" in told.attribution
    public = schemas.TileJson.model_validate_json(anybody.get(f"{path}?f=tilejson").content)
    assert "hazard_note" not in str(public)
    assert not {"visits", "routes"} & {one.id for one in public.vector_layers}


def test_a_choice_of_collections_stays_in_the_links(anybody) -> None:
    told = anybody.get("/tiles/WebMercatorQuad?collections=streets,plots&f=tilejson").json()
    assert told["tiles"][0].endswith("/{z}/{y}/{x}?collections=plots,streets")
    assert [one["id"] for one in told["vector_layers"]] == ["plot_counts", "plots", "streets"]
    sets = anybody.get("/tiles?collections=plots").json()
    assert all("collections=plots" in one["href"] for one in links(sets["tilesets"][0], "self"))


def test_pages_for_people(planner) -> None:
    for path in ("/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad", "/tiles", "/tiles/WebMercatorQuad"):
        response = planner.get(path, headers={"Accept": "text/html"})
        assert response.headers["content-type"].startswith("text/html")
        assert "WebMercatorQuad" in response.text
        again = planner.get(path, headers={"Accept": "text/html", "If-None-Match": response.headers["etag"]})
        assert again.status_code == 304


def test_what_it_conforms_to(anybody) -> None:
    told = set(anybody.get("/conformance").json()["conformsTo"])
    base = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
    assert {f"{base}/{name}" for name in ("core", "tileset", "geodata-tilesets", "dataset-tilesets", "mvt")} <= told


def test_many_at_once_get_the_same(own_desk) -> None:
    with own_desk.client("planner") as client, ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda _: client.get(tile_path(TILE_16)).content, range(24)))
    assert len(set(bodies)) == 1
    assert bodies[0]


def test_gdal_reads_a_tile_over_http(desk) -> None:
    """In a process of its own: GDAL would hold the lock that the server here needs to answer."""
    url = f"MVT:/vsicurl/{desk.url}{tile_path(TILE_16, 'plots')}?f=mvt"
    told = json.dumps([url, TILE_16.column, TILE_16.row])
    program = (
        "import json, sys, pyogrio\n"
        "url, x, y = json.loads(sys.argv[1])\n"
        "options = {'X': x, 'Y': y, 'Z': 16}\n"
        "frame = pyogrio.read_dataframe(url, layer='plots', **options)\n"
        "frame = frame.to_crs(4326)\n"
        "print(json.dumps([sorted(frame['code']), frame.geometry.is_valid.all().item(), list(frame.total_bounds)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, told], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found, valid, bounds = json.loads(done.stdout)
    assert found == ["KLZ-0001", "KLZ-0002", "KLZ-0003"]
    assert valid
    assert bounds[:2] == pytest.approx([12.3181, 51.3125], abs=2e-3)


def test_a_tile_comes_packed_as_the_client_likes(planner) -> None:
    path = tile_path(TILE_16)
    plain = planner.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    sizes = {}
    for asked, packing in (("br, gzip", "br"), ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")):
        with planner.stream("GET", path, headers={"Accept-Encoding": asked}) as answer:
            raw = b"".join(answer.iter_raw())
            assert answer.headers["content-encoding"] == packing
        unpacked = brotli.decompress(raw) if packing == "br" else gzip.decompress(raw)
        assert unpacked == plain.content
        sizes[packing] = len(raw)
    assert sizes["br"] < sizes["gzip"] < len(plain.content)
