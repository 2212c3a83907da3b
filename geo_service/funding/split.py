"""Floor 3: an amount split between funds to the cent, by largest remainder (Hare quota).

Each fund gets the whole cents of its exact share; the cents that are left go to the largest remainders. Between equal
remainders the smaller fund carries the cent, so that a large fund is not drawn on beyond its share for a tie. What
holds: the parts add up to the amount; each is within a cent of the exact share; who bears more never gets less; the
order of the funds does not matter; an amount with a minus mirrors the one without. What no such method can promise for
three funds or more is that a part never falls by a cent when the amount grows by one (Balinski and Young); with two
funds it never does.
"""

from __future__ import annotations

from collections.abc import Mapping

from geo_service.base.errors import InputError


def split_cents(gross_cents: int, parts: Mapping[str, int]) -> dict[str, int]:
    """Return the cents of each fund, by code, in the order of ``parts``.

    Parameters
    ----------
    parts
        Code of each fund and what it bears in proportion to the others, such as 75 and 25.

    Raises
    ------
    InputError
        When there are no funds, or one bears nothing.

    Examples
    --------
    >>> split_cents(10_01, {"efre": 75, "city": 25}), split_cents(2, {"efre": 75, "city": 25})
    ({'efre': 751, 'city': 250}, {'efre': 1, 'city': 1})
    >>> split_cents(-10_01, {"efre": 75, "city": 25})
    {'efre': -751, 'city': -250}
    """
    if not parts or min(parts.values()) <= 0:
        raise InputError("an amount is split between funds that bear something", remedy="give each fund its part")
    whole, amount = sum(parts.values()), abs(gross_cents)
    cents = {code: amount * part // whole for code, part in parts.items()}
    left = amount - sum(cents.values())
    for code in sorted(parts, key=lambda one: (-(amount * parts[one] % whole), parts[one], one))[:left]:
        cents[code] += 1
    return {code: -one if gross_cents < 0 else one for code, one in cents.items()}
