"""Ground is never lost: what is split adds up, what is merged again has the outline that it had."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo_service.base.errors import InputError
from geo_service.plots.checks import outline_keys
from geo_service.plots.merge import joined_outline, merged
from geo_service.plots.model import (
    Baunvo,
    CareArea,
    CareKind,
    Contamination,
    OwnerKind,
    Parcel,
    Plot,
    PlotState,
    Tenure,
    TenureKind,
)
from geo_service.plots.split import cut_outline, fitted_parts, split_into
from geo_service.plots.table import object_array

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
X, Y = 313_000.0, 5_690_000.0
WHO = {"author": "ada", "at": AT}
PLOT = Plot("p1", "KLZ-0001", box(X, Y, X + 40, Y + 20), 25833, 800.0, quarter="52")


@st.composite
def outlines(draw):
    """A star-shaped outline of 20 to 60 m with uneven corners, some with a yard inside."""
    count = draw(st.integers(4, 14))
    radii = [draw(st.floats(20, 60)) for _ in range(count)]
    turn = draw(st.floats(0, 1))
    corners = [
        (X + r * math.cos(2 * math.pi * (i + turn) / count), Y + r * math.sin(2 * math.pi * (i + turn) / count))
        for i, r in enumerate(radii)
    ]
    hole = [[(X - 3, Y - 3), (X + 3, Y - 3), (X + 3, Y + 3), (X - 3, Y + 3)]] if draw(st.booleans()) else []
    found = Polygon(corners, hole)
    assume(found.is_valid)
    return found


@st.composite
def lines(draw):
    """A line across, mostly through the middle, sometimes bent."""
    angle, off = draw(st.floats(0, math.pi)), draw(st.floats(-30, 30))
    dx, dy = math.cos(angle), math.sin(angle)
    middle = (X - off * dy, Y + off * dx)
    bend = draw(st.floats(-8, 8))
    return LineString(
        [
            (middle[0] - 200 * dx, middle[1] - 200 * dy),
            (middle[0] - bend * dy, middle[1] + bend * dx),
            (middle[0] + 200 * dx, middle[1] + 200 * dy),
        ]
    )


@settings(max_examples=150, deadline=None)
@given(outline=outlines(), line=lines())
def test_a_cut_loses_no_ground_and_merging_gives_the_outline_back(outline, line):
    try:
        pieces = cut_outline(outline, line, 25833)
    except InputError as error:
        assert error.code in ("not_cut", "sliver")
        return
    assert abs(sum(piece.area for piece in pieces) - outline.area) < 0.01
    assert all(piece.is_valid and piece.area >= 1 for piece in pieces)
    assert [piece.area for piece in pieces] == sorted((piece.area for piece in pieces), reverse=True)
    assert all(one.intersection(two).area < 1e-4 for at, one in enumerate(pieces) for two in pieces[:at])
    again = joined_outline(pieces)
    assert again.is_valid
    assert abs(again.area - outline.area) < 0.1
    assert again.hausdorff_distance(outline) < 0.01


@given(at=st.floats(2, 38), tilt=st.floats(-1, 1))
def test_a_simple_plot_has_the_very_corners_again(at, tilt):
    line = LineString([(X + at + tilt, Y - 5), (X + at - tilt, Y + 25)])
    again = joined_outline(cut_outline(PLOT.geometry, line, 25833))
    assert outline_keys(object_array([again])) == outline_keys(object_array([PLOT.geometry]))


def test_a_corner_that_was_there_stays():
    bent = Polygon([(X, Y), (X + 20, Y), (X + 20, Y + 5), (X + 40, Y + 5), (X + 40, Y + 20), (X, Y + 20)])
    pieces = cut_outline(bent, LineString([(X + 20, Y - 1), (X + 20, Y + 21)]), 25833)
    assert outline_keys(object_array([joined_outline(pieces)])) == outline_keys(object_array([bent]))


def test_a_line_that_was_snapped_to_the_boundary_cuts():
    pieces = cut_outline(PLOT.geometry, LineString([(X + 10, Y + 0.03), (X + 10, Y + 20)]), 25833)
    assert [round(piece.area) for piece in pieces] == [600, 200]


def test_a_line_may_cut_several_pieces_and_leaves_other_parts_alone():
    far = box(X + 100, Y, X + 110, Y + 10)
    comb = Polygon([(X, Y), (X + 30, Y), (X + 30, Y + 20), (X + 20, Y + 20), (X + 20, Y + 5), (X + 10, Y + 5),
                    (X + 10, Y + 20), (X, Y + 20)])  # fmt: skip
    pieces = cut_outline(MultiPolygon([comb, far]), LineString([(X - 1, Y + 12), (X + 31, Y + 12)]), 25833)
    assert [round(piece.area) for piece in pieces] == [290 + 100, 80, 80]
    assert pieces[0].geom_type == "MultiPolygon"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (LineString([(X + 10, Y - 5), (X + 10, Y + 10)]), "not_cut"),
        (LineString([(X + 100, Y - 5), (X + 100, Y + 50)]), "not_cut"),
        (LineString([(X - 1, Y + 1.5), (X + 1.5, Y - 1)]), "sliver"),
    ],
)
def test_a_line_that_cuts_nothing_or_nothing_worth_it_is_refused(line, code):
    with pytest.raises(InputError) as caught:
        cut_outline(PLOT.geometry, line, 25833)
    assert caught.value.code == code
    assert caught.value.fields["lon"] == pytest.approx(12.3, abs=0.1)
    assert caught.value.remedy


@settings(max_examples=60, deadline=None)
@given(at=st.floats(5, 35), off=st.lists(st.floats(-0.02, 0.02), min_size=8, max_size=8))
def test_drawn_parts_are_fitted_to_the_plot(at, off):
    left = Polygon([(X + off[0], Y), (X + at + off[1], Y), (X + at + off[2], Y + 20), (X, Y + 20 + off[3])])
    right = Polygon([(X + at + off[4], Y), (X + 40 + off[5], Y), (X + 40, Y + 20), (X + at + off[6], Y + 20 + off[7])])
    one, two = fitted_parts(PLOT.geometry, [left, right], 25833)
    assert abs(one.area + two.area - 800) < 0.01
    assert one.intersection(two).area < 1e-6
    assert abs(one.area - at * 20) < 2


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([box(X, Y, X + 40, Y + 20)], "too_few_parts"),
        ([box(X, Y, X + 10, Y + 20), box(X + 12, Y, X + 40, Y + 20)], "parts_differ"),
        ([box(X, Y, X + 12, Y + 20), box(X + 10, Y, X + 40, Y + 20)], "parts_differ"),
        ([box(X, Y - 3, X + 10, Y + 20), box(X + 10, Y, X + 40, Y + 20)], "parts_differ"),
        ([box(X, Y, X + 40, Y + 20), box(X, Y - 0.01, X + 1, Y + 0.01)], "sliver"),
    ],
)
def test_parts_that_do_not_make_the_plot_are_refused(parts, code):
    with pytest.raises(InputError) as caught:
        fitted_parts(PLOT.geometry, parts, 25833)
    assert caught.value.code == code


def parts_of(plot, *at_m):
    cuts = [LineString([(X + at, Y - 5), (X + at, Y + 25)]) for at in at_m]
    pieces = cut_outline(plot.geometry, shapely.MultiLineString(cuts), 25833)
    names = [(f"p{number}", f"KLZ-{number:04d}") for number in range(2, len(pieces) + 1)]
    return split_into(plot, pieces, names, [plot.quarter] * len(pieces), **WHO)


@given(at=st.floats(1, 39), lawn=st.floats(0, 800), hedge=st.floats(0, 100))
def test_care_areas_are_shared_out_and_add_up(at, lawn, hedge):
    plot = replace(PLOT, care_areas=(CareArea(CareKind.LAWN, lawn), CareArea(CareKind.HEDGE, hedge)))
    parts = parts_of(plot, at)
    for kind, area_m2 in ((CareKind.LAWN, lawn), (CareKind.HEDGE, hedge)):
        assert sum(part.care_m2(kind) for part in parts) == pytest.approx(area_m2, abs=1e-4)
    whole, _ = merged(parts, "52", **WHO)
    assert whole.care_m2(CareKind.LAWN) == pytest.approx(lawn, abs=1e-4)


def test_what_is_said_of_the_whole_is_said_of_the_parts():
    plot = replace(
        PLOT,
        care_areas=(CareArea(CareKind.LAWN, 800.0),),
        access=Point(X + 39, Y),
        hazard_note="Glas",
        baunvo=Baunvo.WA,
        source_id="7",
    )
    large, small = parts_of(plot, 10)
    assert (large.plot_id, large.code, large.area_m2, large.source_id) == ("p1", "KLZ-0001", pytest.approx(600), "7")
    assert (small.plot_id, small.code, small.area_m2, small.source_id) == ("p2", "KLZ-0002", pytest.approx(200), "")
    assert (large.access, small.access) == (plot.access, None)
    assert (large.care_areas[0].area_m2, small.care_areas[0].area_m2) == (600.0, 200.0)
    assert {(part.hazard_note, part.baunvo, part.state) for part in (large, small)} == {("Glas", Baunvo.WA, plot.state)}
    assert large.history[-1].reason == "abgetrennt: KLZ-0002"
    assert small.history[-1].reason == "abgetrennt von KLZ-0001"


def beside(number, **told):
    at = X + 40 * (number - 1)
    return replace(PLOT, plot_id=f"p{number}", code=f"KLZ-{number:04d}", geometry=box(at, Y, at + 40, Y + 20), **told)


def test_the_strictest_holds_for_the_whole():
    whole, remarks = merged(
        [
            beside(1, baunvo=Baunvo.WA, owner_kind=OwnerKind.CITY, contamination=Contamination.NO, hazard_note="Glas",
                   tenure=Tenure(TenureKind.LEASE, None, date(2027, 1, 1)), parcels=(Parcel("", "1"),)),
            beside(2, baunvo=Baunvo.GE, owner_kind=OwnerKind.CITY, contamination=Contamination.UNKNOWN, public=False,
                   tenure=Tenure(TenureKind.LEASE, date(2026, 1, 1), date(2026, 12, 1)),
                   parcels=(Parcel("", "1"), Parcel("", "2")), hazard_note="Grube", access=Point(X + 50, Y)),
        ],
        "52", **WHO,
    )  # fmt: skip
    assert (whole.plot_id, whole.code, round(whole.area_m2)) == ("p1", "KLZ-0001", 1600)
    assert (whole.baunvo, whole.owner_kind, whole.contamination) == (
        Baunvo.UNKNOWN,
        OwnerKind.CITY,
        Contamination.UNKNOWN,
    )
    assert whole.tenure == Tenure(TenureKind.LEASE, date(2026, 1, 1), date(2026, 12, 1))
    assert [parcel.display for parcel in whole.parcels] == ["1", "2"]
    assert (whole.public, whole.hazard_note, whole.access) == (False, "Glas; Grube", Point(X + 50, Y))
    assert [one.text.split(" verschieden")[0] for one in remarks] == [
        "Art der Nutzung", "Altlasten", "Recht ab", "Recht bis", "öffentlich",
    ]  # fmt: skip


def test_shared_ground_counts_once_and_a_gap_stays():
    over = replace(beside(2), geometry=box(X + 30, Y, X + 70, Y + 20))
    whole, remarks = merged([PLOT, over], "52", **WHO)
    assert whole.area_m2 == pytest.approx(1400)
    assert [one.code for one in remarks] == ["overlap"]
    whole, _ = merged([PLOT, replace(beside(2), geometry=box(X + 60, Y, X + 70, Y + 20))], "52", **WHO)
    assert (whole.area_m2, whole.geometry.geom_type) == (pytest.approx(1000), "MultiPolygon")


@pytest.mark.parametrize(
    ("plots", "code"),
    [
        ([PLOT], "too_few_plots"),
        ([PLOT, PLOT], "too_few_plots"),
        ([PLOT, beside(3)], "apart"),
        ([PLOT, beside(2, state=PlotState.CLEARED)], "state_differs"),
        ([PLOT, beside(2, tenure=Tenure(TenureKind.OWN))], "tenure_differs"),
    ],
)
def test_plots_that_do_not_belong_together_are_not_merged(plots, code):
    with pytest.raises(InputError) as caught:
        merged(plots, "52", **WHO)
    assert caught.value.code == code


def test_a_chain_is_merged_though_its_ends_lie_apart():
    whole, _ = merged([PLOT, beside(3), beside(2)], "52", **WHO)
    assert outline_keys(object_array([whole.geometry])) == outline_keys(object_array([box(X, Y, X + 120, Y + 20)]))
