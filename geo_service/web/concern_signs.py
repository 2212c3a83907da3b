"""Floor 8: a pictogram for each kind of concern, drawn with lines in the colour of the text."""

from __future__ import annotations

from geo_service.web.markup import Markup, tag

_LINES: dict[str, str] = {
    "dumped_waste": "M3 14v-3a2 2 0 0 1 4 0v2h10v-2a2 2 0 0 1 4 0v3l-2 2v3M5 19v-3h14M6 9V7l2-2h8l2 2v2",
    "litter": "M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6",
    "broken_glass": "M8 3h8l1 7-3 3-2-3-3 4-2-4zM12 17v4M8 21h8",
    "danger": "M12 3 2 20h20zM12 10v5M12 17.5v.5",
    "overgrown_way": "M5 21V9M5 13c-3 0-3-5 0-5 0-4 5-4 5 0 3 0 3 5 0 5zM14 21l1-6M20 21l-1-6M16 18h2M17 13v-1",
    "plants": "M12 21v-8M12 3c-5 0-7 4-5 7 1 2 3 3 5 3s4-1 5-3c2-3 0-7-5-7zM8 21h8",
    "noise": "M4 10v4h4l5 4V6L8 10zM16 9c2 2 2 4 0 6M19 6c4 4 4 8 0 12",
    "idea": "M9 18h6M10 21h4M12 3a6 6 0 0 0-4 10c1 1 1 2 1 3h6c0-1 0-2 1-3a6 6 0 0 0-4-10z",
    "praise": "M7 11v9H4v-9zM7 12l4-8c2 0 3 1 2 4l-.5 2H19c1 0 2 1 1.7 2l-1.7 7c-.2 1-1 1-2 1H7",
    "other": "M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5",
}


def concern_sign(kind: str) -> Markup:
    """Return the pictogram of a kind; its name stands beside it."""
    path = tag("path", d=_LINES[kind], fill="none", stroke="currentColor", stroke_width="1.8", stroke_linecap="round")
    return tag("svg", path, viewBox="0 0 24 24", width=32, height=32, class_="sign", aria_hidden="true")
