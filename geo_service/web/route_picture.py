"""Floor 8: the sketch of a crew's way as inline SVG: outlines, way, numbered stops; no basemap, no script."""

from __future__ import annotations

from math import cos, hypot, radians

from geo_service.outputs.day import DayCrew, Lonlat
from geo_service.web.colours import ink_on
from geo_service.web.markup import Markup, tag

WIDTH, HEIGHT, MARGIN = 360.0, 270.0, 20.0
RADIUS = 11.0
"""Size of the sketch, its margin and the radius of a numbered stop, in user units of the SVG."""

XY = tuple[float, float]


def route_picture(crew: DayCrew, colour: str, title: str) -> Markup:
    """Return the sketch of a crew's day; a stop links to ``#stop-N`` of the page.

    Parameters
    ----------
    crew
        The day; its lines and outlines in degrees.
    colour
        ``"#rrggbb"``.
    title
        What the picture shows, for those who cannot see it.
    """
    place = _Fit([*_line(crew), *(point for stop in crew.stops for ring in stop.outline for point in ring)])
    outlines = (tag("path", d=_path([place(p) for p in ring]) + "Z") for stop in crew.stops for ring in stop.outline)
    way = _path([place(point) for point in _line(crew)])
    marks = _apart([place((stop.lon, stop.lat)) for stop in crew.stops])
    return tag(
        "svg",
        tag("title", title),
        tag("g", *outlines, class_="outline"),
        tag("path", d=way, class_="casing"),
        tag("path", d=way, stroke=colour, class_="way"),
        _depot(place(crew.depot), crew.depot_name),
        *(_facility(place(trip.at), trip.name) for trip in crew.trips if trip.at),
        *(
            _stop(stop.order, f"{stop.order} {stop.plot}", mark, colour)
            for stop, mark in zip(crew.stops, marks, strict=True)
        ),
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        role="img",
        class_="picture",
    )


def badge(text: str | int, colour: str) -> Markup:
    """Return a number on a disc of the crew's colour."""
    return tag(
        "svg",
        tag("circle", cx=16, cy=16, r=16, fill=colour),
        tag("text", text, x=16, y=22, text_anchor="middle", fill=ink_on(colour)),
        viewBox="0 0 32 32",
        class_="badge",
        aria_hidden="true",
    )


def band(colour: str) -> Markup:
    """Return a stripe of the crew's colour as wide as the page."""
    return tag(
        "svg",
        tag("rect", width="100%", height="100%", fill=colour),
        class_="band",
        aria_hidden="true",
    )


def _line(crew: DayCrew) -> list[Lonlat]:
    driven = (point for stop in crew.stops for point in (*stop.leg, (stop.lon, stop.lat)))
    return [crew.depot, *driven, *crew.way_back, *([crew.end] if crew.end else [])]


class _Fit:
    """Maps degrees onto the sketch: equirectangular at the middle latitude, same scale both ways."""

    def __init__(self, points: list[Lonlat]) -> None:
        west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
        south, north = min(lat for _, lat in points), max(lat for _, lat in points)
        self.middle = (west + east) / 2, (south + north) / 2
        self.squeeze = cos(radians(self.middle[1]))
        across, up = max((east - west) * self.squeeze, 1e-6), max(north - south, 1e-6)
        self.scale = min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / up)

    def __call__(self, lonlat: Lonlat) -> XY:
        x = WIDTH / 2 + (lonlat[0] - self.middle[0]) * self.squeeze * self.scale
        return x, HEIGHT / 2 - (lonlat[1] - self.middle[1]) * self.scale


def _path(points: list[XY]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _depot(at: XY, name: str) -> Markup:
    x, y = at
    house = f"M{x - 9:.1f} {y + 8:.1f}v-9l9-8l9 8v9z"
    return tag("g", tag("title", name), tag("path", d=house), class_="depot")


def _facility(at: XY, name: str) -> Markup:
    x, y = at
    return tag("g", tag("title", name), tag("path", d=f"M{x - 8:.1f} {y:.1f}l8-8l8 8l-8 8z"), class_="depot")


def _stop(order: int, title: str, at: XY, colour: str) -> Markup:
    x, y = (f"{value:.1f}" for value in at)
    disc = tag("circle", cx=x, cy=y, r=f"{RADIUS:.0f}", fill=colour)
    figure = tag("text", order, x=x, y=f"{at[1] + 4.3:.1f}", text_anchor="middle", fill=ink_on(colour))
    return tag("a", tag("title", title), disc, figure, href=f"#stop-{order}", class_="stop")


def _apart(points: list[XY], rounds: int = 60) -> list[XY]:
    """Push points apart until discs of `RADIUS` around them do not cover each other, or after ``rounds``."""
    moved = list(points)
    gap = 2 * RADIUS + 2
    for _ in range(rounds):
        still = True
        for one in range(len(moved)):
            for other in range(one):
                dx, dy = moved[one][0] - moved[other][0], moved[one][1] - moved[other][1]
                distance = hypot(dx, dy)
                if distance >= gap:
                    continue
                still = False
                if distance < 0.01:
                    dx, dy, distance = cos(one), cos(one + 1.0), hypot(cos(one), cos(one + 1.0))
                push = (gap - distance) / 2 / distance
                moved[one] = _inside(moved[one][0] + dx * push, moved[one][1] + dy * push)
                moved[other] = _inside(moved[other][0] - dx * push, moved[other][1] - dy * push)
        if still:
            break
    return moved


def _inside(x: float, y: float) -> XY:
    edge = RADIUS + 1
    return min(max(x, edge), WIDTH - edge), min(max(y, edge), HEIGHT - edge)
