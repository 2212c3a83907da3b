"""Floor 8: the residents' pages as HTML: report something in three steps, and see what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from geo_service.base.clock import BERLIN
from geo_service.neighbourhood.concern import MAX_LINE, MAX_WORDS, STATUS_WORDS, Concern, Report
from geo_service.neighbourhood.concern_services import CONCERN_KIND, CONCERN_KINDS, Wording
from geo_service.outputs.words import numeric_date
from geo_service.web.concern_signs import concern_sign
from geo_service.web.concern_words import CONCERN, LANGUAGES, lang_of
from geo_service.web.markup import Child, Markup, document, head_of, join, tag

_TOLD_TO_SCRIPT = (
    *("placed", "no_position", "sending", "sending_photo", "offline", "photo_lost", "photo_bad", "no_kind", "no_place"),
    *("close_map", "outside_area", "bad_mail", "no_words", "too_many_requests"),
)


def report_page(
    wording: Wording, quarters: Sequence[tuple[str, str]], sent: Mapping[str, str], *, trouble: str = "", sample: bool
) -> str:
    """Return the page on which something is reported.

    Parameters
    ----------
    quarters
        Key and name of each quarter.
    sent
        What was entered already, by field.
    trouble
        Why it was not kept, or empty.
    """
    words = CONCERN[wording]
    kinds = [
        tag(
            "label",
            tag(
                "input", type="radio", name="kind", value=one.code, required=True, checked=sent.get("kind") == one.code
            ),
            concern_sign(one.code),
            tag("strong", one.name(wording)),
            tag("small", one.hint(wording)),
            class_="kind",
        )
        for one in CONCERN_KINDS
    ]
    options = [tag("option", "–", value="")] + [
        tag("option", name, value=key, selected=sent.get("quarter") == key) for key, name in quarters
    ]
    where = tag(
        "fieldset",
        tag("legend", words["where"]),
        tag(
            "div",
            tag("p", words["where_map"], class_="hint"),
            tag("div", id="map", class_="map", role="application", aria_label=words["close_map"]),
            tag("p", id="placed", role="status"),
            tag("button", words["where_here"], type="button", id="here"),
            id="on-map",
            hidden=True,
        ),
        _field("place", words["where_words"], sent, autocomplete="street-address"),
        tag("label", tag("span", words["quarter"]), tag("select", *options, name="quarter")),
        tag("input", type="hidden", name="lon", id="lon", value=sent.get("lon", "")),
        tag("input", type="hidden", name="lat", id="lat", value=sent.get("lat", "")),
    )
    more = tag(
        "fieldset",
        tag("legend", words["send_step"]),
        tag(
            "label",
            tag("span", words["words"]),
            tag("textarea", sent.get("words", ""), name="words", maxlength=MAX_WORDS, rows=3),
            class_="wide",
        ),
        tag(
            "div",
            tag(
                "label",
                tag("span", words["photos"]),
                tag("input", type="file", id="photos", accept="image/*", multiple=True),
                class_="wide",
            ),
            tag("p", words["photo_note"], class_="quiet"),
            tag("ul", id="pictures", class_="pictures"),
            id="with-photos",
            hidden=True,
        ),
        tag(
            "details",
            tag("summary", words["contact"]),
            tag("p", words["privacy"], class_="quiet"),
            tag(
                "div",
                _field("name", words["name"], sent, autocomplete="name"),
                _field("mail", words["mail"], sent, type="email", autocomplete="email"),
                _field("phone", words["phone"], sent, type="tel", autocomplete="tel"),
                class_="fields",
            ),
            open=any(sent.get(one) for one in ("name", "mail", "phone")),
        ),
        tag("p", id="trouble", role="alert", class_="said bad", hidden=True),
        tag("button", words["send"], type="submit", class_="main send", id="send"),
    )
    told = json.dumps({name: words[name] for name in _TOLD_TO_SCRIPT}, ensure_ascii=False)
    return _page(
        wording,
        "/concern",
        words["title"],
        tag("p", words["intro"]),
        tag("p", words["emergency"], class_="rule-note"),
        tag("p", trouble, class_="said bad", role="alert") if trouble else None,
        tag(
            "form",
            tag("fieldset", tag("legend", words["what"]), tag("div", *kinds, class_="kinds")),
            where,
            more,
            method="post",
            action=f"/concern?lang={lang_of(wording)}",
            id="report",
            data_words=told,
            data_lang=wording,
        ),
        script="concern/report.js",
        sample=sample,
    )


def status_page(
    wording: Wording, concern: Concern, report: Report, link: str, *, new: bool, lost: int, sample: bool
) -> str:
    """Return the page that shows a reporter where the concern stands.

    Parameters
    ----------
    new
        Whether it was reported just now.
    lost
        So many of the pictures did not arrive.
    """
    words = CONCERN[wording]
    path = link[link.index("/concern/") :]
    steps = [
        tag(
            "li",
            tag(
                "time",
                numeric_date(one.at.astimezone(BERLIN).date(), "en" if wording == "en" else "de"),
                datetime=one.at.date().isoformat(),
            ),
            tag("strong", STATUS_WORDS[one.status][wording]),
            tag("p", one.answer) if one.answer else None,
        )
        for one in concern.steps
    ]
    photos = [
        tag("li", tag("img", src=f"/concerns/status{path.removeprefix('/concern')}/photos/{sha256}", alt=""))
        for sha256 in report.photos
    ]
    facts = [
        (words["number"], report.number),
        (words["kind"], CONCERN_KIND[concern.kind].name(wording)),
        (words["status"], tag("strong", STATUS_WORDS[concern.status][wording], class_="status")),
    ]
    return _page(
        wording,
        path,
        words["status_title"],
        tag("p", words["thanks"], class_="said good", role="status") if new else None,
        tag("p", words["photo_lost"].format(n=lost), class_="said bad", role="alert") if lost else None,
        tag(
            "section",
            tag("dl", *(join(tag("dt", name), tag("dd", value)) for name, value in facts), class_="facts"),
            tag("p", words["merged"].format(number=concern.number)) if concern.number != report.number else None,
        ),
        tag(
            "section",
            tag("p", words["keep"]),
            tag("p", tag("a", link, href=link, id="link")),
            tag("button", words["copy"], type="button", id="copy", hidden=True, data_copied=words["copied"]),
            class_="keep",
        ),
        tag("section", tag("h2", words["history"]), tag("ol", *steps, class_="steps")),
        tag("section", tag("h2", words["your_photos"]), tag("ul", *photos, class_="pictures")) if photos else None,
        tag("p", tag("a", words["another"], href=f"/concern?lang={lang_of(wording)}", class_="button")),
        script="concern/status.js",
        sample=sample,
    )


def unknown_page(wording: Wording, path: str) -> str:
    """Return the page for a link that leads to nothing."""
    words = CONCERN[wording]
    again = tag("p", tag("a", words["title"], href=f"/concern?lang={lang_of(wording)}", class_="button"))
    return _page(wording, path, words["not_found"], tag("p", words["not_found_hint"]), again, script="", sample=False)


def _field(name: str, label: str, sent: Mapping[str, str], **attributes: str) -> Markup:
    made = tag("input", name=name, value=sent.get(name, ""), maxlength=MAX_LINE, **attributes)
    return tag("label", tag("span", label), made, class_="wide")


def _page(wording: Wording, path: str, title: str, *children: Child, script: str, sample: bool) -> str:
    words = CONCERN[wording]
    languages = [
        tag(
            "a",
            name,
            href=f"{path}?lang={lang_of(one)}",
            lang="en" if one == "en" else "de",
            aria_current="true" if one == wording else None,
        )
        for one, name in LANGUAGES.items()
    ]
    header = tag(
        "header",
        tag("a", tag("img", src="/static/icon.svg", alt="", width=26, height=26), "Quartiersservice", href="/concern"),
        tag("span", "Schematische Beispieldaten", class_="sample") if sample else None,
        tag("nav", *languages, class_="languages", aria_label=words["languages"]),
        class_="bar",
    )
    head = join(
        head_of(title, "desk", "pages", "concern"),
        tag("script", type="module", src=f"/static/{script}") if script else None,
    )
    body = tag("body", header, tag("main", tag("h1", title), *children, id="main"), class_=f"resident {wording}")
    return document(lang="en" if wording == "en" else "de", head=head, body=body)
