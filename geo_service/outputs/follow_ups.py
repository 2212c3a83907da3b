"""Floor 7: the further work that crews asked for: who, why, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from geo_service.actions.urgent import answering, urgent_id
from geo_service.schedule.events import UrgentVisit, words
from geo_service.store.protocol import Store
from geo_service.work.model import Catalogue

FollowUpState = Literal["open", "planned", "done"]


@dataclass(frozen=True)
class AskedWork:
    """Further work that a report asks for.

    Attributes
    ----------
    event_id
        Of the event that every plan heeds, by which it is withdrawn.
    visit_id
        Of the visit that it makes; where the work is due anyway, that visit is hurried instead.
    crew, on
        The crew-day that the plan in force gives it; done, the one that did it.
    """

    event_id: int
    event: UrgentVisit
    author: str
    at: datetime
    visit_id: str
    state: FollowUpState
    crew: str = ""
    on: date | None = None

    def why(self, lang: str) -> str:
        """Return what it follows from and why, in a language."""
        return words(self.event)[lang == "en"]

    def work_in(self, catalogue: Catalogue, lang: str) -> str:
        """Return the work by its name, or in the crew's own words."""
        kind = catalogue.kinds.get(self.event.work)
        return self.event.work if kind is None else (kind.name_en if lang == "en" else kind.name_de)


def asked_works(store: Store) -> tuple[AskedWork, ...]:
    """Return the follow-ups that were not withdrawn, the oldest first."""
    plan = store.plan()
    where = [(stop.visit, route.crew_day) for route in (plan.routes if plan else ()) for stop in route.stops]
    done = store.visits_done()
    ids = {plot.code: plot.plot_id for plot in store.plots()}
    found = []
    for kept in store.events():
        event = kept.event
        if not isinstance(event, UrgentVisit) or event.follows is None:
            continue
        mine = urgent_id(event)
        state: FollowUpState = "open"
        crew, on = "", None
        said = words(event)[0]
        for visit, day in where:
            if visit.visit_id == mine or (
                (visit.plot_code, visit.work) == (event.plot, event.work) and visit.why.startswith(said)
            ):
                state, crew, on = "planned", day.crew, day.on
                break
        one = answering(event, ids.get(event.plot, ""), done, kept.at)
        if one is not None:
            state, crew, on = "done", one.crew, one.done_on
        found.append(AskedWork(kept.event_id, event, kept.author, kept.at, mine, state, crew, on))
    return tuple(found)
