"""Floor 8: the way between the moderators' pages, as far as somebody may go it."""

from __future__ import annotations

from geo_service.web.frame import Frame
from geo_service.web.markup import Markup
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
    mine = [(path, en if frame.lang == "en" else de) for path, de, en, roles in TABS if frame.who.is_one_of(roles)]
    return frame.tabs(mine, "Neighbourhood" if frame.lang == "en" else "Quartier")
