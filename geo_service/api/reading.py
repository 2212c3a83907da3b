"""Floor 8: a request to read something: as JSON or as a page, with what the client may keep and how it asks again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from geo_service import __version__
from geo_service.api.desk import Desk, desk_of
from geo_service.api.field_rules import PUBLIC, seen_by, sight_of
from geo_service.api.identity import Identity, identify
from geo_service.api.page import wants_page
from geo_service.api.revisions import ATTRIBUTION, Revisions
from geo_service.api.schemas import Link
from geo_service.outputs.collections import Collection, Property

JSON = "application/json"
GEOJSON = "application/geo+json"
HTML = "text/html"
SCHEMA = "application/schema+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True)
class Reading:
    """Who reads what from which desk.

    Attributes
    ----------
    collections
        What the answer is made of; None: of anything.
    """

    desk: Desk
    who: Identity
    request: Request
    collections: tuple[Collection, ...] | None = None

    def about(self, *collections: Collection) -> Reading:
        """Return the reading of what depends on some collections, and on what must be read with them, alone."""
        return replace(self, collections=collections)

    @property
    def public(self) -> bool:
        """Whether only what is public may be shown."""
        return self.sight == PUBLIC

    @property
    def sight(self) -> str:
        """What the reader sees of collections: the same text for all who see the same."""
        return sight_of(self.who.role)

    def seen(self, collection: Collection) -> tuple[Property, ...]:
        """Return the properties of a collection that the reader sees."""
        return seen_by(collection, self.who.role)

    @cached_property
    def as_page(self) -> bool:
        """Whether a page is wanted, not JSON."""
        return wants_page(self.request)

    @cached_property
    def revision(self) -> int:
        """The newest change to what is read when the reading began: what is shown is at least as new."""
        if self.collections is None:
            return self.desk.store.revision()
        known: Revisions = self.request.app.state.revisions
        return max(known.of(self.desk.store, ATTRIBUTION), self.revision_of(*self.collections))

    def revision_of(self, *collections: Collection) -> int:
        """Return the newest change to the features of some collections."""
        known: Revisions = self.request.app.state.revisions
        return known.of_collections(self.desk.store, collections)

    @cached_property
    def attribution(self) -> str:
        """What must be read with the data: that they are a sample, and whose the streets are."""
        store = self.desk.store
        sample = "Schematische Beispieldaten · schematic sample data" if store.is_sample() else ""
        return " · ".join(note for note in (sample, store.street_licence()) if note)

    @property
    def entity_tag(self) -> str:
        """Weak tag of what the address shows: it changes with the data, the program, the reader and the form."""
        form = "html" if self.as_page else "json"
        return f'W/"{__version__}.{self.revision}.{self.who.role}.{form}"'

    def unchanged(self, tag: str = "") -> Response | None:
        """Return 304 when the client says that it has this state already, else None.

        Parameters
        ----------
        tag
            The entity tag of what the address shows, where that has one of its own.
        """
        known = {entry.strip() for entry in self.request.headers.get("if-none-match", "").split(",")}
        weak = {one.removeprefix("W/") for one in known}
        if (tag or self.entity_tag).removeprefix("W/") not in weak and "*" not in known:
            return None
        return Response(status_code=304, headers=self._keeping() | ({"ETag": tag} if tag else {}))

    def answer(self, body: str | bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
        """Return an answer that the client may keep, asking each time whether it is still good."""
        return Response(body, headers={**self._keeping(), **(headers or {})}, media_type=media_type)

    def either(self, told: BaseModel, page: str) -> Response:
        """Return the page or the JSON, whichever is wanted; what is not known is left out of the JSON."""
        if self.as_page:
            return self.answer(page, HTML)
        return self.answer(told.model_dump_json(by_alias=True, exclude_none=True), JSON)

    def self_links(self, path: str, media_type: str = JSON) -> list[Link]:
        """Return the links to the answer itself and to its other form; ``path`` with its query but without ``f``."""
        here = f"{self.desk.base_url}{path}{'&' if '?' in path else '?'}f="
        rels = ("alternate", "self") if self.as_page else ("self", "alternate")
        return [
            Link(href=f"{here}json", rel=rels[0], type=media_type, title="This, as JSON"),
            Link(href=f"{here}html", rel=rels[1], type=HTML, title="This, as a page"),
        ]

    def _keeping(self) -> dict[str, str]:
        return {
            "ETag": self.entity_tag,
            "Cache-Control": "private, no-cache",
            "Vary": "Accept, Authorization, Cookie",
        }


async def reading_of(request: Request) -> Reading:
    """Return the reading that a request is."""
    return Reading(await desk_of(request), identify(request), request)


ReadingHere = Annotated[Reading, Depends(reading_of)]
"""A parameter of an endpoint that receives the reading."""


def json_or_page(description: str, schema: str, media_type: str = JSON) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI text of an answer that comes as JSON or as a page, and may be kept."""
    return {
        200: {
            "description": description,
            "content": {
                media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}},
                HTML: {"schema": {"type": "string"}},
            },
        },
        **NOT_MODIFIED,
    }


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "What you have is still good"}}
