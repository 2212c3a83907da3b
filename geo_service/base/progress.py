"""Floor 0: progress and stopping. Long work tells how far it is and asks whether to go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a piece of long work is.

    Attributes
    ----------
    stage
        What is being done, a short English phrase: ``"reading"``, ``"travel times"``, ``"searching"``.
    done, total
        Units of the stage; ``total`` 0 when unknown.
    note
        A figure worth showing, such as ``"unserved 3, drive 5:12 h"``.
    """

    stage: str
    done: int = 0
    total: int = 0
    note: str = ""


OnProgress = Callable[[Progress], None]
"""Receives progress. It may raise `geo_service.base.errors.Cancelled` to stop the work."""


def silent(_: Progress) -> None:
    """Receive progress and say nothing."""


Stop = Callable[[int], bool]
"""A stop rule: called with the number of iterations done, answers whether to stop now."""


def after_iterations(count: int) -> Stop:
    """Stop after ``count`` iterations: the rule that makes a run reproducible."""
    return lambda iterations: iterations >= count


def after_seconds(seconds: float, now: Callable[[], float] = time.monotonic) -> Stop:
    """Stop when ``seconds`` have passed since this call, by a monotonic clock that may be passed in."""
    end = now() + seconds
    return lambda _: now() >= end


def either(*rules: Stop) -> Stop:
    """Stop as soon as one of the rules says so."""
    return lambda iterations: any(rule(iterations) for rule in rules)
