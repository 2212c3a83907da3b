"""What a command loads before it begins: nobody waits for what only another command needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.sample import load_sample

HEAVY = ("geopandas", "pandas", "pyogrio", "matplotlib", "fastapi", "starlette", "uvicorn", "osmium", "icalendar")
"""Packages that take long to load and that no planning needs."""

TYPESETTERS = ("typst", "segno", "gpxpy")
ENGINES = ("numpy", "scipy", "shapely", "pyproj", "numba", "pyvrp", "vroom", "pyroutingkit", "holidays")
"""Packages of the register and the search: `--help` needs none of them."""

TOLD = "loaded: "


def loaded(program: str) -> set[str]:
    """Run a program in a process of its own; return the packages that it has loaded when it ends."""
    lines = (
        "import atexit, json, sys",
        f"atexit.register(lambda: print({TOLD!r} + json.dumps([name for name in sys.modules if '.' not in name])))",
        program,
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False)
    told = [line for line in done.stdout.splitlines() if line.startswith(TOLD)]
    assert told, done.stderr
    return set(json.loads(told[-1].removeprefix(TOLD)))


def command(*words: str) -> str:
    """Return the program that runs one command as a person would."""
    return f"sys.argv = {['geo-service', *words]!r}\nfrom geo_service.main import run\nrun()"


def among(names: Sequence[str], packages: set[str]) -> list[str]:
    return [name for name in names if name in packages]


def test_help_loads_neither_the_register_nor_the_search():
    assert among((*HEAVY, *TYPESETTERS, *ENGINES), loaded(command("--help"))) == []


def test_help_of_a_command_loads_no_more():
    assert among((*HEAVY, *TYPESETTERS, *ENGINES), loaded(command("plan", "--help"))) == []


def test_the_search_begins_without_what_no_search_needs(sample, now, tmp_path):
    """The program does what `plan` does, and ends it as soon as the search tells how far it is."""
    workspace = tmp_path / "workspace"
    store = make_workspace(workspace, defaults=sample, author="tester", at=now)
    load_sample(store, sample, at=now)
    store.close()
    begun = f"""
from datetime import date
from pathlib import Path
from geo_service import main
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.outputs.plan_text import plan_json, print_plan
from geo_service.schedule.solve import SEARCHING
from geo_service.store.sqlite import SqliteStore

class Begun(Exception):
    pass

def tell(progress):
    if progress.stage == SEARCHING:
        raise Begun

try:
    request = PlanRequest(date(2026, 11, 23))
    plan_period(SqliteStore.open(Path({str(workspace)!r})), request, plan_id="begun", author="tester",
                clock=main.now, on_progress=tell)
except Begun:
    pass
"""
    packages = loaded(begun)
    assert among((*HEAVY, *TYPESETTERS, "pyvrp", "vroom"), packages) == []
    assert "numba" in packages, "a search without the compiler has not begun: this test would see nothing"


def test_what_is_loaded_is_seen():
    """The control: the desk's face for analysts loads what the commands do not."""
    assert set(among(HEAVY, loaded("import geo_service.desk"))) >= {"geopandas", "pandas", "matplotlib"}
