"""How long a person waits until the search of a plan begins, and what `geo-service --help` takes: seconds.

Each run is a process of its own on the planned sample, so the search was compiled before; the first one is not counted.
Beside wall seconds it tells CPU seconds, which other work on the machine does not lengthen, and their ratio to loading
numba, numpy and shapely alone, measured in turn with them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path
from statistics import median

from command import Report, options

from geo_service.actions.make_workspace import make_workspace
from geo_service.actions.sample import load_sample
from geo_service.base.clock import BERLIN

FIRST_DAY = date(2026, 11, 23)
SAMPLE = Path(__file__).parents[2] / "data" / "leipzig_west"
MARK = "begun "

LOADING = "import numba, numpy, shapely"
HELP = "import sys; from geo_service.main import run; sys.argv = ['geo-service', '--help']; run()"
PLAN = f"""
import sys, time
from datetime import date
from pathlib import Path
from geo_service import main
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.outputs.plan_text import plan_json, print_plan
from geo_service.schedule.solve import SEARCHING
from geo_service.store.sqlite import SqliteStore

def tell(progress):
    if progress.stage == SEARCHING:
        print("{MARK}", time.process_time(), flush=True)
        sys.exit()

request = PlanRequest(date.fromisoformat("{FIRST_DAY}"))
store = SqliteStore.open(Path(sys.argv[1]))
plan_period(store, request, plan_id="start", author="bench", clock=main.now, on_progress=tell)
"""


def run_once(program: str, *words: str) -> tuple[float, float]:
    """Run a program; return wall and CPU seconds until it says that it has begun, or until it ends."""
    closing = f"\nimport time; print({MARK!r}, time.process_time(), flush=True)" if program == LOADING else ""
    ending = f"import atexit, time; atexit.register(lambda: print({MARK!r}, time.process_time(), flush=True))\n"
    whole = program + closing if program != HELP else ending + program
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", whole, *words], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith(MARK):
                return time.perf_counter() - began, float(line.removeprefix(MARK))
    raise SystemExit(f"ended with {child.returncode} before it began")


def main() -> None:
    """Run the benchmark."""
    parser = options(__doc__, files=False)
    parser.add_argument("--runs", type=int, default=7, help="of each program, taken in turn")
    asked = parser.parse_args()
    runs = 2 if asked.short else asked.runs
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        at = datetime(2026, 11, 23, 6, 0, tzinfo=BERLIN)
        store = make_workspace(workspace, defaults=SAMPLE, author="bench", at=at)
        load_sample(store, SAMPLE, at=at)
        store.close()
        programs = {"loading": (LOADING,), "help": (HELP,), "search begins": (PLAN, str(workspace))}
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for run in range(runs + 1):
            for name, words in programs.items():
                told = run_once(*words)
                if run:
                    taken[name].append(told)
    report = Report("until it begins, median")
    load_cpu_s = median(cpu for _, cpu in taken["loading"])
    for name, times in taken.items():
        wall_s, cpu_s = (median(part) for part in zip(*times, strict=True))
        row = {"case": name, "runs": runs, "wall_s": round(wall_s, 2), "cpu_s": round(cpu_s, 2)}
        report.add({**row, "cpu_ratio": round(cpu_s / load_cpu_s, 2)})
    report.table()


if __name__ == "__main__":
    main()
