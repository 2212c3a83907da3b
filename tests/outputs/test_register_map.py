from __future__ import annotations

from dataclasses import replace

import pytest

from geo_service.base.errors import CrsMismatch
from geo_service.outputs.register_map import register_figure
from geo_service.plots.model import PlotState


def texts(figure) -> set[str]:
    return {text.get_text() for text in figure.axes[0].texts}


def test_the_register_shows_quarters_and_plots_by_state(plots, quarters, streets):
    shown = texts(register_figure(plots, quarters, streets=streets, sample=True))
    assert {"KLEINZSCHOCHER", "PLAGWITZ", "16 Flächen"} <= shown
    count = sum(plot.state is PlotState.MAINTAINED for plot in plots)
    assert f"in Pflege ({count})" in shown
    assert any("Schematische Beispieldaten" in text for text in shown)
    english = texts(register_figure(plots, quarters, lang="en"))
    assert "set aside (3)" in english


def test_the_register_draws_the_landscape(plots, quarters):
    landscape = (
        b'{"type":"FeatureCollection","features":['
        b'{"type":"Feature","properties":{"kind":"water"},"geometry":{"type":"Polygon",'
        b'"coordinates":[[[12.32,51.32],[12.33,51.32],[12.33,51.33],[12.32,51.32]]]}},'
        b'{"type":"Feature","properties":{"kind":"rail"},"geometry":{"type":"LineString",'
        b'"coordinates":[[12.32,51.32],[12.33,51.33]]}},'
        b'{"type":"Feature","properties":{"kind":"built"},"geometry":{"type":"Point","coordinates":[12,51]}}]}'
    )
    before = register_figure(plots, quarters).axes[0]
    after = register_figure(plots, quarters, landscape=landscape).axes[0]
    assert len(after.patches) == len(before.patches) + 1
    assert len(after.lines) == len(before.lines) + 1


def test_an_empty_register_is_a_map_too_and_mixed_systems_are_refused(plots, quarters):
    assert texts(register_figure([], [])) >= {"0 Flächen"}
    assert register_figure(plots, []).axes
    with pytest.raises(CrsMismatch, match="25832"):
        register_figure([replace(plots[0], epsg=25832)], quarters)
