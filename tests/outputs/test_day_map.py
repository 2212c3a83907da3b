from __future__ import annotations

import io
from dataclasses import replace

import pytest

from geo_service.outputs.day_map import day_figure, extent_m
from geo_service.outputs.map_frame import drawable


def texts(figure) -> set[str]:
    return {text.get_text() for text in figure.axes[0].texts}


def test_the_map_of_a_crew_names_stops_and_streets(day, streets):
    figure = day_figure(day.only("crew-1"), streets=streets)
    shown = texts(figure)
    assert {str(order) for order in range(1, 13)} <= shown
    assert any("Querstraße" in text for text in shown)
    assert any("Schematische Beispieldaten" in text and "CC0-1.0" in text for text in shown)
    assert "Schematic sample data · CC0-1.0" in texts(day_figure(day, streets=streets, lang="en"))
    left, right = figure.axes[0].get_xlim()
    assert left < 313_490 < right, "axes are in metres of the plan CRS"


def test_the_map_of_all_crews_tells_them_apart(day, streets):
    figure = day_figure(day, streets=streets)
    assert {"Kolonne Grün", "Kolonne Ost"} <= texts(figure)
    routes = {
        (line.get_color(), str(line.get_linestyle())) for line in figure.axes[0].lines if len(line.get_xdata()) > 2
    }
    assert len({dashes for _, dashes in routes}) == 2, "by dashes"
    assert len({colour for colour, _ in routes}) == 2, "by colour"


def test_two_visits_to_one_plot_share_a_number_plate(day, streets):
    first = day.crews[0]
    twice = (*first.stops[:1], replace(first.stops[0], order=2, task="litter_pick"))
    figure = day_figure(replace(day, crews=(replace(first, stops=twice),)), streets=streets)
    assert "1, 2" in texts(figure)


def test_a_map_needs_neither_streets_nor_lines_nor_crews(day):
    first = day.crews[0]
    bare = replace(first, stops=tuple(replace(stop, leg=(), outline=()) for stop in first.stops), way_back=())
    for some in (replace(day, crews=(bare,)), replace(day, crews=())):
        assert day_figure(some).axes[0].get_xlim()
    assert extent_m(replace(day, crews=())) == (0.0, 0.0)


def test_extent_is_in_metres(day):
    across, up = extent_m(day.only("crew-1"))
    assert across == pytest.approx(850, abs=60)
    assert up == pytest.approx(1010, abs=60)


def test_the_same_map_is_drawn_twice_the_same(day, streets):
    def drawn() -> bytes:
        out = io.BytesIO()
        day_figure(day, streets=streets, size_mm=(90.0, 60.0)).savefig(out, format="raw", dpi=60)
        return out.getvalue()

    assert drawn() == drawn()


def test_signs_that_the_font_lacks_and_mathematics_do_no_harm(day):
    assert drawable("Straße 漢") == "Straße \ufffd"
    shown = replace(day, crews=tuple(replace(crew, name="$\\frac{1}$ 漢") for crew in day.crews))
    figure = day_figure(shown)
    figure.savefig(io.BytesIO(), format="png")
    assert "$\\frac{1}$ \ufffd" in texts(figure)
