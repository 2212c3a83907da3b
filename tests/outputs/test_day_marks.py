"""Urgent, announced and locked stops, and the sums by waste key, in every form of the day list."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import gpxpy
import pypdf
import pytest
from icalendar import Calendar

from geo_service.actions.urgent import urgent_id
from geo_service.outputs.day import Day, DayUrgent
from geo_service.outputs.day_csv import day_csv
from geo_service.outputs.day_geojson import day_geojson
from geo_service.outputs.day_gpx import day_gpx
from geo_service.outputs.day_ical import day_ical
from geo_service.outputs.day_json import day_json
from geo_service.outputs.day_list import build_day
from geo_service.outputs.day_marks import kept_mark, marks, urgent_mark
from geo_service.outputs.day_sheet import day_sheet
from geo_service.outputs.day_sums import waste_m3, waste_sums
from geo_service.outputs.day_text import day_text
from geo_service.schedule.events import UrgentVisit
from geo_service.schedule.events import words as reason_of
from geo_service.store.model import KeptEvent, VisitLock

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
H = 3600


@pytest.fixture(scope="module")
def marked(plan, plots, crews, places, catalogue, quarters, on) -> Day:
    """Return the day with an urgent report that hurried visit 2, one that made visit 3, and locks on 1 and 4."""
    hurried = UrgentVisit("KLZ-0002", "litter_pick", "Scherben am Weg, Anruf", on)
    made = UrgentVisit("KLZ-0003", "Zaun richten", "Zaun liegt um", on)
    first, *others = plan.routes
    one, two, three, four, *rest = first.stops
    two = replace(two, visit=replace(two.visit, why=f"{reason_of(hurried)[0]}; {two.visit.why}"))
    three = replace(
        three, visit=replace(three.visit, visit_id=urgent_id(made), work="Zaun richten", waste_key="200307")
    )
    one = replace(one, visit=replace(one.visit, waste_key="200201"))
    route = replace(first, stops=(one, two, three, four, *rest))
    locks = [
        VisitLock(one.visit.visit_id, "crew-1", on, "mit der Schule vereinbart", "Desk", AT, (9 * H, 10 * H)),
        VisitLock(four.visit.visit_id, "crew-1", on, "", "Desk", AT),
        VisitLock(rest[0].visit.visit_id, "crew-2", on, "of another crew", "Desk", AT),
        VisitLock(rest[1].visit.visit_id, "crew-1", on.replace(day=24), "of another day", "Desk", AT),
    ]
    return build_day(
        on,
        plan=replace(plan, routes=(route, *others), events=(hurried, made), author="planner"),
        plots=plots,
        crews=crews,
        places=places,
        catalogue=catalogue,
        quarters=quarters,
        revision=7,
        sample=True,
        locks=locks,
        events=[KeptEvent(1, hurried, "Frau Weber", AT)],
    )


@pytest.fixture(scope="module")
def crew(marked):
    return marked.crews[0]


def test_locks_hold_for_their_crew_and_day_alone(crew):
    assert [stop.order for stop in crew.stops if stop.locked] == [1, 4]
    assert crew.stops[0].announced == (9 * H, 10 * H)
    assert crew.stops[3].announced is None


def test_urgent_stops_tell_why_and_who_noted_it(crew):
    told = {stop.order: stop.urgent for stop in crew.stops if stop.urgent}
    assert told == {
        2: DayUrgent("Scherben am Weg, Anruf", "Frau Weber"),
        3: DayUrgent("Zaun liegt um", "planner"),
    }, "a report that was withdrawn since counts as noted by the plan's author"


def test_the_same_work_on_the_same_plot_is_not_urgent_by_itself(plan, plots, crews, places, catalogue, quarters, on):
    event = UrgentVisit("KLZ-0002", "litter_pick", "Scherben", on)
    day = build_day(
        on,
        plan=replace(plan, events=(event,)),
        plots=plots,
        crews=crews,
        places=places,
        catalogue=catalogue,
        quarters=quarters,
        revision=7,
        sample=True,
    )
    assert not [stop for stop in day.crews[0].stops if stop.urgent]


def test_words(crew):
    one, two, _, four, five, *_ = crew.stops
    assert marks(one, "de") == ("angekündigt 09–10 Uhr: mit der Schule vereinbart",)
    assert kept_mark(one, "en") == "announced for 09–10: mit der Schule vereinbart"
    assert urgent_mark(two, "de") == "EILT: Scherben am Weg, Anruf (Frau Weber)"
    assert urgent_mark(two, "en") == "URGENT: Scherben am Weg, Anruf (Frau Weber)"
    assert marks(four, "de") == ("fest eingeplant",)
    assert marks(five, "de") == ()
    both = replace(two, locked=True, lock_reason="zugesagt")
    assert marks(both, "de")[0].startswith("EILT")


def test_sums_by_waste_key(crew):
    assert waste_m3(crew) == pytest.approx({"200201": 0.4, "200307": 0.4, "": 4.0})
    assert list(waste_m3(crew)) == ["200201", "200307", ""]
    assert waste_sums(crew, "de")[0] == "200201 biologisch abbaubare Abfälle: 0,40 m³"
    assert waste_sums(crew, "en")[2] == "without a key: 4.0 m³"
    strange = replace(crew, stops=(replace(crew.stops[0], waste_key="999999"),))
    assert waste_sums(strange, "de") == ["999999: 0,40 m³"]


TOLD = ("angekündigt 09–10 Uhr", "mit der Schule vereinbart", "EILT: Scherben am Weg, Anruf (Frau Weber)")


def test_text(marked):
    text = " ".join(day_text(marked, lang="de").split())
    for word in (*TOLD[:1], "EILT:", "fest eingeplant", "200307 Sperrmüll: 0,40 m³"):
        assert word in text, word
    assert max(map(len, day_text(marked).splitlines())) <= 100


def test_json_and_geojson(marked):
    crew = day_json(marked)["crews"][0]
    one, two, three, four, *_ = crew["stops"]
    assert (one["locked"], one["lock_reason"], one["announced"]) == (True, "mit der Schule vereinbart", "09:00–10:00")
    assert two["urgent"] == {"why": "Scherben am Weg, Anruf", "who": "Frau Weber"}
    assert (three["waste_key"], four["locked"], four["announced"], four["urgent"]) == ("200307", True, "", None)
    assert crew["waste_m3"] == {"200201": 0.4, "200307": 0.4, "": 4.0}
    stops = [one for one in json.loads(day_geojson(marked))["features"] if one["properties"]["kind"] == "stop"]
    assert stops[1]["properties"]["urgent"]["who"] == "Frau Weber"


def test_csv(marked):
    rows = [row for row in csv.DictReader(io.StringIO(day_csv(marked).decode("utf-8-sig"))) if row["kind"] == "stop"]
    assert rows[0]["announced"] == "09:00–10:00"
    assert rows[0]["lock_reason"] == "mit der Schule vereinbart"
    assert rows[1]["urgent"] == TOLD[2]
    assert rows[2]["waste_key"] == "200307"
    assert rows[4]["urgent"] == ""


def test_gpx_and_ical(marked):
    points = gpxpy.parse(day_gpx(marked.only("crew-1"), at=AT).decode()).waypoints
    assert TOLD[2] in points[2].description
    assert TOLD[0] in points[1].description
    told = {str(one["uid"]): str(one["description"]) for one in Calendar.from_ical(day_ical(marked, at=AT)).events}
    assert any(TOLD[2] in one for one in told.values())


def test_paper(marked, network):
    pdf = day_sheet(marked.only("crew-1"), at=AT, network=network)
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())
    for word in (
        "EILT Scherben am Weg",
        "(Frau Weber)",
        "angekündigt 09–10 Uhr",
        "fest eingeplant",
        "200307 Sperrmüll: 0,40",
    ):
        assert word in text, word
