"""Concerns over HTTP: reported without an account, handled by moderators, public only when they say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from geo_service.actions.record_visit import record_visit
from geo_service.neighbourhood.concern import MAX_PHOTOS
from geo_service.schedule.events import UrgentVisit
from tests.base import picture_files as made

from .conftest import CONCERNS, NOW, TUESDAY, lonlat

SOFA = {"kind": "dumped_waste", "words": "Ein Sofa am Zaun", "name": "Eva Beispiel", "mail": "eva@post.example"}
PERSONAL = ("Eva Beispiel", "eva@post.example", "Sofa am Zaun")


@pytest.fixture
def anybody(own_desk):
    with own_desk.client() as client:
        yield client


@pytest.fixture
def mo(own_desk):
    with own_desk.client("moderator") as client:
        yield client


def report(client: httpx.Client, plot: int = 1, **told: object) -> dict[str, Any]:
    lon, lat = lonlat(plot)
    answer = client.post("/concerns", json={**SOFA, "lon": lon, "lat": lat, **told})
    assert answer.status_code == 201, answer.text
    return answer.json()


def step(client: httpx.Client, number: str, name: str, status: int = 200, **told: object) -> dict[str, Any]:
    answer = client.post(f"/concerns/{number}/{name}", json={"reason": "weil", **told})
    assert answer.status_code == status, answer.text
    return answer.json()


def send_photo(client: httpx.Client, secret: str, seed: int = 1) -> tuple[httpx.Response, str]:
    data = made.saved(made.drawn(200 + seed, 120), "JPEG")
    digest = sha256(data).hexdigest()
    address = f"/concerns/status/{secret}/photos/{digest}"
    return client.put(address, content=data, headers={"Content-Type": "image/jpeg"}), digest


def shown(client: httpx.Client, number: str) -> list[dict[str, Any]]:
    features = client.get("/collections/concerns/items").json()["features"]
    return [one for one in features if one["id"] == number]


def test_anybody_reports_and_reads_what_became_of_it(own_desk, anybody, mo):
    first = report(anybody)
    assert first["number"] == "A-2026-0001" and first["link"] == f"{own_desk.url}/concern/{first['secret']}"
    step(mo, first["number"], "check", answer="Danke, wir kümmern uns.")
    told = anybody.get(f"/concerns/status/{first['secret']}")
    assert told.headers["cache-control"] == "no-store"
    assert told.json()["words"] == "geprüft" and told.json()["steps"][-1]["answer"] == "Danke, wir kümmern uns."
    assert "weil" not in told.text and "Mo" not in told.text
    assert anybody.get(f"/concerns/status/{'x' * 43}").status_code == 404
    assert first["secret"] not in str(own_desk.store.changed_since(0))


def test_planner_5_a_dumped_waste_report_becomes_an_order_with_its_photos(own_desk, anybody, mo):
    mine = report(anybody)
    answer, photo = send_photo(anybody, mine["secret"])
    assert (answer.status_code, answer.json()["sha256"]) == (201, photo)
    step(mo, mine["number"], "order", 422)  # not before it was checked
    step(mo, mine["number"], "check")
    ordered = step(mo, mine["number"], "order", volume_m3=1.5, note="hinten links")
    (order,) = ordered["orders"]
    (event,) = [one.event for one in own_desk.store.events()]
    assert isinstance(event, UrgentVisit)
    assert (event.plot, event.waste_key, event.volume_m3) == ("KLZ-0001", "200307", 1.5)
    assert (order["plot"], order["waste_key"], ordered["status"]) == ("KLZ-0001", "200307", "ordered")
    assert not any(word in event.reason for word in PERSONAL)
    with own_desk.client("own-crew") as crew, own_desk.client("other-crew") as other:  # crew 1 has the plot on its list
        assert crew.get(f"/photos/{photo}").status_code == 200
        package = crew.get(f"/days/{TUESDAY}/crews/crew-1/package").json()
        assert photo in package["photos"]
        assert other.get(f"/photos/{photo}").status_code == 404
    assert anybody.get(f"/concerns/status/{mine['secret']}").json()["status"] == "ordered"


def test_a_visit_that_does_the_ordered_work_closes_the_concern(own_desk, anybody, mo):
    mine = report(anybody, kind="plants")
    step(mo, mine["number"], "check")
    step(mo, mine["number"], "order", work="mow_lawn")
    own_desk.now[0] = NOW + timedelta(days=1, hours=8)
    visit = "KLZ-0001.mow_lawn.2026-11-24.1"
    record_visit(own_desk.store, visit, TUESDAY, author="tester", clock=lambda: own_desk.now[0])
    own_desk.secrets["moderator"] = own_desk.keep_token("moderator", "Mo")
    with own_desk.client("moderator") as later:
        whole = later.get(f"/concerns/{mine['number']}").json()
    assert (whole["status"], whole["orders"][0]["done_by"]) == ("done", visit)
    assert anybody.get(f"/concerns/status/{mine['secret']}").json()["words"] == "erledigt"


def test_moderator_1_merging_duplicates_keeps_both_reporters(anybody, mo):
    first, second = report(anybody), report(anybody, words="Sofa liegt am Zaun", mail="uwe@post.example")
    twin = mo.get(f"/concerns/{first['number']}").json()["twins"][0]
    assert twin["number"] == second["number"] and twin["score"] > 0.8
    whole = step(mo, first["number"], "merge", twin=second["number"])
    assert [one["mail"] for one in whole["reports"]] == ["eva@post.example", "uwe@post.example"]
    step(mo, first["number"], "check")
    for one in (first, second):
        told = anybody.get(f"/concerns/status/{one['secret']}").json()
        assert (told["number"], told["now"], told["status"]) == (one["number"], first["number"], "checked")
    assert step(mo, second["number"], "check", 422)["code"] == "rule_broken"


def test_moderator_2_a_concern_on_private_land_is_forwarded_with_a_reference(own_desk, anybody, mo):
    mine = report(anybody)
    step(mo, mine["number"], "check", plot="")
    step(mo, mine["number"], "forwarding", 422, body="Ordnungsamt")
    step(mo, mine["number"], "order", 422)  # it lies on no plot of ours
    whole = step(mo, mine["number"], "forwarding", body="Ordnungsamt", reference="32.1-4711")
    assert whole["forwardings"][0]["reference"] == "32.1-4711" and whole["status"] == "forwarded"
    step(mo, mine["number"], "reopening")
    step(mo, mine["number"], "check", 422)
    assert step(mo, mine["number"], "rejection")["status"] == "rejected"


def test_nothing_is_public_before_a_moderator_says_so(own_desk, anybody, mo):
    mine = report(anybody)
    _, photo = send_photo(anybody, mine["secret"])
    number, items = mine["number"], "/collections/concerns/items"
    picture = f"/concerns/{number}/photos/{photo}"
    assert shown(anybody, number) == [] and anybody.get(picture).status_code == 404
    step(mo, number, "check")
    released = mo.put(f"/concerns/{number}/publication", json={"text": "Sperrmüll", "photos": [photo]})
    assert released.status_code == 200
    (feature,) = shown(anybody, number)
    assert feature["properties"]["text"] == "Sperrmüll" and "plot" not in feature["properties"]
    assert anybody.get(picture).headers["content-type"] == "image/jpeg"
    assert b"Exif" not in anybody.get(picture).content
    assert not any(word in anybody.get(items).text for word in PERSONAL)
    with own_desk.store.change(author="t", reason="objection", at=NOW) as tx:
        tx.put_plots([replace(own_desk.store.plot("KLZ-0001"), public=False)])
    assert shown(anybody, number) == [] and anybody.get(picture).status_code == 404
    mo.delete(f"/concerns/{number}/publication")
    assert [one["properties"]["published"] for one in shown(mo, number)] == [False]


def test_pictures_are_few_soon_and_pictures(own_desk, anybody):
    secret = report(anybody)["secret"]
    digests = []
    for seed in range(MAX_PHOTOS):
        answer, digest = send_photo(anybody, secret, seed)
        digests.append(digest)
        assert answer.status_code == 201
    assert send_photo(anybody, secret, 0)[0].status_code == 201  # the same again changes nothing
    assert send_photo(anybody, secret, 9)[0].json()["code"] == "rule_broken"
    assert anybody.get(f"/concerns/status/{secret}").json()["photos"] == digests
    assert anybody.get(f"/concerns/status/{secret}/photos/{digests[0]}").status_code == 200
    later = report(anybody)["secret"]
    assert anybody.get(f"/concerns/status/{later}/photos/{digests[0]}").status_code == 404
    wrong = anybody.put(
        f"/concerns/status/{later}/photos/{'0' * 64}", content=b"<svg>", headers={"Content-Type": "image/svg+xml"}
    )
    assert wrong.status_code == 415
    own_desk.now[0] = NOW + timedelta(hours=3)
    assert send_photo(anybody, later)[0].json()["code"] == "rule_broken"


def test_a_step_on_another_version_is_a_conflict(anybody, mo):
    number = report(anybody)["number"]
    seen = mo.get(f"/concerns/{number}").json()["version"]
    step(mo, number, "check", version=seen)
    assert step(mo, number, "closing", 409, version=seen)["code"] == "record_changed"
    assert step(mo, number, "closing", version=seen + 1)["status"] == "done"


def test_reporters_are_forgotten_half_a_year_after_the_close(own_desk, anybody, mo):
    mine, still = report(anybody), report(anybody, plot=9)
    step(mo, mine["number"], "check")
    step(mo, mine["number"], "closing")
    assert mo.post("/concerns/forgetting").json() == {"concerns": []}
    own_desk.now[0] = NOW + timedelta(days=200)
    own_desk.secrets["moderator"] = own_desk.keep_token("moderator", "Mo")
    with own_desk.client("moderator") as later:
        assert later.post("/concerns/forgetting").json() == {"concerns": [mine["number"]]}
        assert not any(word in later.get(f"/concerns/{mine['number']}").text for word in PERSONAL)
        assert "Eva Beispiel" in later.get(f"/concerns/{still['number']}").text
    assert anybody.get(f"/concerns/status/{mine['secret']}").json()["words"] == "erledigt"


def test_a_place_far_away_and_hazardous_waste_are_refused(anybody, mo):
    away = anybody.post("/concerns", json={**SOFA, "lon": 13.7, "lat": 51.0})
    assert (away.status_code, away.json()["code"]) == (400, "outside_area") and away.json()["remedy"]
    number = report(anybody)["number"]
    step(mo, number, "check")
    assert step(mo, number, "order", 400, waste_key="170605*")["code"] == "hazardous"


def test_kinds_are_named_in_three_languages(anybody):
    names = [
        anybody.get("/concern-kinds", params={"lang": one}).json()["kinds"][0]["name"] for one in ("de", "en", "easy")
    ]
    assert names == ["Abgeladener Müll", "Dumped waste", "Müll"]


def test_lists_filter(anybody, mo):
    first, second = report(anybody), report(anybody, plot=9)
    step(mo, first["number"], "rejection")
    made = {one.number for one in CONCERNS}
    for asked, numbers in (
        ({}, [first["number"], second["number"]]),
        ({"open": "true"}, [second["number"]]),
        ({"status": "rejected"}, [first["number"]]),
        ({"quarter": "51"}, [second["number"]]),
        ({"plot": "KLZ-0001"}, [first["number"]]),
    ):
        found = [one["number"] for one in mo.get("/concerns", params=asked).json()["concerns"]]
        assert [one for one in found if one not in made] == numbers
