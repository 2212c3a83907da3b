from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo_service.outputs.map_frame import make_frame
from geo_service.outputs.map_streets import draw_streets, name_streets


@pytest.fixture
def frame(streets):
    return make_frame(shapely.get_coordinates(streets.lines), (120.0, 120.0))


def test_streets_are_in_metres_with_names_and_licence(streets, network):
    assert len(streets.lines) == network.sections
    assert shapely.length(streets.lines) == pytest.approx(200, abs=0.05)
    assert set(streets.names) == set(network.names) - {""}
    assert streets.licence == "CC0-1.0"


def test_wider_classes_are_drawn_wider_and_what_lies_outside_is_not_drawn(streets, frame):
    draw_streets(frame, streets)
    drawn = {
        float(lines.get_linewidths()[0]): len(lines.get_segments())
        for lines in frame.axes.collections
        if lines.get_segments()
    }
    assert drawn == {
        1.6: int(np.sum(streets.highways == "tertiary")),
        1.0: int(np.sum(streets.highways == "residential")),
    }
    away = make_frame(np.array([(400_000.0, 5_700_000.0)]), (50.0, 50.0))
    draw_streets(away, streets)
    assert not any(lines.get_segments() for lines in away.axes.collections)


def test_names_lie_on_nothing_and_those_asked_for_come_first(streets, frame):
    name_streets(frame, streets, first={"Lange Straße 5"}, most=3)
    names = [text.get_text() for text in frame.axes.texts]
    assert len(names) == 3
    assert names[0] == "Lange Straße 5"
    a, b, c = frame.taken
    assert not a.intersects(b)
    assert not b.intersects(c)
    assert not a.intersects(c)


def test_a_name_is_left_out_where_there_is_no_room(streets, frame):
    frame.taken.append(shapely.box(*frame.box))
    name_streets(frame, streets)
    assert not frame.axes.texts
