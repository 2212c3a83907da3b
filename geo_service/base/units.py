"""Floor 0: quantities in words. Inside, times are whole seconds, lengths metres, areas square metres."""

from __future__ import annotations


def hours(seconds: float) -> str:
    """Write a duration as hours and minutes, rounded to the minute.

    Examples
    --------
    >>> hours(5 * 3600 + 12 * 60), hours(59)
    ('5:12 h', '0:01 h')
    """
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d} h"


def minutes(seconds: float) -> int:
    """Round seconds to whole minutes."""
    return round(seconds / 60)


def kilometres(metres: float) -> str:
    """Write a length in kilometres with one decimal.

    Examples
    --------
    >>> kilometres(12345)
    '12.3 km'
    """
    return f"{metres / 1000:.1f} km"
