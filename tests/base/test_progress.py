"""Stop rules and the arithmetic of reports."""

from __future__ import annotations

import pytest

from geo_service.base.progress import after_iterations, after_seconds, either
from geo_service.base.report import ImportReport, Refused


def test_after_iterations():
    stop = after_iterations(3)
    assert [stop(count) for count in range(5)] == [False, False, False, True, True]


def test_after_seconds_by_a_clock_that_is_passed_in():
    moments = iter([0.0, 1.0, 1.9, 2.0])
    stop = after_seconds(2, now=lambda: next(moments))
    assert [stop(0), stop(0), stop(0)] == [False, False, True]


def test_either_rule_stops():
    stop = either(after_iterations(5), after_iterations(2))
    assert [stop(1), stop(2)] == [False, True]


def test_a_report_that_loses_rows_cannot_be_made():
    refused = (Refused(2, "b", "no outline", "draw one"),)
    assert ImportReport("f", 3, 1, 1, refused=refused).as_json()["refused"][0]["row"] == 2
    with pytest.raises(ValueError, match="loses rows"):
        ImportReport("f", 3, 1, 0, refused=refused)
