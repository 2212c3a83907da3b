"""Floor 8: contacts and mediations over HTTP: what was said in confidence, for moderators alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from geo_service.actions.contacts import (
    Incoming,
    delete_contact,
    import_contacts,
    keep_contact,
    new_contact_id,
    require_contact,
)
from geo_service.actions.mediations import change_mediation, delete_mediation, open_mediation, require_mediation
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day
from geo_service.api.identity import IdentityHere
from geo_service.base.clock import BERLIN
from geo_service.neighbourhood.contacts import CleanUp, Consent, Contact, ContactKind, clean_up_list, matches
from geo_service.neighbourhood.mediations import Mediation, Meeting, Outcome, Party
from geo_service.outputs.vcard import MEDIA_TYPE, vcards
from geo_service.store.kinds_network import CONTACT, MEDIATION
from geo_service.store.records import Kept

router = APIRouter(tags=["Network"])

_LINE = r"^[^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Line = Annotated[str, Field(max_length=200, pattern=_LINE)]
Text = Annotated[str, Field(max_length=2000, pattern=_TEXT)]
Seen = Annotated[int | None, Field(ge=0, le=2**53, description="Version that you saw, when it is changed.")]
ContactInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="Id of a contact.", examples=["0" * 32])]
MediationInPath = Annotated[
    str, Path(pattern=r"^M-[0-9]{4,8}$", description="Number of a mediation.", examples=["M-0001"])
]
_FILE: dict[str, Any] = {"description": "The cards", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
_CHANGE = problems(400, 401, 403, 404, 409, 413, 422)


class ConsentTold(BaseModel, extra="forbid", strict=True):
    """What a person agreed to."""

    on: Day
    purpose: Line
    until: Day | None = None


class ContactTold(BaseModel, extra="forbid", strict=True):
    """An institution, firm, club or expert. Never public."""

    kind: Literal["institution", "firm", "club", "expert"]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]
    person: Line = ""
    role: Line = ""
    topics: list[Line] = Field(default=[], max_length=20)
    emails: list[Line] = Field(default=[], max_length=10)
    phones: list[Line] = Field(default=[], max_length=10)
    address: Line = ""
    url: Line = ""
    quarter: Annotated[str, Field(max_length=40, pattern=r"^[\w.-]*$", description="Key of a quarter.")] = ""
    note: Text = ""
    consent: ConsentTold | None = None
    delete_by: Day | None = None
    version: Seen = None

    def contact(self, contact_id: str, uid: str = "") -> Contact:
        """Return it as a value."""
        given = self.consent
        return Contact(
            contact_id=contact_id,
            kind=ContactKind(self.kind),
            name=self.name.strip(),
            uid=uid,
            person=self.person.strip(),
            role=self.role.strip(),
            topics=tuple(dict.fromkeys(self.topics)),
            emails=tuple(dict.fromkeys(self.emails)),
            phones=tuple(dict.fromkeys(self.phones)),
            address=self.address.strip(),
            url=self.url.strip(),
            quarter=self.quarter,
            note=self.note.strip(),
            consent=None if given is None else Consent(given.on, given.purpose, given.until),
            delete_by=self.delete_by,
        )


class ContactAnswer(BaseModel):
    """A contact as it is kept."""

    contact: str
    kind: str
    name: str
    person: str
    role: str
    topics: list[str]
    emails: list[str]
    phones: list[str]
    address: str
    url: str
    quarter: str
    note: str
    consent_on: date | None
    consent_purpose: str
    consent_until: date | None
    delete_by: date | None
    clean_up: list[str] = Field(description="Why it may not stay as it is.")
    version: int


class ContactList(BaseModel):
    """By name."""

    contacts: list[ContactAnswer]


class ContactQuery(BaseModel, extra="forbid"):
    """Which contacts are listed; what is left out does not matter."""

    words: str = Field(default="", max_length=200, description="All of them must be somewhere in the contact.")
    kind: str = Field(default="", pattern=r"^(institution|firm|club|expert)?$", description="Kind of contact.")
    topic: str = Field(default="", max_length=200, description="A topic.")
    quarter: str = Field(default="", max_length=40, pattern=r"^[\w.-]*$", description="Key of a quarter.")
    clean_up: bool = Field(default=False, description="Only those that must be deleted or asked again.")


class CardOutcome(BaseModel):
    """What became of a card of the file."""

    row: int = Field(description="Line on which it begins.")
    name: str
    outcome: Literal["new", "changed", "unchanged", "refused"]
    reason: str
    remedy: str


class CardOutcomes(BaseModel):
    """In order of the file."""

    cards: list[CardOutcome]


class PartyTold(BaseModel, extra="forbid", strict=True):
    """Who takes part."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]
    position: Text = Field(default="", description="What they want.")
    reached: Line = ""


class MeetingTold(BaseModel, extra="forbid", strict=True):
    """A meeting."""

    on: Day
    present: Line = ""
    notes: Text = ""


class MediationTold(BaseModel, extra="forbid", strict=True):
    """A conflict on a concern or a plot. Confidential."""

    topic: Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]
    concern: Annotated[str, Field(pattern=r"^(A-[0-9]{4}-[0-9]{4,8})?$", description="Number of a concern.")] = ""
    plot: Annotated[str, Field(pattern=r"^[\w.\- ]{0,80}$", description="Code of a plot.")] = ""
    outcome: Literal["open", "agreed", "ended"] = "open"
    parties: list[PartyTold] = Field(default=[], max_length=20)
    meetings: list[MeetingTold] = Field(default=[], max_length=100)
    agreement: Text = ""
    ended_on: Day | None = None
    follow_up_on: Day | None = None
    version: Seen = None

    def mediation(self, mediation_id: str) -> Mediation:
        """Return it as a value."""
        return Mediation(
            mediation_id=mediation_id,
            topic=self.topic.strip(),
            concern=self.concern,
            plot=self.plot,
            outcome=Outcome(self.outcome),
            parties=tuple(Party(one.name, one.position, one.reached) for one in self.parties),
            meetings=tuple(Meeting(one.on, one.present, one.notes) for one in self.meetings),
            agreement=self.agreement.strip(),
            ended_on=self.ended_on,
            follow_up_on=self.follow_up_on,
        )


class MediationAnswer(BaseModel):
    """A mediation as it is kept."""

    mediation: str
    topic: str
    concern: str
    plot: str
    outcome: str
    parties: list[PartyTold]
    meetings: list[MeetingTold]
    agreement: str
    ended_on: date | None
    follow_up_on: date | None
    version: int


class MediationList(BaseModel):
    """In order of their numbers."""

    mediations: list[MediationAnswer]


@router.get(
    "/contacts",
    summary="List contacts",
    description="For moderators alone; with the yearly clean-up list.",
    responses=problems(400, 401, 403),
)
def list_contacts(asked: Annotated[ContactQuery, Query()], desk: DeskHere) -> ContactList:
    """Return contacts by name."""
    today = desk.clock().astimezone(BERLIN).date()
    kept = desk.store.records(CONTACT)
    reasons = {one.contact_id: why for one, why in clean_up_list([each.record for each in kept], today)}
    chosen = [
        each
        for each in kept
        if matches(each.record, words=asked.words, kind=asked.kind, topic=asked.topic, quarter=asked.quarter)
        and (not asked.clean_up or each.record.contact_id in reasons)
    ]
    rows = [_contact(each, reasons.get(each.record.contact_id, ())) for each in chosen]
    return ContactList(contacts=sorted(rows, key=lambda one: (one.name.casefold(), one.contact)))


@router.get(
    "/contacts.vcf",
    response_class=Response,
    summary="Download contacts",
    description="As vCards 4.0 with consent and the day to delete them; for moderators alone.",
    responses=problems(401, 403) | {200: _FILE},
)
def download_contacts(desk: DeskHere) -> Response:
    """Return all contacts as vCards."""
    content = vcards([one.record for one in desk.store.records(CONTACT)], at=desk.clock())
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="kontakte.vcf"'}
    return Response(content, headers=headers, media_type=f"{MEDIA_TYPE}; charset=utf-8")


@router.post(
    "/contacts/import",
    summary="Import contacts",
    description="A file of vCards 3.0 or 4.0; what is refused is told with its reason, the rest is kept at once.",
    responses=problems(400, 401, 403, 409, 413),
    openapi_extra={
        "requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def import_file(request: Request, desk: DeskHere, who: IdentityHere) -> CardOutcomes:
    """Keep the contacts of a file."""
    data = await request.body()
    how: dict[str, Any] = {"new_id": new_contact_id, "author": who.label, "clock": desk.clock}
    found = await run_sync(lambda: import_contacts(desk.store, data, **how))
    return CardOutcomes(cards=[_card(one) for one in found])


@router.post(
    "/contacts",
    status_code=201,
    summary="Add a contact",
    description="With consent and day to delete.",
    responses=_CHANGE,
)
def add_contact(asked: ContactTold, desk: DeskHere, who: IdentityHere) -> ContactAnswer:
    """Keep a new contact."""
    made = keep_contact(desk.store, asked.contact(new_contact_id()), expected=0, author=who.label, clock=desk.clock)
    return _contact(made)


@router.put("/contacts/{contact}", summary="Change a contact", description="Replaces it as a whole.", responses=_CHANGE)
def change_contact(contact: ContactInPath, asked: ContactTold, desk: DeskHere, who: IdentityHere) -> ContactAnswer:
    """Replace a contact."""
    kept = require_contact(desk.store, contact)
    seen = kept.version if asked.version is None else asked.version
    made = asked.contact(contact, kept.record.uid)
    return _contact(keep_contact(desk.store, made, expected=seen, author=who.label, clock=desk.clock))


@router.delete(
    "/contacts/{contact}",
    status_code=204,
    summary="Delete a contact",
    description="Nothing stays but a random id.",
    responses=problems(400, 401, 403, 404),
)
def remove_contact(contact: ContactInPath, desk: DeskHere, who: IdentityHere) -> None:
    """Delete a contact."""
    delete_contact(desk.store, contact, author=who.label, clock=desk.clock)


@router.get("/mediations", summary="List mediations", description="For moderators alone.", responses=problems(401, 403))
def list_mediations(desk: DeskHere) -> MediationList:
    """Return mediations."""
    return MediationList(mediations=[_mediation(one) for one in desk.store.records(MEDIATION)])


@router.post(
    "/mediations", status_code=201, summary="Open a mediation", description="On a concern or a plot.", responses=_CHANGE
)
def add_mediation(asked: MediationTold, desk: DeskHere, who: IdentityHere) -> MediationAnswer:
    """Keep a new mediation."""
    return _mediation(open_mediation(desk.store, asked.mediation(""), author=who.label, clock=desk.clock))


@router.put(
    "/mediations/{mediation}", summary="Change a mediation", description="Replaces it as a whole.", responses=_CHANGE
)
def put_mediation(
    mediation: MediationInPath, asked: MediationTold, desk: DeskHere, who: IdentityHere
) -> MediationAnswer:
    """Replace a mediation."""
    kept = require_mediation(desk.store, mediation)
    seen = kept.version if asked.version is None else asked.version
    made = asked.mediation(mediation)
    return _mediation(change_mediation(desk.store, made, expected=seen, author=who.label, clock=desk.clock))


@router.delete(
    "/mediations/{mediation}",
    status_code=204,
    summary="Delete a mediation",
    description="Nothing stays but its number.",
    responses=problems(400, 401, 403, 404),
)
def remove_mediation(mediation: MediationInPath, desk: DeskHere, who: IdentityHere) -> None:
    """Delete a mediation."""
    delete_mediation(desk.store, mediation, author=who.label, clock=desk.clock)


def _contact(kept: Kept[Contact], why: tuple[CleanUp, ...] = ()) -> ContactAnswer:
    one = kept.record
    given = one.consent
    return ContactAnswer(
        contact=one.contact_id,
        kind=str(one.kind),
        name=one.name,
        person=one.person,
        role=one.role,
        topics=list(one.topics),
        emails=list(one.emails),
        phones=list(one.phones),
        address=one.address,
        url=one.url,
        quarter=one.quarter,
        note=one.note,
        consent_on=given.on if given else None,
        consent_purpose=given.purpose if given else "",
        consent_until=given.until if given else None,
        delete_by=one.delete_by,
        clean_up=[str(reason) for reason in why],
        version=kept.version,
    )


def _card(one: Incoming) -> CardOutcome:
    card = one.card
    return CardOutcome(row=card.row, name=card.name, outcome=one.outcome, reason=card.reason, remedy=card.remedy)


def _mediation(kept: Kept[Mediation]) -> MediationAnswer:
    one = kept.record
    return MediationAnswer(
        mediation=one.mediation_id,
        topic=one.topic,
        concern=one.concern,
        plot=one.plot,
        outcome=str(one.outcome),
        parties=[PartyTold(name=each.name, position=each.position, reached=each.reached) for each in one.parties],
        meetings=[
            MeetingTold.model_construct(on=each.on, present=each.present, notes=each.notes) for each in one.meetings
        ],
        agreement=one.agreement,
        ended_on=one.ended_on,
        follow_up_on=one.follow_up_on,
        version=kept.version,
    )
