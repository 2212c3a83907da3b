from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import InputError
from geo_service.schedule.events import (
    CrewAbsent,
    DoneEarly,
    Rain,
    Refused,
    UrgentVisit,
    VehicleBroken,
    cause_of,
    change_crew_days,
    change_visits,
    covers,
    words,
)

TUESDAY = date(2026, 11, 17)
DAYS = st.integers(0, 9).map(lambda day: TUESDAY + timedelta(day))


@pytest.fixture
def mowing(make_visit, days):
    return make_visit("mow", 1, days, machines=frozenset({"mower"}), wet_sensitive=True)


def test_rain_takes_its_days_from_wet_work_with_the_words(mowing, make_visit, days):
    dry = make_visit("pick", 2, days, work="litter_pick")
    (wet, same), refused = change_visits([mowing, dry], [Rain(days[1], days[2])])

    assert set(wet.day_windows) == {days[0], days[3]}
    assert set(wet.forbidden) == {days[1], days[2]}
    assert set(wet.forbidden.values()) == {"Regen am 19.11.2026 bis 20.11.2026"}
    assert (same, refused) == (dry, ())


def test_what_stays_is_not_moved_by_rain(mowing, days):
    assert change_visits([mowing], [Rain(days[0])], frozenset({"mow"}))[0] == (mowing,)


def test_named_works_and_machines_alone_are_hit(mowing):
    assert Rain(TUESDAY).hits(mowing)
    assert not Rain(TUESDAY, works=frozenset({"green"})).hits(mowing)
    assert Rain(TUESDAY, works=frozenset({"mow_lawn"})).hits(mowing)
    assert Rain(TUESDAY, machines=frozenset({"mower"})).hits(mowing)
    assert not Rain(TUESDAY).hits(replace(mowing, wet_sensitive=False))


def test_absence_and_breakdown_change_crew_days(make_crew_day, days):
    crew_days = [make_crew_day(crew, on) for on in days for crew in ("crew-1", "crew-2")]
    left = change_crew_days(
        crew_days,
        [
            CrewAbsent("crew-1", days[0]),
            VehicleBroken("crew-2", days[0], machines=frozenset({"mower"})),
            VehicleBroken("crew-2", days[1], days[2]),
        ],
    )
    told = {(day.crew, day.on): day.machines for day in left}

    assert told == {
        ("crew-2", days[0]): frozenset(),
        ("crew-1", days[1]): frozenset({"mower"}),
        ("crew-1", days[2]): frozenset({"mower"}),
        ("crew-1", days[3]): frozenset({"mower"}),
        ("crew-2", days[3]): frozenset({"mower"}),
    }


def test_a_refusal_takes_one_day_or_all(mowing, days):
    (asked,), none = change_visits([mowing], [Refused("mow", "Tor zu", days[0])])
    assert (days[0] in asked.day_windows, asked.forbidden) == (False, {days[0]: "abgelehnt am 17.11.2026: Tor zu"})
    assert none == ()

    gone, (one,) = change_visits([mowing], [Refused("mow", "Hund")])
    assert (gone, one.code, one.reason, one.reason_en) == ((), "refused", "abgelehnt: Hund", "refused: Hund")
    assert change_visits([mowing], [Refused("other", "Hund")]) == ((mowing,), ())


@pytest.mark.parametrize(
    ("event", "hit"),
    [
        (Rain(TUESDAY), True),
        (Rain(TUESDAY + timedelta(1)), False),
        (CrewAbsent("crew-1", TUESDAY), True),
        (CrewAbsent("crew-2", TUESDAY), False),
        (VehicleBroken("crew-1", TUESDAY), True),
        (VehicleBroken("crew-1", TUESDAY, machines=frozenset({"tipper"})), False),
        (VehicleBroken("crew-1", TUESDAY, machines=frozenset({"mower"})), True),
        (UrgentVisit("KLZ-0001", "mow_lawn", "why", TUESDAY), True),
        (UrgentVisit("KLZ-0002", "mow_lawn", "why", TUESDAY), False),
        (DoneEarly("mow", TUESDAY), True),
        (Refused("other", "why"), False),
    ],
)
def test_what_takes_a_visit_from_its_crew_day(mowing, event, hit):
    assert cause_of(event, mowing, "crew-1", TUESDAY) is hit
    assert all(words(event))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Rain(TUESDAY, TUESDAY - timedelta(1)),
        lambda: CrewAbsent("crew-1", TUESDAY, TUESDAY - timedelta(1)),
        lambda: VehicleBroken("crew-1", TUESDAY, TUESDAY - timedelta(1)),
        lambda: UrgentVisit("KLZ-0001", " ", "why", TUESDAY),
        lambda: UrgentVisit("KLZ-0001", "clear", "", TUESDAY),
        lambda: UrgentVisit("KLZ-0001", "clear", "why", TUESDAY, service_s=0),
        lambda: UrgentVisit("KLZ-0001", "clear", "why", TUESDAY, service_s=7 * 3600),
        lambda: UrgentVisit("KLZ-0001", "clear", "why", TUESDAY, people=0),
        lambda: UrgentVisit("KLZ-0001", "clear", "why", TUESDAY, volume_m3=float("nan")),
        lambda: Refused("mow", " "),
    ],
)
def test_senseless_events_are_refused(make):
    with pytest.raises(InputError):
        make()


@given(data=st.data())
def test_rain_forbids_and_never_allows(problems, data):
    """Whatever rains: no day is added, none outside the rain is taken, dry work and all else stay as they were."""
    problem = data.draw(problems)
    wet = data.draw(st.lists(st.booleans(), min_size=len(problem.visits), max_size=len(problem.visits)))
    visits = [replace(visit, wet_sensitive=is_wet) for visit, is_wet in zip(problem.visits, wet, strict=True)]
    first, last = sorted(data.draw(st.tuples(DAYS, DAYS)))
    rain = Rain(first, last, machines=data.draw(st.sampled_from([frozenset(), frozenset({"mower"})])))
    asked, _ = change_visits(visits, [rain])

    for before, after in zip(visits, asked, strict=True):
        kept = {on for on in before.day_windows if not (rain.hits(before) and covers(first, last, on))}
        assert set(after.day_windows) == kept
        assert after == replace(before, day_windows=after.day_windows, forbidden=after.forbidden)
        assert before.day_windows.keys() - kept <= after.forbidden.keys()
