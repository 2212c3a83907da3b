"""Six plots of the sample with all that belongs to them, planned for three days: every action has something to do."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.sample import load_sample
from geo_service.base.progress import after_iterations

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Early on the Monday from which it is planned."""

MONDAY = date(2026, 11, 23)
PLOTS = ("KLZ-0001", "KLZ-0003", "KLZ-0005", "PLW-0002", "PLW-0004", "PLW-0006")
PLAN_ID = "three-days"


def few_plots(sample: Path, folder: Path) -> Path:
    """Copy the sample with six of its plots and few records only."""
    shutil.copytree(sample, folder)
    plots = json.loads((sample / "plots.geojson").read_text(encoding="utf-8"))
    plots["features"] = [one for one in plots["features"] if one["properties"]["code"] in PLOTS]
    (folder / "plots.geojson").write_text(json.dumps(plots), encoding="utf-8")
    for name, few in (("concerns", 3), ("occasions", 2), ("projects", 2)):
        records = json.loads((sample / f"{name}.json").read_text(encoding="utf-8"))
        records[name] = records[name][:few]
        (folder / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    done = (sample / "visits_done.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in done if line.split(",")[0] in ("plot", *PLOTS)]
    (folder / "visits_done.csv").write_text("\n".join(kept), encoding="utf-8")
    return folder


def make_small_desk(sample: Path, folder: Path) -> Path:
    """Make the workspace and return its folder; the files that it came from lie beside it in ``sample``."""
    files = few_plots(sample, folder / "sample")
    store = make_workspace(folder / "workspace", defaults=files, author="tester", at=AT)
    load_sample(store, files, at=AT)
    how = PlanRequest(MONDAY, 3)
    plan_period(store, how, plan_id=PLAN_ID, author="tester", clock=lambda: AT, stop=after_iterations(50))
    store.close()
    return folder / "workspace"
