"""Keys over HTTP: phones of crews enrolled by a code, keys made, listed and revoked; who one is."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from geo_service.api.identity import SESSION_COOKIE
from geo_service.api.tokens import CREW_SESSION, CREW_SESSION_AT_MOST, fingerprint

SAME = {"Sec-Fetch-Site": "same-origin"}
OWN_DAY = "/days/2026-11-24/crews/crew-1"


@contextmanager
def phone(desk, crew: str = "crew-1"):
    """Give the browser of a phone that was enrolled over the API, and the id of its code."""
    with desk.client("planner") as planner:
        made = planner.post("/access/enrolments", json={"crew": crew}).json()
    with desk.client() as client:
        response = client.get(made["link"])
        assert (response.status_code, response.headers["location"]) == (303, "/crew")
        yield client, made["token_id"]


@pytest.mark.parametrize(
    ("visitor", "told"),
    [
        (None, ("anonymous", "", "")),
        ("viewer", ("viewer", "Vic", "")),
        ("own-crew", ("crew", "Phone 1", "crew-1")),
        ("admin", ("admin", "Root", "")),
    ],
)
def test_one_is_told_who_one_is(desk, visitor: str | None, told: tuple[str, str, str]) -> None:
    with desk.client(visitor) as client:
        response = client.get("/me")
    me = response.json()
    assert (me["role"], me["label"], me["crew"]) == told
    assert (me["expires_at"] is None) == (visitor is None)
    assert response.headers["cache-control"] == "no-store"


def test_a_phone_is_enrolled_once_and_sees_its_crew_only(own_desk, problem) -> None:
    with own_desk.client("planner") as planner:
        made = planner.post("/access/enrolments", json={"crew": "crew-1", "label": "blue phone"}).json()
    assert made["qr_svg"].startswith("<svg")
    assert made["link"].startswith(f"{own_desk.url}/sign-in?token=")
    with own_desk.client() as client:
        client.get(made["link"])
        assert client.get("/me").json()["crew"] == "crew-1"
        assert client.get("/me").json()["label"] == "blue phone"
        assert client.get(OWN_DAY).status_code == 200
        problem(client.get("/days/2026-11-24/crews/crew-2"), 404)
        assert client.cookies[SESSION_COOKIE]
    with own_desk.client() as another:
        assert problem(another.get(made["link"]), 401)["code"] == "link_used"


def test_what_the_code_says_is_the_link(own_desk) -> None:
    """The image has the modules of the code of the link, and not of another one."""
    import segno

    with own_desk.client("planner") as planner:
        made = planner.post("/access/enrolments", json={"crew": "crew-1"}).json()

    def drawn(text: str) -> str:
        return segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=4).partition(" d=")[2]

    assert made["qr_svg"].partition(" d=")[2] == drawn(made["link"])
    assert made["qr_svg"].partition(" d=")[2] != drawn(made["link"] + "x")


@pytest.mark.parametrize("what", ["code", "session"])
def test_revoking_a_code_or_its_session_shuts_the_phone_out_at_the_next_request(own_desk, problem, what: str) -> None:
    with phone(own_desk) as (client, code), own_desk.client("planner") as planner, phone(own_desk) as (other, _):
        assert client.get(OWN_DAY).status_code == 200
        session = own_desk.store.token(fingerprint(client.cookies[SESSION_COOKIE])).token_id
        revoked = code if what == "code" else session
        assert planner.delete(f"/access/enrolments/{revoked}").status_code == 204
        assert problem(client.get(OWN_DAY), 401)["code"] == "session_ended"
        assert client.get("/me").json()["role"] == "anonymous"
        assert other.get(OWN_DAY).status_code == 200  # the other phone of the crew works on


def test_a_code_that_is_revoked_before_it_is_used_opens_nothing(own_desk, problem) -> None:
    with own_desk.client("planner") as planner:
        made = planner.post("/access/enrolments", json={"crew": "crew-1"}).json()
        planner.delete(f"/access/enrolments/{made['token_id']}")
    with own_desk.client() as client:
        assert problem(client.get(made["link"]), 401)["code"] == "link_invalid"


def test_a_phone_in_use_stays_signed_in_and_one_left_alone_does_not(own_desk, problem) -> None:
    with phone(own_desk) as (client, _):
        for _ in range(3):
            own_desk.now[0] += CREW_SESSION - timedelta(days=1)
            response = client.get(OWN_DAY)
            assert response.status_code == 200
            assert f"Max-Age={int(CREW_SESSION.total_seconds())}" in response.headers["set-cookie"]
            assert "set-cookie" not in client.get(OWN_DAY).headers  # once a day is enough
        own_desk.now[0] += CREW_SESSION
        assert problem(client.get(OWN_DAY), 401)["code"] == "session_ended"


def test_a_phone_is_enrolled_anew_after_a_year_however_much_it_is_used(own_desk) -> None:
    with phone(own_desk) as (client, _):
        began = own_desk.now[0]
        while (code := client.get(OWN_DAY).status_code) == 200:
            own_desk.now[0] += timedelta(days=30)
        assert code == 401
        assert timedelta(days=330) < own_desk.now[0] - began <= CREW_SESSION_AT_MOST + timedelta(days=30)


def test_prolonging_never_brings_a_revoked_session_back(own_desk) -> None:
    with phone(own_desk) as (client, code):
        session = own_desk.store.token(fingerprint(client.cookies[SESSION_COOKIE]))
        own_desk.store.revoke_token(code, own_desk.now[0])
        assert not own_desk.store.prolong_token(session.token_id, own_desk.now[0] + timedelta(days=9))
        assert own_desk.store.token(session.sha256).expires_at == session.expires_at


def test_a_session_of_a_planner_is_not_prolonged(own_desk) -> None:
    link = own_desk.keep_token("planner", "Bea", once=True)
    with own_desk.client() as client:
        client.get("/sign-in", params={"token": link})
        own_desk.now[0] += timedelta(hours=11)
        assert "set-cookie" not in client.get("/plans").headers


def test_signing_in_anew_ends_the_session_before(own_desk) -> None:
    with phone(own_desk) as (client, _):
        old = client.cookies[SESSION_COOKIE]
        client.get("/sign-in", params={"token": own_desk.keep_token("viewer", "Vic", once=True)})
        assert client.get("/me").json()["role"] == "viewer"
        assert own_desk.store.token(fingerprint(old)).revoked_at is not None


def test_planners_see_phones_and_no_other_keys(own_desk, problem) -> None:
    with phone(own_desk) as (_, code), own_desk.client("planner") as planner, own_desk.client("admin") as admin:
        listed = planner.get("/access/enrolments").json()["tokens"]
        assert {one["role"] for one in listed} == {"crew"}
        by_kind = {one["kind"]: one for one in listed if one["token_id"].startswith(code)}
        assert (by_kind["link"]["state"], by_kind["session"]["state"]) == ("used", "valid")
        all_of = admin.get("/access/tokens").json()["tokens"]
        assert {one["role"] for one in all_of} > {"crew", "planner", "admin"}
        foreign = next(one["token_id"] for one in all_of if one["role"] == "admin")
        problem(planner.delete(f"/access/enrolments/{foreign}"), 404)
        problem(planner.get("/access/tokens"), 403)
        assert admin.get("/me").status_code == 200


def test_the_lists_show_no_secret(own_desk) -> None:
    with phone(own_desk) as (client, _), own_desk.client("admin") as admin:
        text = admin.get("/access/tokens").text
        secrets = (*own_desk.secrets.values(), client.cookies[SESSION_COOKIE])
        assert not [one for one in secrets if one in text or fingerprint(one) in text]


def test_a_key_is_made_used_and_revoked(own_desk, problem) -> None:
    with own_desk.client("admin") as admin:
        made = admin.post("/access/tokens", json={"role": "analyst", "label": "R script", "days": 2})
        assert made.status_code == 201
        told = made.json()
        assert datetime.fromisoformat(told["expires_at"]) == own_desk.now[0] + timedelta(days=2)
        with own_desk.client(Authorization=f"Bearer {told['secret']}") as script:
            assert script.get("/me").json()["role"] == "analyst"
            assert admin.delete(f"/access/tokens/{told['token_id']}").status_code == 204
            problem(script.get("/me"), 401)
        problem(admin.delete(f"/access/tokens/{'0' * 32}"), 404)


def test_a_link_for_a_person_is_made(own_desk) -> None:
    with own_desk.client("admin") as admin, own_desk.client() as browser:
        told = admin.post("/access/tokens", json={"role": "moderator", "label": "Mo", "link": True}).json()
        assert browser.get(told["link"]).status_code == 303
        assert browser.get("/me").json()["role"] == "moderator"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/access/tokens", {"role": "crew", "label": "x"}, 422),
        ("/access/tokens", {"role": "viewer", "label": "x", "crew": "crew-1"}, 422),
        ("/access/tokens", {"role": "anonymous", "label": "x"}, 422),
        ("/access/tokens", {"role": "root", "label": "x"}, 422),
        ("/access/tokens", {"role": "viewer", "label": ""}, 422),
        ("/access/tokens", {"role": "viewer", "label": "a\nb"}, 422),
        ("/access/tokens", {"role": "viewer", "label": "x", "days": True}, 422),
        ("/access/tokens", {"role": "viewer", "label": "x", "days": 367}, 422),
        ("/access/tokens", {"role": "viewer", "label": "x", "token_id": "0" * 32}, 422),
        ("/access/tokens", {"role": "crew", "label": "x", "crew": "crew-9"}, 404),
        ("/access/enrolments", {"crew": "crew-9"}, 404),
        ("/access/enrolments", {"crew": "../x"}, 422),
        ("/access/enrolments", {"crew": "crew-1", "hours": 0}, 422),
        ("/access/enrolments", {"crew": "crew-1", "role": "admin"}, 422),
        ("/access/enrolments", {}, 422),
    ],
)
def test_what_does_not_fit_makes_no_key(module_desk, problem, path: str, body: dict[str, object], status: int) -> None:
    before = len(module_desk.store.tokens())
    with module_desk.client("admin") as admin:
        problem(admin.post(path, json=body), status)
    assert len(module_desk.store.tokens()) == before


def test_another_site_cannot_make_a_planner_enrol_its_phone(own_desk, problem) -> None:
    with own_desk.client() as browser:
        browser.get("/sign-in", params={"token": own_desk.keep_token("planner", "Bea", once=True)})
        before = len(own_desk.store.tokens())
        sent = browser.post("/access/enrolments", json={"crew": "crew-1"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert problem(sent, 403)["code"] == "cross_site"
        assert len(own_desk.store.tokens()) == before
        assert browser.post("/access/enrolments", json={"crew": "crew-1"}, headers=SAME).status_code == 201
