"""Floor 8: the routes of `/money/lots`: drafted from the demand, put out to tender, awarded, accepted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from geo_service.actions.accept_lot import VAT_PERCENT, accept_lot, reported_of
from geo_service.actions.money_records import the
from geo_service.actions.tender_lot import award_lot, draft_lot, put_bid, tender_lot
from geo_service.base.errors import InputError
from geo_service.funding.cents import read_cents
from geo_service.funding.lots import AcceptedPosition, Bid, Deduction, Lot, Price
from geo_service.store.kinds_money import LOT
from geo_service.web import lot_views as views
from geo_service.web.form import Form
from geo_service.web.frame import Frame
from geo_service.web.page_desk import PageDesk

Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9.]{1,16}-L[0-9]{2,4}$")]
Show = Callable[[Frame], str]
Page = Callable[[Request, str, Show], HTMLResponse]
Act = Callable[[Request, str, Callable[[Form, str], object], Show], Awaitable[Response]]


class Said(Protocol):
    """Returns the address of a page that says what was done."""

    def __call__(self, request: Request, path: str, what: str, record_id: str = "") -> str:
        """Return the address."""
        ...


def add_lots(router: APIRouter, desk: PageDesk, page: Page, act: Act, said: Said) -> None:
    """Add the routes of the lots to those of the money."""
    store = desk.store

    def shown(code: str) -> Show:
        return lambda frame: views.lot_page(frame, store, code)

    @router.get("/money/lots")
    def lots(request: Request) -> HTMLResponse:
        return page(request, "/money/lots", lambda frame: views.lot_list(frame, store, desk.today()))

    @router.post("/money/lots")
    async def new_lot(request: Request) -> Response:
        def do(form: Form, author: str) -> str:
            from_on, until_on = form.day("from"), form.day("until")
            if from_on is None or until_on is None:
                raise InputError("a day is missing", remedy="write the first and the last day")
            made = draft_lot(
                store,
                title=form.line("title", 120),
                measure=form.line("measure", 20),
                quarter=form.line("quarter", 80),
                works=tuple(code for code in store.catalogue().kinds if form.line(f"work-{code}", 1)),
                from_on=from_on,
                until_on=until_on,
                author=author,
                clock=desk.clock,
            )
            return said(request, f"/money/lots/{made.code}", "lot")

        return await act(request, "/money/lots", do, lambda frame: views.lot_list(frame, store, desk.today()))

    @router.get("/money/lots/{lot}")
    def one_lot(request: Request, lot: Code) -> HTMLResponse:
        the(store, LOT, lot)
        return page(request, f"/money/lots/{lot}", shown(lot))

    @router.post("/money/lots/{lot}/tender")
    async def tender(request: Request, lot: Code) -> Response:
        def do(form: Form, author: str) -> str:
            tender_lot(store, lot, author=author, clock=desk.clock)
            return said(request, f"/money/lots/{lot}", "tender")

        return await act(request, f"/money/lots/{lot}", do, shown(lot))

    @router.post("/money/lots/{lot}/bids")
    async def bid(request: Request, lot: Code) -> Response:
        def do(form: Form, author: str) -> str:
            kept = the(store, LOT, lot).record
            texts = {one.oz: form.line(f"price-{one.oz}", 20) for one in kept.positions}
            prices = tuple(Price(oz, read_cents(text)) for oz, text in texts.items() if text)
            received = form.day("received") or desk.today()
            put_bid(store, lot, Bid(form.line("carrier", 40), received, prices), author=author, clock=desk.clock)
            return said(request, f"/money/lots/{lot}", "bid")

        return await act(request, f"/money/lots/{lot}", do, shown(lot))

    @router.post("/money/lots/{lot}/award")
    async def award(request: Request, lot: Code) -> Response:
        def do(form: Form, author: str) -> str:
            reason = form.line("reason", 300)
            award_lot(store, lot, form.line("carrier", 40), reason=reason, author=author, clock=desk.clock)
            return said(request, f"/money/lots/{lot}", "award")

        return await act(request, f"/money/lots/{lot}", do, shown(lot))

    @router.post("/money/lots/{lot}/acceptances")
    async def accept(request: Request, lot: Code) -> Response:
        def do(form: Form, author: str) -> str:
            kept = the(store, LOT, lot).record
            served_from, served_until = form.day("from"), form.day("until")
            if served_from is None or served_until is None:
                raise InputError("a day is missing", remedy="write the first and the last day of the service")
            _, voucher = accept_lot(
                store,
                lot,
                _positions(form, kept, reported_of(store, kept)),
                _deductions(form),
                served_from=served_from,
                served_until=served_until,
                vat_percent=form.whole("vat", 0, 25, VAT_PERCENT),
                close=bool(form.line("close", 1)),
                author=author,
                clock=desk.clock,
            )
            return said(request, f"/money/lots/{lot}", "accept", voucher.number)

        return await act(request, f"/money/lots/{lot}", do, shown(lot))


def _positions(form: Form, lot: Lot, reported: dict[str, int | None]) -> list[AcceptedPosition]:
    found = []
    for one in lot.positions:
        accepted = form.whole(f"accepted-{one.oz}", 0, 10**7, 0)
        if accepted:
            found.append(AcceptedPosition(one.oz, reported.get(one.oz), accepted, form.line(f"reason-{one.oz}", 200)))
    return found


def _deductions(form: Form) -> list[Deduction]:
    text = form.line("deduction", 20)
    return [Deduction(read_cents(text), form.line("deduction_reason", 200))] if text else []
