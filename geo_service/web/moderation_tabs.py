"""Floor 8: the way between the moderators' pages, as far as somebody may go it."""

from __future__ import annotations

from geo_service.web.frame import Frame
from geo_service.web.markup import Markup, tag
from geo_service.web.page_desk import CONFIDANTS, MODERATORS

TABS = (
    ("/moderation", "Was wartet", "What waits", MODERATORS),
    ("/moderation/concerns", "Anliegen", "Concerns", MODERATORS),
    ("/moderation/occasions", "Termine", "Dates", MODERATORS),
    ("/moderation/contacts", "Kontakte", "Contacts", CONFIDANTS),
    ("/moderation/mediations", "Vermittlungen", "Mediations", CONFIDANTS),
)
"""Path, German, English, who may go there."""


def moderation_tabs(frame: Frame) -> Markup:
    """Return the way to the other pages."""
    mine = [one for one in TABS if frame.who.is_one_of(one[3])]
    current = max((path for path, *_ in mine if frame.path.startswith(path)), key=len, default="")
    links = [
        tag(
            "a",
            en if frame.lang == "en" else de,
            href=frame.link(path),
            aria_current="page" if path == current else None,
        )
        for path, de, en, _ in mine
    ]
    return tag("nav", *links, class_="tabs", aria_label="Neighbourhood" if frame.lang == "en" else "Quartier")
