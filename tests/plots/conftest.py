"""What the tests of plots share: writing small files and reading them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from geo_service.plots.reading import PlotImport, ReadOptions, read_plots

Write = Callable[..., Path]
Read = Callable[..., PlotImport]


@pytest.fixture
def geojson(tmp_path: Path) -> Write:
    """Write features to a file and return its path."""

    def write(features: Iterable[Any], name: str = "plots.geojson", **members: Any) -> Path:
        path = tmp_path / name
        document = {"type": "FeatureCollection", **members, "features": list(features)}
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.fixture
def read(now: datetime) -> Read:
    """Read plots with the options given, in EPSG:25833 unless said otherwise; the report must add up."""

    def read_with(path: Path, **options: Any) -> PlotImport:
        done = read_plots(path, ReadOptions(**{"epsg": 25833, "at": now, **options}))
        report = done.report
        assert report.read == report.accepted + len(report.refused) + report.unchanged
        assert len(done.plots) == report.accepted
        assert len({plot.plot_id for plot in done.plots}) == len({plot.code for plot in done.plots}) == len(done.plots)
        assert all(plot.geometry.is_valid and not plot.geometry.has_z for plot in done.plots)
        assert all(one.reason and one.remedy for one in report.refused)
        return done

    return read_with
