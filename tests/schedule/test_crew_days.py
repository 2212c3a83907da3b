from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from geo_service.base.errors import NotReady
from geo_service.schedule.crew_days import crew_days, rested
from geo_service.work.model import Crew

HOUR = 3600
CREW = Crew(
    code="crew-1",
    name="Kolonne 1",
    people=2,
    skills=frozenset({"woody"}),
    machines=frozenset({"chainsaw"}),
    vehicle="Transporter",
    capacity_m3=2.5,
    shift_start_s=7 * HOUR,
    shift_end_s=16 * HOUR,
    depot="depot-1",
)
WEEK = [date(2026, 11, 16) + timedelta(day) for day in range(7)]


def test_works_on_its_weekdays_but_on_no_holiday():
    saturdays = replace(CREW, code="crew-2", weekdays=(2, 5))
    worked = [(day.crew, day.on.day) for day in crew_days([CREW, saturdays], WEEK, 0)]

    assert worked == [("crew-1", 16), ("crew-1", 17), ("crew-1", 19), ("crew-1", 20), ("crew-2", 21)]


def test_never_on_sundays_whatever_is_asked():
    assert crew_days([replace(CREW, weekdays=(6,))], WEEK, 0) == ()


def test_takes_over_what_the_crew_has():
    day = crew_days([CREW], WEEK[:1], {"depot-1": 4})[0]

    assert (day.shift, day.depot_place, day.people, day.capacity_m3) == ((7 * HOUR, 16 * HOUR), 4, 2, 2.5)
    assert (day.skills, day.machines) == ({"woody"}, {"chainsaw"})


def test_a_date_asked_twice_is_one_crew_day():
    assert len(crew_days([CREW], [WEEK[0], WEEK[0]], 0)) == 1


def test_a_depot_without_place_is_an_error():
    with pytest.raises(NotReady, match="depot-1"):
        crew_days([CREW], WEEK[:1], {"depot-2": 0})


def test_eleven_hours_lie_between_the_shifts_of_a_crew():
    long_days = crew_days([replace(CREW, shift_start_s=6 * HOUR, shift_end_s=22 * HOUR)], WEEK, 0)
    shifts = {day.on.day: day.shift for day in rested(long_days)}

    assert shifts[16] == (6 * HOUR, 22 * HOUR)
    assert shifts[17] == (9 * HOUR, 22 * HOUR)
    assert shifts[19] == (6 * HOUR, 22 * HOUR)  # the holiday lies between


def test_ordinary_shifts_stay_as_they_are():
    days = crew_days([CREW, replace(CREW, code="crew-2")], WEEK, 0)

    assert rested(days) == days


def test_a_shift_of_which_nothing_is_left_is_empty():
    night = crew_days([replace(CREW, shift_start_s=14 * HOUR, shift_end_s=24 * HOUR)], WEEK[:1], 0)
    morning = crew_days([replace(CREW, shift_start_s=6 * HOUR, shift_end_s=10 * HOUR)], WEEK[1:2], 0)

    assert rested([*morning, *night])[0].shift == (11 * HOUR, 11 * HOUR)
