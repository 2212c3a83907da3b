from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import FileUnreadable, InputError
from geo_service.work.catalogue import catalogue_from_json, catalogue_to_json, read_catalogue
from geo_service.work.model import Catalogue, Crew, RateTier, WorkKind

BOUND_CODES = {
    *("inspect", "litter_pick", "clear", "tree_check", "green", "establish_water", "mow_lawn", "cut_meadow"),
    *("trim_hedge", "coppice_hedge", "prune_shrubs", "sweep_path", "water_trees"),
}
ANNEX = {"brushcutter": "02", "mower": "32", "ride_on_mower": "32", "hedge_trimmer": "25", "chainsaw": "06"}

SMALL: dict[str, Any] = {
    "machines": [{"code": "mower", "name_de": "Rasenmäher", "name_en": "mower", "annex_number": "32", "source": "law"}],
    "kinds": [
        {
            "code": "look",
            "name_de": "Begehung",
            "name_en": "inspection",
            "states": ["registered"],
            "minutes_fixed": 10,
            "rates": [{"up_to_m2": None, "minutes_per_m2": 0}],
            "source": "own estimate",
        },
        {
            "code": "mow",
            "name_de": "Mähen",
            "name_en": "mowing",
            "care": "lawn",
            "states": ["maintained"],
            "minutes_fixed": 10,
            "rates": [{"up_to_m2": 1500, "minutes_per_m2": 0.1}, {"up_to_m2": None, "minutes_per_m2": 0.05}],
            "machines": ["mower"],
            "season": ["04-01", "10-31"],
            "interval_days": [18, 30],
            "after": "look",
            "source": "own estimate",
        },
    ],
}


def test_the_default_catalogue_holds_what_the_house_agreed_on(catalogue: Catalogue) -> None:
    assert set(catalogue.kinds) >= BOUND_CODES
    assert {code: catalogue.machines[code].annex_number for code in ANNEX} == ANNEX
    assert {code for code, machine in catalogue.machines.items() if machine.loud} == {"brushcutter", "leaf_blower"}
    woody = {code for code, kind in catalogue.kinds.items() if kind.woody_cut}
    assert woody == {"coppice_hedge", "prune_shrubs"}


WET = {"mower", "ride_on_mower", "hedge_trimmer", "leaf_blower"}


def test_what_waits_for_dry_weather_is_said_by_the_catalogue(catalogue: Catalogue) -> None:
    assert {code for code, machine in catalogue.machines.items() if machine.wet_sensitive} == WET
    assert {code for code, kind in catalogue.kinds.items() if kind.wet_sensitive} == {"green"}


def test_a_catalogue_kept_before_it_said_so_reads_as_it_was_meant(catalogue: Catalogue) -> None:
    old = catalogue_to_json(catalogue)
    for entry in (*old["machines"], *old["kinds"]):
        del entry["wet_sensitive"]
    assert catalogue_from_json(old) == catalogue


def test_planners_say_what_waits_for_dry_weather(catalogue: Catalogue) -> None:
    mower, look, mow = catalogue_from_json(SMALL).machines["mower"], *catalogue_from_json(SMALL).kinds.values()
    assert (mow.waits_for_dry([mower]), mow.waits_for_dry([]), look.waits_for_dry([])) == (True, False, False)
    edited = copy.deepcopy(SMALL)
    edited["machines"][0]["wet_sensitive"] = False
    edited["kinds"][0]["wet_sensitive"] = True
    dry, walk = catalogue_from_json(edited).machines["mower"], catalogue_from_json(edited).kinds["look"]
    assert (mow.waits_for_dry([dry]), walk.waits_for_dry([])) == (False, True)


def test_every_figure_group_of_the_default_catalogue_has_a_source(catalogue: Catalogue) -> None:
    for kind in catalogue.kinds.values():
        groups = {"Minutes": True, "People": True}
        groups |= {"Interval": kind.interval_days is not None, "season": kind.season is not None}
        groups |= {"volume": kind.volume_m3_per_m2 > 0, "Waste key": bool(kind.waste_key), "Order": bool(kind.after)}
        groups |= {"Supply": bool(kind.supply)}
        missing = [word for word, used in groups.items() if used and word.lower() not in kind.source.lower()]
        assert not missing, f"{kind.code}: no source for {missing}"
    assert all(machine.source for machine in catalogue.machines.values())


def test_nine_cuts_cost_what_galk_says(catalogue: Catalogue) -> None:
    mow = catalogue.kinds["mow_lawn"]
    yearly_min_per_m2 = 9 * mow.service_s(1000) / 60 / 1000
    assert 0.5 <= yearly_min_per_m2 <= 0.7
    assert mow.machines_for(1500) == {"mower"}
    assert mow.machines_for(1501) == {"ride_on_mower"}


def test_some_crew_can_do_everything_and_mostly_two_can(catalogue: Catalogue, crews: tuple[Crew, ...]) -> None:
    able = {
        (kind.code, tier.up_to_m2): sum(_can(crew, kind, tier) for crew in crews)
        for kind in catalogue.kinds.values()
        for tier in kind.rates
    }
    assert min(able.values()) >= 2, able


def test_written_and_read_again_it_is_the_same(catalogue: Catalogue) -> None:
    text = json.dumps(catalogue_to_json(catalogue), allow_nan=False)
    assert catalogue_from_json(json.loads(text)) == catalogue


def test_writing_gives_nothing_away_that_could_change_the_catalogue(catalogue: Catalogue) -> None:
    document = catalogue_to_json(catalogue)
    document["machines"][0]["loud"] = "broken"
    document["kinds"][0]["minutes_fixed"] = "broken"
    assert catalogue_to_json(catalogue)["machines"][0]["loud"] is True
    assert catalogue.kinds["inspect"].minutes_fixed == 15


def test_the_last_tier_has_no_limit() -> None:
    assert catalogue_from_json(SMALL).kinds["mow"].rates[-1].up_to_m2 == math.inf


@pytest.mark.parametrize(
    ("where", "field", "value", "says"),
    [
        ("kinds", "minutes_fixed", -1, "no number in range"),
        ("kinds", "minutes_fixed", float("nan"), "no number in range"),
        ("kinds", "minutes_fixed", 10**400, "no number in range"),
        ("kinds", "minutes_fixed", True, "no number in range"),
        ("kinds", "minutes_fixed", None, "is missing"),
        ("kinds", "people", 1.5, "no whole number"),
        ("kinds", "people", False, "no whole number"),
        ("kinds", "people", 0, "no whole number"),
        ("kinds", "care", "moss", "not one of the known values"),
        ("kinds", "states", [], "is empty"),
        ("kinds", "states", "maintained", "is no list"),
        ("kinds", "states", [1], "not one of the known values"),
        ("kinds", "rates", [], "do not rise"),
        ("kinds", "rates", [{"up_to_m2": 5, "minutes_per_m2": 1}], "do not rise"),
        ("kinds", "rates", [{"minutes_per_m2": 1}, {"minutes_per_m2": 2}], "do not rise"),
        ("kinds", "rates", [{"minutes_per_m2": 1, "speed": 2}], "is no field"),
        ("kinds", "rates", [7], "is no object"),
        ("kinds", "machines", ["scythe"], "unknown: scythe"),
        ("kinds", "machines", [["mower"]], "is no text"),
        ("kinds", "season", ["04-01"], "no pair"),
        ("kinds", "season", ["04-31", "10-31"], "no month and day"),
        ("kinds", "season", ["4-1", "10-31"], "no month and day"),
        ("kinds", "season", ["02-29", "10-31"], "most years lack"),
        ("kinds", "interval_days", [30, 18], "no pair"),
        ("kinds", "interval_days", [0, 18], "no whole number"),
        ("kinds", "after", "dream", "no work 'dream'"),
        ("kinds", "after", "mow", "in a circle"),
        ("kinds", "volume_m3_per_m2", 0.1, "missing although"),
        ("kinds", "waste_key", "170605", "is hazardous"),
        ("kinds", "supply_m3_per_m2", 0.1, "missing although"),
        ("kinds", "supply", "Many Plants", "is no code"),
        ("kinds", "priority", 6, "no whole number"),
        ("kinds", "woody_cut", 1, "neither true nor false"),
        ("kinds", "code", "Mow Lawn", "is no code"),
        ("kinds", "code", "look", "twice"),
        ("kinds", "name_de", "a\x00b", "control characters"),
        ("kinds", "name_de", "\ud800", "control characters"),
        ("kinds", "name_de", "x" * 5000, "too long"),
        ("kinds", "name_de", " ", "is empty"),
        ("kinds", "source", "", "is empty"),
        ("kinds", "colour", "red", "is no field"),
        ("kinds", "\ud800", "red", "is no field"),
        ("machines", "loud", True, "contradicts annex_number"),
        ("machines", "annex_number", "2", "no number of the annex"),
        ("machines", "source", "", "is empty"),
    ],
)
def test_a_wrong_field_is_named_with_its_entry_and_a_remedy(where: str, field: str, value: Any, says: str) -> None:
    document = copy.deepcopy(SMALL)
    document[where][-1][field] = value
    with pytest.raises(InputError, match=says) as caught:
        catalogue_from_json(document, place="catalogue.json")
    assert caught.value.remedy
    assert caught.value.fields["entry"].startswith(f"catalogue.json, {where}, ")
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("document", [None, [], 3, "text", {}, {"machines": [], "kinds": {}}, {"kinds": []}])
def test_a_document_of_the_wrong_shape_is_refused(document: Any) -> None:
    with pytest.raises(InputError):
        catalogue_from_json(document)


def test_work_that_takes_no_time_is_refused() -> None:
    document = copy.deepcopy(SMALL)
    document["kinds"][0]["minutes_fixed"] = 0
    with pytest.raises(InputError, match="takes no time"):
        catalogue_from_json(document)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b'{"kinds": NaN}', b'{"kinds": [], "kinds": []}', b"[" * 100_000]
)
def test_a_broken_file_is_unreadable_not_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "catalogue.json"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match=r"catalogue\.json"):
        read_catalogue(path)


def test_a_missing_and_a_huge_file_are_unreadable(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="cannot be read"):
        read_catalogue(tmp_path / "nothing.json")
    (tmp_path / "huge.json").write_bytes(b" " * 5_000_001)
    with pytest.raises(FileUnreadable, match="larger than"):
        read_catalogue(tmp_path / "huge.json")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["machines", "kinds"]), st.data(), json_values)
def test_whatever_stands_in_a_field_it_is_read_or_explained(where: str, data: st.DataObject, value: Any) -> None:
    document = copy.deepcopy(SMALL)
    entry = document[where][-1]
    entry[data.draw(st.sampled_from([*entry, "people", "skills", "leads_to", "settle_days", "motor"]))] = value
    try:
        read = catalogue_from_json(document)
    except InputError as error:
        assert error.remedy
    else:
        assert catalogue_from_json(catalogue_to_json(read)) == read


def _can(crew: Crew, kind: WorkKind, tier: RateTier) -> bool:
    needed = tier.machines or kind.machines
    return crew.people >= kind.people and kind.skills <= crew.skills and needed <= crew.machines
