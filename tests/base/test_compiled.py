"""Compiled functions: they compute as Python does, tell whether they were compiled before, let threads run."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np

from geo_service.base.compiled import bare, borrowed, compiled, is_compiled

MODULE = """
from geo_service.base.compiled import compiled, is_compiled

@compiled
def doubled(number):
    return 2 * number

if __name__ != "__main__":
    was = is_compiled(doubled)
    print(was, doubled(21), is_compiled(doubled))
"""


@compiled
def ratio(one: float, other: float) -> float:
    return one / other


@bare
def first_of(numbers: np.ndarray) -> float:
    return float(numbers[0])


@compiled
def through_a_borrowed_view(numbers: np.ndarray) -> float:
    view = borrowed(numbers)
    view[0] += 1.0
    return first_of(view)


def test_dividing_by_zero_is_infinite_and_no_error():
    assert ratio(1.0, 0.0) == math.inf
    assert math.isnan(ratio(0.0, 0.0))
    assert ratio(1.0, 4.0) == 0.25


def test_a_borrowed_array_is_the_same_array():
    numbers = np.array([1.0, 5.0])

    assert through_a_borrowed_view(numbers) == 2.0
    assert numbers.tolist() == [2.0, 5.0]
    assert first_of(numbers) == 2.0


def test_both_kinds_let_other_threads_run_and_are_kept():
    for function in (ratio, first_of):
        assert function.targetoptions["nogil"]
        assert function.stats.cache_path


def test_plain_python_needs_no_compiling():
    assert is_compiled(len)


def test_the_first_run_compiles_and_the_next_finds_it_in_the_cache(tmp_path):
    (tmp_path / "twice.py").write_text(MODULE)
    told = [
        subprocess.run(
            [sys.executable, "-c", "import twice"],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": ":".join(["", *sys.path])},
        ).stdout.split()
        for _ in range(2)
    ]

    assert told == [["False", "42", "True"], ["True", "42", "True"]]


CALLED = """
from geo_service.base.compiled import compiled

@compiled
def times():
    return {}
"""
CALLER = """
from geo_service.base.compiled import compiled
from called import times

@compiled
def doubled(number):
    return times() * number

print(doubled(21))
"""


def test_what_is_kept_grows_stale_with_what_it_calls(tmp_path):
    told = []
    (tmp_path / "kept").mkdir()
    for module in ("called", "caller"):
        (tmp_path / "kept" / f"{module}.py").write_text("")
    (tmp_path / "kept" / "__init__.py").write_text("")
    (tmp_path / "kept" / "caller.py").write_text(CALLER.replace("from called", "from kept.called"))
    for factor in (2, 2, 300):
        (tmp_path / "kept" / "called.py").write_text(CALLED.format(factor))
        run = subprocess.run(
            [sys.executable, "-c", "import kept.caller"],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": ":".join(["", *sys.path])},
        )
        told.append(run.stdout.strip())

    assert told == ["42", "42", "6300"]
