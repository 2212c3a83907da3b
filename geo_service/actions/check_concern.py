"""Floor 6: a moderator checks a concern: what it is, where it lies, and what the reporter is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from geo_service.actions.concern_records import plot_at, quarter_at, the_concern
from geo_service.base.errors import NotFound
from geo_service.neighbourhood.concern import Concern, Status, Step, Told, check_told, stepped
from geo_service.neighbourhood.concern_services import concern_kind
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store


@dataclass(frozen=True)
class Checked:
    """What a moderator finds. None leaves what was reported; an empty ``plot`` says that it lies on none."""

    reason: str
    answer: str = ""
    kind: str | None = None
    place: tuple[float, float] | None = None
    plot: str | None = None


def check_concern(
    store: Store,
    number: str,
    found: Checked,
    *,
    author: str,
    clock: Callable[[], datetime],
    seen: int | None = None,
) -> Concern:
    """Note that a concern was checked, with kind, place (lon, lat in degrees) and plot put right where need be.

    Raises
    ------
    NotFound
        There is no such concern or plot.
    InputError
        When no reason is given, or kind or place are none.
    RuleBroken
        When it was checked already or merged.
    Conflict
        When another version is kept than was seen.
    """
    now = clock()
    with store.change(author=author, reason=f"{number} checked: {found.reason}"[:500], at=now) as tx:
        concern = the_concern(store, number).record
        if found.kind is not None:
            concern = replace(concern, kind=concern_kind(found.kind).code)
        if found.place is not None:
            lon, lat = found.place
            check_told(Told(concern.kind, lon, lat, words="-"))
            concern = replace(
                concern, lon=lon, lat=lat, plot=plot_at(store, lon, lat), quarter=quarter_at(store, lon, lat)
            )
        if found.plot is not None:
            if found.plot and store.plot(found.plot) is None:
                raise NotFound(f"no plot {found.plot}", remedy="name the code of a plot", plot=found.plot)
            concern = replace(concern, plot=found.plot)
        after = stepped(concern, Step(Status.CHECKED, now, author, found.reason.strip(), found.answer.strip()))
        tx.put_record(CONCERN, after, expected=seen)
    return after
