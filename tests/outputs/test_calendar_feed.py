"""The calendar of a crew, read back: what it tells and what it keeps to itself, summer time, cancellations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from geo_service.outputs.calendar_feed import REFRESH, Stamp, Stamps, crew_feed
from geo_service.outputs.day import DayUrgent
from geo_service.outputs.day_ical import day_ical
from geo_service.outputs.ical_zone import berlin_zone
from geo_service.store.model import Move

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
H = 3600
YEARS = range(2020, 2036)


def last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


SWITCHES = [last_sunday(year, month) for year in YEARS for month in (3, 10)]


def stamps(whole: int = 5, **of: dict[str, Stamp]) -> Stamps:
    return Stamps(Stamp(whole, AT), *(of.get(name, {}) for name in ("plots", "visits", "moves")))


@pytest.fixture(scope="module")
def feed(day, catalogue):
    """Return a function that makes the feed of crew 1 from its day, with some inputs changed, and reads it back."""

    def made(shown=day, **changed):
        inputs = {
            "name": "Kolonne Grün",
            "gone": (),
            "stamps": stamps(),
            "catalogue": catalogue,
            "crews": {"crew-1": "Kolonne Grün", "crew-2": "Kolonne Blau"},
        }
        return icalendar.Calendar.from_ical(crew_feed([shown.only("crew-1")], **{**inputs, **changed}))

    return made


def events(calendar) -> dict[str, icalendar.Event]:
    return {str(event["uid"]).removesuffix("@geo-service"): event for event in calendar.events}


def moved(day, order: int = 2, new_on: date | None = None, new_crew: str = "") -> Move:
    stop = day.crews[0].stops[order - 1]
    return Move(
        "plan-2",
        stop.visit_id,
        stop.plot,
        stop.task,
        "crew-1",
        day.on,
        new_crew,
        new_on,
        "Frau Weber krank",
        "",
        "Ada",
        AT,
    )


def test_it_says_how_often_it_is_read_and_whose_it_is(feed):
    calendar = feed()
    assert str(calendar["x-wr-calname"]) == str(calendar["name"]) == "Kolonne Grün"
    assert calendar["refresh-interval"].dt == REFRESH == timedelta(hours=1)
    assert calendar["refresh-interval"].params["VALUE"] == "DURATION"
    assert str(calendar["x-published-ttl"]) == "PT1H"
    assert str(calendar["method"]) == "PUBLISH"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]


def test_it_has_the_day_and_its_stops_and_nothing_recurs(feed, day):
    told = events(feed())
    assert set(told) == {
        f"crew-day.crew-1.{day.on}",
        *(f"visit.{stop.visit_id}" for stop in day.crews[0].stops),
    }
    for event in told.values():
        assert str(event["status"]) == "CONFIRMED"
        assert not {"rrule", "rdate", "recurrence-id"} & {name.lower() for name in event}
    third = told[f"visit.{day.crews[0].stops[2].visit_id}"]
    assert str(third["summary"]) == "KLZ-0003 Rasen mähen"
    assert str(third["location"]) == "Dieskaustraße 21"
    assert third["dtstart"].params["TZID"] == "Europe/Berlin"
    assert third["dtstart"].dt.astimezone(UTC) == datetime(2026, 11, 23, 7, 11, tzinfo=UTC)
    assert "Freischneider 09–13, 15–17 Uhr" in third["description"]
    assert "25 min" in third["description"]


SECRETS = ("Tor links", "Kellergewölbe", "Schule", "Scherben", "Weber", "zuletzt am", "Fahrer ist Herr Klein")


def test_what_people_wrote_stays_out_of_it(feed, day, now):
    """Calendars are kept by third parties; the day's own file, which nobody else reads, tells all of it."""
    crew = day.crews[0]
    one, two, *rest = crew.stops
    one = replace(one, locked=True, announced=(9 * H, 10 * H), lock_reason="Schule")
    two = replace(two, urgent=DayUrgent("Scherben am Weg", "Frau Weber"))
    notes = (*day.notes, "Fahrer ist Herr Klein")
    shown = replace(day, notes=notes, crews=(replace(crew, stops=(one, two, *rest)), *day.crews[1:]))
    gone = [moved(day, 3, day.on + timedelta(days=1), "crew-2")]
    text = " ".join(str(value) for event in events(feed(shown, gone=gone)).values() for value in event.values())
    assert [secret for secret in SECRETS if secret in text] == []
    assert "Hinweise: siehe Liste" in text
    whole = icalendar.Calendar.from_ical(day_ical(shown, at=now))
    control = " ".join(str(value) for event in whole.events for value in event.values())
    assert [secret for secret in SECRETS if secret in control] == list(SECRETS), "the same search finds them there"


def test_urgent_and_announced_stops_are_marked(feed, day):
    crew = day.crews[0]
    one, two, *rest = crew.stops
    one = replace(one, locked=True, announced=(9 * H, 10 * H), lock_reason="Schule")
    two = replace(two, urgent=DayUrgent("Scherben", "Ada"))
    told = events(feed(replace(day, crews=(replace(crew, stops=(one, two, *rest)),))))
    assert str(told[f"visit.{one.visit_id}"]["summary"]) == "KLZ-0001 Rasen mähen (angekündigt 09–10 Uhr)"
    assert str(told[f"visit.{two.visit_id}"]["summary"]) == "EILT: KLZ-0002 Müll sammeln"
    assert told[f"visit.{two.visit_id}"]["priority"] == 1


def test_a_plot_whose_owner_objected_has_no_place(feed, day):
    stop = day.crews[0].stops[3]
    shown = events(feed())[f"visit.{stop.visit_id}"]
    hidden = events(feed(unpublished=frozenset({stop.plot})))[f"visit.{stop.visit_id}"]
    assert {"LOCATION", "GEO"} <= set(shown)
    assert not {"LOCATION", "GEO"} & set(hidden)
    assert stop.address not in hidden.to_ical().decode()


def test_events_link_to_the_list_where_a_phone_reaches_the_desk(feed, day):
    stop = day.crews[0].stops[3]
    key = f"visit.{stop.visit_id}"
    there = events(feed(base_url="https://desk.example"))[key]
    assert str(there["url"]) == "https://desk.example/crew/crew-1?date=2026-11-23#stop-4"
    assert "url" not in events(feed(base_url="http://127.0.0.1:8000"))[key]


def test_the_sequence_is_that_of_the_newest_thing_an_event_depends_on(feed, day):
    one, two, three, four, *_ = (f"visit.{stop.visit_id}" for stop in day.crews[0].stops)
    ids = [stop.visit_id for stop in day.crews[0].stops]
    later = AT + timedelta(hours=3)
    told = events(
        feed(
            stamps=stamps(
                5,
                plots={"KLZ-0001": Stamp(9, later), "KLZ-0004": Stamp(2, AT)},
                visits={ids[1]: Stamp(8, later)},
                moves={ids[2]: Stamp(7, later)},
            )
        )
    )
    assert [int(told[key]["sequence"]) for key in (one, two, three, four)] == [9, 8, 7, 5]
    assert int(told[f"crew-day.crew-1.{day.on}"]["sequence"]) == 9
    assert told[one]["last-modified"].dt == told[one]["dtstamp"].dt == later
    assert told[four]["dtstamp"].dt == AT


def test_what_was_taken_from_the_crew_is_cancelled_where_it_lay(feed, day):
    move = moved(day, 2, day.on + timedelta(days=1), "crew-2")
    gone = moved(day, 3)
    crew = day.crews[0]
    left = replace(day, crews=(replace(crew, stops=(crew.stops[0], *crew.stops[3:])),))
    told = events(feed(left, gone=[move, gone], stamps=stamps(9, moves={move.visit_id: Stamp(9, AT)})))
    one, other = told[f"visit.{move.visit_id}"], told[f"visit.{gone.visit_id}"]
    assert str(one["status"]) == str(other["status"]) == "CANCELLED"
    assert str(one["summary"]) == "entfällt: KLZ-0002 Müll sammeln"
    assert str(one["description"]) == "jetzt: 24.11.2026, Kolonne Blau"
    assert "description" not in other
    assert (one["dtstart"].dt, one["dtend"].dt) == (day.on, day.on + timedelta(days=1))
    assert int(one["sequence"]) == 9


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_same_day_gives_the_same_bytes_with_lines_ended_by_the_rule(day, catalogue, lang):
    made = [
        crew_feed([day.only("crew-1")], name="G", gone=(), stamps=stamps(), catalogue=catalogue, crews={}, lang=lang)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert b"\r\n" in made[0]
    assert b"\n" not in made[0].replace(b"\r\n", b"")
    assert max(len(line) for line in made[0].split(b"\r\n")) <= 75


def test_an_empty_calendar_is_a_calendar(catalogue):
    data = crew_feed([], name="G", gone=(), stamps=stamps(), catalogue=catalogue, crews={})
    assert icalendar.Calendar.from_ical(data).events == []


@pytest.mark.parametrize("switch", SWITCHES, ids=str)
def test_seven_in_the_morning_stays_seven_across_every_switch_of_summer_time(feed, day, switch):
    """A crew-day at 07:00 on the day of the switch, before and after: by the calendar's own rules, and by tzdata."""
    assert switch.weekday() == 6
    for on in (switch - timedelta(days=1), switch, switch + timedelta(days=1)):
        calendar = feed(replace(day, on=on))
        start = events(calendar)[f"crew-day.crew-1.{on}"]["dtstart"]
        by_clock = datetime(on.year, on.month, on.day, 7, tzinfo=ZoneInfo("Europe/Berlin"))
        summer = on >= switch if switch.month == 3 else on < switch
        assert by_clock.utcoffset() == timedelta(hours=2 if summer else 1)
        own = calendar.walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
        wall = start.dt.replace(tzinfo=None)
        assert wall == datetime(on.year, on.month, on.day, 7)  # noqa: DTZ001
        assert wall.replace(tzinfo=own).astimezone(UTC) == by_clock.astimezone(UTC)


def test_a_zone_without_summer_time_would_be_noticed():
    zone = berlin_zone()
    zone.subcomponents = [part for part in zone.subcomponents if part.name == "STANDARD"]
    wrong = zone.to_tz(lookup_tzid=False)
    at = datetime(2026, 7, 1, 7, tzinfo=wrong)
    assert at.astimezone(UTC).hour != datetime(2026, 7, 1, 7, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC).hour


def test_trips_are_events_of_their_own(feed, tipping_day):
    told = events(feed(tipping_day))
    first = told["trip.crew-1.2026-11-23.1"]
    assert str(first["summary"]) == "→ Wertstoffhof Ost: 5,2 m³ abladen"
    assert "geo" not in told["trip.crew-1.2026-11-23.3"], "a place that is gone since"
    assert "Pause 10:12–10:42" in str(told["crew-day.crew-1.2026-11-23"]["description"])
