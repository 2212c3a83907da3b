"""Fields: every one that is read or written has a row, and every row holds for every role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from starlette.middleware import Middleware

from geo_service.api.access import ACCESS, AccessControl
from geo_service.api.app import create_app
from geo_service.api.desk import Desk
from geo_service.api.errors import ErrorAnswers
from geo_service.api.field_rules import READ, WRITE, FieldRules, hidden_from, seen_by
from geo_service.api.openapi import openapi_of
from geo_service.api.roles import ADMIN, ANALYST, ANONYMOUS, CREW, EVERYONE, MODERATOR, PLANNER, ROLES, VIEWER
from geo_service.outputs.collections import COLLECTIONS
from geo_service.outputs.tile_grid import tile_at

from .conftest import lonlat
from .test_access import VISITORS, address

APP = create_app(Desk(None, None, None, "http://desk"))
TEXT = openapi_of(APP)
IN_OWN_WORDS = "Tor links, Schlüssel 7"

VISITOR_OF = {
    **{role: role for role in (VIEWER, ANALYST, MODERATOR, PLANNER, ADMIN)},
    ANONYMOUS: None,
    CREW: "own-crew",
}


@dataclass(frozen=True)
class Written:
    """An operation with a JSON body."""

    method: str
    path: str
    fields: frozenset[str]


def schema_of(body: dict[str, Any]) -> dict[str, Any]:
    return TEXT["components"]["schemas"][body["$ref"].rpartition("/")[2]] if "$ref" in body else body


WRITTEN = [
    Written(method.upper(), path, frozenset(schema_of(content["application/json"]["schema"])["properties"]))
    for path, methods in TEXT["paths"].items()
    for method, operation in methods.items()
    if "application/json" in (content := operation.get("requestBody", {}).get("content", {}))
]


def test_every_field_that_can_be_written_has_a_row() -> None:
    """A field without a row fails the build, and so does a row without a field."""
    assert {(one.method, one.path): one.fields for one in WRITTEN} == {
        route: frozenset(rows) for route, rows in WRITE.items()
    }


def test_nobody_writes_a_field_of_a_route_that_is_shut() -> None:
    for route, rows in WRITE.items():
        for name, roles in rows.items():
            assert roles <= ACCESS[route], (route, name)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("one", WRITTEN, ids=lambda one: f"{one.method} {one.path}")
def test_every_field_for_every_role(module_desk, problem, one: Written, role: str) -> None:
    """A field that may not be written is refused, and so is one that does not exist: nothing changes."""
    revision, tokens = module_desk.store.revision(), len(module_desk.store.tokens())
    rows = WRITE[(one.method, one.path)]
    with module_desk.client(VISITOR_OF[role]) as client:
        for name in sorted(one.fields):
            response = client.request(one.method, address(one.path), json={name: None, "made_up": 1})
            if role in rows[name]:
                told = problem(response, 422)
                assert "made_up" in response.text
                assert told["code"] == "invalid_input"
            else:
                problem(response, 401 if role == ANONYMOUS else 403)
    assert (module_desk.store.revision(), len(module_desk.store.tokens())) == (revision, tokens)
    assert module_desk.started == []


SET_BY_THE_DESK = ("author", "role", "id", "token_id", "at", "made_at", "received_at", "revision", "in_force", "status")


@pytest.mark.parametrize("one", WRITTEN, ids=lambda one: f"{one.method} {one.path}")
def test_what_the_desk_sets_itself_cannot_be_sent_along(module_desk, problem, one: Written) -> None:
    visitor = VISITOR_OF[sorted(ACCESS[(one.method, one.path)])[-1]]
    with module_desk.client(visitor) as client:
        for name in set(SET_BY_THE_DESK) - one.fields:
            response = client.request(one.method, address(one.path), json={name: "x"})
            problem(response, 422)
            assert f'"{name}"' in response.text


def test_a_field_for_some_roles_only_is_held_against_the_table(own_desk, own_door, problem) -> None:
    """The control: a narrower row refuses the field, and only the field, for the other roles."""
    narrow = {("PUT", "/plots/{plot}/publication"): {"public": EVERYONE, "reason": frozenset({ADMIN})}}
    app = own_desk.app
    desk = Desk(own_desk.store, lambda: own_desk.now[0], own_desk.started.append, own_desk.url)
    own_door.app = FastAPI(
        middleware=[
            Middleware(ErrorAnswers),
            Middleware(AccessControl, desk=desk),
            Middleware(FieldRules, write=narrow),
        ]
    )
    own_door.app.state.desk = desk
    own_door.app.include_router(app.router)
    body = {"public": False, "reason": "objection"}
    path = "/plots/KLZ-0001/publication"
    with own_desk.client("moderator") as moderator, own_desk.client("admin") as admin:
        told = problem(moderator.put(path, json=body), 403)
        assert (told["code"], told["fields"]["fields"]) == ("field_forbidden", ["reason"])
        assert own_desk.store.plot("KLZ-0001").public
        assert moderator.put(path, json={"public": False}).status_code == 422  # the route says what is missing
        assert moderator.put(path, content=b"{", headers={"Content-Type": "application/json"}).status_code == 422
        assert admin.put(path, json=body).status_code == 200


def test_every_property_has_a_row_and_every_row_a_property() -> None:
    for collection in COLLECTIONS.values():
        assert set(READ[collection.name]) == {one.name for one in collection.properties}


def test_what_anybody_sees_is_what_exports_for_the_public_hold() -> None:
    for name in ("quarters", "plots", "streets"):
        collection = COLLECTIONS[name]
        assert seen_by(collection, ANONYMOUS) == seen_by(collection, CREW) == collection.seen(public_only=True)


def test_every_json_answer_for_analysts_has_rows() -> None:
    """A part of the API without rows would show an analyst what people wrote in their own words."""
    parts = {
        template.split("/")[1].partition(".")[0]
        for (method, template), roles in ACCESS.items()
        if method == "GET" and ANALYST in roles and roles != EVERYONE
    }
    made_of_what_is_seen = {"collections", "styles", "workspace"}
    assert {part for part in parts - made_of_what_is_seen if not hidden_from(part, ANALYST)} == set()
    assert not any(hidden_from(part, role) for part in READ for role in (VIEWER, MODERATOR, PLANNER, ADMIN))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_role_reads_its_fields_in_features_and_tiles(desk, name: str, role: str) -> None:
    names = {one.name for one in seen_by(COLLECTIONS[name], role)}
    tile = tile_at(*lonlat(2), 16)
    with desk.client(VISITOR_OF[role]) as client:
        items = client.get(f"/collections/{name}/items")
        if role not in ACCESS.get(("GET", f"/collections/{name}/items"), ACCESS[("GET", "/collections/{collection}")]):
            assert items.status_code in {401, 403}
            return
        features = items.json()["features"]
        assert {field for one in features for field in one["properties"]} == names
        assert set(client.get(f"/collections/{name}").json()["properties"]) == names
        one = client.get(f"/collections/{name}/items/{features[0]['id']}")
        assert set(one.json()["properties"]) == names
        for hidden in {each.name for each in COLLECTIONS[name].properties} - names:
            assert client.get(f"/collections/{name}/items", params={hidden: "x"}).status_code == 400
        layers = mapbox_vector_tile.decode(
            client.get(f"/collections/{name}/tiles/WebMercatorQuad/16/{tile.row}/{tile.column}").content
        )
        carried = {field for layer in layers.values() for one in layer["features"] for field in one["properties"]}
        assert carried - {"id"} <= names
        told = client.get(f"/collections/{name}/tiles/WebMercatorQuad?f=tilejson").json()["vector_layers"]
        assert set(next(one for one in told if one["id"] == name)["fields"]) - {"id"} == names


READ_BY_ANALYSTS = [
    template
    for (method, template), roles in ACCESS.items()
    if method == "GET" and ANALYST in roles and not template.endswith(("/progress", "{path:path}"))
]


@pytest.fixture(scope="module")
def talkative(module_desk):
    """Return a desk where people wrote much in their own words, each with a mark."""
    with module_desk.client("planner") as planner:
        lock = {"reason": "MARK bei Frau Muster klingeln", "announced": True}
        assert planner.put("/visits/KLZ-0001.mow_lawn.2026-11-24.1/lock", json=lock).status_code == 200
        for reason in ("MARK Anruf von Herrn Muster",):
            urgent = {"kind": "urgent_visit", "plot": "KLZ-0003", "work": "mow_lawn", "reason": reason}
            body = {"events": [urgent | {"latest": "2026-11-25"}], "seconds": 0}
            assert planner.post("/replans", json=body).status_code == 202
    from geo_service.schedule.events import Refused

    with module_desk.store.change(author="MARK Muster", reason="x", at=module_desk.now[0]) as tx:
        tx.put_event(Refused("v-9", "MARK weil Frau Muster", None), author="MARK Muster", at=module_desk.now[0])
        tx.put_plots([_with_note(module_desk.store.plot(f"KLZ-{number:04d}")) for number in (1, 2, 3)])
    return module_desk


def _with_note(plot):
    from dataclasses import replace

    return replace(plot, access_note="MARK Frau Muster, 0341 000000", hazard_note="MARK Hund von Herrn Muster")


@pytest.mark.parametrize("template", READ_BY_ANALYSTS)
def test_an_analyst_reads_nothing_that_people_wrote_in_their_own_words(talkative, template: str) -> None:
    path = address(template)
    with talkative.client("analyst") as analyst, talkative.client("planner") as planner:
        for accept in ("application/json", "text/html"):
            answer = analyst.get(path, headers={"Accept": accept})
            for mark in ("MARK", "Muster", "Ada", IN_OWN_WORDS):
                assert mark not in answer.text, (path, accept)
            assert answer.status_code == planner.get(path, headers={"Accept": accept}).status_code


def test_the_marks_are_there_for_planners(talkative) -> None:
    """The control: what an analyst does not see is there, and its shape is the same."""
    paths = ("/locks", "/events", "/days/2026-11-24", "/days/2026-11-24/crews/crew-1", "/collections/plots/items")
    with talkative.client("planner") as planner, talkative.client("analyst") as analyst:
        for path in paths:
            full, masked = planner.get(path), analyst.get(path)
            assert "MARK" in full.text, path
            if not path.startswith("/collections"):
                assert shape(full.json()) == shape(masked.json())
        assert "Planning" in planner.get("/plans/plan-1").text
        assert "Planning" not in analyst.get("/plans/plan-1").text


def shape(value: object) -> object:
    """Return the names of a JSON value, at any depth."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else ""


def test_every_role_is_tried() -> None:
    assert set(VISITOR_OF) == set(ROLES)
    assert set(VISITOR_OF.values()) - {None} <= set(VISITORS)
