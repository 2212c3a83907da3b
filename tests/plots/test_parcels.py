from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import InputError
from geo_service.plots.model import Parcel
from geo_service.plots.parcels import (
    ParcelKey,
    format_key,
    format_parcels,
    is_key,
    parcel_from,
    parse_key,
    parse_parcels,
)

digits = st.text("0123456789", min_size=1, max_size=1)


def number(width: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=width, max_size=width)


keys = st.builds(
    lambda *parts: "".join(parts),
    number(2),
    number(4),
    st.one_of(number(3), st.just("___")),
    number(5),
    st.one_of(st.text("0123456789abcXYZ", min_size=4, max_size=4), st.just("____")),
    st.one_of(number(2), st.just("__")),
)


@given(keys)
def test_a_key_survives_being_taken_apart(key: str) -> None:
    assert is_key(key)
    assert format_key(parse_key(key)) == key


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("05453300101559______", ParcelKey("05", "4533", 1, 1559)),
        ("160115002004250001__", ParcelKey("16", "0115", 2, 425, "1")),
        ("095653___05443______", ParcelKey("09", "5653", None, 5443)),
        ("14041300100114000a02", ParcelKey("14", "0413", 1, 114, "a", 2)),
    ],
)
def test_keys_of_four_states(key: str, parts: ParcelKey) -> None:
    assert parse_key(key) == parts


@pytest.mark.parametrize("text", ["", "114a Lindenau", "095653___05443_____", "0956530__05443______", "x" * 20])
def test_what_is_no_key_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_key(text)
    assert "20 characters" in caught.value.remedy


def test_the_display_is_always_kept() -> None:
    assert parcel_from(" 114a Lindenau ") == Parcel("", "114a Lindenau")
    parcel = parcel_from("05453300101559______", district="Lüghausen", section="001")
    assert parcel == Parcel("05453300101559______", "1559 Lüghausen, Flur 1")


displays = st.text(min_size=0, max_size=12).filter(lambda text: "\x00" not in text)


@given(st.lists(st.builds(Parcel, st.one_of(keys, st.just("")), displays), max_size=4).map(tuple))
def test_a_column_of_parcels_reads_back(parcels: tuple[Parcel, ...]) -> None:
    assert parse_parcels(format_parcels(parcels)) == parcels


@pytest.mark.parametrize("text", ["not a key=5443", "[1, 2]", "[broken"])
def test_broken_columns_of_parcels_raise(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_parcels(text)
