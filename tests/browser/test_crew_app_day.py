"""A crew's whole day against the real desk: without network from 06:50 to 16:00, the browser killed twice.

The desk ends with exactly what was entered, every photo by its hash, nothing twice; the same again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from geo_service.api.tokens import mint
from geo_service.plots.model import Baunvo
from tests.browser.conftest import FLAGS, Served, chromium_here
from tests.browser.fake_desk import Line
from tests.browser.phone import Phone, jpeg_with_notes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CREW = "crew-3"
DAY = date(2026, 11, 23)
PHOTOS = {1: 1, 2: 2, 3: 2, 4: 1, 5: 2, 6: 1, 7: 2, 8: 1, 9: 0, 10: 1, 11: 0, 12: 1, 13: 1, 14: 1}
"""Photos of each stop; that of stop 11 is a signature, the seventeenth."""


@dataclass
class Pocket:
    """A real browser in its own process, with a folder that outlives it; ``kill`` takes it away without a word."""

    folder: Path
    playwright: Playwright
    base: str
    process: subprocess.Popen[bytes] | None = None

    def open(self, path: str = "/crew", at: str = "06:45") -> Phone:
        chromium = chromium_here()
        port_file = self.folder / "DevToolsActivePort"
        port_file.unlink(missing_ok=True)
        flags = [
            *FLAGS,
            "--password-store=basic",
            f"--user-data-dir={self.folder}",
            "--remote-debugging-port=0",
            "--window-size=360,740",
        ]
        self.process = subprocess.Popen(
            [chromium, *flags, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env=os.environ | {"TZ": "Europe/Berlin", "LANG": "de_DE.UTF-8"},
        )
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if b"DevTools listening on" in line:
                break
        address = line.decode().split()[-1]
        port = urlsplit(address).port
        self.browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        page = self.browser.contexts[0].new_page()
        page.set_viewport_size({"width": 360, "height": 740})
        phone = Phone(page, self.base)
        now(phone, at)
        page.goto(self.base + path)
        page.wait_for_selector("body[data-ready]", timeout=60_000)
        return phone

    def kill(self) -> None:
        """End the browser as a battery does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)
        with suppress(Exception):
            self.browser.close()
        self.process.stderr.close()
        self.process = None


@contextmanager
def a_pocket(folder: Path, base: str) -> Iterator[Pocket]:
    with sync_playwright() as playwright:
        pocket = Pocket(folder, playwright, base)
        try:
            yield pocket
        finally:
            if pocket.process is not None:
                pocket.kill()


def now(phone: Phone, hour: str) -> None:
    """Set the phone's clock."""
    phone.page.clock.set_fixed_time(f"{DAY}T{hour}:00+01:00")


@dataclass
class Entered:
    """What the crew lead told the phone, in order."""

    reports: list[tuple[str, str | None, int | None]] = field(default_factory=list)
    photos: int = 0

    def add(self, kind: str, visit: str | None = None, minutes: int | None = None) -> None:
        self.reports.append((kind, visit, minutes))


def crew_token(desk: Served, label: str, *, once: bool = False) -> str:
    secret, token = mint("crew", label, datetime.now(UTC), timedelta(hours=1), once=once, crew=CREW)
    desk.store.put_token(token)
    return secret


def photos_of(order: int) -> tuple[bytes, ...]:
    return tuple(jpeg_with_notes(3 * order + number, (800, 600)) for number in range(PHOTOS[order]))


def morning(phone: Phone, visits: list[str], told: Entered) -> None:
    """Stops 1 to 4: a pause, photos before and after, one not possible."""
    now(phone, "07:00")
    phone.start(visits[0])
    phone.page.locator("#act-pause").click()
    phone.page.wait_for_selector("#act-resume")
    phone.page.locator("#act-resume").click()
    phone.page.wait_for_selector("#act-pause")
    now(phone, "07:20")
    phone.done(visits[0], 20, photos_of(1))
    phone.start(visits[1])
    now(phone, "07:45")
    phone.done(visits[1], 25, photos_of(2), remark="Ast hängt über den Weg")
    phone.done(visits[2], 12, photos_of(3))
    for kind, minutes in (("start", None), ("pause", None), ("resume", None), ("done", 20)):
        told.add(kind, visits[0], minutes)
    told.add("start", visits[1])
    told.add("done", visits[1], 25)
    told.add("done", visits[2], 12)
    phone.go(f"not_possible={visits[3]}")
    phone.page.get_by_label("Tor verschlossen").check()
    phone.photo("obstacle", photos_of(4)[0]).note()
    told.add("not_possible", visits[3])


def forenoon(phone: Phone, visits: list[str], told: Entered) -> None:
    """Stops 5 to 7: one that another device finishes too, and one that is begun when the browser dies."""
    now(phone, "08:10")
    phone.start(visits[4])
    phone.done(visits[4], 15, photos_of(5))
    phone.done(visits[5], 16, photos_of(6))
    now(phone, "08:25")
    phone.start(visits[6])
    told.add("start", visits[4])
    told.add("done", visits[4], 15)
    told.add("done", visits[5], 16)
    told.add("start", visits[6])


def under_rules(phone: Phone, visits: list[str], told: Entered) -> None:
    """Stops 7 to 9: the leaf blower waits for nine; the brushcutter may run, as far as the phone knows."""
    now(phone, "08:30")
    phone.done(visits[6], 5, photos_of(7))
    told.add("done", visits[6], 5)
    phone.go(f"visit={visits[7]}")
    expect(phone.page.locator(".rule-now")).to_contain_text("Laubbläser erst ab 09:00: 32. BImSchV §7")
    phone.start(visits[8])
    told.add("start", visits[8])
    now(phone, "09:05")
    phone.start(visits[7])
    now(phone, "09:40")
    phone.done(visits[7], 35, photos_of(8))
    phone.done(visits[8], 60)
    told.add("start", visits[7])
    told.add("done", visits[7], 35)
    told.add("done", visits[8], 60)


def afternoon(phone: Phone, visits: list[str], told: Entered) -> None:
    """Stops 10 to 14: asbestos, and somebody who goes on all the same; a signature, a remark, another order."""
    now(phone, "11:30")
    phone.go(f"found={visits[9]}")
    phone.page.select_option("#field-key", "170605*")
    phone.photo("find", photos_of(10)[0]).note()
    expect(phone.page.locator(".chip.stopped")).to_be_visible()
    phone.done(visits[9], 5)
    told.add("found", visits[9])
    told.add("done", visits[9], 5)
    phone.go("order")
    phone.page.locator(f"[id='up-{visits[13]}']").click()
    phone.page.locator("#save-order").click()
    phone.page.wait_for_selector("#list")
    told.add("reorder")
    now(phone, "12:00")
    phone.go(f"done={visits[10]}")
    phone.page.fill("#field-minutes", "11")
    phone.page.locator("#sign-open").click()
    canvas = phone.page.locator("canvas.signature")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    phone.page.mouse.move(box["x"] + 30, box["y"] + 30)
    phone.page.mouse.down()
    phone.page.mouse.move(box["x"] + 150, box["y"] + 60)
    phone.page.mouse.up()
    assert phone.settle(lambda: any(one["role"] == "signature" for one in phone.kept("photos")))
    phone.note()
    told.add("done", visits[10], 11)
    for order in (12, 13, 14):
        if order == 13:
            phone.go(f"remark={visits[12]}")
            phone.page.fill("#field-remark", "Nachbarin fragt nach der Hecke")
            phone.photo("before", photos_of(13)[0]).note()
            told.add("remark", visits[12])
        phone.done(visits[order - 1], order, () if order == 13 else photos_of(order))
        told.add("done", visits[order - 1], order)
    now(phone, "15:50")
    phone.go("day")
    phone.page.locator("#close-day").click()
    expect(phone.page.locator("#close h2")).to_have_text("Tag abgeschlossen")
    told.add("day_closed")


def another_device_finishes(desk: Served, visit: str, plan_id: str) -> str:
    """A second phone of the crew, with network, reports the same visit."""
    report_id = "11111111-2222-4333-8444-555555555555"
    body = {"kind": "done", "crew": CREW, "day": str(DAY), "plan_id": plan_id, "visit_id": visit, "minutes": 44}
    told = httpx.put(
        f"{desk.base}/field-reports/{report_id}",
        json=body | {"at": f"{DAY}T08:00:00+01:00"},
        headers={"Authorization": f"Bearer {crew_token(desk, 'phone 2')}"},
    )
    assert told.json()["status"] == "accepted", told.text
    return report_id


def what_the_desk_holds(desk: Served, secret: str) -> list[dict]:
    """All reports of the crew's day, as the desk tells them."""
    headers = {"Authorization": f"Bearer {secret}"}
    told = httpx.get(f"{desk.base}/field-reports", params={"day": str(DAY), "crew": CREW}, headers=headers)
    assert told.status_code == 200, told.text
    return told.json()["reports"]


def state_of(desk: Served, reports: list[dict]) -> str:
    """Everything that could have changed, as one text."""
    courses = desk.store.courses([one["report"]["visit_id"] or "" for one in reports])
    conflicts = desk.store.conflicts()
    return json.dumps(
        [reports, repr(sorted(courses.items())), repr(conflicts), repr(desk.store.alerts())], sort_keys=True
    )


def test_the_whole_day(desk_of_my_own, tmp_path):
    desk = desk_of_my_own
    line = Line(urlsplit(desk.base).port)
    told = Entered()
    with a_pocket(tmp_path / "phone", line.base) as pocket:
        phone = pocket.open(f"/sign-in?token={crew_token(desk, 'phone 1', once=True)}")
        phone.open(query=f"?date={DAY}").take_day()
        stops = phone.kept("days")[0]["package"]["stops"]
        visits = [one["visit_id"] for one in stops[:14]]
        plan_id = phone.kept("days")[0]["package"]["plan_id"]

        line.cut()  # 06:50
        bare = desk.store.plot(visits[8].split(".")[0])
        with desk.store.change(author="planner", reason="the zone was wrong", at=datetime.now(UTC)) as tx:
            tx.put_plots([replace(bare, baunvo=Baunvo.WA)])
        other = another_device_finishes(desk, visits[4], plan_id)

        morning(phone, visits, told)
        forenoon(phone, visits, told)
        pocket.kill()
        phone = pocket.open(at="08:30")
        under_rules(phone, visits, told)
        phone.go(f"done={visits[11]}")
        phone.photo("after", photos_of(12)[0])
        phone.page.fill("#field-minutes", "12")
        assert phone.settle(lambda: any(one.get("minutes") == "12" for one in phone.kept("drafts")))
        pocket.kill()  # with a form open
        phone = pocket.open(at="11:00")
        phone.go(f"done={visits[11]}")
        expect(phone.page.locator(".thumbs li")).to_have_count(1)
        phone.page.locator(".thumbs button").click()
        expect(phone.page.locator(".thumbs li")).to_have_count(0)
        afternoon(phone, visits, told)
        assert set(phone.box()) <= {"wartet", "gesendet, ohne Bestätigung"}

        now(phone, "16:00")
        line.mend()
        phone.page.goto(f"{line.base}/sign-in?token={crew_token(desk, 'phone 1', once=True)}")  # the code at the depot
        phone.page.wait_for_selector("body[data-ready]")
        phone.send()
        expect(phone.page.locator("#photos-arrived")).to_have_text("17 von 17 Fotos angekommen", timeout=60_000)
        total = len(told.reports)
        expect(phone.page.locator("#reports-arrived")).to_have_text(f"{total} von {total} Meldungen bestätigt")
        states = phone.box()
        assert sorted({one for one in states if one != "bestätigt"}) == ["Konflikt", "abgelehnt"]
        kept = phone.kept("entries")
        photos = {one["sha256"] for one in phone.kept("photos")}

        secret = crew_token(desk, "checking")
        held = what_the_desk_holds(desk, secret)
        own = [one for one in held if one["report_id"] != other]
        sums = [(one["report"]["kind"], one["report"]["visit_id"], one["report"]["minutes"]) for one in own]
        assert sorted(sums, key=str) == sorted(told.reports, key=str)
        assert {one["report_id"]: one["sha256"] for one in own} == {one["id"]: one["sha256"] for one in kept}
        refused = {one["code"]: one["report"]["visit_id"] for one in own if one["status"] == "rejected"}
        assert refused == {"against_rule": visits[8], "job_stopped": visits[9]}
        assert [one["report"]["visit_id"] for one in own if one["status"] == "conflict"] == [visits[4]]
        assert desk.store.course(visits[4]).minutes == 44  # nothing was overwritten
        assert len(photos) == 17
        assert all(one["photos_missing"] == [] for one in held)
        for sha256 in photos:
            picture = httpx.get(f"{desk.base}/photos/{sha256}", headers={"Authorization": f"Bearer {secret}"})
            assert hashlib.sha256(picture.content).hexdigest() == sha256
            assert b"MAKER-OF-CAMERAS" not in picture.content

        before = state_of(desk, held)
        for entry in kept:
            headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
            again = httpx.put(
                f"{desk.base}/field-reports/{entry['id']}", content=entry["body"].encode(), headers=headers
            )
            assert again.json() == entry["receipt"] | {"photos_missing": []}
        assert state_of(desk, what_the_desk_holds(desk, secret)) == before
        assert [one for one in phone.complaints if "Service Worker" not in one] == []
    line.close()
