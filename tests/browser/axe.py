"""What axe-core finds on a page; it comes for tests only and goes in past the page's content policy."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page


def serious(page: Page, part: str | None = None) -> list[tuple[str, list[str], str]]:
    """Return what axe calls serious or critical on a page or in a part of it: rule, element, what is wrong."""
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE_SCRIPT})
    run = "(part) => axe.run(part ?? document, {resultTypes: ['violations']})"
    return [
        (one["id"], node["target"], node["failureSummary"])
        for one in page.evaluate(run, part)["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
