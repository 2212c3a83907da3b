"""Floor 8: keys over HTTP: crews' phones enrolled by a code to scan, keys made, listed and revoked, and who one is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field, model_validator

from geo_service.api.audit import audit
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Code
from geo_service.api.identity import IdentityHere
from geo_service.api.qr import qr_svg
from geo_service.api.roles import CREW, GIVEN
from geo_service.api.tokens import enrol, is_session, mint, require_crew, sign_in_link, state_of
from geo_service.base.errors import NotFound
from geo_service.store.model import Token

router = APIRouter(tags=["Access"])

NO_STORE = {"Cache-Control": "no-store"}

TokenInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}(\.[0-9a-f]{8})?$", description="Id of a key or a session.")]
Label = Annotated[
    str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$", description="Whom or what it is for.", examples=["QGIS"])
]
Role = Literal["viewer", "crew", "analyst", "moderator", "planner", "admin"]


class Me(BaseModel):
    """Who asks."""

    role: Literal["anonymous", "viewer", "crew", "analyst", "moderator", "planner", "admin"]
    label: str
    crew: str = Field(description="Code of the crew; empty for all other roles.")
    expires_at: datetime | None = Field(description="When the key or session ends; null for nobody.")


class EnrolmentRequest(BaseModel, extra="forbid", strict=True):
    """Whose phone is enrolled."""

    crew: Code
    label: Label = ""
    hours: int = Field(default=24, ge=1, le=168, description="How long the code is good.")


class EnrolmentAnswer(BaseModel):
    """A code that signs one phone in, once."""

    token_id: str = Field(description="Revoking it ends the session of the phone, too.")
    crew: str
    link: str = Field(description="What the code says; it is shown here and never again.")
    qr_svg: str = Field(description="The code as an SVG image.")
    expires_at: datetime


class TokenRequest(BaseModel, extra="forbid", strict=True):
    """What a key opens."""

    role: Role
    label: Annotated[Label, Field(min_length=1)]
    crew: Code | None = Field(default=None, description="For the role crew, and for no other.")
    days: int = Field(default=90, ge=1, le=366, description="Days it is valid.")
    link: bool = Field(default=False, description="Make a link that signs one browser in, once, within a day.")

    @model_validator(mode="after")
    def crew_belongs_to_its_role(self) -> TokenRequest:
        """Refuse a crew's key without a crew, and another one with a crew."""
        if (self.role == CREW) != (self.crew is not None):
            raise ValueError("the role crew names a crew, and no other role does")
        return self


class TokenMade(BaseModel):
    """A key that was made; its secret is shown here and never again."""

    token_id: str
    secret: str = Field(description="Bearer token, or password with any user name; of a link, the end of its address.")
    link: str = Field(description="Address that signs a browser in; empty for a key.")
    expires_at: datetime


class TokenAnswer(BaseModel):
    """A key, a sign-in link or the session of a browser."""

    token_id: str
    kind: Literal["key", "link", "session", "calendar"]
    state: Literal["valid", "used", "expired", "revoked"]
    role: Role | Literal["calendar"] = Field(description="calendar: an address that calendars subscribe to.")
    crew: str
    label: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class TokenList(BaseModel):
    """Keys, links and sessions, the newest first."""

    tokens: list[TokenAnswer]


@router.get(
    "/me",
    summary="Ask who one is",
    description="The role that the key or session gives; anonymous for nobody.",
    responses=problems(401),
)
def me(who: IdentityHere, response: Response) -> Me:
    """Return who asks."""
    response.headers.update(NO_STORE | {"Vary": "Authorization, Cookie"})
    return Me.model_validate({"role": who.role, "label": who.label, "crew": who.crew, "expires_at": who.expires_at})


@router.get(
    "/access/enrolments",
    summary="List the phones of crews",
    description="Codes that enrol phones, the sessions of phones, and the keys of crews' calendars.",
    responses=problems(401, 403),
)
def list_enrolments(desk: DeskHere, response: Response) -> TokenList:
    """Return what opens the days of crews."""
    return _listed(desk, response, crews_only=True)


@router.post(
    "/access/enrolments",
    status_code=201,
    summary="Enrol a phone of a crew",
    description="Makes a code to scan. It signs one phone in, once; the phone then sees its crew's own days for 90 "
    "days after it was last used.",
    response_description="The code, shown once",
    responses=problems(400, 401, 403, 404, 413, 422, 429),
)
def enrol_phone(asked: EnrolmentRequest, desk: DeskHere, who: IdentityHere, request: Request) -> EnrolmentAnswer:
    """Make a code that enrols a phone."""
    now = desk.clock()
    secret, token = enrol(desk.store, asked.crew, asked.label, now, timedelta(hours=asked.hours))
    audit("token_made", now, request, token=token.token_id, role=token.role, by=who.token_id)
    link = sign_in_link(desk.base_url, secret)
    return EnrolmentAnswer(
        token_id=token.token_id, crew=asked.crew, link=link, qr_svg=qr_svg(link), expires_at=token.expires_at
    )


@router.delete(
    "/access/enrolments/{token_id}",
    status_code=204,
    summary="Shut a phone of a crew out",
    description="Revokes a code or the session of a phone; it holds at the next request. With a code its session ends.",
    responses=problems(401, 403, 404),
)
def revoke_enrolment(token_id: TokenInPath, desk: DeskHere, who: IdentityHere, request: Request) -> None:
    """Revoke what opens the days of a crew."""
    _revoke(desk, token_id, request, who.token_id, crews_only=True)


@router.get(
    "/access/tokens",
    summary="List keys",
    description="Keys, links and sessions; the secrets themselves are not kept.",
    responses=problems(401, 403),
)
def list_tokens(desk: DeskHere, response: Response) -> TokenList:
    """Return all keys."""
    return _listed(desk, response)


@router.post(
    "/access/tokens",
    status_code=201,
    summary="Make a key",
    description="Makes a key for a program or a sign-in link for a person.",
    response_description="The key, shown once",
    responses=problems(400, 401, 403, 404, 413, 422, 429),
)
def make_token(asked: TokenRequest, desk: DeskHere, who: IdentityHere, request: Request) -> TokenMade:
    """Make a key."""
    now = desk.clock()
    if asked.crew is not None:
        require_crew(desk.store, asked.crew)
    lifetime = timedelta(days=1 if asked.link else asked.days)
    secret, token = mint(asked.role, asked.label, now, lifetime, once=asked.link, crew=asked.crew or "")
    desk.store.put_token(token)
    audit("token_made", now, request, token=token.token_id, role=token.role, by=who.token_id)
    link = sign_in_link(desk.base_url, secret) if asked.link else ""
    return TokenMade(token_id=token.token_id, secret=secret, link=link, expires_at=token.expires_at)


@router.delete(
    "/access/tokens/{token_id}",
    status_code=204,
    summary="Revoke a key",
    description="Holds at the next request. With a link the session that it opened ends.",
    responses=problems(401, 403, 404),
)
def revoke_token(token_id: TokenInPath, desk: DeskHere, who: IdentityHere, request: Request) -> None:
    """Revoke a key."""
    _revoke(desk, token_id, request, who.token_id)


def _revoke(desk: Desk, token_id: str, request: Request, by: str, *, crews_only: bool = False) -> None:
    kept = next((one for one in desk.store.tokens() if one.token_id == token_id), None)
    if kept is None or (crews_only and not kept.crew):
        raise NotFound("there is no such key", remedy="list the keys to see which there are")
    now = desk.clock()
    desk.store.revoke_token(token_id, now)
    audit("token_revoked", now, request, token=token_id, role=kept.role, by=by)


def _listed(desk: Desk, response: Response, *, crews_only: bool = False) -> TokenList:
    response.headers.update(NO_STORE)
    now = desk.clock()
    return TokenList(tokens=[_answer(one, now) for one in desk.store.tokens() if one.crew or not crews_only])


def _kind(token: Token) -> str:
    if token.role not in GIVEN:
        return token.role
    return "link" if token.once else "session" if is_session(token) else "key"


def _answer(token: Token, now: datetime) -> TokenAnswer:
    return TokenAnswer.model_validate(
        {
            "token_id": token.token_id,
            "kind": _kind(token),
            "state": state_of(token, now),
            "role": token.role,
            "crew": token.crew,
            "label": token.label,
            "made_at": token.made_at,
            "expires_at": token.expires_at,
            "used_at": token.used_at,
            "revoked_at": token.revoked_at,
        }
    )
