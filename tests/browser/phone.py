"""A phone in a test: a window on the crew app, and what a crew lead does with it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.fake_desk import DAY, FakeDesk, Line, behind_a_line, picture

SIZE = {"width": 360, "height": 740}
FORM = ".form[data-open]"


def jpeg_with_notes(shade: int, size: tuple[int, int] = (2400, 1800)) -> bytes:
    """Return a large JPEG as a camera makes it, with notes on where it was taken."""
    image = Image.open(io.BytesIO(picture(37 * shade, size)))
    notes = image.getexif()
    notes[0x010F] = "MAKER-OF-CAMERAS"
    notes[0x0112] = 1
    out = io.BytesIO()
    image.save(out, "JPEG", exif=notes)
    return out.getvalue()


@dataclass
class Phone:
    """A window on the app; ``complaints`` are what the browser had to say."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _heard(self, message) -> None:
        quiet = ("GL Driver Message", "Failed to load resource", "net::ERR_", "blocked by Playwright")
        if message.type in {"error", "warning"} and not any(one in message.text for one in quiet):
            self.complaints.append(message.text)

    def open(self, where: str = "", query: str = f"?date={DAY}") -> Phone:
        """Open the app, or go to another part of it."""
        self.page.goto(f"{self.base}/crew{query}{where}")
        self.page.wait_for_selector("body[data-ready]")
        return self

    def go(self, where: str) -> Phone:
        """Go to a part of the app as a link within it does."""
        self.page.evaluate("where => { location.hash = where; }", where)
        if where.startswith(("done=", "not_possible=", "found", "remark=", "against=")):
            self.page.wait_for_selector(FORM)
        return self

    def take_day(self, *, wait: bool = True) -> Phone:
        """Take the day along."""
        self.go("day")
        self.page.locator("#take-day").click()
        if wait:
            self.page.wait_for_selector("#stand.good")
        return self

    def start(self, visit: str) -> Phone:
        """Begin a visit."""
        self.go(f"visit={visit}")
        self.page.locator("#act-start").click()
        self.page.wait_for_selector("#act-pause")
        return self

    def photo(self, role: str, data: bytes) -> Phone:
        """Take a photo in the form that is open."""
        before = self.page.locator(".thumbs li").count()
        file = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data}
        self.page.set_input_files(f"#photo-{role}", file)
        expect(self.page.locator(".thumbs li")).to_have_count(before + 1)
        return self

    def done(self, visit: str, minutes: int, photos: tuple[bytes, ...] = (), remark: str = "") -> Phone:
        """Report a visit as done."""
        self.go(f"done={visit}")
        self.page.fill("#field-minutes", str(minutes))
        for data in photos:
            self.photo("after", data)
        if remark:
            self.page.fill("#field-remark", remark)
        return self.note()

    def note(self) -> Phone:
        """Press "Notieren" and wait until the app says that it is noted."""
        self.page.locator("#note-it").click()
        expect(self.page.locator("#toast")).to_have_text("Notiert")
        self.page.wait_for_selector(FORM, state="detached")
        return self

    def box(self) -> list[str]:
        """Return the states of the outbox, the latest first, as the page shows them."""
        self.go("box")
        self.page.wait_for_selector("#send-now")
        rows = self.page.locator(".entry")
        return [row.locator(".chip").inner_text() for row in rows.all()]

    def send(self) -> Phone:
        """Press "Jetzt senden"."""
        self.go("box")
        self.page.wait_for_selector("#send-now:not([disabled])")
        self.page.locator("#send-now").click()
        return self

    def kept(self, store: str) -> list[dict]:
        """Read what the phone keeps, past the app."""
        return self.page.evaluate(
            """store => new Promise((resolve, reject) => {
              const open = indexedDB.open("crew");
              open.onerror = () => reject(open.error);
              open.onsuccess = () => {
                if (!open.result.objectStoreNames.contains(store)) { open.result.close(); resolve([]); return; }
                const all = open.result.transaction(store).objectStore(store).getAll();
                all.onsuccess = () => { open.result.close(); resolve(all.result); };
              };
            })""",
            store,
        )

    def settle(self, check: Callable[[], bool], *, seconds: int = 20) -> bool:
        """Look again and again until it is so."""
        for _ in range(seconds * 20):
            if check():
                return True
            self.page.wait_for_timeout(50)
        return False


@dataclass
class Field:
    """A desk that can fail, the line to it, and phones."""

    desk: FakeDesk
    line: Line
    context: BrowserContext

    def phone(self) -> Phone:
        """Take a phone out of the pocket: all windows of one field share their store."""
        return Phone(self.context.new_page(), self.line.base)


@contextmanager
def in_the_field(browser: Browser, desk: FakeDesk | None = None, **options) -> Iterator[Field]:
    """Go out with a phone that knows nothing yet."""
    desk = desk or FakeDesk()
    with behind_a_line(desk.app()) as line:
        settings = {"viewport": SIZE, "locale": "de-DE", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce"}
        context = browser.new_context(**(settings | options))
        try:
            yield Field(desk, line, context)
        finally:
            context.close()
