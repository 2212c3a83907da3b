"""The phone under faults: nothing that was noted is lost, and the crew lead sees how it stands.

Each fault strikes the app as it is, and once an app that was made worse: that one must lose.
"""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Error, expect

from geo_service.web.crew_app import STATIC
from tests.browser.fake_desk import DAY, FakeDesk, portal, problem
from tests.browser.phone import Field, Phone, in_the_field, jpeg_with_notes

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def visit(order: int) -> str:
    return f"KLZ-{order:04d}.mow_lawn.{DAY}.1"


@dataclass(frozen=True)
class Worse:
    """Mistakes in the app: module, what is right there, and what stands in its place."""

    edits: tuple[tuple[str, str, str], ...]

    def beside(self, folder: Path) -> Path:
        """Return a copy of the pages' files with the mistake in it."""
        for name in ("crew", "js"):
            shutil.copytree(STATIC / name, folder / name)
        shutil.copy(STATIC / "icon.svg", folder)
        (folder / "vendor").symlink_to(STATIC / "vendor")
        for name, right, wrong in self.edits:
            module = folder / "crew" / name
            text = module.read_text()
            assert right in text, f"{name} no longer has what this control spoils"
            module.write_text(text.replace(right, wrong))
        return folder


class Outing:
    """What is entered in the field, against what ends at the desk."""

    def __init__(self, field: Field, rng: random.Random, patience_s: int = 20) -> None:
        self.field = field
        self.rng = rng
        self.patience_s = patience_s
        self.entered: set[tuple[str, str, int | None]] = set()
        self.photos = 0

    @property
    def desk(self) -> FakeDesk:
        return self.field.desk

    def note_some(self, phone: Phone, orders: range) -> None:
        """Begin and finish visits, some with a photo."""
        for order in orders:
            if self.rng.random() < 0.5:
                phone.start(visit(order))
                self.entered.add((visit(order), "start", None))
            photos = (jpeg_with_notes(order, (300, 200)),) if self.rng.random() < 0.7 else ()
            minutes = self.rng.randrange(5, 90)
            phone.done(visit(order), minutes, photos)
            self.entered.add((visit(order), "done", minutes))
            self.photos += len(photos)

    def arrived(self) -> set[tuple[str, str, int | None]]:
        """What the desk holds, as it was entered."""
        return {(one["visit_id"], one["kind"], one["minutes"]) for one in self.desk.reports.values()}

    def named_photos(self) -> set[str]:
        return {photo["sha256"] for one in self.desk.reports.values() for photo in one["photos"]}

    def is_whole(self) -> bool:
        return (
            self.arrived() == self.entered
            and len(self.desk.reports) == len(self.entered)
            and self.named_photos() == set(self.desk.photos)
            and len(self.desk.photos) == self.photos
        )

    def lost(self, phone: Phone) -> int:
        """Send until all has arrived, or long enough; return how much is missing."""
        for _ in range(3):
            if not self.is_whole():
                phone.send()
                phone.settle(self.is_whole, seconds=self.patience_s // 3)
        missing = len(self.entered - self.arrived()) + self.photos - len(self.desk.photos)
        assert self.arrived() <= self.entered, "the desk holds what nobody entered"
        return missing

    def all_confirmed(self, phone: Phone) -> bool:
        return phone.settle(lambda: set(phone.box()) == {"bestätigt"})


def killed_while_sending(out: Outing, phone: Phone) -> int:
    """The window dies in the middle of a request, at any of them."""
    first = phone
    out.field.line.cut()
    out.note_some(phone, range(1, 3))
    strike = out.rng.randrange(0, len(out.entered))
    served = [0]

    def sending(request):
        return request.method in {"PUT", "PATCH"}

    def dying(request):
        served[0] += sending(request)
        return problem(503, "dying") if sending(request) and served[0] > strike else None

    out.desk.fault = dying
    out.desk.lost = lambda request: sending(request) and served[0] > strike
    out.field.line.mend()
    assert "wartet" in " ".join(first.box()) or "ohne Bestätigung" in " ".join(first.box())
    first.page.locator("#send-now").click()
    first.settle(lambda: served[0] > strike)
    first.page.close()  # without a chance to say goodbye
    out.desk.fault, out.desk.lost = lambda request: None, lambda request: False
    again = out.field.phone().open(query="")
    missing = out.lost(again)
    if not missing:
        assert out.all_confirmed(again)
    return missing


QUOTA_BYTES = 800_000


def limit_storage(field: Field, phone: Phone, quota_bytes: int | None) -> None:
    """Set how much the phone may keep; browsers look anew when what they remembered is used up."""
    size = {} if quota_bytes is None else {"quotaSize": quota_bytes}
    field.context.new_cdp_session(phone.page).send("Storage.overrideQuotaForOrigin", {"origin": field.line.base} | size)


def noise(rng: random.Random) -> bytes:
    """Return a picture that does not get small."""
    out = io.BytesIO()
    Image.frombytes("RGB", (1600, 1200), rng.randbytes(1600 * 1200 * 3)).save(out, "JPEG")
    return out.getvalue()


def storage_full(out: Outing, phone: Phone) -> int:
    """The phone's storage is full when a photo is taken and when a report is noted."""
    phone.done(visit(1), 11, (jpeg_with_notes(21, (300, 200)),))
    out.entered.add((visit(1), "done", 11))
    out.photos += 1
    assert phone.settle(out.is_whole)
    limit_storage(out.field, phone, 1)
    phone.go(f"done={visit(2)}")
    phone.page.fill("#field-minutes", "22")
    file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": noise(out.rng)}
    phone.page.set_input_files("#photo-after", file)
    told = phone.page.get_by_role("alert").filter(has_text="Kein Platz für dieses Bild")
    expect(told).to_be_visible(timeout=15_000)
    phone.page.fill("#field-minutes", "23")
    phone.page.locator("#note-it").click()
    out.entered.add((visit(2), "done", 23))
    told = phone.page.get_by_role("alert").filter(has_text="Der Speicher des Telefons ist voll")
    gone = phone.page.locator("#note-it")
    assert phone.settle(lambda: told.is_visible() or not gone.is_visible(), seconds=10)
    if gone.is_visible():  # the form is still there with all that was entered
        assert phone.page.input_value("#field-minutes") == "23"
        phone.page.get_by_role("button", name="Bestätigte Bilder freigeben").last.click()
        expect(phone.page.locator("#toast")).to_contain_text("freigegeben")
        limit_storage(out.field, phone, None)
        phone.note()
    else:
        limit_storage(out.field, phone, None)
    return out.lost(phone)


def new_service_worker(out: Outing, phone: Phone) -> int:
    """A new version of the app arrives in the middle of work."""
    out.field.line.cut()
    out.note_some(phone, range(1, 3))
    phone.start(visit(5))
    out.entered.add((visit(5), "start", None))
    out.desk.lost = lambda request: request.method in {"PUT", "PATCH"}
    out.desk.new_version = True
    out.field.line.mend()
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/crew').then((one) => one.update())")
    expect(phone.page.locator("#banners")).to_contain_text("Neue Fassung der App", timeout=20_000)
    expect(phone.page.locator("#banners")).to_contain_text("erst nach der laufenden Arbeit")
    expect(phone.page.locator("#take-version")).to_have_count(0)
    phone.done(visit(5), 7)
    out.entered.add((visit(5), "done", 7))
    phone.settle(lambda: phone.page.locator("#take-version").is_visible())
    if out.rng.random() < 0.5:
        with phone.page.expect_navigation():
            phone.page.locator("#take-version").click()
    else:
        phone.page.close()
        phone = out.field.phone().open(query="")
    phone.page.wait_for_selector("body[data-ready]")
    offered = phone.page.locator(
        "#take-version"
    )  # or the old one was still open for a moment: then it is offered again
    assert phone.settle(
        lambda: phone.page.evaluate("caches.keys().then((names) => names.length)") == 1 or offered.is_visible()
    )
    out.desk.lost = lambda request: False
    missing = out.lost(phone)
    if not missing:
        assert out.all_confirmed(phone)
    return missing


def token_expired(out: Outing, phone: Phone) -> int:
    """The sign-in ends at any request; later somebody signs in again."""
    out.field.line.cut()
    out.note_some(phone, range(1, 4))
    strike = out.rng.randrange(0, len(out.entered))
    served = [0]

    def expired(request):
        served[0] += request.method in {"PUT", "PATCH"}
        return problem(401, "sign_in_first") if served[0] > strike else None

    out.desk.fault = expired
    out.field.line.mend()
    phone.send()
    expect(phone.page.locator("#banners")).to_contain_text("Anmeldung abgelaufen")
    expect(phone.page.locator("#pill")).to_have_text("anmelden")
    phone.done(visit(6), 6)  # work goes on
    out.entered.add((visit(6), "done", 6))
    out.desk.fault = lambda request: None
    phone.open(query="")
    missing = out.lost(phone)
    if not missing:
        expect(phone.page.locator("#banners")).not_to_contain_text("Anmeldung")
        assert out.all_confirmed(phone)
    return missing


def thirty_days_offline(out: Outing, phone: Phone) -> int:
    """A phone lies in a drawer for a month with reports that were never sent, and another day is taken since."""
    out.field.line.cut()
    out.note_some(phone, range(1, 4))
    phone.page.close()
    later = out.field.phone()
    later.page.clock.install(time="2026-12-26T07:00:00+01:00")
    later.open(query="")
    expect(later.page.locator("#banners")).to_contain_text("Dies ist der Tag vom Donnerstag, 26. November")
    later.page.locator("#take-today").click()
    expect(later.page.locator("#stand")).to_contain_text("Noch nicht mitgenommen")
    out.field.line.mend()
    missing = out.lost(later)
    if not missing:
        assert out.all_confirmed(later)
        assert {one["day"] for one in out.desk.reports.values()} == {DAY}
    return missing


def captive_portal(out: Outing, phone: Phone) -> int:
    """A public network answers everything with 200 and its own page."""
    out.field.line.cut()
    out.note_some(phone, range(1, 4))
    strike = out.rng.randrange(0, len(out.entered))
    served = [0]

    def caught(request):
        served[0] += request.method in {"PUT", "PATCH"}
        return portal(request) if served[0] > strike or request.method == "GET" else None

    out.desk.fault = caught
    out.field.line.mend()
    phone.send()
    assert phone.settle(lambda: served[0] > strike)
    phone.go("").go("box")
    if out.is_whole():  # cannot be: the portal kept something
        return -1
    seen = phone.settle(lambda: "nicht vom Schreibtisch" in phone.page.locator(".box").inner_text(), seconds=8)
    phone.open(query="")
    expect(phone.page.locator("#list")).to_be_visible()  # the portal's page did not take the list's place
    out.desk.fault = lambda request: None
    missing = out.lost(phone)
    if not missing:
        assert seen
        assert out.all_confirmed(phone)
    return missing


FAULTS: dict[str, tuple[Callable[[Outing, Phone], int], Worse | None]] = {
    "tab killed while sending": (
        killed_while_sending,
        Worse((("outbox.js", '"waiting" ? "waiting" : "failed"', '"waiting" ? "waiting" : "confirmed"'),)),
    ),
    "storage full": (storage_full, Worse((("form_parts.js", "await app.note(", "app.note("),))),
    "new service worker": (new_service_worker, None),
    "token expired": (
        token_expired,
        Worse((("transport.js", '401) return { kind: "signed_out" };', '401) return { kind: "clash" };'),)),
    ),
    "30 days offline": (
        thirty_days_offline,
        Worse(  # two locks, both open
            (
                ("outbox.js", "one.day < today && closed.has(dayOf(one))", "one.day < today"),
                ("phone_store.js", '!["confirmed", "conflict", "rejected"].includes(entry.state)', "false"),
            )
        ),
    ),
    "captive portal": (
        captive_portal,
        Worse((("transport.js", 'if (status < 400 || !body) return unknown("portal", { status });', ""),)),
    ),
}


def options_of(strike: Callable[[Outing, Phone], int]) -> dict[str, str]:
    """Without the app's own files beside it a small storage is full of what the test is about."""
    return {"service_workers": "block"} if strike is storage_full else {}


def go_out(field: Field, strike: Callable[[Outing, Phone], int]) -> Phone:
    """Take the day along and leave."""
    phone = field.phone()
    if strike is storage_full:
        limit_storage(field, phone, QUOTA_BYTES)
    phone.open().take_day(wait=False)
    phone.page.wait_for_selector("#stand.good, #stand.bad", timeout=60_000)
    phone.page.wait_for_selector("#take-day:not([disabled])")
    return phone


@pytest.mark.parametrize(
    "fault",
    [pytest.param(one, marks=pytest.mark.release if one == "new service worker" else ()) for one in FAULTS],
)
def test_nothing_is_lost(browser, fault, how_many, seed):
    strike, _ = FAULTS[fault]
    for turn in range(how_many(1, 20)):
        rng = random.Random(f"{seed} {fault} {turn}")
        with in_the_field(browser, **options_of(strike)) as field:
            phone = go_out(field, strike)
            assert strike(Outing(field, rng), phone) == 0, f"seed {seed}, turn {turn}"


EACH_CHANGE = "tab killed while sending"
"""The control that runs on each change; the others take long and run before a release."""


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(name, marks=() if name == EACH_CHANGE else pytest.mark.release)
        for name, (_, worse) in FAULTS.items()
        if worse
    ],
)
def test_an_app_with_a_mistake_loses(browser, fault, seed, tmp_path):
    strike, worse = FAULTS[fault]
    desk = FakeDesk(static=worse.beside(tmp_path))
    with in_the_field(browser, desk, **options_of(strike)) as field:
        phone = go_out(field, strike)
        try:
            missing = strike(Outing(field, random.Random(f"{seed} {fault} 0"), patience_s=3), phone)
        except (AssertionError, Error):
            missing = -1  # what the crew lead should see was not there
        assert missing != 0


@pytest.mark.release
def test_a_service_worker_that_clears_up_loses(browser, seed):
    desk = FakeDesk()
    desk.new_version_does = """
    self.addEventListener("activate", (event) => event.waitUntil(new Promise((resolve) => {
      const gone = indexedDB.deleteDatabase("crew");
      gone.onsuccess = gone.onerror = resolve;
    })));"""
    with in_the_field(browser, desk) as field:
        phone = field.phone().open().take_day()
        with pytest.raises((AssertionError, Error)):
            assert new_service_worker(Outing(field, random.Random(f"{seed} worker"), patience_s=3), phone) == 0
