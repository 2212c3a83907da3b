import asyncio
import re
from datetime import date

import httpx
import pytest
from fastapi import FastAPI

from geo_service.base.errors import NotFound
from geo_service.web.frame import places_for
from geo_service.web.pages import STATIC, Desk, Viewer, pages_router, static_files

ON = date(2026, 11, 23)


class House:
    """The desk that the pages look at, with what a test wants to change."""

    def __init__(self, day):
        self.day = day
        self.role = "planner"
        self.days = (ON,)
        self.landscape = None

    def day_of(self, on, lang):
        if on != self.day.on:
            raise NotFound(f"nothing on {on}")
        return self.day

    def get(self, path, headers=None):
        async def answer():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app()), base_url="http://desk") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(answer())

    def app(self):
        desk = Desk(
            day_of=self.day_of,
            days=lambda: self.days,
            today=lambda: date(2026, 11, 23),
            is_sample=lambda: True,
            landscape=lambda: self.landscape,
            plan_epsg=lambda: 25833,
            first_picture=lambda signed_in: b'{"codes": ["KLZ-0001"]}' if signed_in else b'{"codes": []}',
            plot_record={"KLZ-0001": {"code": "KLZ-0001", "done": []}}.get,
        )
        app = FastAPI()
        app.include_router(pages_router(desk, lambda _: Viewer(self.role)))
        app.mount("/static", static_files())
        return app


@pytest.fixture
def house(day):
    return House(day)


@pytest.mark.parametrize("query", ["", "?date=2026-11-23"])
def test_today_unless_a_date_is_named(house, query):
    answer = house.get(f"/crew/crew-2{query}")
    assert answer.status_code == 200
    assert "Kolonne Gehölz" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_the_list_is_not_for_everybody(house):
    house.role = ""
    answer = house.get("/crew/crew-1")
    assert answer.status_code == 401
    assert "Bitte anmelden" in answer.text
    assert "Zahlenschloss" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/crew/crew-9", 404, "Am Montag, 23. November 2026 fährt crew-9 nicht"),
        ("/crew/crew-1?date=2026-12-24", 404, "Mo 23.11."),
        ("/crew/crew-1?date=gestern", 400, "„gestern“ ist kein Datum"),
        ("/crew/crew-1?date=%3Cb%3E&lang=en", 400, "“&lt;b&gt;” is no date"),
        ("/crew/%3Cscript%3E", 404, "&lt;script&gt;"),
    ],
)
def test_a_list_that_is_not_there_says_why(house, path, status, says):
    answer = house.get(path)
    assert answer.status_code == status
    assert says in answer.text


def test_without_a_plan_it_says_how_to_make_one(house):
    house.days = ()
    answer = house.get("/crew/crew-1")
    assert answer.status_code == 409
    assert "geo-service plan" in answer.text


@pytest.mark.parametrize(
    ("role", "signed_in", "may_plan", "days"),
    [("", False, False, []), ("viewer", True, False, ["2026-11-23"]), ("planner", True, True, ["2026-11-23"])],
)
def test_the_map_learns_who_looks(house, role, signed_in, may_plan, days):
    house.role = role
    told = house.get("/map/setup.json").json()
    assert told == {
        "signed_in": signed_in,
        "may_plan": may_plan,
        "sample": True,
        "today": "2026-11-23",
        "role": role,
        "epsg": 25833,
        "days": days,
        "places": [{"path": path, "de": de, "en": en} for path, de, en in places_for(role)],
    }


def test_the_first_picture_is_what_the_reader_may_see(house):
    assert house.get("/map/first.json").json() == {"codes": ["KLZ-0001"]}
    house.role = ""
    answer = house.get("/map/first.json")
    assert answer.json() == {"codes": []}
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_kept_of_a_plot(house):
    assert house.get("/map/plots/KLZ-0001.json").json() == {"code": "KLZ-0001", "done": []}
    with pytest.raises(NotFound):
        house.get("/map/plots/KLZ-0009.json")


def test_the_landscape_is_given_as_it_is_or_empty(house):
    assert house.get("/map/landscape.geojson").json() == {"type": "FeatureCollection", "features": []}
    house.landscape = b'{"type":"FeatureCollection","features":[{}]}'
    answer = house.get("/map/landscape.geojson")
    assert answer.content == house.landscape
    assert answer.headers["content-type"] == "application/geo+json"


def test_the_map_page_loads_only_files_of_its_own(house):
    page = house.get("/map").text
    addresses = re.findall(r'(?:src|href)="([^"#]+)"', page)
    ours = [one for one in addresses if one.startswith("/static/") and "/vendor/" not in one]
    assert len(ours) >= 4
    for address in ours:
        assert house.get(address).status_code == 200, address
    assert all(one.startswith("/") and not one.startswith("//") for one in addresses)


def imports_of(script, pattern=r'from "(\./[^"]+)"'):
    return {(script.parent / name).resolve() for name in re.findall(pattern, script.read_text(encoding="utf-8"))}


def test_every_module_that_a_script_imports_is_there():
    for script in (STATIC / "js").glob("*.js"):
        for file in imports_of(script, r'(?:from |import\()"(\./[^"]+)"'):
            assert file.is_file(), f"{script.name} imports {file.name}"


def test_what_the_map_imports_is_preloaded_and_the_tools_are_not():
    """Each import found only when the one before has come would wait once more for the desk."""
    needed, waiting = set(), {STATIC / "js" / "app.js", STATIC / "js" / "map_view.js"}
    while waiting:
        script = waiting.pop()
        needed.add(script.name)
        waiting |= {one for one in imports_of(script) if one.name not in needed}
    preloaded = set(re.findall(r'rel="modulepreload" href="/static/js/([^"]+)"', (STATIC / "map.html").read_text()))
    assert preloaded == needed - {"app.js"}
    assert not {"sketcher.js", "import_tool.js", "edit_tool.js"} & preloaded


def test_no_page_or_script_names_another_origin():
    for file in [*STATIC.glob("*.html"), *(STATIC / "js").glob("*.js"), *(STATIC / "css").glob("*.css")]:
        assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", file.read_text(encoding="utf-8")), file.name


def test_the_map_page_has_no_inline_script_or_style():
    page = (STATIC / "map.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)


def test_an_unchanged_file_is_not_sent_twice(house):
    first = house.get("/static/css/map.css")
    assert first.headers["cache-control"] == "no-cache"
    again = house.get("/static/css/map.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip, br", True), ("identity", False), ("gzip;q=0, br", False), ("GZIP;q=0.5", True)]
)
def test_texts_are_packed_for_those_who_take_it(house, accepted, packed):
    plain = (STATIC / "css" / "map.css").read_bytes()
    answer = house.get("/static/css/map.css", headers={"Accept-Encoding": accepted})
    assert answer.content == plain
    assert answer.headers.get("content-encoding") == ("gzip" if packed else None)
    assert answer.headers["vary"] == "Accept-Encoding"
    assert (int(answer.headers["content-length"]) < len(plain)) is packed
    again = house.get("/static/css/map.css", {"Accept-Encoding": accepted, "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_modules_are_sent_as_scripts(house):
    answer = house.get("/static/js/app.js")
    assert answer.headers["content-type"].startswith("text/javascript")
