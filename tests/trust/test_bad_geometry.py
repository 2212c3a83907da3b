"""Bad geometry: whatever a file holds, an import ends in an account naming row and reason; no area changes unsaid."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyproj
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from geo_service.actions.import_plots import PlotSource, import_plots
from geo_service.api.errors import problem_of
from geo_service.base.errors import GeoServiceError
from geo_service.base.report import ImportReport
from geo_service.plots.account import report_of_failure
from geo_service.plots.outlines import mend_polygon
from geo_service.plots.reading import PlotImport, ReadOptions, read_plots
from geo_service.store.sqlite import SqliteStore
from tests.trust.broken_files import TWINS, Broken, collection, corpus, feature, generated

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SHARE = 0.001
"""An area that changes by more must be told as mended."""

ROWS = 50
FILES = {one.name + one.group: one for one in corpus()}


def test_the_corpus_is_large_enough():
    groups = Counter(one.group for one in FILES.values())
    assert len(list(corpus())) == len(FILES) >= 160
    assert groups.keys() == {"topology", "reference systems", "numbers", "containers and encodings", "good twins"}
    assert min(groups.values()) >= 9


def area_as_meant(geometry: Any, epsg: int, from_epsg: int = 4326) -> float | None:
    """Measure what a row holds without code of ours; None when it is no sound polygon as it stands."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    try:
        parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        rings = [one for part in parts for one in part]
        if not rings or any(one[0] != one[-1] or len(one) < 4 for one in rings):
            return None
        if any(type(number) not in (int, float) for one in rings for point in one for number in point[:2]):
            return None
        to_plan = pyproj.Transformer.from_crs(from_epsg, epsg, always_xy=True)
        placed = []
        for part in parts:
            shell, *holes = [[to_plan.transform(*point[:2]) for point in one] for one in part]
            placed.append(Polygon(shell, holes))
        whole = MultiPolygon(placed) if len(placed) > 1 else placed[0]
    except (TypeError, ValueError, IndexError, KeyError, shapely.errors.GEOSException):
        return None
    return whole.area if whole.is_valid and not whole.is_empty else None


def unsaid(content: bytes, done: PlotImport) -> list[str]:
    """Return rows that were taken as they are, so it is said, but have another area than the file holds."""
    mended = {one.row for one in done.report.repaired}
    refused = {one.row for one in done.report.refused}
    wrong = []
    rows = enumerate(json.loads(content)["features"], start=1)
    taken = iter(done.plots)
    for row, one in rows:
        if row in refused:
            continue
        plot = next(taken, None)
        if plot is None:
            return [*wrong, f"row {row} is neither taken nor refused"]
        meant = area_as_meant(one["geometry"], done.epsg)
        if row not in mended and (meant is None or abs(plot.area_m2 - meant) > SHARE * meant + 1e-6):
            wrong.append(f"row {row}: {meant} in the file, {plot.area_m2} m² taken, nothing said")
        if abs(plot.area_m2 - plot.geometry.area) > SHARE * plot.area_m2:
            wrong.append(f"row {row}: {plot.area_m2} m² of an outline of {plot.geometry.area}")
    return wrong


def unnamed(report: ImportReport, folder: Path) -> list[str]:
    """Return what an account does not say as it should."""
    told = [*report.refused, *report.repaired, *report.warnings]
    wrong = [f"row {one.row} without a reason" for one in told if not one.reason.strip()]
    wrong += [f"row {one.row} without a remedy" for one in report.refused if not one.remedy.strip()]
    wrong += [f"row {one.row} of {report.read}" for one in told if not 0 <= one.row <= max(report.read, 1)]
    wrong += [f"the folder is told: {one.reason}" for one in told if str(folder) in one.reason]
    return wrong


def again(done: PlotImport, folder: Path) -> list[str]:
    """Return what a second import would change of what the first one took."""
    if not done.plots:
        return []
    path = folder / "again.geojson"
    named = {"type": "name", "properties": {"name": f"EPSG:{done.epsg}"}}
    rows = [feature(json.loads(shapely.to_geojson(plot.geometry)), id=plot.plot_id) for plot in done.plots]
    path.write_bytes(collection(*rows, crs=named))
    second = read_plots(path, ReadOptions(epsg=done.epsg, at=AT))
    first_area, second_area = (sum(plot.area_m2 for plot in one.plots) for one in (done, second))
    wrong = [f"mended again: {one.reason}" for one in second.report.repaired]
    if len(second.plots) == len(done.plots) and abs(first_area - second_area) > 1e-6 * first_area:
        wrong.append(f"{first_area} m² became {second_area}")
    return wrong


def what_is_wrong(one: Broken, folder: Path) -> list[str]:
    """Import a file as an action does and look at what comes of it."""
    path = one.write(folder)
    try:
        done = read_plots(path, ReadOptions(epsg=None, at=AT))
    except GeoServiceError as error:
        status = problem_of(error).status
        wrong = [] if 400 <= status < 500 else [f"{status}: {error}"]
        return wrong + unnamed(report_of_failure(path, error), folder)
    wrong = unnamed(done.report, folder) + again(done, folder)
    wrong += [f"{plot.code} is no sound outline" for plot in done.plots if not plot.geometry.is_valid]
    if one.good:
        clean = not done.report.refused and not done.report.repaired
        wrong += [] if clean and done.report.accepted == done.report.read > 0 else [f"a good file: {done.report}"]
    if one.group in ("topology", "generated"):
        wrong += unsaid(one.content, done)
    return wrong


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_ends_in_an_account(tmp_path, name):
    one = FILES[name]
    assert what_is_wrong(replace(one, name="file"), tmp_path) == []


def test_the_action_keeps_nothing_of_a_file_that_cannot_be_understood(small_desk, quick_folder, tmp_path, how_many):
    """Through the action, as commands and the API call it: an error of the house or a report, and no half import.

    Every third file on each change, all on release.
    """
    store = SqliteStore.open(shutil.copytree(small_desk, quick_folder / "workspace"))
    failed = []
    for number, one in list(enumerate(FILES.values()))[:: how_many(3, 1)]:
        path = replace(one, name=f"{number}").write(tmp_path)
        before = store.revision(), len(store.plots())
        try:
            report = import_plots(store, path, how=PlotSource(), author="tester", at=AT)
        except GeoServiceError as error:
            if (store.revision(), len(store.plots())) != before or problem_of(error).status >= 500:
                failed.append(f"{one.name}: {error}")
        else:
            if not report.accepted and (len(store.plots()) != before[1]):
                failed.append(f"{one.name}: nothing taken, and yet something changed")
    store.close()
    assert failed == []


@pytest.mark.slow
def test_generated_rows_are_taken_mended_or_refused_and_told(tmp_path, seed, how_many):
    """4 files of 50 rows on each change, 400 on release: 20,000 rows."""
    chance, failed = Random(seed), []
    fates: Counter[str] = Counter()
    for number in range(how_many(4, 400)):
        one = generated(chance, ROWS)
        wrong = what_is_wrong(one, tmp_path)
        failed += [f"file {number}, seed {seed}: {wrong[:3]}"] if wrong else []
        report = read_plots(one.write(tmp_path), ReadOptions(epsg=None, at=AT)).report
        fates.update({"read": report.read, "mended": len(report.repaired), "refused": len(report.refused)})
    assert failed == []
    assert fates["read"] == how_many(4, 400) * ROWS
    assert min(fates["mended"], fates["refused"]) > fates["read"] // 20


def test_mending_twice_changes_nothing_more(seed):
    chance = Random(seed)
    tried = 0
    for row in json.loads(generated(chance, 1000).content)["features"]:
        ring = row["geometry"]["coordinates"][0] if row["geometry"]["type"] == "Polygon" else []
        if len(ring) > 3 and all(isinstance(one, float) and abs(one) < 180 for point in ring for one in point):
            once = mend_polygon(Polygon(ring))
            assert mend_polygon(once).equals(once)
            tried += not Polygon(ring).is_valid
    assert tried > 100


def test_a_change_that_is_not_told_is_found(tmp_path):
    """The control: a row whose outline shrank by a hundredth without a word."""
    one = Broken("good", "generated", *TWINS["plain"])
    done = read_plots(one.write(tmp_path), ReadOptions(epsg=None, at=AT))
    assert unsaid(one.content, done) == []
    plot = done.plots[0]
    smaller = shapely.affinity.scale(plot.geometry, 0.995, 0.995)
    shrunk = replace(done, plots=(replace(plot, geometry=smaller, area_m2=smaller.area),))
    assert unsaid(one.content, shrunk)
    assert unsaid(one.content, replace(done, plots=()))
