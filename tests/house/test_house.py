"""The house rules that a machine can hold: floors, sizes, names, docstrings, no outside names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "geo_service"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FLOORS = {
    "base": 0,
    "plots": 1,
    "streets": 1,
    "neighbourhood": 1,
    "work": 2,
    "routes": 3,
    "funding": 3,
    "schedule": 4,
    "store": 5,
    "actions": 6,
    "outputs": 7,
    "api": 8,
    "web": 8,
}
SAYS_NOTHING = {"util", "utils", "helper", "helpers", "manager", "common", "misc"}
IDS = [str(path.relative_to(ROOT)) for path in MODULES]


def test_a_floor_imports_only_from_floors_below_it():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_first_line_names_the_floor(path):
    package = path.relative_to(PACKAGE).parts[0]
    floor = FLOORS.get(package, 8)
    doc = ast.get_docstring(ast.parse(path.read_text())) or ""
    if path == PACKAGE / "__init__.py":
        assert doc
    else:
        assert doc.startswith(f"Floor {floor}: "), f"{path} must begin with 'Floor {floor}: '"


@pytest.mark.parametrize("path", MODULES + TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_too_long(path):
    ceiling = 500 if PACKAGE in path.parents else 800
    assert len(path.read_text().splitlines()) <= ceiling


@pytest.mark.parametrize("path", MODULES + TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_says_something(path):
    assert not set(path.relative_to(ROOT).with_suffix("").parts) & SAYS_NOTHING


@pytest.mark.parametrize("path", [p for p in MODULES if FLOORS.get(p.relative_to(PACKAGE).parts[0], 8) <= 4])
def test_the_lower_floors_are_pure(path):
    """Floors 0 to 4 read no clock, no environment, no database and no network, and print nothing.

    One module alone speaks HTTP, when it is called: the way to a router on another machine.
    """
    tree = ast.parse(path.read_text())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    if path == PACKAGE / "streets" / "http_exchange.py":
        imported -= {"urllib", "http"}
    assert not imported & {"os", "sqlite3", "socket", "urllib", "http", "requests", "httpx", "fastapi", "pydantic"}
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"print", "datetime.now", "date.today", "time.time", "datetime.utcnow", "time.sleep"}


def _public(tree: ast.Module) -> list[ast.FunctionDef | ast.ClassDef]:
    return [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]


@pytest.mark.parametrize("path", MODULES, ids=IDS)
def test_everything_public_is_documented(path):
    for node in _public(ast.parse(path.read_text())):
        assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"


def test_every_package_is_mirrored_in_the_tests():
    for package in FLOORS:
        assert list((ROOT / "tests" / package).glob("test_*.py")), f"no tests for {package}"
    assert list((ROOT / "tests" / "browser").glob("test_*.py")), "no tests of the pages in a browser"


def test_the_package_tells_that_it_is_typed():
    assert (PACKAGE / "py.typed").exists()


def test_nothing_is_left_open():
    pattern = re.compile(r"TODO|FIXME|XXX|NotImplementedError")
    mine = Path(__file__)
    assert [str(path) for path in MODULES + TESTS if path != mine and pattern.search(path.read_text())] == []


def test_the_checks_above_can_fail():
    tree = ast.parse('"""Floor 1: x."""\ndef f():\n    print(1)\n')
    assert [node.name for node in _public(tree) if not ast.get_docstring(node)] == ["f"]
