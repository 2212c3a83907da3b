"""Floor 8: `/openapi.json`, and `/docs`: the same text as one page that needs no script and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from geo_service.api.openapi import ABOUT, OPENAPI, TAGS, openapi_of
from geo_service.api.page import page, rich, table
from geo_service.api.reading import JSON
from geo_service.web.markup import Markup, join, tag

router = APIRouter(include_in_schema=False)

_STYLE = Path(__file__).parent / "static" / "page.css"
_METHODS = ("get", "post", "put", "patch", "delete")

Json = dict[str, Any]


@router.get("/openapi.json")
def show_openapi(request: Request) -> Response:
    """Return the OpenAPI text, by its own media type where that is asked for; GDAL 3.6 takes plain JSON only."""
    own_type = OPENAPI if OPENAPI in request.headers.get("accept", "") else JSON
    return Response(orjson.dumps(openapi_of(_app(request))), headers={"Vary": "Accept"}, media_type=own_type)


@router.get("/docs")
def show_documentation(request: Request) -> HTMLResponse:
    """Return the documentation page."""
    return HTMLResponse(documentation_page(openapi_of(_app(request))))


@router.get("/docs/page.css")
def show_style() -> FileResponse:
    """Return the style of the plain pages."""
    return FileResponse(_STYLE, media_type="text/css", headers={"Cache-Control": "no-cache"})


def documentation_page(text: Json) -> str:
    """Return an OpenAPI text as a page: every operation with parameters, body and answers, then every schema."""
    operations = list(_operations(text))
    parts: list[Markup] = [
        tag("p", "Maschinenlesbar · For programs: ", tag("a", "/openapi.json", href="/openapi.json"))
    ]
    parts += [tag("p", rich(" ".join(part.split()))) for part in ABOUT.split("\n\n") if part.strip()]
    for group in TAGS:
        parts += [tag("h2", group["name"]), tag("p", group["description"])]
        parts += [_operation(path, method, one) for path, method, one in operations if group["name"] in one["tags"]]
    parts.append(tag("h2", "Schemas", id="schemas"))
    parts += [_schema(name, schema) for name, schema in text["components"]["schemas"].items()]
    return page("API", *parts)


def _app(request: Request) -> FastAPI:
    app = request.app
    assert isinstance(app, FastAPI)
    return app


def _operations(text: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in text["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield path, method, methods[method] | {"parameters": _parameters(text, methods[method])}


def _parameters(text: Json, operation: Json) -> list[Json]:
    """Return the parameters of an operation, those that several share looked up."""
    shared = text["components"]["parameters"]
    return [shared[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in operation.get("parameters", ())]


def _operation(path: str, method: str, operation: Json) -> Markup:
    parameters = [
        (tag("code", one["name"]), one["in"], _kind(one.get("schema", {})), rich(one.get("description", "")))
        for one in operation["parameters"]
    ]
    answers = [
        (code, ", ".join(one.get("content", {})), join(*map(_kind, _schemas(one))), one["description"])
        for code, one in operation["responses"].items()
    ]
    body = [_kind(schema) for schema in _schemas(operation.get("requestBody", {}))]
    return join(
        tag("h3", tag("span", method.upper(), class_="method"), tag("code", path)),
        tag("p", tag("b", operation["summary"]), ". ", rich(operation.get("description", ""))),
        table(("Parameter", "in", "kind", ""), parameters) if parameters else None,
        tag("p", "Body: ", *body) if body else None,
        table(("Answer", "media type", "kind", ""), answers),
    )


def _schemas(holder: Json) -> Iterator[Json]:
    """Yield the named schemas of a body or an answer, each once."""
    named = {
        media["schema"]["$ref"]: media["schema"]
        for media in holder.get("content", {}).values()
        if "$ref" in media.get("schema", {})
    }
    yield from named.values()


def _schema(name: str, schema: Json) -> Markup:
    rows = [
        (tag("code", field), _kind(one), "" if field in schema.get("required", ()) else "optional", rich(_told(one)))
        for field, one in schema.get("properties", {}).items()
    ]
    told = " ".join(schema.get("description", "").split())
    return join(
        tag("h3", tag("code", name), id=f"schema-{name}"),
        tag("p", rich(told)) if told else None,
        table(("Field", "kind", "", ""), rows),
    )


def _told(field: Json) -> str:
    """Return what is said of a field, and its default."""
    default = (
        f"Default {orjson.dumps(field['default']).decode()}." if field.get("default") not in (None, "", [], {}) else ""
    )
    return f"{field.get('description', '')} {default}".strip()


def _kind(schema: Json) -> Markup:
    """Return what a value is, in a few words, with a link where it is a named schema."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return tag("a", name, href=f"#schema-{name}")
    if "anyOf" in schema:
        kinds = [_kind(one) for one in schema["anyOf"]]
        return join(kinds[0], *(part for kind in kinds[1:] for part in (" or ", kind)))
    if "enum" in schema:
        return join(" | ".join(map(str, schema["enum"])))
    if "const" in schema:
        return join(str(schema["const"]))
    if schema.get("type") == "array":
        return join("list of ", _kind(schema.get("items", {})))
    limits = [f"{sign} {schema[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in schema]
    return join(" ".join([schema.get("format") or schema.get("type", "any"), *limits]))
