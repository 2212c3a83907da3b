"""Floor 8: the frame that pages drawn on the server share: navigation by role, language, what was said, refusals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from geo_service.base.errors import Conflict, GeoServiceError, NotFound, StoreError
from geo_service.web.form import Form
from geo_service.web.markup import Child, Markup, document, head_of, join, tag
from geo_service.web.page_desk import MODERATORS, PLANNERS, READERS, STAFF, Who
from geo_service.web.words import Lang

NO_STORE = {"Cache-Control": "no-store"}

EVERYBODY: frozenset[str] = READERS | {"", "crew"}

PLACES: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("/crew", "Tagesarbeit", "Day's work", frozenset({"crew"})),
    ("/map", "Karte", "Map", EVERYBODY),
    ("/board", "Plantafel", "Board", STAFF),
    ("/inbox", "Posteingang", "Inbox", PLANNERS),
    ("/moderation", "Quartier", "Neighbourhood", MODERATORS),
    ("/money", "Mittel", "Money", READERS),
    ("/watch", "Beobachtung", "Watch", READERS),
    ("/neighbourhood", "Für alle", "For everybody", EVERYBODY),
    ("/concern", "Melden", "Report", EVERYBODY),
)
"""Path, German, English, who sees it in the navigation; in the order in which it stands there."""


def places_for(role: str) -> tuple[tuple[str, str, str], ...]:
    """Return path, German and English name of the places that a role finds in the navigation.

    Examples
    --------
    >>> [path for path, *_ in places_for("")]
    ['/map', '/neighbourhood', '/concern']
    """
    return tuple((path, de, en) for path, de, en, roles in PLACES if role in roles)


_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "de": {
        "pages": "Bereiche",
        "skip": "Zum Inhalt",
        "not_saved": "Nicht gespeichert",
        "sample": "Schematische Beispieldaten",
        "sign_in": "Bitte anmelden",
        "sign_in_hint": "Den Anmeldelink zeigt das Programm beim Start.",
        "not_yours": "Diese Seite ist für andere Aufgaben da",
        "not_yours_hint": "Wer sie braucht, bittet die Verwaltung um eine andere Rolle.",
    },
    "en": {
        "pages": "Pages",
        "skip": "To the content",
        "not_saved": "Not saved",
        "sample": "Schematic sample data",
        "sign_in": "Please sign in",
        "sign_in_hint": "The program shows the sign-in link when it starts.",
        "not_yours": "This page is for other tasks",
        "not_yours_hint": "If you need it, ask the administration for another role.",
    },
}


@dataclass(frozen=True)
class Frame:
    """What stands around a page.

    Attributes
    ----------
    path
        Where the page is, without a query.
    who
        Whose page it is.
    styles
        Further style sheets by name, scripts by path under ``/static``.
    sample
        Whether the workspace holds the schematic sample; said on the page.
    said, trouble
        What was just done, and why something was not; empty: nothing.
    """

    path: str
    lang: Lang
    who: Who
    styles: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    sample: bool = False
    said: str = ""
    trouble: str = ""

    def page(self, title: str, *children: Child) -> str:
        """Return a whole page."""
        words = _WORDS[self.lang]
        head = join(
            head_of(title, "desk", "pages", *self.styles),
            *(tag("script", type="module", src=f"/static/{one}") for one in self.scripts),
        )
        main = tag(
            "main",
            tag("h1", title),
            tag("p", self.said, class_="said good", role="status") if self.said else None,
            tag("p", tag("strong", words["not_saved"]), f": {self.trouble}", class_="said bad", role="alert")
            if self.trouble
            else None,
            *children,
            id="main",
            tabindex=-1,
        )
        body = tag("body", tag("a", words["skip"], class_="skip", href="#main"), self._header(), main)
        return document(lang=self.lang, head=head, body=body)

    def link(self, path: str, **query: str) -> str:
        """Return an address that keeps the language."""
        asked = {**query, **({"lang": "en"} if self.lang == "en" else {})}
        return f"{path}?{urlencode(asked)}" if asked else path

    def tabs(self, pages: Sequence[tuple[str, str]], label: str) -> Markup:
        """Return the way between pages that belong together, by path and name; the one that one is on is marked."""
        current = max((path for path, _ in pages if self.path.startswith(path)), key=len, default="")
        links = [
            tag("a", name, href=self.link(path), aria_current="page" if path == current else None)
            for path, name in pages
        ]
        return tag("nav", *links, class_="tabs", aria_label=label)

    def refusal(self, roles: frozenset[str]) -> HTMLResponse | None:
        """Return the page for somebody who is not in ``roles``, None for somebody who is."""
        if self.who.is_one_of(roles):
            return None
        words, which = _WORDS[self.lang], "not_yours" if self.who.role else "sign_in"
        page = self.page(words[which], tag("p", words[f"{which}_hint"]))
        return HTMLResponse(page, status_code=403 if self.who.role else 401, headers=NO_STORE)

    def _header(self) -> Markup:
        words, other = _WORDS[self.lang], "en" if self.lang == "de" else "de"
        places = [
            tag(
                "a",
                en if self.lang == "en" else de,
                href=self.link(path),
                aria_current="page" if self.path.startswith(path) else None,
            )
            for path, de, en in places_for(self.who.role)
        ]
        return tag(
            "header",
            tag("nav", *places, class_="places", aria_label=words["pages"]),
            tag("span", words["sample"], class_="sample") if self.sample else None,
            tag("a", other.upper(), class_="lang", href=f"{self.path}?lang={other}", hreflang=other, lang=other),
            class_="bar",
        )


async def answer_form(
    request: Request,
    act: Callable[[Form], object],
    *,
    then: str,
    again: Callable[[str], str],
) -> Response:
    """Do what a form asks, then go on to another page; what was not saved is told on the page it came from.

    Parameters
    ----------
    act
        Does it; runs in a thread. May return an address to go on to instead of ``then``.
    again
        Draws the page once more with a trouble in words.
    """
    body = await request.body()
    try:
        found = await run_sync(lambda: act(Form(body)))
    except StoreError:
        raise
    except GeoServiceError as error:
        trouble = f"{error.message}. {error.remedy}" if error.remedy else error.message
        page = await run_sync(again, trouble)
        return HTMLResponse(page, status_code=status_of(error), headers=NO_STORE)
    return RedirectResponse(found if isinstance(found, str) else then, status_code=303)


def status_of(error: GeoServiceError) -> int:
    """Return the HTTP status of a page that tells an error."""
    if isinstance(error, NotFound):
        return 404
    return 409 if isinstance(error, Conflict) else 422
