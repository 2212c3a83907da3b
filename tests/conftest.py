"""What all tests share: where the sample and the real data lie, programs they drive, a clock that stands still."""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("change", derandomize=True, deadline=None)  # a loaded machine is no fault
settings.register_profile("release", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("change")  # the same examples on every machine; new ones by --hypothesis-profile=release

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # helpers beside tests are found as tests.FOLDER.NAME, however pytest is started
SHARED_DATA = ROOT.parent / "shared" / "data"
PROGRAMS = {
    "chromium": "chromium",
    "ogrinfo": "gdal-bin",
    "ogr2ogr": "gdal-bin",
    "pdftoppm": "poppler-utils",
    "qgis": "qgis python3-qgis",
}
"""Programs that some tests drive, with the Debian package that brings them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a person ask for more than each change can afford."""
    parser.addoption(
        "--problems",
        type=int,
        default=150,
        metavar="COUNT",
        help="so many generated planning problems are solved and checked (150; 10000 before a release)",
    )
    parser.addoption(
        "--release",
        action="store_true",
        help="the counts of a release instead of those of each change, where a test has both (tests/README.md)",
    )
    parser.addoption(
        "--seed",
        type=int,
        default=None,
        metavar="NUMBER",
        help="seed of the random faults (always the same on each change, a new one with --release); it is printed",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of the random faults, once for the whole run."""
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(2**31) if config.option.release else 2026


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests marked ``release`` to the runs before a release; the summary counts them as deselected."""
    if config.option.release:
        return
    later = [one for one in items if one.get_closest_marker("release")]
    if later:
        config.hook.pytest_deselected(items=later)
        items[:] = [one for one in items if not one.get_closest_marker("release")]


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say at once what will be left out on this machine, and how to have it run."""
    missing = sorted({package for program, package in PROGRAMS.items() if shutil.which(program) is None})
    said = [f"faults: --seed={config.option.seed}{' --release' if config.option.release else ''}"]
    if missing:
        said.append(f"some tests are left out; to run them: apt-get install {' '.join(missing)}")
    if not SHARED_DATA.is_dir():
        said.append("no real data beside the checkout: tests on it are left out, those on data/ run")
    return said


@pytest.fixture(scope="session")
def how_many(request) -> Callable[[int, int], int]:
    """Return a choice between the count on each change and the count with ``--release``."""
    return lambda on_change, on_release: on_release if request.config.getoption("--release") else on_change


@pytest.fixture(scope="session")
def seed(request) -> int:
    """Return the seed of the random faults; the header of the run and of a failure tells it."""
    return request.config.getoption("--seed")


@pytest.fixture(scope="session")
def sample() -> Path:
    """Return the folder of the schematic sample that stands in the repository."""
    return ROOT / "data" / "leipzig_west"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data beside the checkout; without it the test says so and is left out."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data at {SHARED_DATA}: the sample in data/ is tested instead")
    return SHARED_DATA


def program(name: str) -> str:
    """Return the path of a program; without it the test says which package to install and is left out."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed: apt-get install {PROGRAMS[name]}")
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of headless Chromium."""
    return program("chromium")


@pytest.fixture(scope="session")
def ogrinfo() -> str:
    """Return the path of GDAL's ogrinfo."""
    return program("ogrinfo")


@pytest.fixture(scope="session")
def pdftoppm() -> str:
    """Return the path of the PDF painter of poppler."""
    return program("pdftoppm")


@pytest.fixture(scope="session")
def planned_sample(sample, tmp_path_factory) -> Path:
    """Return a workspace with the sample, planned for ten days from 23 November 2026; copy it before you change it."""
    from geo_service.actions.make_workspace import make_workspace
    from geo_service.actions.plan_period import PlanRequest, plan_period
    from geo_service.actions.sample import load_sample
    from geo_service.base.progress import after_iterations

    at = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    folder = tmp_path_factory.mktemp("planned") / "workspace"
    store = make_workspace(folder, defaults=sample, author="tester", at=at)
    load_sample(store, sample, at=at)
    request = PlanRequest(date(2026, 11, 23))
    plan_period(store, request, plan_id="sample", author="tester", clock=lambda: at, stop=after_iterations(20))
    store.close()
    return folder


@pytest.fixture
def now() -> datetime:
    """Return a fixed moment: Monday 23 November 2026, 06:00 UTC."""
    return datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
