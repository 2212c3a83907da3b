"""Trap values for every body, query and path field that an OpenAPI text tells of: a new route needs no new line.

A shot is one request with one trap; all else in it is as valid as the text lets one guess.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

RAW = "<i>7c1d\u202e"
"""Stands in text traps: an answer must not tell it back as it is, and a page not even its mark-up."""

HUGE = "9" * 400
DEEP = 100_000
LONG = 10_000_000

NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", HUGE, f"-{HUGE}", str(2**64), str(-(2**63) - 1))
"""Numbers as JSON should not have them, for fields of every type."""

WORDS = (f'"\\ud800{RAW}"', f'"{RAW}\\udc00"', "false", "true", "[]", "{}", '["\\ud800"]')
IN_ADDRESS = ("NaN", "1e999", HUGE, "%ED%A0%80", "%FF", "%00", quote(RAW), "false", "x" * 4000, "%0d%0aX:%20y")
SAMPLES = (
    *("KLZ-0001", "plan-1", "crew-1", "2026-11-24", "08:00", "mow_lawn", "visits", "1", "a", "csv", "pdf", "de"),
    *("0" * 64, "0" * 32, "018f2c1e-7b1a-7c3d-9f10-3a5b8c2d4e6f", "KLZ-0001.mow_lawn.2026-11-24.1", "200301"),
    *("2026-11-24T08:00:00+01:00", "A" * 43, "wort", "12.3,51.3,12.4,51.4"),
)
"""Values of which one fits most patterns."""

METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class Shot:
    """One request with one trap.

    Attributes
    ----------
    template
        The path as the text writes it.
    where
        Which field has the trap: ``"body seconds"``, ``"query limit"``.
    must_fail
        The trap fits no value that the field allows: only a 4xx is right. Else anything but a 5xx is.
    """

    method: str
    template: str
    where: str
    trap: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    must_fail: bool = True

    @property
    def name(self) -> str:
        """Tell the shot in a line."""
        return f"{self.method.upper()} {self.template}, {self.where}: {self.trap[:40]}"


class Text:
    """An OpenAPI text that is asked for requests."""

    def __init__(self, text: dict[str, Any]) -> None:
        self._text = text

    def looked_up(self, part: dict[str, Any]) -> dict[str, Any]:
        """Follow references."""
        while "$ref" in part:
            found: Any = self._text
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            part = found
        return part

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Return method, path and operation, one after the other."""
        for path, methods in self._text["paths"].items():
            for method in METHODS:
                if method in methods:
                    yield method, path, methods[method]

    def example(self, schema: dict[str, Any]) -> Any:
        """Return a value that a schema allows, as far as can be guessed."""
        schema = self.looked_up(schema)
        for told in ("const", "default"):
            if told in schema and schema[told] is not None:
                return schema[told]
        for told in ("examples", "enum"):
            if schema.get(told):
                return schema[told][0]
        for branch in ("anyOf", "oneOf", "allOf"):
            if branch in schema:
                return self.example(schema[branch][0])
        return self._of_type(schema)

    def _of_type(self, schema: dict[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                wanted = schema.get("required", ())
                return {name: self.example(one) for name, one in schema.get("properties", {}).items() if name in wanted}
            case "array":
                return [self.example(schema["items"]) for _ in range(schema.get("minItems", 0))]
            case "integer" | "number":
                return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return False
            case "null":
                return None
        pattern, formatted = schema.get("pattern"), schema.get("format")
        if formatted == "date":
            return "2026-11-24"
        fitting = (one for one in SAMPLES if pattern is None or re.search(pattern, one))
        return next((one for one in fitting if len(one) >= schema.get("minLength", 0)), "a")

    def types(self, schema: dict[str, Any]) -> set[str]:
        """Return the JSON types that a schema allows."""
        schema = self.looked_up(schema)
        found = {schema["type"]} if isinstance(schema.get("type"), str) else set(schema.get("type", ()))
        for branch in ("anyOf", "oneOf", "allOf"):
            for one in schema.get(branch, ()):
                found |= self.types(one)
        return found or ({"string"} if "enum" in schema or "const" in schema else {"any"})

    def places(self, schema: dict[str, Any], base: Any) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any], Any]]:
        """Return every field of a body: the way to it, its schema, and a body that has it."""
        schema = self.looked_up(schema)
        for branch in ("anyOf", "oneOf", "allOf"):
            for one in schema.get(branch, ()):
                yield from self.places(one, self.example(one))
        for name, one in schema.get("properties", {}).items():
            whole = {**base, name: self.example(one)} if isinstance(base, dict) else {name: self.example(one)}
            yield (name,), one, whole
            for way, inner, value in self.places(one, whole[name]):
                yield (name, *way), inner, {**whole, name: value}
        if schema.get("type") == "array":
            yield (0,), schema["items"], [self.example(schema["items"])]
            for way, inner, value in self.places(schema["items"], self.example(schema["items"])):
                yield (0, *way), inner, [value]


def put_at(body: Any, way: tuple[str | int, ...], mark: str) -> Any:
    """Return a copy of a body with a mark at the end of a way."""
    changed = copy.deepcopy(body)
    inner = changed
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = mark
    return changed


def fits(trap: str, types: set[str]) -> bool:
    """Tell whether a trap may be a value of a type, as far as the type says."""
    if "any" in types:
        return True
    if trap in ("true", "false"):
        return "boolean" in types
    if trap in ("[]", "{}"):
        return {"[]": "array", "{}": "object"}[trap] in types
    return False


def in_bodies(text: Text, method: str, path: str, operation: dict[str, Any], address: str) -> Iterator[Shot]:
    """Return the shots at a body as a whole, and at each of its fields."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        head = {"Content-Type": kind}
        if "json" not in kind:
            for body in (b"", b"\x00" * 100, RAW.encode(), b"[" * DEEP):
                yield Shot(method, path, f"body as {kind}", repr(body[:12]), address, body=body, headers=head)
            continue
        schema = content["schema"]
        wholes: tuple[bytes, ...] = (
            *(b"", b"{", b"null", b"[]", b'"x"', b"NaN", b"1e999", b"\xff\xfe", b"[" * DEEP, b'{"a":' * DEEP),
            *(b'{"\\ud800": 1}', b'{"x": "\xed\xa0\x80"}', HUGE.encode() * 2500, b'"' + b"x" * LONG + b'"'),
            json.dumps({RAW: RAW}).encode(),
        )
        for body in wholes:
            yield Shot(method, path, "body", repr(body[:12]), address, body=body, headers=head)
        long_told = False
        for way, one, base in text.places(schema, text.example(schema)):
            types, where = text.types(one), "body " + ".".join(map(str, way))
            whole = json.dumps(put_at(base, way, "@TRAP@"))
            traps = [*NUMBERS, *(word for word in WORDS if not fits(word, types)), "[" * 500 + "]" * 500]
            if "string" in types and not long_told:
                traps.append('"' + "x" * LONG + '"')
                long_told = True
            if types in ({"string"}, {"string", "null"}):
                traps.append("1" if takes(text.looked_up(one), RAW) else json.dumps(RAW))
            for trap in traps:
                body = whole.replace('"@TRAP@"', trap).encode("utf-8", "surrogatepass")
                yield Shot(method, path, where, trap, address, body=body, headers=head, must_fail="any" not in types)


def takes(schema: dict[str, Any], value: str) -> bool:
    """Tell whether a text field allows a text."""
    if {"enum", "const", "format"} & schema.keys() or len(value) > schema.get("maxLength", len(value)):
        return False
    return re.search(schema.get("pattern", ""), value) is not None


def closed(schema: dict[str, Any]) -> bool:
    """Tell whether a text field allows some texts only."""
    return bool({"pattern", "enum", "const", "format"} & schema.keys())


def in_addresses(text: Text, method: str, path: str, parameters: list[dict[str, Any]], body: Any) -> Iterator[Shot]:
    """Return the shots at each field of the path and of the query."""
    head = {"Content-Type": "application/json"} if body is not None else {}
    sent = json.dumps(body).encode() if body is not None else b""
    valid = {one["name"]: quote(str(text.example(one.get("schema", {}))), safe="") for one in parameters}
    for one in parameters:
        if one["in"] not in ("path", "query"):
            continue
        types, schema = text.types(one["schema"]), text.looked_up(one["schema"])
        for trap in IN_ADDRESS:
            holes = {**valid, one["name"]: trap} if one["in"] == "path" else valid
            address = filled(path, holes)
            query = f"{one['name']}={trap}" if one["in"] == "query" else ""
            is_open = one["in"] == "query" and ("string" in types or "any" in types) and not closed(schema)
            a_text = types == {"string"} and "pattern" in schema and takes(schema, unquote(trap, errors="replace"))
            allowed = a_text or (trap in ("true", "false") and "boolean" in types)
            must = not is_open and not allowed and not (one["in"] == "query" and "allowEmptyValue" in one)
            yield Shot(method, path, f"{one['in']} {one['name']}", trap, address, query, sent, head, must)
    if any(one["in"] == "query" for one in parameters):
        yield Shot(method, path, "query", "unknown", filled(path, valid), "made-up=1", sent, head)


def filled(path: str, values: dict[str, str]) -> str:
    """Put values into the holes of a path."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda hole: values.get(hole[1], "a"), path)


def shots(document: dict[str, Any]) -> Iterator[Shot]:
    """Return all shots at all operations of an OpenAPI text."""
    text = Text(document)
    for method, path, operation in text.operations():
        parameters = [text.looked_up(one) for one in operation.get("parameters", ())]
        content = operation.get("requestBody", {}).get("content", {})
        body = text.example(content["application/json"]["schema"]) if "application/json" in content else None
        valid = {one["name"]: quote(str(text.example(one.get("schema", {}))), safe="") for one in parameters}
        yield from in_bodies(text, method, path, operation, filled(path, valid))
        yield from in_addresses(text, method, path, parameters, body)


def verdict(shot: Shot, status: int, answer: str, kind: str) -> str:
    """Return what is wrong with an answer to a shot, empty when nothing is."""
    if status >= 500 and status != 507:
        return f"{shot.name} -> {status}"
    if shot.must_fail and not 400 <= status < 500:
        return f"{shot.name} -> {status}, though it cannot be right"
    if RAW in answer or RAW.encode("ascii", "backslashreplace").decode() in answer:
        return f"{shot.name} is told back as it is"
    if "<i>7c1d" in answer and kind.startswith("text/html"):
        return f"{shot.name} is told back as mark-up"
    return ""
