"""Floor 8: `/concern`: residents report something, with or without scripts, and read what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from geo_service.actions.concern_records import concern_of
from geo_service.actions.report_concern import report_concern
from geo_service.base.errors import GeoServiceError, InputError, NotFound, StoreError
from geo_service.neighbourhood.concern import MAX_LINE, MAX_PHOTOS, Told
from geo_service.outputs.street_places import place_named
from geo_service.store.protocol import Store
from geo_service.web.concern_page import report_page, status_page, unknown_page
from geo_service.web.concern_words import CONCERN, lang_of, wording_of
from geo_service.web.form import Form
from geo_service.web.frame import NO_STORE, status_of
from geo_service.web.page_desk import PageDesk

Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{32,64}$")]

FIELDS = ("kind", "lon", "lat", "place", "quarter", "name", "mail", "phone")


def concern_router(desk: PageDesk) -> APIRouter:
    """Return the routes of the residents' pages. Who may ask for them says `geo_service.api.access`."""
    router = APIRouter(include_in_schema=False)
    store = desk.store

    def quarters() -> list[tuple[str, str]]:
        return [(one.key, one.name) for one in store.quarters()]

    @router.get("/concern")
    def show(lang: str = "de") -> HTMLResponse:
        page = report_page(wording_of(lang), quarters(), {}, sample=store.is_sample())
        return HTMLResponse(page, headers=NO_STORE)

    @router.post("/concern")
    async def report(request: Request, lang: str = "de") -> Response:
        body, wording = await request.body(), wording_of(lang)

        def answer() -> Response:
            sent: dict[str, str] = {}
            try:
                form = Form(body)
                sent = {name: form.line(name, MAX_LINE) for name in FIELDS} | {"words": form.text("words", 2000)}
                lon, lat = _place(store, sent, CONCERN[wording])
                told = Told(
                    kind=sent["kind"],
                    lon=lon,
                    lat=lat,
                    words=sent["words"],
                    place=sent["place"],
                    name=sent["name"],
                    mail=sent["mail"],
                    phone=sent["phone"],
                    lang=wording,
                )
                done = report_concern(store, told, author="resident", clock=desk.clock)
            except StoreError:
                raise
            except GeoServiceError as error:
                page = report_page(
                    wording,
                    quarters(),
                    sent,
                    trouble=CONCERN[wording].get(error.code, error.message),
                    sample=store.is_sample(),
                )
                return HTMLResponse(page, status_code=status_of(error), headers=NO_STORE)
            where = f"/concern/{done.secret}?new=1&lang={lang_of(wording)}"
            return Response(status_code=303, headers={"Location": where} | NO_STORE)

        return await run_sync(answer)

    @router.get("/concern/{secret}")
    def status(secret: Secret, lang: str = "", new: str = "", lost: str = "") -> HTMLResponse:
        try:
            kept, mine = concern_of(store, secret)
        except NotFound:
            page = unknown_page(wording_of(lang), f"/concern/{secret}")
            return HTMLResponse(page, status_code=404, headers=NO_STORE)
        wording = wording_of(lang) if lang else mine.told.lang
        page = status_page(
            wording,
            kept.record,
            mine,
            f"{desk.base_url}/concern/{secret}",
            new=new == "1",
            lost=int(lost) if lost.isascii() and lost.isdigit() and int(lost) <= MAX_PHOTOS else 0,
            sample=store.is_sample(),
        )
        return HTMLResponse(page, headers=NO_STORE)

    return router


def _place(store: Store, sent: Mapping[str, str], words: Mapping[str, str]) -> tuple[float, float]:
    """Return the place on the map, else that of the street or quarter that was named."""
    if sent["lon"] and sent["lat"]:
        try:
            return float(sent["lon"]), float(sent["lat"])
        except ValueError:
            raise InputError(words["no_place"]) from None
    if not sent["place"] and not sent["quarter"]:
        raise InputError(words["no_place"])
    found = place_named(store, sent["place"], sent["quarter"])
    if found is None:
        raise InputError(words["place_unknown"])
    return found
