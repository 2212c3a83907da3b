"""Floor 8: `/inbox`: the planner's inbox and the forms on it; each form does what the API does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, cast

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from geo_service.actions.answer_alert import Answer, Decision
from geo_service.base.errors import InputError
from geo_service.outputs.inbox import Inbox
from geo_service.store.field import Choice
from geo_service.web.form import Form
from geo_service.web.frame import NO_STORE, Frame, answer_form
from geo_service.web.inbox_page import inbox_page
from geo_service.web.inbox_words import INBOX
from geo_service.web.page_desk import PLANNERS, Who
from geo_service.web.words import as_lang

_SENT = {"answer": "answered", "settle": "settled", "withdraw": "withdrawn", "accept": "accepted"}
_DECISIONS = frozenset({"seen", "go_on", "later", "urgent", "order"})

Work = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Number = Annotated[int, Path(ge=1, le=2**53)]


@dataclass(frozen=True)
class InboxDesk:
    """What the inbox asks of the rest of the house; `geo_service.main` wires it.

    Attributes
    ----------
    box
        What waits for a planner now.
    is_sample
        Whether the workspace holds the schematic sample.
    who_of
        Tells who asks.
    answer, settle, withdraw, accept
        The actions; the last argument is the author.
    """

    box: Callable[[], Inbox]
    is_sample: Callable[[], bool]
    who_of: Callable[[Request], Who]
    answer: Callable[[int, Answer, str], object]
    settle: Callable[[int, Choice, str, str], object]
    withdraw: Callable[[int, str], object]
    accept: Callable[[str, str, str], object]


def inbox_router(desk: InboxDesk) -> APIRouter:
    """Return the routes of the inbox. Who may send its forms says `geo_service.api.access`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/inbox")
    def show(request: Request, lang: str = "de", said: str = "") -> HTMLResponse:
        frame = _frame(desk.who_of(request), lang, said=INBOX[as_lang(lang)][said] if said in _SENT.values() else "")
        return frame.refusal(PLANNERS) or HTMLResponse(inbox_page(desk.box(), frame), headers=NO_STORE)

    @router.post("/inbox/alerts/{alert_id}")
    async def answer(request: Request, alert_id: Number, lang: str = "de") -> Response:
        return await _do(request, lang, "answer", partial(_answer, alert_id))

    @router.post("/inbox/conflicts/{conflict_id}")
    async def settle(request: Request, conflict_id: Number, lang: str = "de") -> Response:
        return await _do(request, lang, "settle", partial(_settle, conflict_id))

    @router.post("/inbox/follow-ups/{event_id}/withdrawal")
    async def withdraw(request: Request, event_id: Number, lang: str = "de") -> Response:
        return await _do(request, lang, "withdraw", lambda form, author: desk.withdraw(event_id, author))

    @router.post("/inbox/standards/{work}")
    async def accept(request: Request, work: Work, lang: str = "de") -> Response:
        return await _do(
            request, lang, "accept", lambda form, author: desk.accept(work, form.line("reason", 300), author)
        )

    def _answer(alert_id: int, form: Form, author: str) -> None:
        decision = form.line("decision", 20)
        if decision not in _DECISIONS:
            raise InputError("nothing was decided", remedy="choose one of the buttons")
        answer = Answer(
            decision=cast(Decision, decision),
            note=form.line("note", 300),
            from_on=form.day("from"),
            until_on=form.day("until"),
            work=form.line("work", 100),
            minutes=form.whole("minutes", 1, 360, 60),
        )
        desk.answer(alert_id, answer, author)

    def _settle(conflict_id: int, form: Form, author: str) -> None:
        desk.settle(conflict_id, cast(Choice, form.line("choice", 10)), form.line("reason", 300), author)

    async def _do(request: Request, lang: str, what: str, act: Callable[[Form, str], object]) -> Response:
        """Do what a form asks, then show the page again; what was not saved is told with its reason."""
        who = desk.who_of(request)
        return await answer_form(
            request,
            lambda form: act(form, who.name),
            then=_frame(who, lang).link("/inbox", said=_SENT[what]),
            again=lambda trouble: inbox_page(desk.box(), _frame(who, lang, trouble=trouble)),
        )

    def _frame(who: Who, lang: str, *, said: str = "", trouble: str = "") -> Frame:
        return Frame("/inbox", as_lang(lang), who, ("inbox",), sample=desk.is_sample(), said=said, trouble=trouble)

    return router
