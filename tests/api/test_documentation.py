"""The OpenAPI text, and the page made of it: complete, offline, and committed as a list of what the API offers."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

import httpx
import pytest

from geo_service.api.access import EVERYONE, roles_for
from geo_service.outputs.collections import COLLECTIONS

OFFER = Path(__file__).parent / "offer.json"

Json = dict[str, object]


@pytest.fixture(scope="module")
def text(anybody: httpx.Client):
    return anybody.get("/openapi.json").json()


def operations(text):
    return [
        (
            f"{method.upper()} {path}",
            one | {"parameters": [looked_up(text, each) for each in one.get("parameters", ())]},
        )
        for path, methods in text["paths"].items()
        for method, one in methods.items()
    ]


def looked_up(text, parameter: dict[str, str]) -> Json:
    return text["components"]["parameters"][parameter["$ref"].split("/")[3]] if "$ref" in parameter else parameter


def offer(text) -> Json:
    """Return what the API offers, without what a newer framework words differently."""
    return {
        name: {
            "parameters": sorted(f"{one['in']} {one['name']}" for one in operation["parameters"]),
            "body": sorted(operation.get("requestBody", {}).get("content", ())),
            "answers": [" ".join((code, *one.get("content", ()))) for code, one in operation["responses"].items()],
        }
        for name, operation in operations(text)
    } | {
        "fields": {name: sorted(schema.get("properties", {})) for name, schema in text["components"]["schemas"].items()}
    }


def test_what_the_api_offers_changes_only_on_purpose(text) -> None:
    """To renew the list: delete offer.json and run this test, which writes it and fails once."""
    now = offer(text)
    if not OFFER.exists():
        OFFER.write_text(json.dumps(now, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        pytest.fail("offer.json has been written: read its difference, then commit it")
    assert json.loads(OFFER.read_text(encoding="utf-8")) == now


def test_every_operation_is_described(text) -> None:
    tags = {tag["name"] for tag in text["tags"]}
    seen: set[str] = set()
    for name, operation in operations(text):
        assert operation["summary"] and operation["description"], name
        assert operation["summary"] not in seen, name
        seen.add(operation["summary"])
        assert set(operation["tags"]) <= tags
        assert operation["responses"]["default"]["content"].keys() == {"application/problem+json", "text/html"}, name
        assert [one["name"] for one in operation["parameters"] if not one.get("description")] == [], name


def test_what_is_not_public_says_that_it_may_refuse(text) -> None:
    for name, operation in operations(text):
        method, path = name.split(" ")
        if roles_for(path)[method] != EVERYONE:
            assert "401" in operation["responses"], name


def test_every_property_is_told_as_a_filter(text, planner: httpx.Client) -> None:
    for collection in COLLECTIONS.values():
        operation = dict(operations(text))[f"GET /collections/{collection.name}/items"]
        filters = {one["name"]: one["schema"]["type"] for one in operation["parameters"] if "allowEmptyValue" in one}
        assert filters == {one.name: one.type for one in collection.properties}
        for one in collection.properties:
            assert planner.get(f"/collections/{collection.name}/items", params={one.name: ""}).status_code == 200


def test_files_that_are_json_are_told_as_json(text) -> None:
    for path in ("/days/{day}.{suffix}", "/days/{day}/crews/{crew}.{suffix}"):
        content = text["paths"][path]["get"]["responses"]["200"]["content"]
        objects = {kind for kind, one in content.items() if one["schema"]["type"] == "object"}
        assert objects == {"application/json", "application/geo+json"}


def test_qgis_finds_the_size_of_its_pages(text) -> None:
    limit = text["components"]["parameters"]["limit"]["schema"]
    assert (limit["maximum"], limit["default"]) == (10_000, 100)


def test_every_reference_leads_somewhere(text) -> None:
    found = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(text)))
    assert found
    assert found <= set(text["components"]["schemas"])
    assert "HTTPValidationError" not in text["components"]["schemas"]


def test_the_page_names_every_operation_and_every_field(anybody: httpx.Client, text) -> None:
    page = anybody.get("/docs").text
    for name, operation in operations(text):
        method, path = name.split(" ")
        assert f'<span class="method">{method}</span><code>{path}</code>' in page
        assert escape(operation["summary"]) in page
    for name, schema in text["components"]["schemas"].items():
        assert f'id="schema-{name}"' in page
        for field in schema.get("properties", ()):
            assert f"<code>{field}</code>" in page
    for link in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{link}"' in page


def test_the_style_is_served(anybody: httpx.Client) -> None:
    response = anybody.get("/docs/page.css")
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in response.text


def test_the_text_has_its_own_media_type_for_those_who_ask(anybody: httpx.Client) -> None:
    own = "application/vnd.oai.openapi+json;version=3.1"
    assert anybody.get("/openapi.json").headers["content-type"] == "application/json"
    assert anybody.get("/openapi.json", headers={"Accept": own}).headers["content-type"] == own
