"""Floor 8: `/moderation/occasions`, `/moderation/contacts`, `/moderation/mediations`: for moderators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

import shapely
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from geo_service.actions.contacts import delete_contact, import_contacts, keep_contact, new_contact_id
from geo_service.actions.mediations import change_mediation, open_mediation
from geo_service.actions.occasions import call_off, let_take_place, make_occasion, new_occasion_id
from geo_service.base.errors import InputError
from geo_service.neighbourhood.contacts import Consent, Contact, ContactKind
from geo_service.neighbourhood.mediations import Mediation, Meeting, Outcome, Party
from geo_service.neighbourhood.occasions import Occasion, OccasionKind
from geo_service.outputs.street_places import place_named
from geo_service.web import network_views as views
from geo_service.web.form import Form
from geo_service.web.frame import NO_STORE, Frame, answer_form
from geo_service.web.moderation_tabs import moderation_tabs
from geo_service.web.network_words import NETWORK
from geo_service.web.page_desk import CONFIDANTS, MODERATORS, PageDesk
from geo_service.web.words import as_lang

OccasionId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$")]
ContactId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
MediationId = Annotated[str, Path(pattern=r"^M-[0-9]{4,8}$")]
OCCASIONS, CONTACTS, MEDIATIONS = "/moderation/occasions", "/moderation/contacts", "/moderation/mediations"
Act = Callable[[Form, str], str | None]


def network_router(desk: PageDesk) -> APIRouter:
    """Return the routes. Who may ask for them says `geo_service.api.access`."""
    router = APIRouter(include_in_schema=False)
    store, clock = desk.store, desk.clock

    def framed(request: Request, path: str, *, trouble: str = "") -> Frame:
        lang = as_lang(request.query_params.get("lang", "de"))
        said = request.query_params.get("said", "")
        text = NETWORK[lang].get(f"said_{said}", "").format(id=request.query_params.get("id", "")[:40])
        sample = store.is_sample()
        return Frame(path, lang, desk.who_of(request), ("moderation",), (), sample, "" if trouble else text, trouble)

    def shown(frame: Frame) -> str:
        tabs, today = moderation_tabs(frame), desk.today()
        if frame.path == OCCASIONS:
            return views.occasions_page(frame, store, today, tabs)
        if frame.path == CONTACTS:
            return views.contacts_page(frame, store, today, "", tabs)
        return views.mediations_page(frame, store, today, tabs)

    def page(request: Request, path: str) -> HTMLResponse:
        frame = framed(request, path)
        refused = frame.refusal(MODERATORS if path == OCCASIONS else CONFIDANTS)
        if refused is None and path == CONTACTS:
            asked = request.query_params.get("q", "")[:200]
            content = views.contacts_page(frame, store, desk.today(), asked, moderation_tabs(frame))
            return HTMLResponse(content, headers=NO_STORE)
        return refused or HTMLResponse(shown(frame), headers=NO_STORE)

    async def done(request: Request, path: str, what: str, act: Act) -> Response:
        frame = framed(request, path)
        refused = frame.refusal(MODERATORS if path == OCCASIONS else CONFIDANTS)
        return refused or await answer_form(
            request,
            lambda form: act(form, frame.who.name),
            then=frame.link(path, said=what),
            again=lambda trouble: shown(framed(request, path, trouble=trouble)),
        )

    @router.get(OCCASIONS)
    def occasions(request: Request) -> HTMLResponse:
        return page(request, OCCASIONS)

    @router.post(OCCASIONS)
    async def new_occasion(request: Request) -> Response:
        def act(form: Form, author: str) -> None:
            made = _occasion(form, lambda text: place_named(store, text))
            make_occasion(store, made, author=author, clock=clock)

        return await done(request, OCCASIONS, "saved", act)

    @router.post("/moderation/occasions/{occasion}/off")
    async def off(request: Request, occasion: OccasionId) -> Response:
        def act(form: Form, author: str) -> None:
            call_off(store, occasion, form.day("on"), reason=form.line("reason", 200), author=author, clock=clock)

        return await done(request, OCCASIONS, "off", act)

    @router.post("/moderation/occasions/{occasion}/again")
    async def again(request: Request, occasion: OccasionId) -> Response:
        def act(form: Form, author: str) -> None:
            let_take_place(store, occasion, form.day("on"), author=author, clock=clock)

        return await done(request, OCCASIONS, "again", act)

    @router.get(CONTACTS)
    def contacts(request: Request) -> HTMLResponse:
        return page(request, CONTACTS)

    @router.post(CONTACTS)
    async def new_contact(request: Request) -> Response:
        def act(form: Form, author: str) -> None:
            keep_contact(store, _contact(form), expected=0, author=author, clock=clock)

        return await done(request, CONTACTS, "saved", act)

    @router.post("/moderation/contacts/import")
    async def read_cards(request: Request) -> Response:
        def act(form: Form, author: str) -> str:
            data = form.text("cards", 500_000).replace("\n", "\r\n").encode() + b"\r\n"
            found = import_contacts(store, data, new_id=new_contact_id, author=author, clock=clock)
            kept = sum(one.outcome in ("new", "changed") for one in found)
            return framed(request, CONTACTS).link(CONTACTS, said="imported", id=f"{kept}/{len(found)}")

        return await done(request, CONTACTS, "imported", act)

    @router.post("/moderation/contacts/{contact}/delete")
    async def remove(request: Request, contact: ContactId) -> Response:
        def act(form: Form, author: str) -> None:
            delete_contact(store, contact, author=author, clock=clock)

        return await done(request, CONTACTS, "deleted", act)

    @router.get(MEDIATIONS)
    def mediations(request: Request) -> HTMLResponse:
        return page(request, MEDIATIONS)

    @router.post(MEDIATIONS)
    async def new_mediation(request: Request) -> Response:
        def act(form: Form, author: str) -> None:
            open_mediation(store, _mediation(form, ""), author=author, clock=clock)

        return await done(request, MEDIATIONS, "saved", act)

    @router.post("/moderation/mediations/{mediation}")
    async def change(request: Request, mediation: MediationId) -> Response:
        def act(form: Form, author: str) -> None:
            seen = form.whole("version", 1, 10**8, 1)
            change_mediation(store, _mediation(form, mediation), expected=seen, author=author, clock=clock)

        return await done(request, MEDIATIONS, "saved", act)

    return router


def _day(form: Form, name: str) -> date:
    found = form.day(name)
    if found is None:
        raise InputError(f"{name} is missing", remedy="write the day as 2026-11-24")
    return found


def _occasion(form: Form, find: Callable[[str], tuple[float, float] | None]) -> Occasion:
    first_on, place, where = _day(form, "first_on"), form.line("place", 40), form.line("where", 200)
    found = None if place else find(where)
    if not place and found is None:
        raise InputError("the street is not known", remedy="name a contact point, or a street of the quarter")
    hours, _, minutes = form.line("starts", 5).partition(":")
    if not (hours.isdigit() and minutes.isdigit()):
        raise InputError("the beginning is missing", remedy="write it as 15:00")
    return Occasion(
        occasion_id=new_occasion_id(),
        kind=OccasionKind(form.choice("kind", [str(one) for one in OccasionKind])),
        title=form.line("title", 120),
        first_on=first_on,
        starts_s=3600 * int(hours) + 60 * int(minutes),
        minutes=form.whole("minutes", 5, 4320, 120),
        rule=_rule(form, first_on),
        about=form.text("about", 2000),
        place=place,
        where="" if place else where,
        at=None if found is None else shapely.Point(*found),
    )


def _rule(form: Form, first_on: date) -> str:
    repeats = form.choice("repeats", views.REPEATS)
    if repeats == "once":
        return ""
    day = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[first_on.weekday()]
    how = {
        "weekly": f"FREQ=WEEKLY;BYDAY={day}",
        "fortnightly": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}",
        "monthly": f"FREQ=MONTHLY;BYDAY={min((first_on.day + 6) // 7, 4)}{day}",
    }[repeats]
    return f"{how};UNTIL={_day(form, 'until'):%Y%m%d}"


def _contact(form: Form) -> Contact:
    purpose, given_on = form.line("purpose", 200), form.day("consent_on")
    consent = Consent(given_on, purpose) if given_on is not None else None
    topics = (one.strip() for one in form.line("topics", 500).split(","))
    return Contact(
        contact_id=new_contact_id(),
        kind=ContactKind(form.choice("kind", [str(one) for one in ContactKind])),
        name=form.line("name", 200),
        person=form.line("person", 200),
        role=form.line("role", 200),
        topics=tuple(dict.fromkeys(one for one in topics if one)),
        emails=tuple(one for one in (form.line("mail", 200),) if one),
        phones=tuple(one for one in (form.line("phone", 200),) if one),
        quarter=form.line("quarter", 40),
        consent=consent,
        delete_by=form.day("delete_by"),
    )


def _mediation(form: Form, mediation_id: str) -> Mediation:
    meetings = []
    for line in filter(None, map(str.strip, form.text("meetings", 20_000).split("\n"))):
        on, present, notes = (*(part.strip() for part in line.split("|", 2)), "", "")[:3]
        try:
            meetings.append(Meeting(date.fromisoformat(on), present, notes))
        except ValueError:
            raise InputError(
                f"a meeting begins with no day: {on[:20]}", remedy="write 2026-11-20 | who | what"
            ) from None
    parties = []
    for line in filter(None, map(str.strip, form.text("parties", 20_000).split("\n"))):
        name, _, position = line.partition("|")
        parties.append(Party(name.strip(), position.strip()))
    return Mediation(
        mediation_id=mediation_id,
        topic=form.line("topic", 200),
        concern=form.line("concern", 20),
        plot=form.line("plot", 80),
        outcome=Outcome(form.choice("outcome", [str(one) for one in Outcome])),
        parties=tuple(parties),
        meetings=tuple(meetings),
        agreement=form.text("agreement", 2000),
        ended_on=form.day("ended_on"),
        follow_up_on=form.day("follow_up_on"),
    )
