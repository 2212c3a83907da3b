from __future__ import annotations

import copy
import json
from itertools import combinations
from typing import Any

import pytest

from geo_service.base.errors import InputError
from geo_service.work.crews import crews_from_json, crews_to_json
from geo_service.work.hours import MAX_WORK_S, required_break_s
from geo_service.work.model import Catalogue, Crew

OKABE_ITO = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}

ONE: dict[str, Any] = {
    "crews": [
        {
            "code": "crew-1",
            "name": "Kolonne 1",
            "people": 2,
            "skills": ["machines"],
            "machines": ["mower"],
            "vehicle": "Transporter",
            "capacity_m3": 3,
            "shift_start": "06:45",
            "shift_end": "15:15",
            "depot": "depot",
            "colour": "#0072B2",
        }
    ]
}


def test_the_four_sample_crews(crews: tuple[Crew, ...], catalogue: Catalogue) -> None:
    assert [crew.code for crew in crews] == ["crew-1", "crew-2", "crew-3", "crew-4"]
    assert all(2 <= crew.people <= 4 and crew.depot == "depot" for crew in crews)
    assert {crew.colour for crew in crews} <= OKABE_ITO
    assert all(a.colour != b.colour for a, b in combinations(crews, 2))
    assert {code for crew in crews for code in crew.machines} == set(catalogue.machines)


def test_no_sample_shift_breaks_the_working_time_law(crews: tuple[Crew, ...]) -> None:
    for crew in crews:
        length_s = crew.shift_end_s - crew.shift_start_s
        assert length_s - required_break_s(length_s) <= MAX_WORK_S


def test_written_and_read_again_they_are_the_same(crews: tuple[Crew, ...]) -> None:
    assert crews_from_json(json.loads(json.dumps(crews_to_json(crews)))) == crews


def test_one_field_each_reaches_the_crew() -> None:
    (crew,) = crews_from_json(ONE)
    assert (crew.shift_start_s, crew.shift_end_s) == (24_300, 54_900)
    assert crew.weekdays == (0, 1, 2, 3, 4)
    assert (crew.regular_s, crew.max_work_s) == (MAX_WORK_S, MAX_WORK_S)
    assert (crew.profile, crew.ends_empty, crew.end) == ("", False, "")


def test_what_a_crew_may_have_beside() -> None:
    more = {"regular": "07:48", "max_work": "09:30", "profile": "truck", "ends_empty": True, "end": "yard-2"}
    (crew,) = crews_from_json({"crews": [ONE["crews"][0] | more]})
    assert (crew.regular_s, crew.max_work_s) == (28_080, 34_200)
    assert (crew.profile, crew.ends_empty, crew.end) == ("truck", True, "yard-2")
    assert crews_from_json(json.loads(json.dumps(crews_to_json([crew])))) == (crew,)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("shift_start", "6:45", "no time of day"),
        ("shift_start", "24:00", "no time of day"),
        ("shift_end", "06:45", "does not lie after"),
        ("shift_end", "20:00", "11 h of rest"),
        ("weekdays", [6], "ArbZG §9"),
        ("weekdays", [], "ArbZG §9"),
        ("weekdays", [1, 1], "ArbZG §9"),
        ("weekdays", [7], "no whole number"),
        ("colour", "blue", "no colour"),
        ("capacity_m3", "3", "no number in range"),
        ("people", 0, "no whole number"),
        ("machines", "mower", "is no list"),
        ("vehicle", None, "is missing"),
        ("driver", "x", "is no field"),
        ("max_work", "10:01", "ArbZG §3"),
        ("max_work", "00:00", "ArbZG §3"),
        ("max_work", "8", "no time of day"),
        ("regular", "08:01", "more than max_work"),
        ("regular", "00:00", "more than max_work"),
        ("profile", "horse", "not one of the known values"),
        ("ends_empty", 1, "neither true nor false"),
        ("end", "The Yard", "is no code"),
    ],
)
def test_a_wrong_field_is_named_with_its_entry_and_a_remedy(field: str, value: Any, says: str) -> None:
    document = copy.deepcopy(ONE)
    document["crews"][0][field] = value
    with pytest.raises(InputError, match=says) as caught:
        crews_from_json(document)
    assert caught.value.fields["entry"] == "crews, crews, crew-1"
    assert caught.value.remedy


def test_a_code_stands_once() -> None:
    with pytest.raises(InputError, match="twice"):
        crews_from_json({"crews": ONE["crews"] * 2})
