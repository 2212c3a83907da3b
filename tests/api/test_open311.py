"""Open311 GeoReport v2: asked in the shapes that FixMyStreet and other clients send, in XML and JSON."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import httpx
import pytest

from .conftest import NOW, lonlat

BASE = "/open311/v2"


@pytest.fixture
def client(own_desk):
    with own_desk.client() as one:
        yield one


def xml(answer: httpx.Response) -> ElementTree.Element:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def texts(element: ElementTree.Element, path: str) -> list[str | None]:
    return [one.text for one in element.findall(path)]


def as_fixmystreet_sends_it(**more: object) -> dict[str, object]:
    lon, lat = lonlat(1)
    return {
        "jurisdiction_id": "leipzig.example",
        "api_key": "nobody-needs-it",
        "service_code": "dumped_waste",
        "lat": f"{lat:.6f}",
        "long": f"{lon:.6f}",
        "address_string": "Dieskaustraße 1",
        "email": "eva@post.example",
        "first_name": "Eva",
        "last_name": "Beispiel",
        "phone": "0341 0000-123",
        "description": "Sofa am Zaun & Reifen\n\nSeit gestern",
        "media_url": "https://pictures.example/1.jpeg",
        "attribute[easting]": "313115",
        **more,
    }


def released(own_desk, number: str) -> None:
    with own_desk.client("moderator") as mo:
        assert mo.post(f"/concerns/{number}/check", json={"reason": "gesehen"}).status_code == 200
        assert mo.put(f"/concerns/{number}/publication", json={"text": "Sperrmüll <alt>"}).status_code == 200


def test_what_may_be_reported_is_found(client):
    endpoint = xml(client.get(f"{BASE}/discovery.xml")).find("endpoints/endpoint")
    assert endpoint.findtext("url").endswith(BASE) and texts(endpoint, "formats/format")[0] == "text/xml"
    services = xml(client.get(f"{BASE}/services.xml", params={"jurisdiction_id": "x"}))
    assert "dumped_waste" in texts(services, "service/service_code")
    assert set(texts(services, "service/metadata")) == {"false"} and set(texts(services, "service/type")) == {
        "realtime"
    }
    assert client.get(f"{BASE}/services.json").json()[0]["service_code"] == "dumped_waste"
    assert client.get(f"{BASE}/services/litter.json").json() == {"service_code": "litter", "attributes": []}
    assert xml(client.get(f"{BASE}/services/party.xml")).findtext("error/code") == "404"


def test_a_request_is_posted_and_followed(own_desk, client):
    posted = client.post(f"{BASE}/requests.xml", data=as_fixmystreet_sends_it())
    assert posted.status_code == 201
    number = xml(posted).findtext("request/service_request_id")
    assert number == "A-2026-0001"
    assert "/concern/" in xml(posted).findtext("request/service_notice")
    with own_desk.client("moderator") as mo:
        (kept,) = mo.get(f"/concerns/{number}").json()["reports"]
    assert (kept["name"], kept["channel"], kept["place"]) == ("Eva Beispiel", "open311", "Dieskaustraße 1")
    assert kept["words"].endswith("(Bild: https://pictures.example/1.jpeg)")

    only = client.get(f"{BASE}/requests/{number}.json").json()
    assert [set(one) for one in only] == [{"service_request_id", "status", "status_notes", "updated_datetime"}]
    assert number not in client.get(f"{BASE}/requests.json").text  # not in lists before it was released
    released(own_desk, number)
    (found,) = xml(client.get(f"{BASE}/requests/{number}.xml")).findall("request")
    told = {one.tag: one.text for one in found}
    assert (told["status"], told["status_notes"], told["description"]) == ("open", "geprüft", "Sperrmüll <alt>")
    assert abs(float(told["long"]) - lonlat(1)[0]) < 1e-5
    everything = client.get(f"{BASE}/requests.xml").text + client.get(f"{BASE}/requests.json").text
    assert number in everything
    assert not any(word in everything for word in ("Eva", "eva@", "0341", "Sofa"))


def test_lists_are_narrowed_by_what_clients_ask(own_desk, client):
    number = client.post(f"{BASE}/requests.json", data=as_fixmystreet_sends_it()).json()[0]["service_request_id"]
    released(own_desk, number)
    later = (NOW + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    for asked, count in (
        ({"start_date": "2026-11-01T00:00:00Z", "end_date": later}, 1),
        ({"start_date": later, "end_date": later}, 0),
        ({"status": "closed"}, 0),
        ({"status": "open,closed", "service_code": "litter,dumped_waste"}, 1),
        ({"service_code": "litter"}, 0),
        ({"service_request_id": f"{number},A-2026-9999"}, 1),
    ):
        found = client.get(f"{BASE}/requests.json", params=asked).json()
        assert [one["service_request_id"] for one in found].count(number) == count, asked
    refused = client.get(f"{BASE}/requests.xml", params={"start_date": "gestern"})
    assert refused.status_code == 400 and "start_date" in xml(refused).findtext("error/description")


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"service_code": "party"}, "party"),
        ({"lat": "Norden"}, "lat"),
        ({"long": "nan"}, "long"),
        ({"lat": "48.1", "long": "11.5"}, "area"),
        ({"email": "kein Postfach"}, "mail"),
        ({"description": "x" * 3000}, "description"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_the_clients_format(own_desk, client, told, word):
    answer = client.post(f"{BASE}/requests.xml", data=as_fixmystreet_sends_it(**told))
    assert answer.status_code == 400 and word in xml(answer).findtext("error/description")
    assert own_desk.store.changed_since(0) is None or client.get(f"{BASE}/requests/A-2026-0001.json").status_code == 404


def test_a_body_that_is_no_form_is_refused(client):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post(f"{BASE}/requests.json", content=b"\xff\xfe", headers=headers)
    assert answer.status_code == 400 and answer.json()[0]["code"] == 400
