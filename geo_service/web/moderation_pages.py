"""Floor 8: `/moderation`: what residents bring, handled step by step; every step needs a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, cast

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from geo_service.actions.check_concern import Checked, check_concern
from geo_service.actions.concern_records import the_concern
from geo_service.actions.end_concern import close_concern, reject_concern, reopen_concern
from geo_service.actions.forget_reporters import forget_reporters
from geo_service.actions.forward_concern import forward_concern
from geo_service.actions.merge_concerns import merge_concerns
from geo_service.actions.order_concern import OrderAsked, order_concern
from geo_service.actions.publish_concern import publish_concern, withdraw_concern
from geo_service.actions.report_concern import report_concern
from geo_service.base.errors import InputError
from geo_service.neighbourhood.concern import MAX_LINE, MAX_WORDS, Concern, Status, Told
from geo_service.neighbourhood.concern_services import Wording
from geo_service.neighbourhood.concern_twins import twins_of
from geo_service.neighbourhood.contacts import clean_up_list
from geo_service.neighbourhood.mediations import to_follow_up
from geo_service.outputs.street_places import place_named
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.kinds_network import CONTACT, MEDIATION
from geo_service.store.protocol import Store
from geo_service.web import moderation_views as views
from geo_service.web.form import Form
from geo_service.web.frame import NO_STORE, Frame, answer_form
from geo_service.web.moderation_tabs import moderation_tabs
from geo_service.web.moderation_words import MODERATION
from geo_service.web.page_desk import CONFIDANTS, MODERATORS, PageDesk
from geo_service.web.words import as_lang

Number = Annotated[str, Path(pattern=r"^A-[0-9]{4}-[0-9]{4,8}$")]

Act = Callable[[Form, str], str | None]


def moderation_router(desk: PageDesk) -> APIRouter:
    """Return the routes of the moderators' pages. Who may ask for them says `geo_service.api.access`."""
    router = APIRouter(include_in_schema=False)
    store, clock = desk.store, desk.clock

    def framed(request: Request, path: str, *, trouble: str = "") -> Frame:
        lang = as_lang(request.query_params.get("lang", "de"))
        said = request.query_params.get("said", "")
        text = MODERATION[lang].get(f"said_{said}", "").format(id=request.query_params.get("id", "")[:120])
        said = "" if trouble else text
        scripts = ("concern/places.js",)
        return Frame(path, lang, desk.who_of(request), ("moderation",), scripts, store.is_sample(), said, trouble)

    def shown(request: Request, path: str, show: Callable[[Frame], str]) -> HTMLResponse:
        frame = framed(request, path)
        return frame.refusal(MODERATORS) or HTMLResponse(show(frame), headers=NO_STORE)

    async def done(request: Request, path: str, what: str, act: Act, show: Callable[[Frame], str]) -> Response:
        frame = framed(request, path)
        refused = frame.refusal(MODERATORS)
        return refused or await answer_form(
            request,
            lambda form: act(form, frame.who.name),
            then=frame.link(path, said=what),
            again=lambda trouble: show(framed(request, path, trouble=trouble)),
        )

    def quarters() -> list[tuple[str, str]]:
        return [(one.key, one.name) for one in store.quarters()]

    def concerns() -> list[Concern]:
        return [one.record for one in store.records(CONCERN) if not one.record.merged_into]

    def one_concern(number: str) -> Callable[[Frame], str]:
        def show(frame: Frame) -> str:
            kept = the_concern(store, number)
            return views.concern_view(
                frame, kept, twins_of(kept.record, concerns()), quarters(), moderation_tabs(frame)
            )

        return show

    def overview(frame: Frame) -> str:
        found, today = concerns(), desk.today()
        overdue = [one for one in found if one.status is Status.ORDERED and one.orders[-1].latest_on < today]
        waiting = [
            views.Waiting(sum(one.status is Status.NEW for one in found), "waits_new", "/moderation/concerns"),
            views.Waiting(
                sum(one.status is Status.CHECKED for one in found), "waits_checked", "/moderation/concerns?list=open"
            ),
            views.Waiting(len(overdue), "waits_overdue", "/moderation/concerns?list=open"),
            *(_in_confidence(store, today) if frame.who.is_one_of(CONFIDANTS) else ()),
        ]
        return views.overview(frame, waiting, moderation_tabs(frame))

    @router.get("/moderation")
    def show_overview(request: Request) -> HTMLResponse:
        return shown(request, "/moderation", overview)

    @router.get("/moderation/concerns")
    def show_list(request: Request) -> HTMLResponse:
        chosen = request.query_params.get("list", "new")
        quarter = request.query_params.get("quarter", "")

        def show(frame: Frame) -> str:
            rows = [
                one
                for one in concerns()
                if (chosen != "new" or one.status is Status.NEW)
                and (chosen != "open" or one.is_open)
                and quarter in ("", one.quarter)
            ]
            return views.concern_list(frame, rows[::-1], chosen, quarter, quarters(), moderation_tabs(frame))

        return shown(request, "/moderation/concerns", show)

    @router.get("/moderation/concerns/new")
    def show_counter(request: Request) -> HTMLResponse:
        return shown(request, "/moderation/concerns/new", lambda frame: views.counter_form(frame, quarters()))

    @router.post("/moderation/concerns/new")
    async def take_down(request: Request) -> Response:
        path = "/moderation/concerns/new"

        def act(form: Form, author: str) -> str:
            place, quarter = form.line("place", MAX_LINE), form.line("quarter", 40)
            at = place_named(store, place, quarter)
            if at is None:
                raise InputError("the street is not known", remedy="name street and quarter")
            told = Told(
                form.line("kind", 40),
                *at,
                words=form.text("words", MAX_WORDS),
                place=place,
                name=form.line("name", MAX_LINE),
                mail=form.line("mail", MAX_LINE),
                phone=form.line("phone", MAX_LINE),
                lang=cast(Wording, form.choice("tongue", ("de", "en", "easy"))),
                channel="counter",
            )
            made = report_concern(store, told, author=author, clock=clock)
            link = f"{desk.base_url}/concern/{made.secret}"
            return framed(request, path).link(f"/moderation/concerns/{made.concern.number}", said="new", id=link)

        return await done(request, path, "new", act, lambda frame: views.counter_form(frame, quarters()))

    @router.post("/moderation/concerns/forgetting")
    async def forget(request: Request) -> Response:
        def act(form: Form, author: str) -> str:
            gone = forget_reporters(store, author=author, clock=clock)
            return framed(request, "/moderation").link("/moderation", said="forget", id=str(len(gone)))

        return await done(request, "/moderation", "forget", act, overview)

    @router.get("/moderation/concerns/{number}")
    def show_concern(request: Request, number: Number) -> HTMLResponse:
        return shown(request, f"/moderation/concerns/{number}", one_concern(number))

    async def step(request: Request, number: str, what: str, act: Callable[[Form, str, int], object]) -> Response:
        def do(form: Form, author: str) -> None:
            act(form, author, form.whole("version", 0, 10**8, 0))

        return await done(request, f"/moderation/concerns/{number}", what, do, one_concern(number))

    @router.post("/moderation/concerns/{number}/check")
    async def check(request: Request, number: Number) -> Response:
        def act(form: Form, author: str, seen: int) -> None:
            plot = form.line("plot", 80)
            found = Checked(_reason(form), _answer(form), form.line("kind", 40) or None, None, plot)
            check_concern(store, number, found, author=author, clock=clock, seen=seen)

        return await step(request, number, "check", act)

    @router.post("/moderation/concerns/{number}/order")
    async def order(request: Request, number: Number) -> Response:
        def act(form: Form, author: str, seen: int) -> None:
            asked = OrderAsked(
                _reason(form),
                work=form.line("work", 100),
                plot=form.line("plot", 80),
                latest_on=form.day("latest_on"),
                minutes=form.whole("minutes", 1, 360, 0),
                volume_m3=form.decimal("volume", 0, 100, 0),
                waste_key=form.line("waste_key", 7),
                note=form.line("note", 200),
                answer=_answer(form),
            )
            order_concern(store, number, asked, author=author, clock=clock, seen=seen)

        return await step(request, number, "order", act)

    @router.post("/moderation/concerns/{number}/forward")
    async def forward(request: Request, number: Number) -> Response:
        def act(form: Form, author: str, seen: int) -> None:
            body, reference = form.line("body", MAX_LINE), form.line("reference", MAX_LINE)
            reason, answer = _reason(form), _answer(form)
            forward_concern(
                store, number, body, reference, reason=reason, answer=answer, author=author, clock=clock, seen=seen
            )

        return await step(request, number, "forward", act)

    def ending(what: str, action: Callable[..., Concern]) -> None:
        @router.post(f"/moderation/concerns/{{number}}/{what}")
        async def end(request: Request, number: Number) -> Response:
            def act(form: Form, author: str, seen: int) -> None:
                told = {"reason": _reason(form), "answer": _answer(form)}
                action(store, number, **told, author=author, clock=clock, seen=seen)

            return await step(request, number, what, act)

    for what, action in (("close", close_concern), ("reject", reject_concern), ("reopen", reopen_concern)):
        ending(what, action)

    @router.post("/moderation/concerns/{number}/merge")
    async def merge(request: Request, number: Number) -> Response:
        def act(form: Form, author: str, seen: int) -> None:
            twin = form.line("twin", 20)
            merge_concerns(store, number, twin, reason=_reason(form), author=author, clock=clock, seen=seen)

        return await step(request, number, "merge", act)

    @router.post("/moderation/concerns/{number}/publish")
    async def publish(request: Request, number: Number) -> Response:
        def act(form: Form, author: str, seen: int) -> None:
            photos = tuple(form.line(f"photo-{place}", 64) for place in range(20))
            chosen = tuple(one for one in photos if one)
            publish_concern(store, number, form.text("text", MAX_WORDS), chosen, author=author, clock=clock, seen=seen)

        return await step(request, number, "publish", act)

    @router.post("/moderation/concerns/{number}/withdraw")
    async def withdraw(request: Request, number: Number) -> Response:
        def act(form: Form, author: str, seen: int) -> None:
            withdraw_concern(store, number, author=author, clock=clock)

        return await step(request, number, "withdraw", act)

    return router


def _in_confidence(store: Store, today: date) -> Iterator[views.Waiting]:
    due = to_follow_up([one.record for one in store.records(MEDIATION)], today)
    yield views.Waiting(len(due), "waits_mediations", "/moderation/mediations")
    old = clean_up_list([one.record for one in store.records(CONTACT)], today)
    yield views.Waiting(len(old), "waits_contacts", "/moderation/contacts")


def _reason(form: Form) -> str:
    return form.line("reason", 300)


def _answer(form: Form) -> str:
    return form.text("answer", MAX_WORDS)
