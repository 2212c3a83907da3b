"""Floor 2: working time after ArbZG. Work time excludes breaks; all durations are whole seconds."""

from __future__ import annotations

HOUR_S = 3600

MAX_WORK_S = 8 * HOUR_S
"""ArbZG §3: work time of a working day."""

MAX_WORK_BALANCED_S = 10 * HOUR_S
"""ArbZG §3: work time of a working day when 8 h on average are kept over 6 months or 24 weeks."""

MAX_STRETCH_S = 6 * HOUR_S
"""ArbZG §4: nobody works longer than this without a break."""

MIN_BREAK_PART_S = 15 * 60
"""ArbZG §4: a break may be taken in parts of at least this."""

MIN_REST_S = 11 * HOUR_S
"""ArbZG §5: rest between the end of a day's work and the beginning of the next."""


def required_break_s(work_s: int) -> int:
    """Return the breaks that ArbZG §4 asks for in a day of ``work_s`` seconds of work, in seconds.

    Examples
    --------
    >>> [required_break_s(round(h * HOUR_S)) // 60 for h in (6, 6.01, 9, 9.01)]
    [0, 30, 30, 45]
    """
    if work_s > 9 * HOUR_S:
        return 45 * 60
    return 30 * 60 if work_s > 6 * HOUR_S else 0


def rest_is_kept(ended_s: int, starts_s: int) -> bool:
    """Tell whether 11 h lie between the end of one day and the start of the next, both seconds since local midnight.

    Examples
    --------
    >>> rest_is_kept(20 * HOUR_S, 7 * HOUR_S), rest_is_kept(20 * HOUR_S, 6 * HOUR_S + 3599)
    (True, False)
    """
    return 24 * HOUR_S - ended_s + starts_s >= MIN_REST_S
