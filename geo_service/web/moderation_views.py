"""Floor 8: the moderators' pages as HTML: what waits, the list of concerns, one concern with all that can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo_service.base.clock import BERLIN
from geo_service.neighbourhood.concern import MAX_WORDS, NEXT, STATUS_WORDS, Concern, Report, Status, Step
from geo_service.neighbourhood.concern_services import CONCERN_KIND, CONCERN_KINDS
from geo_service.neighbourhood.concern_twins import Twin
from geo_service.outputs.words import numeric_date
from geo_service.store.records import Kept
from geo_service.web.frame import Frame
from geo_service.web.markup import Markup, join, tag
from geo_service.web.moderation_words import MODERATION
from geo_service.web.words import Lang
from geo_service.work.waste import WASTE

LISTS = ("new", "open", "all")
_GOOD = {Status.DONE: "good", Status.NEW: "bad", Status.ORDERED: "rule"}


@dataclass(frozen=True)
class Waiting:
    """So many things wait behind a path."""

    count: int
    word: str
    path: str


def overview(frame: Frame, waiting: Sequence[Waiting], tabs: Markup) -> str:
    """Return the first page: what waits for a moderator."""
    words = MODERATION[frame.lang]
    rows = [
        tag("li", tag("a", tag("strong", one.count), " ", words[one.word], href=frame.link(one.path)))
        for one in waiting
        if one.count
    ]
    return frame.page(
        words["title"],
        tabs,
        tag(
            "section",
            tag("h2", words["waiting"]),
            tag("ul", *rows, class_="waiting") if rows else tag("p", words["nothing"], class_="quiet"),
        ),
        tag(
            "section",
            tag("h2", words["forget"]),
            tag("p", words["forget_hint"], class_="quiet"),
            tag(
                "form",
                tag("button", words["forget"]),
                method="post",
                action=frame.link("/moderation/concerns/forgetting"),
            ),
        ),
    )


def concern_list(
    frame: Frame, rows: Sequence[Concern], chosen: str, quarter: str, quarters: Sequence[tuple[str, str]], tabs: Markup
) -> str:
    """Return the list of concerns, the newest first."""
    words, names = MODERATION[frame.lang], dict(quarters)
    lists = [
        tag("a", words[one], href=frame.link("/moderation/concerns", list=one), aria_current=one == chosen and "page")
        for one in LISTS
    ]
    options = [tag("option", name, value=key, selected=key == quarter) for key, name in (("", words["all"]), *quarters)]
    heads = ("number", "kind", "status", "quarter", "plot", "reported")
    return frame.page(
        words["concerns"],
        tabs,
        tag("nav", *lists, class_="tabs", aria_label=words["filter"]),
        tag(
            "form",
            tag("input", type="hidden", name="list", value=chosen),
            tag("input", type="hidden", name="lang", value=frame.lang),
            tag("label", tag("span", words["quarter"]), tag("select", *options, name="quarter")),
            tag("button", words["filter"]),
            method="get",
            class_="fields",
        ),
        tag(
            "div",
            tag(
                "table",
                tag("thead", tag("tr", *(tag("th", words[one], scope="col") for one in heads))),
                tag("tbody", *(_row(frame, one, names) for one in rows)),
            ),
            class_="wide-table",
            tabindex=0,
        )
        if rows
        else tag("p", words["none"], class_="empty"),
        tag("p", tag("a", words["counter"], href=frame.link("/moderation/concerns/new"), class_="button")),
    )


def _row(frame: Frame, one: Concern, quarters: dict[str, str]) -> Markup:
    words = MODERATION[frame.lang]
    more = f" · {len(one.reports)} {words['reports']}" if len(one.reports) > 1 else ""
    return tag(
        "tr",
        tag("th", tag("a", one.number, href=frame.link(f"/moderation/concerns/{one.number}")), scope="row"),
        tag("td", CONCERN_KIND[one.kind].name(frame.lang), more),
        tag("td", _status(one.status, frame.lang)),
        tag("td", quarters.get(one.quarter, "–")),
        tag("td", one.plot or "–"),
        tag("td", _day(one.reported_at.astimezone(BERLIN).date(), frame.lang)),
    )


def counter_form(frame: Frame, quarters: Sequence[tuple[str, str]]) -> str:
    """Return the form for what somebody says at the counter."""
    words = MODERATION[frame.lang]
    kinds = [tag("option", one.name(frame.lang), value=one.code) for one in CONCERN_KINDS]
    areas = [tag("option", name, value=key) for key, name in (("", "–"), *quarters)]
    languages = [("de", "Deutsch"), ("en", "English"), ("easy", words["easy"])]
    return frame.page(
        words["counter"],
        tag(
            "form",
            tag("label", tag("span", words["kind"]), tag("select", *kinds, name="kind")),
            _line("place", words["place"]),
            tag("label", tag("span", words["quarter"]), tag("select", *areas, name="quarter")),
            _area("words", words["words"]),
            _line("name", words["name"]),
            _line("mail", words["mail"], type="email"),
            _line("phone", words["phone"], type="tel"),
            tag("label", tag("span", words["answer"]), tag("select", *_options(languages), name="tongue")),
            tag("button", words["send"], class_="main"),
            method="post",
            action=frame.link("/moderation/concerns/new"),
            class_="fields card",
        ),
    )


def concern_view(
    frame: Frame, kept: Kept[Concern], twins: Sequence[Twin], quarters: Sequence[tuple[str, str]], tabs: Markup
) -> str:
    """Return one concern: what was reported, what happened, what can be done."""
    words, one, lang = MODERATION[frame.lang], kept.record, frame.lang
    path = f"/moderation/concerns/{one.number}"
    facts = [
        (words["status"], _status(one.status, lang)),
        (words["kind"], CONCERN_KIND[one.kind].name(lang)),
        (words["quarter"], dict(quarters).get(one.quarter, "–")),
        (words["plot"], one.plot or words["no_plot"]),
    ]
    notes = [words["forwarded"].format(body=f.body, reference=f.reference) for f in one.forwardings]
    for order in one.orders:
        notes.append(words["ordered"].format(work=order.work, plot=order.plot, day=_day(order.latest_on, frame.lang)))
        if order.done_on is not None:
            notes.append(words["done_by"].format(visit=order.done_by, day=_day(order.done_on, frame.lang)))
    return frame.page(
        f"{words['concern']} {one.number}",
        tabs,
        tag("p", words["merged_into"].format(number=one.merged_into), class_="said bad") if one.merged_into else None,
        tag(
            "section",
            tag("dl", *(join(tag("dt", name), tag("dd", value)) for name, value in facts), class_="facts"),
            tag("ul", *(tag("li", note) for note in notes), class_="quiet") if notes else None,
            tag("div", class_="map", data_lon=f"{one.lon:.6f}", data_lat=f"{one.lat:.6f}", aria_label=words["map"]),
        ),
        *(_report(frame, report) for report in one.reports),
        _steps(frame, one, kept.version, path) if not one.merged_into else None,
        _publication(frame, one, kept.version, path) if not one.merged_into and one.status is not Status.NEW else None,
        _twins(frame, one, twins, kept.version, path) if twins and not one.merged_into else None,
        tag(
            "section",
            tag("h2", words["history"]),
            tag("ol", *(_step(step, frame) for step in one.steps), class_="steps"),
        ),
    )


def _report(frame: Frame, report: Report) -> Markup:
    words, told = MODERATION[frame.lang], report.told
    contact = " · ".join(text for text in (told.name, told.mail, told.phone) if text) or words["anonymous"]
    if report.forgotten_at is not None:
        contact = words["forgotten"].format(day=_day(report.forgotten_at.date(), frame.lang))
    photos = [
        tag("li", tag("a", tag("img", src=f"/photos/{one}", alt="", loading="lazy"), href=f"/photos/{one}"))
        for one in report.photos
    ]
    moment = report.at.astimezone(BERLIN)
    return tag(
        "section",
        tag("h2", f"{report.number} · {_day(moment.date(), frame.lang)}, {moment:%H:%M}"),
        tag("p", told.words, class_="told") if told.words else None,
        tag("p", told.place, class_="quiet") if told.place else None,
        tag("p", f"{words['contact']}: {contact}"),
        tag("ul", *photos, class_="pictures") if photos else None,
    )


def _steps(frame: Frame, one: Concern, version: int, path: str) -> Markup:
    words, may = MODERATION[frame.lang], NEXT[one.status]
    kind = CONCERN_KIND[one.kind]
    forms: list[Markup] = []
    fields: tuple[Markup, ...]
    if one.status is Status.NEW:
        kinds = [(each.code, each.name(frame.lang)) for each in CONCERN_KINDS]
        fields = (
            tag("label", tag("span", words["kind"]), tag("select", *_options(kinds, one.kind), name="kind")),
            _line("plot", words["plot"], one.plot),
        )
        forms.append(_form(frame, path, "check", version, words["check_hint"], fields, opened=True))
    if Status.ORDERED in may:
        keys = [("", "–"), *((key, f"{key} {waste.name_de}") for key, waste in WASTE.items() if not waste.hazardous)]
        fields = (
            _line("work", words["work"], kind.work),
            _line("plot", words["plot"], one.plot),
            _line("latest_on", words["latest_on"], type="date"),
            _line("minutes", words["minutes"], str(kind.minutes), type="number", min="1", max="360"),
            _line("volume", words["volume"], "", inputmode="decimal"),
            tag(
                "label",
                tag("span", words["waste_key"]),
                tag("select", *_options(keys, kind.waste_key), name="waste_key"),
            ),
            _line("note", words["note"]),
        )
        forms.append(_form(frame, path, "order", version, words["order_hint"], fields))
    if Status.FORWARDED in may:
        fields = (_line("body", words["body"], required=True), _line("reference", words["reference"], required=True))
        forms.append(_form(frame, path, "forward", version, "", fields))
    if Status.DONE in may:
        forms.append(_form(frame, path, "close", version, "", ()))
    if Status.REJECTED in may:
        forms.append(_form(frame, path, "reject", version, "", ()))
    if one.status is not Status.NEW and Status.CHECKED in may:
        forms.append(_form(frame, path, "reopen", version, "", ()))
    return tag("section", tag("h2", words["steps"]), tag("div", *forms, class_="forms"))


def _form(
    frame: Frame, path: str, what: str, version: int, hint: str, fields: Sequence[Markup], *, opened: bool = False
) -> Markup:
    words = MODERATION[frame.lang]
    return tag(
        "details",
        tag("summary", words[what]),
        tag("p", hint, class_="quiet") if hint else None,
        tag(
            "form",
            *fields,
            _line("reason", words["reason"], required=True),
            _area("answer", words["answer"]),
            tag("input", type="hidden", name="version", value=version),
            tag("button", words[what], class_="main"),
            method="post",
            action=frame.link(f"{path}/{what}"),
        ),
        open=opened,
        id=what,
    )


def _publication(frame: Frame, one: Concern, version: int, path: str) -> Markup:
    words = MODERATION[frame.lang]
    pictures = [
        tag(
            "label",
            tag("input", type="checkbox", name=f"photo-{place}", value=sha256, checked=sha256 in one.public_photos),
            tag("img", src=f"/photos/{sha256}", alt="", loading="lazy"),
            class_="check",
        )
        for place, sha256 in enumerate(one.photos)
    ]
    withdraw = tag("form", tag("button", words["withdraw"]), method="post", action=frame.link(f"{path}/withdraw"))
    return tag(
        "section",
        tag(
            "h2", words["publish"], " ", tag("span", words["published"], class_="chip good") if one.is_public else None
        ),
        tag("p", words["faces"], class_="quiet") if pictures else None,
        tag(
            "form",
            _area("text", words["public_text"], one.public_text),
            tag("div", *pictures, class_="pictures") if pictures else None,
            tag("input", type="hidden", name="version", value=version),
            tag("button", words["save_publication"]),
            method="post",
            action=frame.link(f"{path}/publish"),
            class_="fields",
        ),
        withdraw if one.is_public else None,
    )


def _twins(frame: Frame, one: Concern, twins: Sequence[Twin], version: int, path: str) -> Markup:
    words = MODERATION[frame.lang]
    rows = []
    for twin in twins:
        other = twin.concern
        told = next((each.told.words for each in other.reports if each.told.words), "")
        rows.append(
            tag(
                "li",
                tag("a", other.number, href=frame.link(f"/moderation/concerns/{other.number}")),
                f" · {CONCERN_KIND[other.kind].name(frame.lang)} · ",
                words["away"].format(metres=round(twin.away_m)),
                " ",
                _status(other.status, frame.lang),
                tag("p", told, class_="quiet") if told else None,
                tag(
                    "form",
                    tag("input", type="hidden", name="twin", value=other.number),
                    tag("input", type="hidden", name="version", value=version),
                    _line("reason", words["reason"], required=True),
                    tag("button", words["merge"]),
                    method="post",
                    action=frame.link(f"{path}/merge"),
                    class_="fields",
                ),
            )
        )
    hint = tag("p", words["merge_hint"], class_="quiet")
    return tag("section", tag("h2", words["twins"]), hint, tag("ul", *rows, class_="twins"), id="twins")


def _step(step: Step, frame: Frame) -> Markup:
    moment = step.at.astimezone(BERLIN)
    return tag(
        "li",
        tag("time", f"{_day(moment.date(), frame.lang)}, {moment:%H:%M}", datetime=step.at.isoformat()),
        tag("strong", STATUS_WORDS[step.status][frame.lang]),
        tag("p", f"{step.reason} ({step.author})"),
        tag("p", step.answer, class_="quiet") if step.answer else None,
    )


def _status(status: Status, lang: Lang) -> Markup:
    return tag("span", STATUS_WORDS[status][lang], class_=f"chip {_GOOD.get(status, '')}".strip())


def _day(day: date, lang: Lang) -> str:
    return numeric_date(day, lang)


def _line(name: str, label: str, value: str = "", **attributes: str | bool) -> Markup:
    return tag("label", tag("span", label), tag("input", name=name, value=value, **attributes), class_="wide")


def _area(name: str, label: str, value: str = "") -> Markup:
    return tag(
        "label", tag("span", label), tag("textarea", value, name=name, maxlength=MAX_WORDS, rows=2), class_="wide"
    )


def _options(rows: Sequence[tuple[str, str]], chosen: str = "") -> list[Markup]:
    return [tag("option", name, value=value, selected=value == chosen) for value, name in rows]
