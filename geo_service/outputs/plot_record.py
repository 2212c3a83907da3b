"""Floor 7: what is kept of a plot beside itself, for its page at the desk: visits done, moves, photos, exceptions."""

from __future__ import annotations

from typing import Any

from geo_service.store.field import PhotoUse
from geo_service.store.model import Move, VisitDone
from geo_service.store.protocol import Store
from geo_service.work.model import Catalogue

MOST = 200
"""Of each kind: the newest."""


def plot_record(store: Store, code: str) -> dict[str, Any] | None:
    """Return what is kept of a plot, the newest first; None when there is no such plot.

    ``last`` names the last day of each work; ``done`` the visits that were reported or recorded; ``moves`` what plans
    moved and why; ``photos`` pictures that were received whole; ``exceptions`` those to the cutting ban.
    """
    plot = store.plot(code)
    if plot is None:
        return None
    catalogue = store.catalogue()
    last = [(on, work) for (of, work), on in store.last_done().items() if of == plot.plot_id]
    done = [one for one in store.visits_done() if one.plot_id == plot.plot_id]
    uses = store.photo_uses(plot=code)
    here = store.photos({use.note.sha256 for use in uses})
    seen: dict[str, PhotoUse] = {use.note.sha256: use for use in uses if use.note.sha256 in here}
    return {
        "code": code,
        "last": [{"date": on.isoformat(), **_work(work, catalogue)} for on, work in sorted(last, reverse=True)],
        "done": [_done(one, catalogue) for one in sorted(done, key=lambda one: (one.done_on, one.at))[::-1][:MOST]],
        "moves": [_move(one, catalogue) for one in _moves(store, code)[:MOST]],
        "photos": [_photo(use) for use in [*seen.values()][::-1][:MOST]],
        "exceptions": [
            {**_work(kept.work, catalogue), "ground": kept.exception.code, "evidence": kept.exception.evidence}
            for kept in store.exceptions()
            if kept.plot_id == plot.plot_id
        ],
    }


def _work(work: str, catalogue: Catalogue) -> dict[str, str]:
    kind = catalogue.kinds.get(work)
    return {"task": work, "task_de": kind.name_de if kind else work, "task_en": kind.name_en if kind else work}


def _moves(store: Store, code: str) -> list[Move]:
    return sorted((one for one in store.moves() if one.plot_code == code), key=lambda one: one.at, reverse=True)


def _done(one: VisitDone, catalogue: Catalogue) -> dict[str, Any]:
    return {
        "date": one.done_on.isoformat(),
        **_work(one.work, catalogue),
        "crew": one.crew,
        "part": one.part,
        "parts": one.parts,
    }


def _move(one: Move, catalogue: Catalogue) -> dict[str, Any]:
    return {
        **_work(one.work, catalogue),
        "old_date": one.old_on.isoformat(),
        "old_crew": one.old_crew,
        "new_date": one.new_on.isoformat() if one.new_on else None,
        "new_crew": one.new_crew,
        "reason": one.reason,
        "reason_en": one.reason_en,
        "author": one.author,
        "at": one.at.isoformat(),
    }


def _photo(use: PhotoUse) -> dict[str, Any]:
    return {"sha256": use.note.sha256, "role": use.note.role, "day": use.day.isoformat(), "crew": use.crew}
