"""What all tests share: where the sample and the real data lie, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def sample() -> Path:
    """Return the folder of the schematic sample that stands in the repository."""
    return ROOT / "data" / "leipzig_west"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data beside the checkout; without it the test says so and is left out."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: the sample in data/ is tested instead")
    return folder


@pytest.fixture
def now() -> datetime:
    """Return a fixed moment: Monday 23 November 2026, 06:00 UTC."""
    return datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
