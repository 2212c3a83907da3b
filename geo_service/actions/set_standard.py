"""Floor 6: set the minutes of a work in the catalogue, as booked minutes or the planner's judgement say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from geo_service.base.errors import InputError, NotFound
from geo_service.store.protocol import Store
from geo_service.work.actuals import with_standard
from geo_service.work.catalogue import catalogue_from_json, catalogue_to_json
from geo_service.work.model import WorkKind


def set_standard(
    store: Store,
    work: str,
    *,
    minutes_fixed: float,
    rates: Mapping[float, float],
    reason: str,
    author: str,
    clock: Callable[[], datetime],
) -> WorkKind:
    """Give a work another standard; demand, plans and seasons made from now on reckon with it.

    Parameters
    ----------
    rates
        Minutes per square metre by ``up_to_m2`` of the tier, infinite for the last; tiers that are not named keep
        theirs.

    Raises
    ------
    NotFound
        The catalogue does not know the work.
    InputError
        There is no such tier, no reason, or the catalogue refuses the figures.
    """
    if not reason.strip():
        raise InputError("a standard is changed without a reason", remedy="say what it rests on")
    told = "; ".join(
        [f"{minutes_fixed:g} min", *(f"up to {limit:g} m²: {rate:g} min/m²" for limit, rate in rates.items())]
    )
    with store.change(author=author, reason=f"standard of {work}: {told} ({reason})"[:500], at=clock()) as tx:
        catalogue = store.catalogue()
        kind = catalogue.kinds.get(work)
        if kind is None:
            raise NotFound(f"no work {work} in the catalogue", remedy=f"one of {', '.join(catalogue.kinds)}", work=work)
        limits = [tier.up_to_m2 for tier in kind.rates]
        strange = [limit for limit in rates if limit not in limits]
        if strange:
            raise InputError(
                f"{work} has no tier up to {strange[0]:g} m²",
                remedy=f"name one of: {', '.join(f'{limit:g}' for limit in limits)}",
            )
        changed = with_standard(kind, minutes_fixed, rates)
        wanted = replace(catalogue, kinds={**catalogue.kinds, work: changed})
        tx.put_catalogue(catalogue_from_json(catalogue_to_json(wanted)))
    return changed
