"""Every notebook runs from a clean kernel on the planned sample, and keeps no output in version control."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PICTURES = {"04_how_the_plan_is_made": 5}
"""How many pictures a notebook draws where it is more than two."""


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path, planned_sample, tmp_path):
    shutil.copytree(planned_sample, tmp_path / "workspace")
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path / "notebooks")}}
    )
    client.execute()
    pictures = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert len(pictures) >= PICTURES.get(path.stem, 2)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_keeps_no_output(path):
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)


def test_there_are_the_promised_seven():
    promised = {"01_register", "02_a_week_of_work", "03_routes", "04_how_the_plan_is_made"}
    promised |= {"05_funding_report", "06_quarter_watch", "07_standard_against_actual"}
    assert {path.stem for path in NOTEBOOKS} >= promised
