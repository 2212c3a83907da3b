"""Every command in the README is run, and what it says of the code is true."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest

from geo_service.main import run
from geo_service.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.M | re.S)
COMMANDS = [
    shlex.split(line, comments=True)
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if shlex.split(line, comments=True)
]
PROGRAM = [sys.executable, "-c", "from geo_service.main import run; run()"]


@pytest.fixture(scope="module")
def folder(planned_sample, sample, tmp_path_factory):
    """Return a folder as it is after `make demo`, with a town's files beside it."""
    here = tmp_path_factory.mktemp("readme")
    shutil.copytree(planned_sample, here / "workspace")
    (here / "data").symlink_to(sample.parent)
    shutil.copy(sample / "streets.osm", here / "streets.osm.pbf")
    shutil.copy(sample / "plots.geojson", here / "plots.geojson")
    return here


@pytest.fixture
def port(folder):
    """Serve the workspace on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    server = subprocess.Popen([*PROGRAM, "serve", "--port", str(number)], cwd=folder, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{number}/healthz", timeout=2):
                    break
            except OSError:
                assert server.poll() is None, server.stderr.read().decode()
                assert time.monotonic() < until, "the desk does not answer"
                time.sleep(0.1)
        yield number
    finally:
        server.terminate()
        server.wait(20)
        server.stderr.close()


def test_the_two_commands_stand_first_and_exist():
    assert [words for words in COMMANDS if words[0] == "make"][:2] == [["make", "demo"], ["make", "test"]]
    assert COMMANDS[:2] == [["make", "demo"], ["make", "test"]]
    for words in COMMANDS:
        if words[0] == "make":
            subprocess.run([*words, "--dry-run"], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.slow
def test_every_geo_service_command_runs_in_order(folder, today, monkeypatch, capfd):
    """In this process: the program takes longer to load than most of its commands to run."""
    monkeypatch.chdir(folder)
    ran = 0
    for words in COMMANDS:
        if words[0] != "geo-service":
            continue
        asked = [today if word == "today" and words[1] in {"day", "week", "reports"} else word for word in words]
        asked = ["1" if before == "--seconds" else word for before, word in zip(["", *asked], asked, strict=False)]
        asked = yours(asked, folder / "workspace")
        monkeypatch.setattr(sys, "argv", asked)
        with pytest.raises(SystemExit) as ended:
            run()
        assert ended.value.code == 0, (asked, capfd.readouterr().err)
        ran += 1
    assert ran >= 30
    assert (folder / "season.png").read_bytes().startswith(b"\x89PNG")


def yours(words: list[str], workspace: Path) -> list[str]:
    """Put in what stands for the reader's own: a later day and a visit of the plan in force, plans, a locked visit."""
    store = SqliteStore.open(workspace)
    plan, newest, locks = store.plan(), store.plans()[0], store.locks()
    store.close()
    own = {
        "DATE": plan.days[1].isoformat(),
        "VISIT": locks[0].visit_id if locks else plan.routes[-1].stops[-1].visit.visit_id,
        "PLAN": plan.plan_id[:8],
        "DRAFT": newest.plan_id[:8],
    }
    return [re.sub("|".join(rf"\b{name}\b" for name in own), lambda found: own[found[0]], word) for word in words]


@pytest.fixture
def today() -> str:
    """Return the first day of the planned sample: the lists of 'today' are those of the day of the demo."""
    return "2026-11-23"


@pytest.mark.slow
def test_gdal_reads_the_layer(port, ogrinfo):
    (words,) = [words for words in COMMANDS if words[0] == "ogrinfo"]
    asked = [ogrinfo, *(word.replace("8000", str(port)) for word in words[1:]), "-so"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert re.search(r"Feature Count: (\d+)", done.stdout).group(1) == "144", "147 plots, 3 owners objected"


@pytest.mark.slow
def test_the_python_of_the_analyst_runs(folder):
    (code,) = [block for language, block in BLOCKS if language == "python" and "gs.open" in block]
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_all_commands_are_known_kinds():
    assert {words[0] for words in COMMANDS} == {"make", "geo-service", "ogrinfo", "python"}


@pytest.mark.slow
def test_every_benchmark_is_there_with_its_options():
    benchmarks = [words[1:] for words in COMMANDS if words[0] == "python"]
    makefile = (ROOT / "Makefile").read_text()
    assert {Path(words[0]).stem for words in benchmarks} == set(
        re.search(r"^BENCHMARKS := (.+)$", makefile, re.M).group(1).split()
    )
    for script, *words in benchmarks:
        done = subprocess.run(
            [sys.executable, script, "--help"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=200
        )
        assert done.returncode == 0, (script, done.stderr)
        for option in (word for word in words if word.startswith("--")):
            assert option in done.stdout, (script, option)


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http://127.0.0.1") or (ROOT / target).exists(), target


def test_every_dependency_is_named_with_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["dependency-groups"]["bench"],
        *project["build-system"]["requires"],
    ]
    section = README[README.index("## Dependencies") : README.index("## How to add")]
    for requirement in wanted:
        name = re.split(r"[<>=\[]", requirement)[0]
        assert re.search(rf"`{re.escape(name)}`", section), f"{name} is not named under Dependencies"
        assert ">=" in requirement, f"{requirement} has no lower bound"


def test_every_command_of_the_program_is_in_the_readme_or_its_help():
    done = subprocess.run([*PROGRAM, "--help"], capture_output=True, text=True, check=True)
    names = re.findall(r"^│ ([a-z]+) +[A-Z]", done.stdout, re.M)
    assert {"init", "import", "plan", "replan", "season", "day", "demo", "access", "exception"} <= set(names)
    for name in names:
        assert re.search(rf"geo-service {name}|make {name}", README), name


def test_every_floor_is_in_the_floor_plan():
    for package in sorted(path.name for path in (ROOT / "geo_service").iterdir() if (path / "__init__.py").exists()):
        assert f"`{package}/`" in README
