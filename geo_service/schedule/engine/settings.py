"""Floor 4: how the search goes about it: the same numbers for every instance of a kind, never for one instance."""

from __future__ import annotations

from dataclasses import dataclass

from geo_service.schedule.engine.instance import Array


@dataclass(frozen=True)
class Settings:
    """How the search goes about it.

    Attributes
    ----------
    workers
        Searches side by side, one thread each.
    hot, cold
        First and last temperature of an annealing, as a multiple of the mean way to the nearest five neighbours.
    mean_taken, longest_string, split, all_days, whole, region, region_size
        What an iteration takes out, see `geo_service.schedule.engine.ruin`.
    blink
        Probability of passing over a route, or a pattern, when an item is put back.
    cycle, again, population, fresh, polished
        With ``cycle`` 0 each worker anneals once, over all of its time. Otherwise it anneals ``cycle`` iterations for
        each item, again and again: ``fresh`` times from nothing (four times as long), then children of two members
        of the population, from the temperature ``again`` on; the last ``polished`` part of the time it goes on from
        the best.
    meet
        Where each worker anneals once: the shares of the time at which all go on from the best.
    order
        Items in the order of being put in at first; by default random.
    first
        bool (n, R): the routes on which items are put at first, such as those of a plan in force; then all others.
    """

    workers: int = 2
    hot: float = 1.0
    cold: float = 0.01
    mean_taken: float = 8.0
    longest_string: float = 10.0
    split: float = 0.3
    all_days: float = 0.0
    whole: float = 0.5
    region: float = 0.2
    region_size: float = 12.0
    blink: float = 0.01
    cycle: int = 0
    again: float = 0.2
    population: int = 12
    fresh: int = 3
    polished: float = 0.15
    meet: tuple[float, ...] = (0.5, 0.7, 0.85, 0.95)
    order: Array | None = None
    first: Array | None = None


PERIODIC = Settings(hot=3.0, cold=0.05, cycle=60)
"""For visits on several days with soft limits."""

TIMED = Settings(
    hot=1.0,
    cold=0.01,
    mean_taken=14.0,
    longest_string=14.0,
    split=0.5,
    region=0.0,
    blink=0.03,
    cycle=200,
    fresh=2,
    again=0.5,
)
"""For one day with windows."""

WASTE = Settings(hot=3.0, cold=0.05, cycle=100)
"""For several days with trips to facilities."""

SERVICE = Settings(hot=2.0, cold=0.02, whole=1.0, all_days=0.7, mean_taken=12.0, region=0.3, blink=0.03)
"""For the care of plots: visits of one day each, windows, needs, trips, some left out."""
