"""Floor 8: `/crew/{crew}`: a crew's day as a page for the phone; it needs no script and prints well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

from geo_service.base.clock import hhmm
from geo_service.base.units import hours, minutes
from geo_service.outputs.day import Day, DayBreak, DayCrew, DayStop, DayTrip
from geo_service.outputs.day_trip import trip_title
from geo_service.outputs.words import long_date, number
from geo_service.web.colours import crew_colour
from geo_service.web.markup import Markup, document, head_of, join, tag
from geo_service.web.route_picture import badge, band, route_picture
from geo_service.web.words import WORDS, Lang, short_date


@dataclass(frozen=True)
class CrewLinks:
    """Where the page leads: the crew, the day shown, the days of the plan in force."""

    crew: str
    on: date
    days: tuple[date, ...]
    lang: Lang

    def of_day(self, on: date) -> str:
        """Return the address of this page for another day."""
        return self._page(on, self.lang)

    def in_lang(self, lang: Lang) -> str:
        """Return the address of this page in another language."""
        return self._page(self.on, lang)

    def file(self, suffix: str) -> str:
        """Return the address of the list in another form: ``"pdf"``, ``"gpx"``, ``"ics"``."""
        return f"/days/{self.on}/crews/{quote(self.crew, safe='')}.{suffix}"

    def map(self) -> str:
        """Return the address of the map with this crew and day."""
        return "/map?" + urlencode({"date": self.on.isoformat(), "crew": self.crew, "lang": self.lang})

    def app(self) -> str:
        """Return the address of the app that works without network."""
        query = {"crew": self.crew, "date": self.on.isoformat()} | ({"lang": self.lang} if self.lang != "de" else {})
        return f"/crew?{urlencode(query)}"

    def _page(self, on: date, lang: Lang) -> str:
        query = {"date": on.isoformat()} | ({"lang": lang} if lang != "de" else {})
        return f"/crew/{quote(self.crew, safe='')}?{urlencode(query)}"


def crew_page(day: Day, crew: DayCrew, links: CrewLinks) -> str:
    """Return the page with the list of one crew's day."""
    words = WORDS[links.lang]
    position = next((index for index, one in enumerate(day.crews) if one.crew == crew.crew), 0)
    colour = crew_colour(crew.colour, position)
    return _page(
        links,
        f"{crew.name} · {short_date(day.on, links.lang)}",
        band(colour),
        tag("a", words["skip"], href="#list", class_="skip"),
        _header(day, crew, links),
        tag("main", _overview(crew, colour, links), _list(crew, colour, links), id="main"),
        _footer(day, links),
    )


def message_page(links: CrewLinks, title: str, text: str, others: Sequence[date] = ()) -> str:
    """Return a page that says why there is no list, with links to other days."""
    choices = tag("p", *(_button(links.of_day(on), short_date(on, links.lang)) for on in others), class_="buttons")
    body = tag("main", tag("h1", title), tag("p", text), choices if others else None, id="main", class_="message")
    return _page(links, title, body)


def _page(links: CrewLinks, title: str, *body: Markup) -> str:
    return document(lang=links.lang, head=head_of(title, "crew"), body=tag("body", *body))


def _header(day: Day, crew: DayCrew, links: CrewLinks) -> Markup:
    words = WORDS[links.lang]
    other: Lang = "en" if links.lang == "de" else "de"
    earlier = max((on for on in links.days if on < day.on), default=None)
    later = min((on for on in links.days if on > day.on), default=None)
    return tag(
        "header",
        tag(
            "nav",
            _button(links.of_day(earlier), f"‹ {short_date(earlier, links.lang)}") if earlier else tag("span"),
            tag("a", other.upper(), href=links.in_lang(other), hreflang=other, lang=other, class_="lang"),
            _button(links.of_day(later), f"{short_date(later, links.lang)} ›") if later else tag("span"),
            aria_label=words["title"],
        ),
        tag("p", long_date(day.on, links.lang), class_="date"),
        tag("h1", crew.name),
        tag("p", f"{hhmm(crew.start_s)} – {hhmm(crew.end_s)}", class_="span"),
        tag("p", f"{crew.vehicle} · {crew.people} {words['people']}" if crew.vehicle else None, class_="vehicle"),
        tag("p", words["sample"], class_="sample") if day.sample else None,
    )


def _overview(crew: DayCrew, colour: str, links: CrewLinks) -> Markup:
    words = WORDS[links.lang]
    figures = (
        (str(len(crew.stops)), words["stops"]),
        (hours(crew.work_s), words["work"]),
        (hours(crew.drive_s), words["drive"]),
        (_km(crew.length_m, links.lang), words["total"]),
    )
    return tag(
        "section",
        tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for value, name in figures), class_="figures"),
        route_picture(crew, colour, words["picture"]) if crew.stops else None,
        tag(
            "p",
            _button(links.file("pdf"), words["print"]),
            _button(links.file("gpx"), words["track"]),
            _button(links.file("ics"), words["calendar"]),
            _button(links.map(), words["map"]),
            _button(links.app(), words["app"]),
            class_="buttons",
        ),
    )


def _list(crew: DayCrew, colour: str, links: CrewLinks) -> Markup:
    words = WORDS[links.lang]
    rows = [_place(crew.start_s, words["start"], crew.depot_name)]
    for item in crew.agenda():
        if isinstance(item, DayStop):
            rows.append(_card(item, colour, links.lang))
        else:
            rows.append(_break(item, words) if isinstance(item, DayBreak) else _trip(item, links.lang))
    rows.append(_place(crew.end_s, words["back"], crew.last_name))
    return tag("ol", *rows, class_="list", id="list")


def _place(at_s: int, what: str, name: str) -> Markup:
    return tag("li", tag("time", hhmm(at_s)), tag("span", f"{what} · {name}"), class_="place")


def _break(rest: DayBreak, words: dict[str, str]) -> Markup:
    text = (
        f"{words['break']} {minutes(rest.end_s - rest.start_s)} {words['minutes']} · {words['to']} {hhmm(rest.end_s)}"
    )
    return tag("li", tag("time", hhmm(rest.start_s)), tag("span", text), class_="place rest")


def _trip(trip: DayTrip, lang: Lang) -> Markup:
    words = WORDS[lang]
    way = f"{words['drive']} {minutes(trip.drive_s)} {words['minutes']} · {_km(trip.length_m, lang)}"
    text = join(
        tag("strong", trip_title(trip, lang)),
        tag("span", f" · {words['to']} {hhmm(trip.end_s)} · {way}"),
        tag("span", f" · {trip.address}") if trip.address else tag("span"),
    )
    go = tag("a", words["navigate"], href=_geo(*trip.at, trip.name), class_="button go") if trip.at else tag("span")
    return tag("li", tag("time", hhmm(trip.arrival_s)), tag("span", text), go, class_="place trip")


def _card(stop: DayStop, colour: str, lang: Lang) -> Markup:
    words = WORDS[lang]
    where = " · ".join(part for part in (stop.address or stop.plot_name, stop.quarter) if part)
    wait = f"{words['wait']} {hhmm(stop.start_s)}" if stop.start_s - stop.arrival_s >= 60 else None
    work = f"{minutes(stop.end_s - stop.start_s)} {words['minutes']}"
    way = f"{words['drive']} {minutes(stop.drive_s)} {words['minutes']} · {_km(stop.length_m, lang)}"
    if stop.length_m == 0:
        way = words["same_place"]
    via = f" · {words['via']} {', '.join(stop.streets)}" if stop.streets else ""
    return tag(
        "li",
        tag("p", way, tag("span", via, class_="via"), class_="way-here"),
        tag(
            "article",
            tag(
                "header",
                badge(stop.order, colour),
                tag("time", hhmm(stop.arrival_s)),
                tag("h2", tag("span", f"{words['stop']} {stop.order}: ", class_="unseen"), stop.plot),
            ),
            tag("p", tag("strong", stop.task_in(lang)), tag("span", work, class_="work"), class_="task"),
            tag(
                "p",
                tag("span", where),
                tag("a", words["navigate"], href=_geo(stop.lon, stop.lat, stop.plot), class_="button go"),
                class_="where",
            ),
            tag("p", wait, class_="wait") if wait else None,
            tag("dl", *_facts(stop, words), class_="facts"),
            tag("p", _ground(stop, lang), class_="small"),
            tag("p", f"{words['why']}: {stop.why}", class_="small") if stop.why else None,
            tag("p", words["done"], class_="tick"),
        ),
        id=f"stop-{stop.order}",
        class_="stop",
    )


def _facts(stop: DayStop, words: dict[str, str]) -> list[Markup]:
    hazards = (stop.hazard_note, words["contaminated"] if stop.contamination == "yes" else "")
    rows = (
        ("hazard", " · ".join(text for text in hazards if text)),
        ("rule", stop.rule_note),
        ("access", stop.access_note),
    )
    return [tag("div", tag("dt", words[key]), tag("dd", text), class_=key) for key, text in rows if text]


def _ground(stop: DayStop, lang: Lang) -> str:
    """Return area, load and what is not known of the ground: unknown never reads as clean."""
    words = WORDS[lang]
    area = f"{words['area']} {number(stop.area_m2, lang)} m²"
    load = f"{words['load']} {number(stop.volume_m3, lang, 1)} m³" if stop.volume_m3 else ""
    unknown = words["contamination_unknown"] if stop.contamination == "unknown" else ""
    return " · ".join(part for part in (area, load, unknown) if part)


def _km(metres: float, lang: Lang) -> str:
    return f"{number(metres / 1000, lang, 1)} km"


def _geo(lon: float, lat: float, name: str) -> str:
    """Return the address that opens the phone's navigator (RFC 5870, with the label that Android shows)."""
    at = f"{lat:.6f},{lon:.6f}"
    return f"geo:{at}?q={at}({quote(name, safe='')})"


def _button(href: str, text: str) -> Markup:
    return tag("a", text, href=href, class_="button")


def _footer(day: Day, links: CrewLinks) -> Markup:
    said = {words["sample"] for words in WORDS.values()}
    plan = f"{WORDS[links.lang]['plan']} {day.plan_id[:8]} · {day.revision}"
    lines = (*(note for note in day.notes if note not in said), day.licence, plan)
    return tag("footer", *(tag("p", line) for line in lines if line))
