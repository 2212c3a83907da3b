"""Floor 7: where the codes on paper lead, and the codes themselves.

With a desk that phones reach, the code of a day opens the crew's page and that of a plot the stop on it
(``/crew/CREW?date=DAY#stop-N``): it tells all there is about the stop, of any day and crew that the reader may see,
hands on to the navigator, and shows nothing to whom finds the sheet, because the page asks to sign in. It needs
network; what works without is the app at ``/crew``. Without such a desk the code holds the place as a ``geo:`` URI
(RFC 5870), which most phones hand to their maps.
"""

from __future__ import annotations

import io
from urllib.parse import quote, urlsplit

import segno

from geo_service.outputs.day import Day, DayCrew, DayStop
from geo_service.outputs.words import words

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def reachable(base_url: str) -> bool:
    """Whether a phone reaches a desk at this address; none reaches a desk on this machine alone.

    Examples
    --------
    >>> reachable("https://desk.example"), reachable("http://127.0.0.1:8000"), reachable("")
    (True, False, False)
    """
    return bool(base_url) and urlsplit(base_url).hostname not in LOOPBACK


def day_link(day: Day, crew: DayCrew, base_url: str, lang: str) -> tuple[str, str]:
    """Return where the code of a crew's day leads and what stands below it."""
    if reachable(base_url):
        return _page(day, crew, base_url), words(lang)["link"]
    place = (crew.stops[0].lon, crew.stops[0].lat) if crew.stops else crew.depot
    return geo_uri(*place), words(lang)["first_stop"]


def stop_link(day: Day, crew: DayCrew, stop: DayStop, base_url: str) -> str:
    """Return where the code of a stop leads."""
    return f"{_page(day, crew, base_url)}#stop-{stop.order}" if reachable(base_url) else geo_uri(stop.lon, stop.lat)


def geo_uri(lon: float, lat: float) -> str:
    """Return a place as a ``geo:`` URI; WGS 84, latitude first.

    Examples
    --------
    >>> geo_uri(12.3271432, 51.3247019)
    'geo:51.324702,12.327143'
    """
    return f"geo:{lat:.6f},{lon:.6f}"


def code_svg(content: str) -> str:
    """Return a QR code as SVG, with a margin of two modules; paper around it gives the rest."""
    out = io.BytesIO()
    segno.make_qr(content, error="m" if len(content) <= 26 else "l").save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def _page(day: Day, crew: DayCrew, base_url: str) -> str:
    return f"{base_url.rstrip('/')}/crew/{quote(crew.crew, safe='')}?date={day.on.isoformat()}"
