"""Floor 2: a job cut into equal parts, so that each fits a visit, a lawful stretch and a vehicle."""

from __future__ import annotations

import math
from collections.abc import Iterable

from geo_service.work.lawful import LawfulDays
from geo_service.work.model import Crew, Window, WorkKind


def able_crews(crews: Iterable[Crew], kind: WorkKind, machines: frozenset[str]) -> list[Crew]:
    """Return the crews with the people, skills and machines for a work."""
    return [
        crew
        for crew in crews
        if crew.people >= kind.people and kind.skills <= crew.skills and machines <= crew.machines
    ]


def longest_part_s(able: Iterable[Crew], lawful: LawfulDays, shift: Window, max_visit_s: int) -> int:
    """Return the longest time in seconds that one visit can take: lawful, and within an able crew's shift.

    When no shift meets the lawful stretches the stretches alone count, and the planner is told later that nobody can.
    """
    in_shifts = [lawful.longest_stretch_s((crew.shift_start_s, crew.shift_end_s)) for crew in able]
    return min(max_visit_s, max(in_shifts, default=0) or lawful.longest_stretch_s(shift))


def cut(service_s: int, volume_m3: float, longest_s: int, largest_m3: float) -> list[tuple[int, float]]:
    """Return (seconds, cubic metres) of as few equal parts as fit; whole minutes, their sums are the whole.

    Examples
    --------
    >>> cut(5 * 3600, 6.0, 4 * 3600, math.inf)
    [(9000, 3.0), (9000, 3.0)]
    >>> [seconds // 60 for seconds, _ in cut(100 * 60, 12.0, 4 * 3600, 5.0)]
    [34, 33, 33]
    """
    total, longest = service_s // 60, max(1, longest_s // 60)
    count = max(1, math.ceil(total / longest), min(total, math.ceil(volume_m3 / largest_m3)))
    each, left = divmod(total, count)
    return [(60 * (each + (part < left)), volume_m3 / count) for part in range(count)]
