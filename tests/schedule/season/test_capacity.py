"""The hours of crews by week: holidays, breaks, travel, lawful hours; and what groups a visit uses."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from geo_service.plots.model import Baunvo
from geo_service.schedule.season.capacity import Capacity
from geo_service.schedule.season.horizon import Horizon
from geo_service.work.catalogue import read_catalogue
from geo_service.work.crews import read_crews

HOUR = 3600


@pytest.fixture(scope="module")
def catalogue(sample):
    return read_catalogue(sample / "catalogue.json")


@pytest.fixture(scope="module")
def crews(sample):
    return read_crews(sample / "crews.json")


def capacity(crews, catalogue, first=date(2026, 11, 9), weeks=4, **more):
    return Capacity(crews, catalogue, Horizon(first, weeks), **more)


def by_name(made, code):
    return next(one for one in made.resources if code in {name.code for name in one.names})


def test_a_week_with_a_holiday_has_a_day_less_and_nothing_lies_before_the_first_day(crews, catalogue):
    all_crews = by_name(capacity(crews, catalogue, date(2026, 11, 11), travel_share=0.0), "crews")
    day_s = 3 * 8 * HOUR + 5 * HOUR
    assert all_crews.capacity_s == (3 * day_s, 4 * day_s, 5 * day_s, 5 * day_s), "18 November is Buß- und Bettag"
    assert all_crews.crews == {crew.code for crew in crews}


def test_the_share_of_travel_is_taken_off(crews, catalogue):
    none, quarter = (
        by_name(capacity(crews, catalogue, travel_share=share), "crews").capacity_s[0] for share in (0.0, 0.25)
    )
    assert quarter == none * 3 // 4


def test_skills_machines_and_people_are_groups_of_crews(crews, catalogue):
    made = capacity(crews, catalogue)
    assert by_name(made, "skill:woody").crews == {"crew-1", "crew-3"}
    assert by_name(made, "machine:water_tank").crews == {"crew-2", "crew-4"}
    assert by_name(made, "people:3").crews == {"crew-1", "crew-2", "crew-3"}


def test_a_loud_machine_has_fewer_hours_where_people_live(crews, catalogue):
    made = capacity(crews, catalogue, travel_share=0.0)
    kind = catalogue.kinds["cut_meadow"]
    quiet, open_ = (
        min(made.resources[one].capacity_s[0] for one in made.resources_of(kind, kind.machines, zone))
        for zone in (Baunvo.WA, Baunvo.GE)
    )
    # 09-13 and 15-17 in the shifts of the three crews with a brushcutter: 4:15, 4:30 and 4 hours; the bound of the
    # city, 07-13 and 15-20, holds everywhere
    assert quiet == 5 * (4.25 + 4.5 + 4.0) * HOUR
    assert open_ == 5 * (6.25 + 6.5 + 6.0) * HOUR


def test_what_only_some_crews_can_do_counts_in_every_group_that_holds_them(crews, catalogue):
    made = capacity(crews, catalogue)
    kind = catalogue.kinds["prune_shrubs"]
    able = made.asked(kind, kind.machines, Baunvo.GE).able
    used = made.resources_of(kind, kind.machines, Baunvo.GE)
    assert able == {"crew-1", "crew-3"}
    assert all(able <= made.resources[one].crews for one in used)
    whole_day = [number for number, one in enumerate(made.resources) if able <= one.crews and "hours" not in one.code]
    assert set(whole_day) <= set(used)


def test_groups_bound_the_work_as_sharing_it_out_does(crews, catalogue):
    """Hall's condition: when each group has room, the hours can be given to able crews; tried on all small loads."""
    made = capacity(crews, catalogue, travel_share=0.0)
    asked = [("prune_shrubs", 0), ("water_trees", 0), ("tree_check", 0)]
    kinds = [catalogue.kinds[code] for code, _ in asked]
    ables = [made.asked(kind, kind.machines, Baunvo.GE).able for kind in kinds]
    day = {crew.code: (8 if crew.code != "crew-4" else 5) * 5 for crew in crews}
    for loads in itertools.product((0, 30, 60, 70, 100), repeat=3):
        used: dict[int, int] = {}
        for kind, load in zip(kinds, loads, strict=True):
            for one in made.resources_of(kind, kind.machines, Baunvo.GE):
                if "hours" not in made.resources[one].code:
                    used[one] = used.get(one, 0) + load * HOUR
        fits = all(load <= made.resources[one].capacity_s[0] for one, load in used.items())
        unions = [
            frozenset().union(*(ables[one] for one in chosen))
            for count in (1, 2, 3)
            for chosen in itertools.combinations(range(3), count)
        ]
        shared = all(
            sum(load for able, load in zip(ables, loads, strict=True) if able <= union)
            <= sum(day[code] for code in union)
            for union in unions
        )
        assert fits == shared, loads


def test_work_that_nobody_can_do_has_a_resource_without_hours(crews, catalogue):
    made = capacity([replace(crew, skills=crew.skills - {"trees"}) for crew in crews], catalogue)
    kind = catalogue.kinds["tree_check"]
    (only,) = made.resources_of(kind, kind.machines, Baunvo.GE)
    assert not any(made.resources[only].capacity_s)
    assert made.resources[only].names[0].en == "1 people, trees"


def test_days_of_the_week_are_those_of_the_able_crews(crews, catalogue):
    some = [replace(crews[0], weekdays=(1, 5)), *crews[1:]]
    made = capacity(some, catalogue)
    assert made.weekdays(frozenset({"crew-1"})) == (1, 5)
    assert made.weekdays(frozenset({"crew-1", "crew-2"})) == (0, 1, 2, 3, 4, 5)
