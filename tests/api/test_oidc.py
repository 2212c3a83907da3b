"""Signing in with an identity provider: a small real one answers on this machine, and each lie of it is found out."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from geo_service.api.app import create_app
from geo_service.api.desk import Desk
from geo_service.api.issuer_exchange import IssuerExchange
from geo_service.api.oidc import BEGUN_FOR, LEEWAY_S, MOST_BEGUN, OidcSettings, SignInService, settings_from
from geo_service.api.sign_in import BEGUN_COOKIE
from geo_service.api.tokens import fingerprint
from geo_service.base.errors import InputError, NotAllowed, NotReady

CLIENT, SECRET = "desk", "s3cret +/%"
CALLBACK = "/sign-in/oidc/callback"
KEY, STRANGER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
ROLES = {"planning": "planner", "reading": "viewer", "kolonne-1": "crew:crew-1"}


@dataclass
class Provider:
    """An OpenID provider: discovery, keys, codes that work once, PKCE, client authentication, RS256.

    Attributes
    ----------
    person
        Claims of whoever signs in.
    twist
        Changes the claims of the next ID tokens: how it lies.
    sign
        Makes the token of header and claims.
    told
        Changes what it tells of itself.
    """

    url: str = ""
    now_s: Callable[[], int] = lambda: 0
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "u1", "name": "Ada Muster", "groups": ["planning"]})
    twist: Callable[[dict[str, Any]], None] = lambda claims: None
    sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": "k1"}, claims, KEY)
    told: Callable[[dict[str, Any]], None] = lambda document: None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    redirects: bool = False

    def discovery(self) -> dict[str, Any]:
        document = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        self.told(document)
        return document

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser is sent back to, with a code."""
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = hashlib.sha256(f"{len(self.codes)}{query['state']}".encode()).hexdigest()
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Change a code for an ID token, once."""
        if base64.b64decode(authorization.removeprefix("Basic ")).decode() != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        begun = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        fits = begun is not None and begun["code_challenge"] == challenge
        if not fits or begun["redirect_uri"] != form["redirect_uri"] or form["grant_type"] != "authorization_code":
            return 400, {"error": "invalid_grant"}
        now = self.now_s()
        claims = {"iss": self.url, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": begun["nonce"], **self.person}
        self.twist(claims)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.sign(claims)}


@contextmanager
def served(provider: Provider) -> Iterator[Provider]:
    """Let a provider answer on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = urlsplit(self.path)
            provider.asked.append(where.path)
            if provider.redirects:
                self.answer(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"})
            elif where.path == "/.well-known/openid-configuration":
                self.json(200, provider.discovery())
            elif where.path == "/keys":
                self.json(200, {"keys": [{**KEY.as_dict(private=False), "kid": "k1", "use": "sig"}]})
            else:
                self.answer(302, b"", {"Location": provider.authorize(dict(parse_qsl(where.query)))})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.json(*provider.token(form, self.headers.get("Authorization", "")))

        def json(self, status: int, value: object) -> None:
            self.answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def provider(own_desk, own_door) -> Iterator[Provider]:
    """Return a provider that the own desk signs people in with."""
    with served(Provider(now_s=lambda: int(own_desk.now[0].timestamp()))) as one:
        service = SignInService(OidcSettings(one.url, CLIENT, SECRET, ROLES))
        desk = Desk(own_desk.store, lambda: own_desk.now[0], own_desk.started.append, own_desk.url)
        own_desk.app = own_door.app = create_app(Desk(**{**vars(desk), "sign_in_service": service}))
        yield one


def begin(client: httpx.Client) -> str:
    """Press the button; return where the provider sends the browser back to."""
    there = client.get("/sign-in/oidc")
    assert there.status_code == 303
    return httpx.get(there.headers["location"]).headers["location"]


def come_back(desk, change: Callable[[str], str] = lambda back: back) -> httpx.Response:
    """Sign in; change what the browser comes back with."""
    with desk.client() as client:
        return client.get(change(begin(client)))


def changed(back: str, **fields: str) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()} | fields
    return f"{CALLBACK}?{urlencode({name: value for name, value in query.items() if value})}"


def test_a_person_signs_in_with_the_role_of_the_group(own_desk, provider) -> None:
    with own_desk.client() as client:
        response = client.get(begin(client))
        assert (response.status_code, response.headers["location"]) == (303, "/map")
        me = client.get("/me").json()
        assert (me["role"], me["label"]) == ("planner", "Ada Muster")
        session = own_desk.store.token(fingerprint(client.cookies["desk_session"]))
    assert session.subject == f"{provider.url}|u1"
    assert provider.asked == ["/.well-known/openid-configuration", "/keys", "/authorize", "/token"]


def test_signing_in_without_a_link_leads_to_the_provider(own_desk, provider) -> None:
    with own_desk.client() as client:
        assert client.get("/sign-in").headers["location"] == "/sign-in/oidc"


def test_cookies_of_the_sign_in_are_out_of_reach(own_desk, provider) -> None:
    with own_desk.client() as client:
        begun = client.get("/sign-in/oidc").headers["set-cookie"]
        assert begun.startswith(f"{BEGUN_COOKIE}=")
        assert {"HttpOnly", "SameSite=lax", f"Path={CALLBACK}", "Max-Age=600"} <= set(begun.split("; "))


def test_what_the_provider_is_asked_holds_neither_verifier_nor_secret(own_desk, provider) -> None:
    with own_desk.client() as client:
        asked = parse_qs(urlsplit(client.get("/sign-in/oidc").headers["location"]).query)
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert asked["redirect_uri"] == [own_desk.url + CALLBACK]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        (["planning", "reading"], ("planner", "", "/map")),
        ("reading", ("viewer", "", "/map")),
        (["kolonne-1", "other"], ("crew", "crew-1", "/crew")),
    ],
)
def test_groups_give_roles(own_desk, provider, groups: object, told: tuple[str, str, str]) -> None:
    provider.person["groups"] = groups
    with own_desk.client() as client:
        assert client.get(begin(client)).headers["location"] == told[2]
        me = client.get("/me").json()
    assert (me["role"], me["crew"]) == told[:2]


@pytest.mark.parametrize("groups", [[], ["elsewhere"], None, "", [1, {}], "planner"])
def test_who_has_no_task_here_is_nobody_and_is_told_so(own_desk, provider, problem, groups: object) -> None:
    provider.person["groups"] = groups if groups is not None else []
    before = len(own_desk.store.tokens())
    assert problem(come_back(own_desk), 403)["code"] == "nobody_here"
    with own_desk.client(Accept="text/html") as client:
        page = client.get(begin(client))
        assert page.status_code == 403
        assert "haben hier aber keine Aufgabe" in page.text
        assert client.get("/me", headers={"Accept": "*/*"}).json()["role"] == "anonymous"
    assert len(own_desk.store.tokens()) == before


def set_claim(name: str, value: object) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update({name: value})


def drop_claim(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.pop(name)


LIES = {
    "wrong nonce": set_claim("nonce", "another"),
    "no nonce": drop_claim("nonce"),
    "wrong audience": set_claim("aud", "another"),
    "several audiences, for another party": lambda claims: claims.update(aud=["desk", "other"], azp="other"),
    "no audience": drop_claim("aud"),
    "wrong issuer": set_claim("iss", "https://elsewhere.example"),
    "no subject": drop_claim("sub"),
    "expired": lambda claims: claims.update(exp=claims["iat"] - LEEWAY_S - 1),
    "no end": drop_claim("exp"),
    "not yet": lambda claims: claims.update(nbf=claims["iat"] + LEEWAY_S + 60),
    "an end that is no number": set_claim("exp", "later"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_fit_signs_nobody_in(own_desk, provider, problem, lie: str) -> None:
    provider.twist = LIES[lie]
    refused = come_back(own_desk)
    assert problem(refused, 401)["code"] == "oidc_token"
    assert "set-cookie" not in refused.headers
    provider.twist = lambda claims: None
    assert come_back(own_desk).status_code == 303  # the control: the same without the lie


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned(claims: dict[str, Any]) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}."


def by_shared_secret(claims: dict[str, Any]) -> str:
    """Sign with the public key taken as a shared secret, an old trick."""
    signed = ".".join(encoded(one) for one in ({"alg": "HS256", "kid": "k1"}, claims))
    mac = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def other_claims(claims: dict[str, Any]) -> str:
    """Keep the signature and exchange what it stands for."""
    head, _, signature = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, KEY).split(".")
    return f"{head}.{encoded({**claims, 'sub': 'somebody else'})}.{signature}"


FORGERIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "another key": lambda claims: jwt.encode({"alg": "RS256", "kid": "k1"}, claims, STRANGER),
    "an unknown key": lambda claims: jwt.encode({"alg": "RS256", "kid": "k2"}, claims, STRANGER),
    "its own key in the header": lambda claims: jwt.encode(
        {"alg": "RS256", "jwk": STRANGER.as_dict(private=False)}, claims, STRANGER
    ),
    "no signature": unsigned,
    "the public key as a secret": by_shared_secret,
    "other claims": other_claims,
    "no token": lambda claims: "",
    "nonsense": lambda claims: "a.b.c",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_signs_nobody_in(own_desk, provider, problem, forgery: str) -> None:
    provider.sign = FORGERIES[forgery]
    assert problem(come_back(own_desk), 401)["code"] == "oidc_token"
    assert not [one for one in own_desk.store.tokens() if one.subject]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda back: changed(back, state="x" * 64), "oidc_state"),
        (lambda back: changed(back, state=""), "oidc_state"),
        (lambda back: changed(back, code=""), "oidc_denied"),
        (lambda back: changed(back, code="", error="access_denied"), "oidc_denied"),
        (lambda back: changed(back, code="guessed"), "oidc_token"),
        (lambda back: changed(back, iss="https://elsewhere.example"), "oidc_issuer"),
    ],
)
def test_an_answer_that_was_changed_signs_nobody_in(own_desk, provider, problem, change, code: str) -> None:
    assert problem(come_back(own_desk, change), 401)["code"] == code


def test_the_issuer_in_the_answer_is_wanted_of_who_promised_it(own_desk, provider, problem) -> None:
    provider.told = lambda document: document.update(authorization_response_iss_parameter_supported=True)
    assert problem(come_back(own_desk), 401)["code"] == "oidc_issuer"
    assert come_back(own_desk, lambda back: changed(back, iss=provider.url)).status_code == 303


def test_a_code_is_of_use_once(own_desk, provider, problem) -> None:
    with own_desk.client() as client:
        back = begin(client)
        assert client.get(back).status_code == 303
        assert problem(client.get(back), 401)["code"] == "oidc_state"
        # the old code with a state of its own: the provider takes no code twice
        code = parse_qs(urlsplit(back).query)["code"][0]
        assert problem(client.get(changed(begin(client), code=code)), 401)["code"] == "oidc_token"


def test_a_sign_in_that_another_browser_began_is_refused(own_desk, provider, problem) -> None:
    """Otherwise somebody could be signed in as somebody else without noticing."""
    with own_desk.client() as attacker, own_desk.client() as victim:
        back = begin(attacker)
        assert problem(victim.get(back), 401)["code"] == "oidc_state"
        assert victim.get("/me").json()["role"] == "anonymous"
        begin(victim)  # with a cookie of its own it is refused, too
        assert problem(victim.get(begin(attacker)), 401)["code"] == "oidc_state"


def test_a_code_of_another_sign_in_lacks_the_verifier(own_desk, provider, problem) -> None:
    with own_desk.client() as one, own_desk.client() as other:
        stolen = parse_qs(urlsplit(begin(one)).query)["code"][0]
        assert problem(other.get(changed(begin(other), code=stolen)), 401)["code"] == "oidc_token"


def test_a_sign_in_that_takes_too_long_is_refused(own_desk, provider, problem) -> None:
    with own_desk.client() as client:
        back = begin(client)
        own_desk.now[0] += BEGUN_FOR * 1.01
        assert problem(client.get(back), 401)["code"] == "oidc_state"


def test_a_session_from_the_provider_is_revoked_like_any_other(own_desk, provider, problem) -> None:
    with own_desk.client() as client, own_desk.client("admin") as admin:
        client.get(begin(client))
        kept = next(one for one in admin.get("/access/tokens").json()["tokens"] if one["kind"] == "session")
        assert admin.delete(f"/access/tokens/{kept['token_id']}").status_code == 204
        problem(client.get("/plans"), 401)


def test_keys_that_the_provider_changed_are_asked_for_again(own_desk, provider) -> None:
    assert come_back(own_desk).status_code == 303
    provider.sign = FORGERIES["another key"]
    assert come_back(own_desk).status_code == 401
    provider.sign = Provider().sign
    assert come_back(own_desk).status_code == 303
    assert provider.asked.count("/keys") == 2


def test_without_a_provider_there_is_nothing(own_desk, problem) -> None:
    with own_desk.client() as client:
        problem(client.get("/sign-in/oidc"), 404)
        problem(client.get(CALLBACK), 404)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_nobody_outside_the_list_is_asked(own_desk, provider, problem, name: str) -> None:
    with served(Provider()) as elsewhere:
        provider.told = lambda document: document.update({name: f"{elsewhere.url}/x"})
        with own_desk.client() as client:
            assert problem(client.get("/sign-in/oidc"), 409)["code"] == "issuer_not_allowed"
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "told",
    [
        lambda document: document.update(issuer="https://elsewhere.example"),
        lambda document: document.pop("token_endpoint"),
        lambda document: document.update(jwks_uri=7),
        lambda document: document.clear(),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_used(own_desk, provider, told) -> None:
    provider.told = told
    with own_desk.client() as client:
        assert client.get("/sign-in/oidc").status_code == 409


def test_redirects_are_not_followed(own_desk, provider, problem) -> None:
    provider.redirects = True
    with own_desk.client() as client:
        assert problem(client.get("/sign-in/oidc"), 409)["code"] == "issuer_unreachable"
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_provider_that_is_silent_is_not_waited_for(now) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        service = SignInService(OidcSettings(url, CLIENT), IssuerExchange([url], timeout_s=0.2))
        with pytest.raises(NotReady, match="cannot be asked"):
            service.begin("http://desk/back", now)


def test_those_who_begin_and_never_come_back_take_no_memory(now) -> None:
    with served(Provider()) as provider:
        service = SignInService(OidcSettings(provider.url, CLIENT, SECRET, ROLES))
        first = service.begin("http://desk/back", now)
        for _ in range(MOST_BEGUN):
            service.begin("http://desk/back", now)
        with pytest.raises(NotAllowed, match="not begun in this browser"):
            service.finish({"state": first.state, "code": "x"}, first.browser, "http://desk/back", now)


@pytest.mark.parametrize(
    "said",
    [
        {"ISSUER": "http://login.example", "CLIENT_ID": "desk"},
        {"ISSUER": "https://user@login.example", "CLIENT_ID": "desk"},
        {"ISSUER": "login.example", "CLIENT_ID": "desk"},
        {"ISSUER": "https://login.example"},
        {"ISSUER": "https://login.example", "CLIENT_ID": "desk", "ROLES": "a=root"},
        {"ISSUER": "https://login.example", "CLIENT_ID": "desk", "ROLES": "a=crew"},
        {"ISSUER": "https://login.example", "CLIENT_ID": "desk", "ROLES": "a=planner:x"},
        {"ISSUER": "https://login.example", "CLIENT_ID": "desk", "ROLES": "a=anonymous"},
    ],
)
def test_settings_that_cannot_be_are_told(said: dict[str, str]) -> None:
    with pytest.raises(InputError):
        settings_from({f"GEO_SERVICE_OIDC_{name}": value for name, value in said.items()})


def test_the_library_is_loaded_when_it_is_needed() -> None:
    program = (
        "import sys, geo_service.main, geo_service.api.app, geo_service.api.oidc;"
        "print([one for one in sys.modules if one.split('.')[0] in ('authlib', 'joserfc', 'cryptography')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
