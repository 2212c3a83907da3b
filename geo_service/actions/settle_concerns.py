"""Floor 6: what a visit means for the concerns that asked for it: done closes them, not done after all opens them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from geo_service.base.clock import BERLIN
from geo_service.neighbourhood.concern import Concern, Status, Step, stepped
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store, Writing
from geo_service.work.model import Visit


def settle_concerns(store: Store, tx: Writing, visit: Visit, on: date, *, author: str, at: datetime) -> None:
    """Write into an open transaction that the concerns are done whose work a whole visit did."""
    for kept in store.records(CONCERN, link=("ordered", visit.plot_code)):
        concern = kept.record
        if concern.status is Status.ORDERED and _answers(visit, on, at, concern):
            step = Step(Status.DONE, at, author, f"Einsatz {visit.visit_id} am {on:%d.%m.%Y} erledigt")
            last = replace(concern.orders[-1], done_by=visit.visit_id, done_on=on)
            tx.put_record(CONCERN, replace(stepped(concern, step), orders=(*concern.orders[:-1], last)))


def reopen_concerns(store: Store, tx: Writing, visit_id: str, *, author: str, at: datetime) -> None:
    """Write into an open transaction that the concerns wait again whose visit was not done after all."""
    for kept in store.records(CONCERN, link=("done_by", visit_id)):
        concern = kept.record
        last = concern.orders[-1]
        if concern.status is Status.DONE and last.done_by == visit_id:
            step = Step(Status.ORDERED, at, author, f"Einsatz {visit_id} war doch nicht möglich")
            again = replace(last, done_by="", done_on=None)
            tx.put_record(CONCERN, replace(stepped(concern, step), orders=(*concern.orders[:-1], again)))


def _answers(visit: Visit, on: date, at: datetime, concern: Concern) -> bool:
    """Tell whether a visit is the one asked for, or did the same work on the plot later, see `urgent.answering`."""
    order = concern.orders[-1]
    if visit.visit_id.rpartition(".")[0] == order.visit_id.rpartition(".")[0]:
        return True
    same = (visit.plot_code, visit.work) == (order.plot, order.work)
    return same and at > order.at and on >= order.at.astimezone(BERLIN).date()
