"""The pool that outlives its processes."""

from __future__ import annotations

import os
import signal
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from geo_service.base.lasting_pool import LastingPool, failure_of


def processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def test_a_killed_process_is_replaced():
    with LastingPool(processes) as pool:
        killed = pool.submit(os.kill, pool.submit(os.getpid).result(timeout=60), signal.SIGKILL)
        with pytest.raises(BrokenExecutor):
            killed.result(timeout=60)
        assert isinstance(failure_of(killed), BrokenExecutor)
        again = pool.submit(abs, -3)
        assert (again.result(timeout=60), failure_of(again)) == (3, None)


def test_without_it_a_killed_process_ends_the_pool():
    """The control."""
    with processes() as pool:
        killed = pool.submit(os.kill, pool.submit(os.getpid).result(timeout=60), signal.SIGKILL)
        assert isinstance(killed.exception(timeout=60), BrokenExecutor)
        with pytest.raises(BrokenExecutor):
            pool.submit(abs, -3)


def test_after_its_end_it_takes_nothing():
    pool = LastingPool(lambda: ThreadPoolExecutor(1))
    assert pool.submit(abs, -3).result(timeout=10) == 3
    pool.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(abs, -3)


def test_it_may_end_before_it_began():
    made = []
    LastingPool(lambda: made.append(1) or ThreadPoolExecutor(1)).shutdown()
    assert made == []


def test_what_was_cancelled_did_not_fail():
    with LastingPool(lambda: ThreadPoolExecutor(1)) as pool:
        gate = pool.submit(os.getpid)
        gate.result(timeout=10)
        assert failure_of(gate) is None
        assert isinstance(failure_of(pool.submit(int, "x")), ValueError)
