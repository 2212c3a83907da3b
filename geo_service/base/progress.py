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
"""A stop rule: called with the number of iterations done, answers whether to stop now.

A rule that knows how far it is may say so by ``share(iterations)``, from 0 to 1: a search then cools in time. One that
counts may say by ``left(iterations)`` how many are left, and is never overrun. See `share_of` and `left_of`.
"""


@dataclass(frozen=True)
class AfterIterations:
    """Stops after ``count`` iterations."""

    count: int

    def __call__(self, iterations: int) -> bool:
        """Tell whether to stop."""
        return iterations >= self.count

    def share(self, iterations: int) -> float:
        """Return how much of the way is done."""
        return iterations / self.count if self.count > 0 else 1.0

    def left(self, iterations: int) -> int:
        """Return how many iterations are left."""
        return max(0, self.count - iterations)


@dataclass(frozen=True)
class AfterSeconds:
    """Stops when the clock reads ``begun_s + seconds``."""

    begun_s: float
    seconds: float
    now: Callable[[], float]

    def __call__(self, iterations: int) -> bool:
        """Tell whether to stop."""
        return self.now() >= self.begun_s + self.seconds

    def share(self, iterations: int) -> float:
        """Return how much of the way is done."""
        return (self.now() - self.begun_s) / self.seconds if self.seconds > 0 else 1.0


def after_iterations(count: int) -> Stop:
    """Stop after ``count`` iterations: the rule that makes a run reproducible."""
    return AfterIterations(count)


def after_seconds(seconds: float, now: Callable[[], float] = time.monotonic) -> Stop:
    """Stop when ``seconds`` have passed since this call, by a monotonic clock that may be passed in."""
    return AfterSeconds(now(), seconds, now)


def either(*rules: Stop) -> Stop:
    """Stop as soon as one of the rules says so."""
    return lambda iterations: any(rule(iterations) for rule in rules)


@dataclass(frozen=True)
class UpTo:
    """Stops when a rule by the clock has gone a ``part`` of its way: what comes after the search has the rest."""

    rule: AfterSeconds
    part: float

    def __call__(self, iterations: int) -> bool:
        """Tell whether to stop."""
        return self.rule.share(iterations) >= self.part

    def share(self, iterations: int) -> float:
        """Return how much of the way is done."""
        return self.rule.share(iterations) / self.part


def up_to(stop: Stop, part: float) -> Stop:
    """Return a rule that stops at a part of the time of another; a rule by anything else is left as it is."""
    return UpTo(stop, part) if isinstance(stop, AfterSeconds) else stop


def share_of(stop: Stop, iterations: int) -> float:
    """Return how much of its way a search has gone, from 0 to 1: as the rule says, or guessed where it does not."""
    told = getattr(stop, "share", None)
    share = told(iterations) if told is not None else 1.0 - 1.0 / (1.0 + iterations / 100_000)
    return float(min(1.0, max(0.0, share)))


def left_of(stop: Stop, iterations: int, most: int) -> int:
    """Return how many iterations may be done before the rule is asked again, at least 1 and at most ``most``."""
    told = getattr(stop, "left", None)
    return most if told is None else max(1, min(most, told(iterations)))
