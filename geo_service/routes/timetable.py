"""Floor 3: the exact timing of a fixed order, compiled: the innermost loop of every search and of `routes.timing`.

An order is given as arrays: ``legs`` int64, shape (n + 1,), the driving to each stop and back, seconds; ``services``
int64, shape (n,); the stretches in which stop ``i`` may be begun are ``low[k], high[k]``, both inclusive, ascending
and apart, for ``first[i] <= k < first[i + 1]``. A stop is a visit or a facility. All times are seconds since midnight.

Working time is everything between leaving and coming back except the break. In a day of more than 6 h of work the crew
rests once, in one piece, at a stand before or after the work there, so that no stretch exceeds 6 h: for 30 min, and
for 45 min in a day of more than 9 h (ArbZG §4). A crew leaves as late as it can without ending later.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo_service.base.compiled import bare
from geo_service.work.hours import HOUR_S, MAX_STRETCH_S, required_break_s

Ints = npt.NDArray[np.int64]

FITS, WINDOW, SHIFT, BREAK, WORK_TIME = 0, 1, 2, 3, 4
"""Answers of `place`: it can be timed; or a window, the shift, the break or the working time forbids it."""

START, END, REST_AT, REST_S, REST_AFTER = 0, 1, 2, 3, 4
"""Entries of `place`'s ``times``: leaving, coming back, the break (0 s long when there is none), stops before it."""

_SHORT_REST_S = required_break_s(8 * HOUR_S)
_LONG_REST_S = required_break_s(10 * HOUR_S)
_SHORT_DAY_S = 9 * HOUR_S
_TOO_LATE = -1


def work_for(stops: int, windows: int) -> Ints:
    """Return the scratch that `place` needs for so many stops and windows."""
    return np.empty((12, max(stops, windows) + 2), dtype=np.int64)


@bare
def forward(at: int, gap: int, legs: Ints, services: Ints, first: Ints, low: Ints, high: Ints, begins: Ints) -> int:
    """Drive as early as possible from ``at`` over the stops from ``gap`` on, fill ``begins``; return the end or -1."""
    for stop in range(gap, len(services)):
        at += legs[stop]
        found = False
        for k in range(first[stop], first[stop + 1]):
            if at <= high[k]:
                at = max(at, low[k])
                found = True
                break
        if not found:
            return _TOO_LATE
        begins[stop] = at
        at += services[stop]
    return int(at + legs[len(services)])


@bare
def _latest_start(end: int, legs: Ints, services: Ints, first: Ints, low: Ints, high: Ints, latest: Ints) -> int:
    """Return the latest departure that still reaches ``end``, and fill the latest begin of each stop for it."""
    at = end - legs[len(services)]
    for stop in range(len(services) - 1, -1, -1):
        at -= services[stop]
        for k in range(first[stop + 1] - 1, first[stop] - 1, -1):
            if low[k] <= at:
                at = min(at, high[k])
                break
        latest[stop] = at
        at -= legs[stop]
    return int(at)


@bare
def _piece(
    depart: int, legs: Ints, services: Ints, first: Ints, low: Ints, high: Ints, begins: Ints, latest: Ints
) -> tuple[int, int]:
    """Return the latest departure that ends as early as one at ``depart``, and that end or -1; fill the begins."""
    end = forward(depart, 0, legs, services, first, low, high, begins)
    if end == _TOO_LATE:
        return depart, end
    start = _latest_start(end, legs, services, first, low, high, latest)
    if start <= depart:
        return depart, end
    return start, forward(start, 0, legs, services, first, low, high, begins)


@bare
def place(
    opens: int,
    closes: int,
    max_work_s: int,
    legs: Ints,
    services: Ints,
    first: Ints,
    low: Ints,
    high: Ints,
    begins: Ints,
    times: Ints,
    work: Ints,
) -> int:
    """Time an order in the shift ``opens`` to ``closes``: a timetable exists if and only if the answer is `FITS`.

    Parameters
    ----------
    begins
        Is filled: int64, shape (n,), when each stop is begun.
    times
        Is filled: int64, shape (5,), see `START`.
    work
        Scratch from `work_for`.
    """
    count = len(services)
    end = forward(opens, 0, legs, services, first, low, high, begins)
    if end == _TOO_LATE:
        return WINDOW
    if end > closes:
        return SHIFT
    busy = legs[count]
    for stop in range(count):
        busy += legs[stop] + services[stop]
    if busy > max_work_s:
        return WORK_TIME
    earliest, latest, gaps = work[0], work[1], work[2]
    for stop in range(count):
        earliest[stop] = begins[stop]
    tries = 1 + len(low)
    if busy <= MAX_STRETCH_S:
        depart = opens
        for _ in range(tries):
            start, end = _piece(depart, legs, services, first, low, high, begins, latest)
            if end == _TOO_LATE or end > closes:
                break
            if end - start <= MAX_STRETCH_S:
                times[START], times[END], times[REST_AT], times[REST_S], times[REST_AFTER] = start, end, 0, 0, 0
                return FITS
            if end - start == busy:
                break
            depart = start + 1
    end = earliest[count - 1] + services[count - 1] + legs[count] if count else opens + legs[0]
    code = SHIFT
    _sort_gaps(earliest, end, legs, services, gaps, work[3], work[4])
    for long_rest in range(2 if max_work_s > _SHORT_DAY_S else 1):
        rest_s = _LONG_REST_S if long_rest else _SHORT_REST_S
        most = max_work_s if long_rest else min(max_work_s, _SHORT_DAY_S)
        for gap in gaps[: count + 1]:
            answer = _with_rest(
                gap, rest_s, opens, closes, most, busy, tries, legs, services, first, low, high, begins, times, work
            )
            if answer == FITS:
                return FITS
            code = max(code, answer)
    return code


@bare
def _sort_gaps(earliest: Ints, end: int, legs: Ints, services: Ints, gaps: Ints, wait: Ints, off_middle: Ints) -> None:
    """Order the places for the break (number of stops before it): long waits first, then the middle of the day."""
    count = len(services)
    begin = earliest[0] if count else end
    middle = (begin + end) // 2
    left = begin - legs[0]
    for gap in range(count + 1):
        begin = earliest[gap] if gap < count else end
        wait[gap] = min(begin - left - legs[gap], _SHORT_REST_S) if gap else 0
        off_middle[gap] = abs(left - middle)
        if gap < count:
            left = begin + services[gap]
    for i in range(count + 1):  # an insertion sort: stable, and few
        gaps[i] = i
        k = i
        while k > 0:
            one, two = gaps[k - 1], gaps[k]
            if wait[one] > wait[two] or (wait[one] == wait[two] and off_middle[one] <= off_middle[two]):
                break
            gaps[k - 1], gaps[k] = two, one
            k -= 1


@bare
def _with_rest(
    gap: int,
    rest_s: int,
    opens: int,
    closes: int,
    max_work_s: int,
    busy: int,
    tries: int,
    legs: Ints,
    services: Ints,
    first: Ints,
    low: Ints,
    high: Ints,
    begins: Ints,
    times: Ints,
    work: Ints,
) -> int:
    """Time the order with the break after ``gap`` stops: as one more stop without driving, then placed exactly."""
    count = len(services)
    at = max(gap, 1)  # nobody rests at the depot: with no stop before it the break comes after the drive
    legs_with, services_with, first_with = work[5, : count + 2], work[6, : count + 1], work[7, : count + 2]
    windows = first[gap]
    low_with, high_with = work[8, : len(low) + 1], work[9, : len(low) + 1]
    for k in range(count + 1):
        legs_with[k if k < at else k + 1] = legs[k]
        first_with[k if k <= gap else k + 1] = first[k] if k <= gap else first[k] + 1
    legs_with[at] = 0
    first_with[gap + 1] = first[gap] + 1
    for k in range(count):
        services_with[k if k < gap else k + 1] = services[k]
    services_with[gap] = rest_s
    for k in range(len(low)):
        moved = k if k < windows else k + 1
        low_with[moved], high_with[moved] = low[k], high[k]
    low_with[windows], high_with[windows] = 0, 2 * 86_400
    begins_with, latest = work[10, : count + 1], work[11, : count + 1]
    code = SHIFT
    depart = opens
    for _ in range(tries):
        start, end = _piece(depart, legs_with, services_with, first_with, low_with, high_with, begins_with, latest)
        if end == _TOO_LATE or end > closes:
            break
        if end - start - rest_s > max_work_s:
            code = WORK_TIME
        else:
            code = BREAK
            for after_drive in range(2 if 0 < gap < count else 1):
                drive = legs[gap] if after_drive else 0
                rest = max(begins_with[gap] + drive, end - rest_s - MAX_STRETCH_S)
                if rest <= min(latest[gap] + drive, start + MAX_STRETCH_S):
                    away = rest + rest_s - drive - (0 if gap else legs[0])
                    back = forward(away, gap, legs, services, first, low, high, begins)
                    if back != _TOO_LATE:
                        for k in range(gap):
                            begins[k] = begins_with[k]
                        times[START], times[END], times[REST_AT] = start, back, rest
                        times[REST_S], times[REST_AFTER] = rest_s, gap
                        return FITS
        if end - start == busy + rest_s:
            break  # no waiting: leaving later only shifts the day
        depart = start + 1
    return code
