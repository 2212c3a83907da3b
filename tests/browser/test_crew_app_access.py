"""The crew app in the sun, with gloves, with large letters, with a keyboard and with a voice that reads it."""
# ruff: noqa: E501  the long lines are JavaScript

import pytest

from tests.browser.phone import FORM, in_the_field, jpeg_with_notes
from tests.browser.test_crew_app import MORNING, day_with_everything, visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIEWS = {
    "list": "",
    "visit": f"visit={visit(2)}",
    "done": f"done={visit(4)}",
    "not possible": f"not_possible={visit(1)}",
    "found": f"found={visit(1)}",
    "against": f"against={visit(2)}",
    "order": "order",
    "outbox": "box",
    "day": "day",
}

FAINT = """
least => {
  const channel = (value) => { const one = value / 255; return one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const node = walker.currentNode.parentElement;
    const box = node.getBoundingClientRect();
    if (!text || box.width < 2 || box.height < 2 || node.closest(".unseen, .skip, :disabled, [hidden], noscript, option")) continue;
    const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(ground(node))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < least) faint.push(`${contrast.toFixed(1)} ${text.slice(0, 30)}`);
  }
  return faint;
}
"""
SMALL = """
least => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => !one.closest(".unseen, .skip, [hidden], .maplibregl-ctrl"))
  .map((one) => ({ one, box: (one.closest("label.choice, label.file") ?? one).getBoundingClientRect() }))
  .filter(({ box }) => box.width > 0 && (box.height < least || box.width < least))
  .map(({ one, box }) => `${one.tagName} ${one.id} ${one.textContent.trim().slice(0, 20)} ${Math.round(box.width)}x${Math.round(box.height)}`)
"""
NAMELESS = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, img, canvas, [role=img]")]
  .filter((one) => !one.closest("[hidden], [aria-hidden=true]"))
  .filter((one) => !(one.getAttribute("aria-label") || one.alt || one.labels?.length && [...one.labels].some((label) => label.textContent.trim()) || one.textContent.trim()))
  .map((one) => one.outerHTML.slice(0, 90))
"""
WIDE = """
() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.tagName}#${one.id}.${one.getAttribute("class")}`)
"""


@pytest.fixture(scope="module", params=["light", "dark"])
def phone(browser, request):
    """A phone with something of everything on it."""
    options = {"service_workers": "block", "color_scheme": request.param}
    with in_the_field(browser, day_with_everything(), **options) as field:
        here = field.phone()
        here.page.clock.set_fixed_time(MORNING)
        here.open().take_day(wait=False)
        here.page.wait_for_selector("#stand.bad")
        field.desk.verdict = lambda report: (
            ("rejected", "32. BImSchV §7") if report["minutes"] == 9 else ("accepted", "")
        )
        here.done(visit(5), 9, (jpeg_with_notes(1, (300, 200)),)).done(visit(6), 10)
        assert here.settle(lambda: len(field.desk.photos) == 1)
        field.line.cut()
        here.start(visit(3)).go("day")
        yield here


def show(phone, view):
    phone.go(VIEWS[view])
    if view in {"done", "not possible", "found", "against"}:
        phone.page.wait_for_selector(FORM)
    return phone.page


@pytest.mark.parametrize("view", VIEWS)
def test_it_reads_in_the_sun_and_in_the_dark(phone, view):
    assert show(phone, view).evaluate(FAINT, 7) == []


@pytest.mark.parametrize("view", VIEWS)
def test_it_is_tapped_with_gloves(phone, view):
    assert show(phone, view).evaluate(SMALL, 48) == []


@pytest.mark.parametrize("view", VIEWS)
def test_everything_has_a_name(phone, view):
    page = show(phone, view)
    assert page.evaluate(NAMELESS) == []
    assert page.locator("h1").count() == 1
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_cut_off_at_360_px_and_with_letters_of_double_size(phone, view):
    page = show(phone, view)
    assert page.evaluate(WIDE) == []
    page.evaluate("document.documentElement.style.fontSize = '225%'")
    try:
        assert page.evaluate(WIDE) == []
    finally:
        page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 180, "height": 370})  # the page enlarged to 200 %
    try:
        assert page.evaluate(WIDE) == []
        assert page.evaluate("getComputedStyle(document.querySelector('.bottom')).position") == "static"
    finally:
        page.set_viewport_size({"width": 360, "height": 740})


def test_the_keyboard_goes_through_the_page_in_its_order(phone):
    page = show(phone, "visit")
    page.locator("#skip").focus()
    places = [("skip", 0)]
    for _ in range(12):
        page.keyboard.press("Tab")
        box = page.evaluate(
            "(() => { const b = document.activeElement.getBoundingClientRect(); return [b.top, b.left]; })()"
        )
        places.append((page.evaluate("document.activeElement.id || document.activeElement.className"), box[0]))
    names = [name for name, _ in places]
    assert names[:2] == ["skip", "pill"]
    assert names.index("act-start") < names.index("act-found") < names.index("act-remark")


def test_the_checks_see_what_is_wrong(phone):
    page = show(phone, "outbox")
    page.evaluate(
        """() => {
          const wrong = document.createElement("div");
          wrong.id = "wrong";
          wrong.style.setProperty("width", "900px");
          const bad = document.createElement("button");
          for (const [name, value] of [["color", "#999"], ["background", "#888"], ["width", "20px"], ["height", "20px"]]) bad.style.setProperty(name, value);
          bad.id = "bad";
          bad.append("x");
          wrong.append(bad, document.createElement("input"));
          document.body.append(wrong);
        }"""
    )
    assert any(one.endswith(" x") for one in page.evaluate(FAINT, 7))
    assert any("bad" in one for one in page.evaluate(SMALL, 48))
    assert len(page.evaluate(NAMELESS)) == 1
    assert page.evaluate(WIDE) != []
    page.evaluate("document.getElementById('wrong').remove()")
    assert page.evaluate(WIDE) == []
