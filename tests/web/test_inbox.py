"""The planner's inbox: what waits is shown to planners only, in both languages, and each form does its action."""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI

from geo_service.actions.answer_alert import Answer
from geo_service.base.errors import Conflict, InputError, NotFound
from geo_service.outputs.field_account import FieldActuals
from geo_service.outputs.field_day import CrewCameIn, VisitCameIn
from geo_service.outputs.follow_ups import AskedWork
from geo_service.outputs.inbox import About, Inbox, InboxAlert, InboxConflict, InboxPhoto
from geo_service.schedule.events import FollowsFrom, UrgentVisit
from geo_service.store.field import Alert, FieldConflict, KeptReport
from geo_service.web.form import MAX_FIELDS, Form
from geo_service.web.frame import Frame
from geo_service.web.inbox import InboxDesk, inbox_router
from geo_service.web.inbox_page import inbox_page
from geo_service.web.inbox_words import INBOX
from geo_service.web.page_desk import Who
from geo_service.work.actuals import Booked, actuals
from geo_service.work.field_report import FieldReport, PhotoNote, Quantity, ReportKind, ReportStatus, VisitCourse
from geo_service.work.model import Catalogue, RateTier, WorkKind
from geo_service.work.waste_totals import HazardousYear

AT = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
TODAY = date(2026, 11, 26)
VISIT = "KLZ-0001.mow_lawn.2026-11-24.1"
HERE, MISSING = InboxPhoto(PhotoNote("ab" * 32, "find"), True), InboxPhoto(PhotoNote("cd" * 32, "find"), False)
ABOUT = About("KLZ-0001", "Dieskaustraße 1", "Rasen mähen", "mow lawn", "Kolonne 1")
EMPTY = Inbox(TODAY, (), (), (), (), (), None)


def a_report(kind: ReportKind, **fields: object) -> FieldReport:
    told = {"report_id": "r-1", "crew": "crew-1", "day": TODAY, "plan_id": "p", "at": AT, "visit_id": VISIT}
    return FieldReport(kind=kind, **told | fields)  # type: ignore[arg-type]


def an_alert(kind: str, number: int = 1, text: str = "etwas") -> InboxAlert:
    alert = Alert("r-1", kind, "KLZ-0001", VISIT, f"KLZ-0001: {text}", f"KLZ-0001: {text} (en)", AT, number)
    return InboxAlert(alert, a_report(ReportKind.FOUND), ABOUT, (HERE, MISSING))


def a_conflict() -> InboxConflict:
    desk = VisitCourse(VISIT, 1, "done", crew="crew-1", minutes=20, remark="allein", author="Tel 1", changed_at=AT)
    phone = a_report(ReportKind.DONE, minutes=45, remark="zu zweit", quantities=(Quantity("m3", 1.25, "200301"),))
    kept = KeptReport(phone, "0" * 64, "Tel 2", AT, ReportStatus.CONFLICT)
    return InboxConflict(FieldConflict("r-1", VISIT, desk, AT, 7), kept, ABOUT, (HERE,), ())


def a_follow_up() -> AskedWork:
    follows = FollowsFrom("r-1", VISIT, "Rasen mähen am 24.11.2026, Kolonne 1", "mow lawn on 2026-11-24, Kolonne 1")
    event = UrgentVisit("KLZ-0001", "Zaun <flicken>", "zwei Latten", TODAY, priority=2, follows=follows)
    return AskedWork(5, event, "Tel 1", AT, "v", "planned", "crew-2", date(2026, 11, 27))


def frame_in(lang: str) -> Frame:
    return Frame("/inbox", lang, Who("planner", "Ada"), ("inbox",))  # type: ignore[arg-type]


class House:
    """The desk behind the inbox, with what a test wants to change."""

    def __init__(self) -> None:
        self.box, self.role, self.did, self.trouble = EMPTY, "planner", [], None

    def act(self, *what: object) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.did.append(what)

    def ask(self, method: str, path: str, **fields: str) -> httpx.Response:
        desk = InboxDesk(
            box=lambda: self.box,
            is_sample=lambda: False,
            who_of=lambda _: Who(self.role, "Ada"),
            answer=self.act,
            settle=self.act,
            withdraw=self.act,
            accept=self.act,
        )
        app = FastAPI()
        app.include_router(inbox_router(desk))

        async def answer() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
                return await client.request(method, path, content=urlencode(fields))

        return asyncio.run(answer())


@pytest.fixture
def house() -> House:
    return House()


def test_an_empty_inbox_says_what_will_come(house) -> None:
    page = house.ask("GET", "/inbox").text
    assert INBOX["de"]["empty"] in page and INBOX["de"]["today_empty"] in page
    assert "<article" not in page


@pytest.mark.parametrize(
    ("role", "status"), [("", 401), ("viewer", 403), ("crew", 403), ("planner", 200), ("admin", 200)]
)
def test_only_planners_see_it(house, role, status) -> None:
    house.role, house.box = role, replace(EMPTY, alerts=(an_alert("hazardous"),))
    answer = house.ask("GET", "/inbox")
    assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
    assert ("KLZ-0001" in answer.text) == (status == 200)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_it_shows_everything_in_either_language_and_what_is_dangerous_first(lang) -> None:
    box = replace(
        EMPTY,
        alerts=(an_alert("against_rule", 1), an_alert("not_possible", 2), an_alert("hazardous", 3)),
        conflicts=(a_conflict(),),
        follow_ups=(a_follow_up(),),
        hazardous=HazardousYear(2026, 1.7, 1, (("170605*", 1.7),)),
    )
    page = inbox_page(box, frame_in(lang))
    order = [page.index(mark) for mark in ('id="alert-3"', 'id="conflict-7"', 'id="alert-2"', 'id="alert-1"')]

    assert order == sorted(order)
    assert f"<title>{INBOX[lang]['title']} (4)</title>" in page
    assert ("etwas (en)" in page) == (lang == "en")
    assert f"/photos/{'ab' * 32}" in page and f"/photos/{'cd' * 32}" not in page
    assert INBOX[lang]["not_here"] in page and INBOX[lang]["near"] in page
    assert "Zaun &lt;flicken&gt;" in page and "<flicken>" not in page
    assert ("Folge von" in page) == (lang == "de")
    assert "<script" not in page and "style=" not in page


def test_both_versions_stand_side_by_side_and_what_differs_is_marked() -> None:
    page = inbox_page(replace(EMPTY, conflicts=(a_conflict(),)), frame_in("de"))
    rows = {
        re.search(r"<th scope=\"row\">([^<]+)", row)[1]: row
        for row in re.findall(r"<tr[^>]*>.*?</tr>", page)
        if "row" in row
    }
    differing = {name for name, row in rows.items() if 'class="differs"' in row}

    assert "20 min" in rows["Minuten"] and "45 min" in rows["Minuten"]
    assert "1,25 m³ 200301" in rows["Mengen"]
    assert "allein" in rows["Bemerkung"] and "zu zweit" in rows["Bemerkung"]
    assert differing == {"Minuten", "Mengen", "Bemerkung", "Fotos", "Wer"}
    assert rows.keys() - differing == {"Ergebnis", "Wann"}


def test_a_crews_day_tells_photos_and_minutes_against_the_plan() -> None:
    visits = (
        VisitCameIn("a", "KLZ-0001", "mow", "done", 50, 40),
        VisitCameIn("b", "KLZ-0002", "mow", "not_possible", None, 30, "wet"),
    )
    crew = CrewCameIn("crew-1", "Kolonne 1", visits, 4, 17, (), (), 0, 0, True, AT)
    page = inbox_page(replace(EMPTY, crews=(crew, replace(crew, photos_missing=("x",)))), frame_in("de"))

    for told in (
        "1/2 erledigt",
        "50 min, geplant 40",
        "17 von 17 Fotos",
        "16 von 17 Fotos",
        "09:30",
        "Tag abgeschlossen",
    ):
        assert told in page


def test_a_decision_is_taken_with_its_fields_and_the_page_says_so(house) -> None:
    fields = {"decision": "order", "work": "Sofa holen", "minutes": "30", "until": "2026-12-01", "note": " Anruf "}
    answer = house.ask("POST", "/inbox/alerts/3?lang=en", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?said=answered&lang=en")
    wanted = Answer("order", "Anruf", None, date(2026, 12, 1), "Sofa holen", 30)
    assert house.did == [(3, wanted, "Ada")]
    assert INBOX["en"]["answered"] in house.ask("GET", answer.headers["location"]).text


def test_a_conflict_is_settled_and_a_follow_up_withdrawn(house) -> None:
    assert house.ask("POST", "/inbox/conflicts/7", choice="phone", reason="gefragt").status_code == 303
    assert house.ask("POST", "/inbox/follow-ups/5/withdrawal").status_code == 303
    assert house.ask("POST", "/inbox/standards/mow_lawn", reason="zwölf Wochen").headers["location"] == (
        "/inbox?said=accepted"
    )
    assert house.did == [(7, "phone", "gefragt", "Ada"), (5, "Ada"), ("mow_lawn", "zwölf Wochen", "Ada")]


def test_booked_minutes_stand_against_the_standard_with_a_form_for_each_proposal() -> None:
    kind = WorkKind("mow", "Mähen", "mowing", 10, (RateTier(1500, 0.06), RateTier(math.inf, 0.025)))
    catalogue = Catalogue({"mow": kind}, {})
    jobs = [
        Booked(f"P-{n}.mow.x.1", f"P-{n}", "mow", 100.0 * n, 1.5 * (10 + 6 * n), 2, TODAY, "crew-1")
        for n in (*range(1, 13), 30)
    ]
    rows, _ = actuals(jobs, catalogue)
    page = inbox_page(replace(EMPTY, catalogue=catalogue, actuals=FieldActuals(rows, (), ())), frame_in("de"))

    assert "Ist gegen Vorgabe (1)" in page
    assert page.count('action="/inbox/standards/mow"') == 1
    told = re.sub(r"<[^>]+>", "", page)
    assert "10,0 min + 6,0 min/100 m²" in told and "15,0 min + 9,0 min/100 m²" in told
    assert "zu wenige Buchungen" in page and "&gt; 1.500 m²" in page


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (Conflict("taken", remedy="look"), 409),
        (NotFound("gone"), 404),
        (InputError("no <day>", remedy="name one"), 422),
    ],
)
def test_what_was_not_saved_is_told_on_the_page(house, trouble, status) -> None:
    house.trouble, house.box = trouble, replace(EMPTY, alerts=(an_alert("found"),))
    answer = house.ask("POST", "/inbox/alerts/3", decision="seen")
    assert answer.status_code == status
    assert "Nicht gespeichert" in answer.text and 'id="alert-1"' in answer.text
    assert "<day>" not in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"decision": "forget"},
        {"decision": "later", "from": "2026-02-30"},
        {"decision": "later", "from": "1026-02-03"},
        {"decision": "order", "work": "x" * 101},
        {"decision": "order", "work": "x", "minutes": "0"},
        {"decision": "order", "work": "x", "minutes": "1e3"},
        {"decision": "seen", "note": "a\x00b"},
    ],
)
def test_fields_that_do_not_fit_do_nothing(house, fields) -> None:
    assert house.ask("POST", "/inbox/alerts/3", **fields).status_code == 422
    assert house.did == []


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"a=1&a=2", b"&".join(b"f%d=1" % n for n in range(MAX_FIELDS + 1)), b"a=%ff"]
)
def test_a_body_that_is_no_form_is_refused(body) -> None:
    with pytest.raises(InputError):
        Form(body)


def test_only_known_words_are_said(house) -> None:
    assert 'role="status"' in house.ask("GET", "/inbox?said=answered").text
    assert 'role="status"' not in house.ask("GET", "/inbox?said=<b>").text


def test_both_languages_have_the_same_words() -> None:
    assert INBOX["de"].keys() == INBOX["en"].keys()
