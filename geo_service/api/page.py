"""Floor 8: the plain pages of the API: the same words as the JSON, for a person with a browser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from starlette.requests import Request

from geo_service.web.markup import Markup, document, join, tag

_JSON = frozenset({"*/*", "application/*", "application/json", "application/geo+json", "application/problem+json"})

Cell = str | int


def wants_page(request: Request) -> bool:
    """Whether to answer with a page: ``f=html`` or ``f=json`` decides, else what ``Accept`` names first."""
    asked = request.query_params.get("f")
    return asked == "html" if asked in {"html", "json"} else prefers_page(request.headers.get("accept", "*/*"))


def prefers_page(accept: str) -> bool:
    """Whether an ``Accept`` header prefers HTML to JSON.

    Examples
    --------
    >>> prefers_page("text/html,application/xhtml+xml,*/*;q=0.8"), prefers_page("*/*"), prefers_page("")
    (True, False, False)
    >>> prefers_page("text/html;q=0.5, application/geo+json")
    False
    """
    ranked: list[tuple[float, int, str]] = []
    for position, entry in enumerate(accept.split(",")):
        kind, *parameters = (part.strip().lower() for part in entry.split(";"))
        ranked.append((-_quality(parameters), position, kind))
    for negative_quality, _, kind in sorted(ranked):
        if negative_quality < 0 and (kind == "text/html" or kind in _JSON):
            return kind == "text/html"
    return False


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def page(title: str, *body: Markup, note: str = "") -> str:
    """Return a page of the API with its way home, and a note that must be read with it."""
    ways = (("/", "Start"), ("/map", "Karte · Map"), ("/collections", "Daten · Data"), ("/docs", "API"))
    return document(
        lang="en",
        head=join(
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", title),
            tag("link", rel="stylesheet", href="/docs/page.css"),
            tag("link", rel="icon", href="/static/icon.svg"),
        ),
        body=join(
            tag("nav", *(tag("a", text, href=way) for way, text in ways)),
            tag("main", tag("h1", title), tag("p", note, class_="note") if note else None, *body),
        ),
    )


def message_page(title: str, detail: str, remedy: str) -> str:
    """Return a page that says what went wrong and what to do."""
    return page(title, tag("p", rich(_sentence(detail))), tag("p", rich(_sentence(remedy))) if remedy else Markup())


def table(head: Sequence[Cell | Markup], rows: Iterable[Sequence[Cell | Markup]]) -> Markup:
    """Return a table, which scrolls by itself when it is too wide."""
    lines = (tag("tr", *(tag("td", cell) for cell in row)) for row in rows)
    head_line = tag("tr", *(tag("th", cell, scope="col") for cell in head))
    return tag("div", tag("table", tag("thead", head_line), tag("tbody", *lines)), class_="wide")


def rich(text: str) -> Markup:
    """Return text with what stands between backticks as code.

    Examples
    --------
    >>> rich("send `a<b` now")
    'send <code>a&lt;b</code> now'
    """
    parts = re.split(r"`([^`]*)`", text)
    return join(*(tag("code", part) if index % 2 else join(part) for index, part in enumerate(parts)))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
