"""Floor 0: an executor that outlives its processes: when one is killed, the next call gets new ones."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from threading import Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class LastingPool(Executor):
    """Hands calls to an executor, and makes a new one when it is broken.

    A process that is killed breaks the whole pool of `concurrent.futures`: what it did and what waited ends with
    `BrokenExecutor`, which the futures tell, and the pool takes nothing any more. This one goes on.

    Parameters
    ----------
    make
        Makes an executor; called at the first call, and after each break.
    """

    def __init__(self, make: Callable[[], Executor]) -> None:
        self._make = make
        self._inner: Executor | None = None
        self._gate = Lock()
        self._ended = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand on a call.

        Raises
        ------
        RuntimeError
            After `shutdown`, or when new processes break at once.
        """
        with self._gate:
            if self._ended:
                raise RuntimeError("the pool was shut down")
            if self._inner is None:
                self._inner = self._make()
            try:
                return self._inner.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._inner.shutdown(wait=False)
                self._inner = self._make()
                return self._inner.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes; nothing is taken any more."""
        with self._gate:
            inner, self._inner, self._ended = self._inner, None, True
        if inner is not None:
            inner.shutdown(wait=wait, cancel_futures=cancel_futures)


def failure_of(future: Future[Any]) -> BaseException | None:
    """Return why a call failed, None when it did not or was cancelled before it began."""
    return None if future.cancelled() else future.exception()
