"""Errors: one tree, drawn and true."""

from __future__ import annotations

import re

from geo_service.base import errors


def test_the_tree_in_the_docstring_is_the_tree_of_the_code():
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__)) | {"GeoServiceError"}
    assert drawn == set(errors.__all__)
    assert all(issubclass(getattr(errors, name), errors.GeoServiceError) for name in drawn)


def test_a_code_can_be_given():
    assert errors.NotFound("x", code="no_plot").code == "no_plot"
    assert errors.CrsMismatch("x").code == "crs_mismatch"
