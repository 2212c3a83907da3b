from __future__ import annotations

import numpy as np
import pytest

from geo_service.outputs.map_frame import make_frame, slanted_box, text_width_pt


def test_a_frame_holds_all_points_at_one_scale():
    points = np.array([(313_000.0, 5_688_000.0), (316_000.0, 5_689_000.0)])
    frame = make_frame(points, (100.0, 80.0))
    left, low, right, high = frame.box
    assert left < 313_000
    assert right > 316_000
    assert low < 5_688_000
    assert high > 5_689_000
    assert (right - left) / (high - low) == pytest.approx(100 / 80)
    assert (right - left) / (100 / 25.4 * 72) == pytest.approx(frame.metres_per_point)


def test_a_frame_of_one_point_still_shows_its_surroundings():
    left, _, right, _ = make_frame(np.array([(0.0, 0.0)]), (100.0, 100.0)).box
    assert right - left == pytest.approx(500)
    assert make_frame(np.empty((0, 2)), (100.0, 100.0)).box[0] == pytest.approx(-250)


def test_a_wider_text_is_measured_wider():
    assert text_width_pt("Querstraße", 8) > text_width_pt("Quer", 8) > 0
    assert text_width_pt("m", 16) == pytest.approx(2 * text_width_pt("m", 8), rel=0.1)
    assert slanted_box((5.0, 5.0), 4.0, 2.0, 90.0).bounds == pytest.approx((4.0, 3.0, 6.0, 7.0))
