"""Floor 8: signing in with the city's identity provider: OpenID Connect, authorization code with PKCE.

Authlib builds the requests and checks the claims; it is loaded when the first person signs in.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from geo_service.api.issuer_exchange import IssuerExchange, IssuerReply, origin_of
from geo_service.api.roles import CREW, GIVEN
from geo_service.base.errors import GeoServiceError, InputError, NotAllowed, NotReady

BEGUN_FOR = timedelta(minutes=10)
"""How long somebody may take to sign in with the provider."""

MOST_BEGUN = 1_000
LEEWAY_S = 30
KNOWN_FOR = timedelta(minutes=10)
"""How long what the provider tells of itself, its keys too, is kept."""

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures that are taken; none and those with a shared secret are not."""

_LABEL_CLAIMS = ("name", "preferred_username", "email")
_RANK = ("admin", "planner", "moderator", "analyst", "viewer", "crew")
_AGAIN = "begin anew at /sign-in/oidc"


@dataclass(frozen=True)
class OidcSettings:
    """How the provider is asked.

    Attributes
    ----------
    issuer
        Its address, as its tokens name it.
    client_secret
        Empty for a public client; PKCE is used in any case.
    roles
        Value of the claim -> role; ``crew:crew-1`` gives the role crew for that crew.
    claim
        The claim of the ID token that tells groups or roles: a text or a list of texts.
    origins
        Further origins at which the provider answers.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    claim: str = "groups"
    scope: str = "openid profile"
    origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        origin_of(self.issuer)
        if not self.client_id:
            raise InputError("the sign-in service needs a client id", remedy="set GEO_SERVICE_OIDC_CLIENT_ID")
        for value, given in self.roles.items():
            role, _, crew = given.partition(":")
            if role not in GIVEN or (role == CREW) != bool(crew):
                raise InputError(
                    f"{value}={given} gives no role",
                    remedy=f"write GROUP=ROLE with one of {', '.join(GIVEN)}; crew as crew:CODE",
                )


def settings_from(environment: Mapping[str, str]) -> OidcSettings | None:
    """Read the settings from variables that begin with ``GEO_SERVICE_OIDC_``; None without ``ISSUER``.

    Examples
    --------
    >>> said = {"ISSUER": "https://login.example", "CLIENT_ID": "desk", "ROLES": "planning=planner, k1=crew:crew-1"}
    >>> settings = settings_from({f"GEO_SERVICE_OIDC_{name}": value for name, value in said.items()})
    >>> settings.roles
    {'planning': 'planner', 'k1': 'crew:crew-1'}
    """

    def said(name: str, default: str = "") -> str:
        return environment.get(f"GEO_SERVICE_OIDC_{name}", default).strip()

    if not said("ISSUER"):
        return None
    pairs = (entry.partition("=") for entry in said("ROLES").split(",") if entry.strip())
    return OidcSettings(
        issuer=said("ISSUER"),
        client_id=said("CLIENT_ID"),
        client_secret=said("CLIENT_SECRET"),
        roles={value.strip(): role.strip() for value, _, role in pairs},
        claim=said("CLAIM", "groups"),
        scope=said("SCOPE", "openid profile"),
        origins=tuple(said("ORIGINS").split()),
    )


@dataclass(frozen=True)
class Person:
    """Whom the provider vouched for, and what they may do here."""

    subject: str
    label: str
    role: str
    crew: str


@dataclass(frozen=True)
class Begun:
    """A sign-in that a browser began.

    Attributes
    ----------
    url
        Where the provider asks the person.
    browser
        Secret that the browser keeps in a cookie until it comes back.
    """

    url: str
    state: str
    browser: str
    nonce: str
    verifier: str
    at: datetime


@dataclass(frozen=True)
class _Provider:
    """What the provider tells of itself."""

    authorize: str
    token: str
    keys: Any
    names_issuer: bool
    at: datetime


class SignInService:
    """The identity provider that people sign in with; safe to use from several threads.

    Parameters
    ----------
    exchange
        Asks the provider; by default over the network.
    """

    def __init__(self, settings: OidcSettings, exchange: IssuerExchange | None = None) -> None:
        self._settings = settings
        self._exchange = exchange or IssuerExchange((settings.issuer, *settings.origins))
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._provider: _Provider | None = None
        self._lock = Lock()

    def begin(self, redirect_uri: str, at: datetime) -> Begun:
        """Begin to sign somebody in.

        Raises
        ------
        NotReady
            When the provider does not answer.
        """
        provider = self._known(at)
        verifier, nonce, state = (secrets.token_urlsafe(48) for _ in range(3))
        url, _ = self._client(redirect_uri).create_authorization_url(
            provider.authorize, state=state, code_verifier=verifier, nonce=nonce
        )
        begun = Begun(url, state, secrets.token_urlsafe(32), nonce, verifier, at)
        with self._lock:
            self._begun[state] = begun
            while len(self._begun) > MOST_BEGUN:
                self._begun.popitem(last=False)
        return begun

    def finish(self, answer: Mapping[str, str], browser: str, redirect_uri: str, at: datetime) -> Person:
        """End what a browser began: change the code for an ID token, check it, and tell who it is.

        Parameters
        ----------
        answer
            The query that the provider sent the browser back with.
        browser
            The secret from the browser's cookie, or empty.

        Raises
        ------
        NotAllowed
            When anything does not fit, or the person has no role here (code ``nobody_here``).
        NotReady
            When the provider does not answer.
        """
        with self._lock:
            begun = self._begun.pop(answer.get("state", ""), None)
        if begun is None or at - begun.at > BEGUN_FOR or not hmac.compare_digest(begun.browser, browser):
            raise _refused("this sign-in was not begun in this browser, or took too long", "oidc_state")
        if "error" in answer or "code" not in answer:
            raise _refused("the sign-in service did not sign you in", "oidc_denied")
        provider = self._known(at)
        if answer.get("iss", self._settings.issuer if not provider.names_issuer else "") != self._settings.issuer:
            raise _refused("the answer does not come from the sign-in service", "oidc_issuer")
        return self._person(self._claims(provider, begun, answer, redirect_uri, at))

    def _claims(
        self, provider: _Provider, begun: Begun, answer: Mapping[str, str], redirect_uri: str, at: datetime
    ) -> Mapping[str, Any]:
        """Return the claims of the ID token that a code is changed for, all of them checked."""
        from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415  # slow to load, needed by few
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415

        sent = urlencode({"code": answer["code"], "state": begun.state})
        try:
            given = self._client(redirect_uri).fetch_token(
                provider.token,
                authorization_response=f"{redirect_uri}?{sent}",
                state=begun.state,
                code_verifier=begun.verifier,
            )
            signed = jwt.decode(str(given.get("id_token", "")), provider.keys, algorithms=list(ALGORITHMS))
            settings = self._settings
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                {
                    "iss": {"essential": True, "value": settings.issuer},
                    "aud": {"essential": True, "value": settings.client_id},
                },
                {"nonce": begun.nonce, "client_id": settings.client_id, "access_token": given.get("access_token")},
            )
            claims.validate(now=int(at.timestamp()), leeway=LEEWAY_S)
        except (AuthlibBaseError, JoseError, ValueError, TypeError) as error:
            self._provider = None  # its keys may have changed
            raise _refused(f"the sign-in service vouched for nobody ({type(error).__name__})", "oidc_token") from error
        return dict(claims)

    def _person(self, claims: Mapping[str, Any]) -> Person:
        told = claims.get(self._settings.claim, ())
        values = {told} if isinstance(told, str) else {one for one in told if isinstance(one, str)}
        given = sorted(
            (self._settings.roles[value] for value in values & self._settings.roles.keys()),
            key=lambda one: (_RANK.index(one.partition(":")[0]), one),
        )
        if not given:
            raise NotAllowed(
                "Sie sind angemeldet, haben hier aber keine Aufgabe · you are signed in but have no task at this desk",
                remedy="Bitten Sie die Planung um Aufnahme in eine Gruppe · ask the planners to add you to a group",
                code="nobody_here",
                signed_in=True,
            )
        role, _, crew = given[0].partition(":")
        label = next((str(claims[name]) for name in _LABEL_CLAIMS if claims.get(name)), str(claims["sub"]))
        return Person(f"{self._settings.issuer}|{claims['sub']}", label[:100], role, crew)

    def _client(self, redirect_uri: str) -> Any:
        from authlib.oauth2.client import OAuth2Client  # noqa: PLC0415  # slow to load, needed by few

        settings = self._settings
        return OAuth2Client(
            _Session(self._exchange),
            client_id=settings.client_id,
            client_secret=settings.client_secret or None,
            scope=settings.scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _known(self, at: datetime) -> _Provider:
        """Return what the provider tells of itself, asked again from time to time."""
        provider = self._provider
        if provider is not None and abs(at - provider.at) < KNOWN_FOR:
            return provider
        from joserfc.errors import JoseError  # noqa: PLC0415  # slow to load, needed by few
        from joserfc.jwk import KeySet  # noqa: PLC0415

        issuer = self._settings.issuer
        try:
            told = _document(self._exchange.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
            _require_same(told["issuer"], issuer)
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                self._exchange.require_allowed(str(told[name]))
            keys: Any = _document(self._exchange.get(told["jwks_uri"]))
            provider = _Provider(
                told["authorization_endpoint"],
                told["token_endpoint"],
                KeySet.import_key_set(keys),
                told.get("authorization_response_iss_parameter_supported") is True,
                at,
            )
        except GeoServiceError:
            raise
        except (KeyError, ValueError, TypeError, JoseError) as error:
            raise NotReady(
                "the sign-in service describes itself in a way that cannot be understood",
                remedy="check GEO_SERVICE_OIDC_ISSUER: it must be written as the service writes it",
                code="issuer_unclear",
            ) from error
        self._provider = provider
        return provider


class _Session:
    """What Authlib sends its requests with."""

    def __init__(self, exchange: IssuerExchange) -> None:
        self._exchange = exchange

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> IssuerReply:
        """Send a form as the client that it is signed for."""
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return self._exchange.post(url, body, sent)


def _document(reply: IssuerReply) -> dict[str, Any]:
    reply.raise_for_status()
    told = reply.json()
    if not isinstance(told, dict):
        raise TypeError("no JSON object")
    return told


def _require_same(named: object, issuer: str) -> None:
    if named != issuer:
        raise ValueError("the document is another issuer's")


def _refused(message: str, code: str) -> NotAllowed:
    return NotAllowed(message, remedy=_AGAIN, code=code, signed_in=False)
