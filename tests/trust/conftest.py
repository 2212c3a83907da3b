"""A small planned desk, made once; each test works on a copy. Modules beside this one are found from the root."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def small_desk(sample, tmp_path_factory) -> Path:
    """Return a workspace with six plots, planned for three days from 23 November 2026; nobody changes it."""
    from tests.trust.small_desk import make_small_desk

    return make_small_desk(sample, tmp_path_factory.mktemp("small"))


@pytest.fixture
def copy_desk(small_desk, tmp_path) -> Callable[[str], Path]:
    """Return a maker of copies of the small desk, by name."""
    return lambda name="workspace": shutil.copytree(small_desk, tmp_path / name)


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """Return a folder in memory where the machine has such: for tests that look at what is kept, not how safely."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
