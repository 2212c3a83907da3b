from __future__ import annotations

import pytest

from geo_service.base.errors import InputError
from geo_service.work.waste import WASTE, WASTE_KEYS, waste_key


def test_starred_keys_are_hazardous_and_only_those() -> None:
    hazardous = {key for key, entry in WASTE.items() if entry.hazardous}
    assert {"170605*", "170503*", "200135*"} <= hazardous
    assert not hazardous & {"200201", "200301", "200307", "160103"}
    assert all(len(key.rstrip("*")) == 6 and key.rstrip("*").isdecimal() for key in WASTE)


def test_spaces_do_not_matter() -> None:
    assert waste_key("20 02 01").key == "200201"


def test_asbestos_without_its_star_is_refused_with_the_star_named() -> None:
    with pytest.raises(InputError) as caught:
        waste_key("170605")
    assert "170605*" in caught.value.remedy


def test_an_unknown_key_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(InputError, match="unknown waste key") as caught:
        waste_key("999999")
    assert "200307" in caught.value.remedy


def test_the_keys_in_order_are_those_of_the_table() -> None:
    assert [entry.key for entry in WASTE_KEYS] == sorted(WASTE)
    assert len({entry.name_de for entry in WASTE_KEYS}) == len(WASTE_KEYS) == len(WASTE)
