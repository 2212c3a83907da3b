"""Floor 8: `/watch`: the quarter watch, moderators' comments on it, and frozen reports."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from geo_service.actions.comment_finding import comment_finding
from geo_service.actions.freeze_report import freeze_report
from geo_service.base.errors import InputError, NotFound
from geo_service.outputs.indicators import findings, indicators, year_before
from geo_service.outputs.periods import before, period, quarter_of, quarters_until
from geo_service.outputs.report import differences, frozen_facts, report_again
from geo_service.outputs.watch_facts import watch_facts
from geo_service.store.kinds_watch import FROZEN_REPORT, WATCH_COMMENT
from geo_service.web import watch_views as views
from geo_service.web.form import Form
from geo_service.web.frame import NO_STORE, Frame, answer_form
from geo_service.web.page_desk import MODERATORS, READERS, PageDesk
from geo_service.web.watch_words import WATCH
from geo_service.web.words import as_lang

Number = Annotated[str, Path(pattern=r"^R-20[0-9]{2}(-Q[1-4])?-[0-9]{1,4}$")]
SHOWN = 8
"""So many quarters of the year are shown."""


def watch_router(desk: PageDesk) -> APIRouter:
    """Return the routes of the watch's pages. Who may ask for them says `geo_service.api.access`."""
    router = APIRouter(include_in_schema=False)
    store = desk.store

    def framed(request: Request, path: str, *, trouble: str = "") -> Frame:
        lang = as_lang(request.query_params.get("lang", "de"))
        said = request.query_params.get("said", "")
        text = WATCH[lang].get(f"said_{said}", "").format(id=request.query_params.get("id", "")[:40])
        sample = store.is_sample()
        return Frame(path, lang, desk.who_of(request), ("watch",), (), sample, "" if trouble else text, trouble)

    def watch(frame: Frame) -> str:
        last = quarter_of(desk.today())
        periods = quarters_until(last, SHOWN)
        compared = year_before(last)
        readings = indicators(watch_facts(store, desk.today()), periods)
        found = findings(readings, last, compared)
        comments = {one.record.key: one.record for one in store.records(WATCH_COMMENT)}
        may = frame.who.is_one_of(MODERATORS)
        return views.watch_page(frame, readings, periods, found, compared, comments, may_comment=may)

    def reports(frame: Frame) -> str:
        last = before(quarter_of(desk.today()))
        years = period(str(desk.today().year - 1))
        periods = (years, *quarters_until(last, SHOWN))
        kept = [one.record for one in store.records(FROZEN_REPORT)]
        return views.report_list(frame, kept, periods, may_freeze=frame.who.is_one_of(MODERATORS))

    @router.get("/watch")
    def show_watch(request: Request) -> HTMLResponse:
        frame = framed(request, "/watch")
        return frame.refusal(READERS) or HTMLResponse(watch(frame), headers=NO_STORE)

    @router.post("/watch/comments")
    async def comment(request: Request) -> Response:
        frame = framed(request, "/watch")

        def act(form: Form) -> None:
            key = form.line("key", 120)
            if not key:
                raise InputError("the finding is missing", remedy="send the form from the page")
            comment_finding(store, key, form.line("text", 1000), author=frame.who.name, clock=desk.clock)

        return frame.refusal(MODERATORS) or await answer_form(
            request,
            act,
            then=frame.link("/watch", said="comment"),
            again=lambda trouble: watch(framed(request, "/watch", trouble=trouble)),
        )

    @router.get("/watch/reports")
    def show_reports(request: Request) -> HTMLResponse:
        frame = framed(request, "/watch/reports")
        return frame.refusal(READERS) or HTMLResponse(reports(frame), headers=NO_STORE)

    @router.post("/watch/reports")
    async def freeze(request: Request) -> Response:
        frame = framed(request, "/watch/reports")

        def act(form: Form) -> str:
            name = form.line("period", 10)
            text, digest = frozen_facts(store, period(name), desk.today())
            note = form.line("note", 300)
            made = freeze_report(store, name, text, digest, note=note, author=frame.who.name, clock=desk.clock)
            return frame.link(f"/watch/reports/{made.number}", said="freeze", id=made.number)

        return frame.refusal(MODERATORS) or await answer_form(
            request,
            act,
            then=frame.link("/watch/reports"),
            again=lambda trouble: reports(framed(request, "/watch/reports", trouble=trouble)),
        )

    @router.get("/watch/reports/{number}")
    def show_report(request: Request, number: Number) -> HTMLResponse:
        frame = framed(request, f"/watch/reports/{number}")
        refused = frame.refusal(READERS)
        if refused:
            return refused
        kept = store.record(FROZEN_REPORT, number)
        if kept is None:
            raise NotFound(f"there is no report {number}", remedy="see /watch/reports", report=number)
        changed = differences(store, kept.record, desk.today())
        return HTMLResponse(views.report_view(frame, kept.record, report_again(kept.record), changed), headers=NO_STORE)

    return router
