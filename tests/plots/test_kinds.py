from __future__ import annotations

import pytest

from geo_service.plots import kinds
from geo_service.plots.kinds import care_of
from geo_service.plots.model import CareKind, PlotState


@pytest.mark.parametrize(
    ("told", "care", "state"),
    [
        (["leisure=playground"], CareKind.LAWN, PlotState.MAINTAINED),
        (["landuse=meadow"], CareKind.MEADOW, PlotState.MAINTAINED),
        (["natural=scrub"], CareKind.SHRUBS, PlotState.MAINTAINED),
        (["landuse=construction"], CareKind.WILD, PlotState.REGISTERED),
        (["VAC LAND RES < ACRE"], CareKind.WILD, PlotState.REGISTERED),
        (["residential", "Rasen"], CareKind.LAWN, PlotState.MAINTAINED),
        ([], CareKind.WILD, PlotState.REGISTERED),
    ],
)
def test_a_kind_tells_care_and_state(told: list[str], care: CareKind, state: PlotState) -> None:
    assert care_of(told) == (care, state)


def test_every_word_of_the_table_is_documented() -> None:
    documented = str(kinds.__doc__)
    assert [word for words in kinds._WORDS.values() for word in words.split() if word not in documented] == []
