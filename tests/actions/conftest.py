"""A workspace with the planned sample that a test may change."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime

import pytest

from geo_service.store.sqlite import SqliteStore


@pytest.fixture
def folder(planned_sample, tmp_path):
    """Return a copy of the planned sample's workspace."""
    return shutil.copytree(planned_sample, tmp_path / "workspace")


@pytest.fixture
def store(folder):
    """Return the open store of the copy."""
    opened = SqliteStore.open(folder)
    yield opened
    opened.close()


@pytest.fixture
def empty(tmp_path, sample, now):
    """Return the open store of a new workspace without places."""
    from geo_service.actions.make_workspace import make_workspace

    made = make_workspace(tmp_path / "empty", defaults=sample, author="tester", at=now)
    yield made
    made.close()


@pytest.fixture(scope="session")
def few_plots(sample, tmp_path_factory):
    """Return a sample of some plots of two quarters, among them those whose agreement ends soon: quickly planned."""
    folder = shutil.copytree(sample, tmp_path_factory.mktemp("few") / "sample")
    plots = json.loads((sample / "plots.geojson").read_text())
    mine = [one["properties"] for one in plots["features"] if one["properties"]["code"][:3] in ("KLZ", "PLW")]
    ending = [one["code"] for one in mine if (one["tenure_until"] or "9") < "2027-03"]
    kept = {*(one["code"] for one in mine[::2]), *ending}
    plots["features"] = [one for one in plots["features"] if one["properties"]["code"] in kept]
    (folder / "plots.geojson").write_text(json.dumps(plots))
    done = (sample / "visits_done.csv").read_text().splitlines()
    (folder / "visits_done.csv").write_text("\n".join(line for line in done if line.split(",")[0] in ("plot", *kept)))
    return folder


@pytest.fixture(scope="session")
def planned_days(few_plots, tmp_path_factory):
    """Return a workspace planned for three days early on Monday, 23 November 2026."""
    from geo_service.actions.make_workspace import make_workspace
    from geo_service.actions.plan_period import PlanRequest, plan_period
    from geo_service.actions.sample import load_sample
    from geo_service.base.progress import after_iterations

    at = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    made = tmp_path_factory.mktemp("three-days") / "workspace"
    store = make_workspace(made, defaults=few_plots, author="tester", at=at)
    load_sample(store, few_plots, at=at)
    how = PlanRequest(date(2026, 11, 23), 3)
    plan_period(store, how, plan_id="three", author="tester", clock=lambda: at, stop=after_iterations(2000))
    store.close()
    return made


@pytest.fixture
def three_days(planned_days, tmp_path):
    """Return the open store of a copy of the workspace planned for three days."""
    opened = SqliteStore.open(shutil.copytree(planned_days, tmp_path / "three-days"))
    yield opened
    opened.close()
