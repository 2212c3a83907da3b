"""Children's places and ideas: made of pictograms only, nothing public before an adult, never where a home may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point

from geo_service.base.errors import InputError, RuleBroken
from geo_service.neighbourhood.children import (
    KINDS,
    WORDS,
    ChildPlace,
    Feeling,
    Review,
    Stroke,
    approve,
    in_order_of_care,
    make_code,
    refuse,
    require_place,
)
from geo_service.neighbourhood.courtyard_ideas import (
    CourtyardIdea,
    IdeaPart,
    IdeaState,
    IdeaStep,
    add_step,
    approve_idea,
    next_states,
    require_parts,
)
from geo_service.neighbourhood.public_position import STEP_M, public_position

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
PLACE = ChildPlace("p1", Feeling.GOOD, "play", Point(12.33, 51.32), "0" * 64, AT)
IDEA = CourtyardIdea("i1", (IdeaPart("tree", Point(12.33, 51.32)),), "0" * 64, AT)


def test_child_1_a_place_is_a_pictogram_with_no_name_and_no_account():
    fields = set(ChildPlace.__dataclass_fields__)
    assert not {"name", "text", "mail", "phone", "address", "author"} & fields
    for feeling in Feeling:
        require_place(feeling, KINDS[feeling][0], WORDS[feeling][0])
        assert "home" not in KINDS[feeling] and "house" not in KINDS[feeling]
    with pytest.raises(InputError, match="pictogram"):
        require_place(Feeling.GOOD, "my house", "")
    with pytest.raises(InputError, match="word"):
        require_place(Feeling.GOOD, "play", "Eva wohnt hier")


def test_child_2_a_danger_spot_reaches_an_adult_before_publication():
    danger = replace(PLACE, place_id="p2", feeling=Feeling.DANGER, kind="glass", received_at=AT.replace(hour=10))
    done = approve(PLACE, at=AT, public_point=Point(12.331, 51.32))
    assert not PLACE.is_public and not danger.is_public and done.is_public
    assert [one.place_id for one in in_order_of_care([done, replace(PLACE, place_id="p3"), danger])] == [
        "p2",
        "p3",
        "p1",
    ]
    taken_back = refuse(done, at=AT, reason="home")
    assert not taken_back.is_public and taken_back.public_point is None
    with pytest.raises(InputError):
        refuse(PLACE, at=AT, reason="weiß nicht")


STREET = LineString([(0, 0), (200, 0)])


@given(st.floats(0, 200), st.floats(-60, 60))
def test_child_5_home_addresses_cannot_be_published(x, y):
    """What is shown depends on a cell or a step that several houses share, not on where exactly a finger was."""
    shown = public_position(Point(x, y), streets=[STREET], greens=[])
    if shown.ground == "street":
        along = shown.point.x
        assert shown.point.y == 0 and (along % STEP_M < 1e-6 or STEP_M - along % STEP_M < 1e-6)
    else:
        assert shown.ground == "grid" and shown.point.x % 100 == 50


def test_in_open_green_a_place_stays_where_it_was_within_a_cell():
    green = shapely.box(0, 0, 100, 100)
    assert public_position(Point(52, 57), streets=[STREET], greens=[green]).moved_m < 8


def test_child_6_an_idea_goes_on_step_by_step_and_never_back():
    parts = (IdeaPart("tree", Point(12.33, 51.32)), IdeaPart("path", LineString([(12.33, 51.32), (12.3301, 51.3201)])))
    require_parts(parts)
    seen = approve_idea(IDEA, at=AT)
    assert (seen.review, seen.steps[-1].state) == (Review.APPROVED, IdeaState.SEEN)
    planned = add_step(seen, IdeaStep(IdeaState.PLANNED, AT, "im Frühling"))
    assert IdeaState.ASKED not in next_states(planned)
    built = add_step(planned, IdeaStep(IdeaState.BUILT, AT))
    assert next_states(built) == ()
    with pytest.raises(RuleBroken):
        add_step(built, IdeaStep(IdeaState.PLANNED, AT))
    for wrong in ((), (IdeaPart("castle", Point(12.33, 51.32)),), (IdeaPart("tree", Point(12, 51)), parts[0])):
        with pytest.raises(InputError):
            require_parts(wrong)


def test_a_drawing_stays_on_its_square_and_small():
    require_place(Feeling.GOOD, "play", "", [Stroke(0, ((0, 0), (1000, 1000)))])
    for wrong in ([Stroke(9, ((0, 0),))], [Stroke(0, ())], [Stroke(0, ((1001, 0),))], [Stroke(0, ((0, 0),))] * 61):
        with pytest.raises(InputError):
            require_place(Feeling.GOOD, "play", "", wrong)


def test_codes_are_three_animals_that_no_other_group_has():
    first = make_code(lambda animals: animals[0], ())
    assert first.count("-") == 2
    with pytest.raises(RuleBroken, match="hardly any code"):
        make_code(lambda animals: animals[0], {first})
