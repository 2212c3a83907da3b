"""Floor 8: `/money`: what is approved, spent and left, vouchers, own visits and claims; lots stand beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from geo_service.actions.book_visits import book_visits, proposals
from geo_service.actions.book_voucher import book_voucher, cancel_voucher, correct_voucher, ready
from geo_service.actions.keep_measure import approve
from geo_service.actions.make_claim import make_claim
from geo_service.actions.money_records import the
from geo_service.base.errors import GeoServiceError, InputError, StoreError
from geo_service.funding.cents import read_cents, vat_in
from geo_service.funding.claims import ClaimKind
from geo_service.funding.measure import Approval
from geo_service.funding.voucher import FundShare, Spending, shares
from geo_service.store.kinds_money import VOUCHER
from geo_service.web import money_views as views
from geo_service.web.form import Form
from geo_service.web.frame import NO_STORE, Frame, answer_form, status_of
from geo_service.web.lot_pages import add_lots
from geo_service.web.money_words import MONEY, in_words
from geo_service.web.page_desk import PLANNERS, READERS, PageDesk
from geo_service.web.words import as_lang

Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9.]{1,16}-[0-9]{5,8}$")]
Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9.]{0,15}$")]
Show = Callable[[Frame], str]


def money_router(desk: PageDesk) -> APIRouter:
    """Return the routes of the money's pages. Who may ask for them says `geo_service.api.access`."""
    router = APIRouter(include_in_schema=False)
    store = desk.store

    def framed(request: Request, path: str, *, trouble: str = "") -> Frame:
        lang = as_lang(request.query_params.get("lang", "de"))
        said = request.query_params.get("said", "")
        text = MONEY[lang].get(f"said_{said}", "").format(id=request.query_params.get("id", "")[:24]) if said else ""
        sample = store.is_sample()
        return Frame(path, lang, desk.who_of(request), ("money",), (), sample, "" if trouble else text, trouble)

    def page(request: Request, path: str, show: Show) -> HTMLResponse:
        frame = framed(request, path)
        refused = frame.refusal(READERS)
        return refused or HTMLResponse(show(frame), headers=NO_STORE)

    async def act(request: Request, path: str, do: Callable[[Form, str], object], show: Show) -> Response:
        """Do what a planner's form asks; what is refused is told on the page that it came from."""
        frame = framed(request, path)
        refused = frame.refusal(PLANNERS)
        return refused or await answer_form(
            request,
            lambda form: in_words(frame.lang, lambda: do(form, frame.who.name)),
            then=frame.link(path),
            again=lambda trouble: show(framed(request, path, trouble=trouble)),
        )

    def said(request: Request, path: str, what: str, record_id: str = "") -> str:
        query = {"said": what, **({"id": record_id} if record_id else {})}
        return framed(request, path).link(path, **query)

    @router.get("/money")
    def overview(request: Request) -> HTMLResponse:
        return page(request, "/money", lambda frame: views.overview(frame, store, desk.today()))

    @router.post("/money/measures/{measure}/approvals")
    async def note_approval(request: Request, measure: Code) -> Response:
        def do(form: Form, author: str) -> str:
            on = form.day("on")
            if on is None:
                raise InputError("the day is missing", remedy="write it as 2026-11-24")
            told = Approval(
                form.line("reference", 100), on, read_cents(form.line("amount", 20)), form.line("note", 300)
            )
            approve(store, measure, told, author=author, clock=desk.clock)
            return said(request, "/money", "approval")

        return await act(request, "/money", do, lambda frame: views.overview(frame, store, desk.today()))

    @router.get("/money/vouchers")
    def vouchers(request: Request) -> HTMLResponse:
        asked = {name: value[:80] for name, value in request.query_params.items()}
        return page(request, "/money/vouchers", lambda frame: views.voucher_list(frame, store, asked))

    @router.get("/money/vouchers/new")
    def new_voucher(request: Request) -> HTMLResponse:
        return page(request, "/money/vouchers/new", lambda frame: views.voucher_form(frame, store, {}, desk.today()))

    @router.post("/money/vouchers/new")
    async def post_voucher(request: Request) -> Response:
        path = "/money/vouchers/new"
        frame = framed(request, path)
        refused = frame.refusal(PLANNERS)
        if refused:
            return refused
        body = await request.body()

        def answer() -> Response:
            sent: dict[str, str] = {}
            split: tuple[FundShare, ...] = ()
            try:
                form = Form(body)
                sent = {name: form.line(name, 300) for name in views.VOUCHER_FIELDS}
                told = _spending(form)
                if form.line("step", 10) == "book":
                    made = in_words(
                        frame.lang, lambda: book_voucher(store, told, author=frame.who.name, clock=desk.clock)
                    )
                    there = f"/money/vouchers/{made.number}"
                    return Response(status_code=303, headers={"Location": said(request, there, "voucher", made.number)})
                checked, measure = in_words(frame.lang, lambda: ready(store, told, at=desk.clock()))
                split = shares(checked.gross_cents, measure)
                shown, status = framed(request, path), 200
            except StoreError:
                raise
            except GeoServiceError as error:
                trouble = f"{error.message}. {error.remedy}" if error.remedy else error.message
                shown, status = framed(request, path, trouble=trouble), status_of(error)
            content = views.voucher_form(shown, store, sent, desk.today(), split)
            return HTMLResponse(content, status_code=status, headers=NO_STORE)

        return await run_sync(answer)

    @router.get("/money/vouchers/{number}")
    def voucher(request: Request, number: Number) -> HTMLResponse:
        the(store, VOUCHER, number)
        return page(request, f"/money/vouchers/{number}", lambda frame: views.voucher_page(frame, store, number))

    @router.post("/money/vouchers/{number}/correction")
    async def correct(request: Request, number: Number) -> Response:
        def do(form: Form, author: str) -> str:
            gross, percent = read_cents(form.line("amount", 20)), form.whole("vat", 0, 25, 0)
            made = correct_voucher(
                store,
                number,
                gross,
                vat_in(gross, percent),
                reason=form.line("reason", 300),
                author=author,
                clock=desk.clock,
            )
            return said(request, f"/money/vouchers/{number}", "voucher", made.number)

        path = f"/money/vouchers/{number}"
        return await act(request, path, do, lambda frame: views.voucher_page(frame, store, number))

    @router.post("/money/vouchers/{number}/cancellation")
    async def cancel(request: Request, number: Number) -> Response:
        def do(form: Form, author: str) -> str:
            made = cancel_voucher(store, number, reason=form.line("reason", 300), author=author, clock=desk.clock)
            return said(request, f"/money/vouchers/{number}", "voucher", made.number)

        path = f"/money/vouchers/{number}"
        return await act(request, path, do, lambda frame: views.voucher_page(frame, store, number))

    @router.get("/money/visits")
    def visits(request: Request) -> HTMLResponse:
        return page(request, "/money/visits", lambda frame: views.visit_list(frame, store))

    @router.post("/money/visits")
    async def post_visits(request: Request) -> Response:
        def do(form: Form, author: str) -> str:
            one = form.line("visit", 200)
            wanted = [one] if one else [each.visit_id for each in proposals(store) if each.complete]
            book_visits(store, wanted, author=author, clock=desk.clock)
            return said(request, "/money/visits", "visits")

        return await act(request, "/money/visits", do, lambda frame: views.visit_list(frame, store))

    @router.get("/money/claims")
    def claims(request: Request) -> HTMLResponse:
        return page(request, "/money/claims", lambda frame: views.claim_list(frame, store, desk.today()))

    @router.post("/money/claims")
    async def post_claim(request: Request) -> Response:
        def do(form: Form, author: str) -> str:
            kind: ClaimKind = "final" if form.line("kind", 10) == "final" else "advance"
            until = form.day("until") or desk.today()
            note = form.line("note", 300)
            made = make_claim(store, form.line("measure", 20), kind, until, note=note, author=author, clock=desk.clock)
            return said(request, "/money/claims", "claim", made.number)

        return await act(request, "/money/claims", do, lambda frame: views.claim_list(frame, store, desk.today()))

    add_lots(router, desk, page, act, said)
    return router


def _spending(form: Form) -> Spending:
    """Return what a form tells of a voucher."""
    gross = read_cents(form.line("amount", 20))
    dated_on, first, last = form.day("dated"), form.day("from"), form.day("until")
    if dated_on is None or first is None or last is None:
        raise InputError(
            "a day is missing", remedy="write the day of the document and the first and last of the service"
        )
    return Spending(
        measure=form.line("measure", 20),
        dated_on=dated_on,
        served_from=first,
        served_until=last,
        gross_cents=gross,
        vat_cents=vat_in(gross, form.whole("vat", 0, 25, 0)),
        cost_kind=form.line("cost_kind", 40),
        carrier=form.line("carrier", 40),
        text=form.line("text", 300),
        quarter=form.line("quarter", 80),
        plot=form.line("plot", 80),
        work=form.line("work", 40),
        document_sha256=form.line("document", 64).lower(),
    )
