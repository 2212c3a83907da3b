"""Exceptions to the cutting ban and the rules of a city on the command line."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture
def desk(new_desk, planned_sample, tmp_path):
    """Return a desk on a copy of the planned sample."""
    return new_desk(shutil.copytree(planned_sample, tmp_path / "workspace"))


def test_an_exception_comes_and_goes(desk):
    words = ("KLZ-0001", "coppice_hedge")
    assert desk("exception", "add", *words, "--code", "traffic_safety", "--evidence", "Az. 36-12/27") == 0, desk.err
    assert desk("exception", "list") == 0
    assert all(word in desk.text for word in (*words, "traffic_safety", "Az. 36-12/27"))
    assert desk("exception", "remove", *words) == 0
    assert desk("exception", "remove", *words) == 2
    assert desk("exception", "add", *words, "--code", "ordered", "--evidence", " ") == 2
    assert desk("exception", "add", *words, "--code", "because", "--evidence", "x") == 2


def test_the_rules_of_another_city(desk):
    assert desk("rules") == 0
    assert desk.text.splitlines() == ["leipzig-noise: yes", "municipal-exempt: no"]
    assert desk("rules", "--no-leipzig-noise") == 0
    assert desk("rules") == 0
    assert desk.text.splitlines() == ["leipzig-noise: no", "municipal-exempt: no"]
