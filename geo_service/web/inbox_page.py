"""Floor 8: the planner's inbox as a page: what crews told and waits for a decision. It needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from geo_service.actions.answer_alert import DECISIONS, Decision
from geo_service.base.clock import BERLIN
from geo_service.outputs.field_day import CrewCameIn, obstacle_in
from geo_service.outputs.follow_ups import AskedWork
from geo_service.outputs.inbox import About, Inbox, InboxAlert, InboxConflict, InboxPhoto
from geo_service.outputs.words import number
from geo_service.store.field import KeptReport
from geo_service.web.frame import Frame
from geo_service.web.inbox_words import INBOX
from geo_service.web.markup import Markup, join, tag
from geo_service.web.standards_section import standards_section
from geo_service.web.words import Lang, short_date
from geo_service.work.field_report import Quantity
from geo_service.work.waste_totals import HazardousYear

_FIRST = ("hazardous", "not_possible", "found", "against_rule")
_UNITS = {"m2": "m²", "m3": "m³", "t": "t", "plants": "Pfl."}


def inbox_page(box: Inbox, frame: Frame) -> str:
    """Return the page in its frame."""
    lang = frame.lang
    words = INBOX[lang]
    alerts = sorted(box.alerts, key=lambda one: _FIRST.index(one.alert.kind) if one.alert.kind in _FIRST else 9)
    hazardous = [one for one in alerts if one.alert.kind == "hazardous"]
    others = [one for one in alerts if one.alert.kind != "hazardous"]
    matters = [
        *(_alert(one, box, lang) for one in hazardous),
        *(_conflict(one, lang) for one in box.conflicts),
        *(_alert(one, box, lang) for one in others),
    ]
    return frame.page(
        f"{words['title']} ({box.waiting})" if box.waiting else words["title"],
        _today(box, lang),
        _hazardous_year(box.hazardous, lang) if box.hazardous else None,
        join(*matters) if matters else _empty(words),
        _follow_ups(box, lang) if box.follow_ups else None,
        _refused(box.refused, lang) if box.refused else None,
        standards_section(box.actuals, box.catalogue, lang) if box.actuals.rows else None,
        _works(box, lang),
    )


def _empty(words: dict[str, str]) -> Markup:
    return tag("section", tag("h2", words["empty"]), tag("p", words["empty_hint"]), class_="empty")


def _today(box: Inbox, lang: Lang) -> Markup:
    words = INBOX[lang]
    rows = [_crew(one, lang) for one in box.crews]
    body = tag("ul", *rows, class_="crews") if rows else tag("p", words["today_empty"], class_="quiet")
    return tag("section", tag("h2", f"{words['today']}, {short_date(box.today, lang)}"), body, class_="today")


def _crew(one: CrewCameIn, lang: Lang) -> Markup:
    words = INBOX[lang]
    counts = (
        ("done", f"{one.count('done')}/{len(one.visits)} {words['done']}"),
        ("stopped", f"{one.count('stopped')} {words['stopped']}" if one.count("stopped") else ""),
        ("bad", f"{one.count('not_possible')} {words['not_possible'].lower()}" if one.count("not_possible") else ""),
        ("", words["of_plan"].format(minutes=one.minutes, planned=one.planned_minutes) if one.minutes else ""),
        (
            "bad" if one.photos_missing else "",
            words["all_photos"].format(received=one.photos - len(one.photos_missing), all=one.photos)
            if one.photos
            else "",
        ),
        ("bad", words["conflicts_here"].format(n=one.conflicts) if one.conflicts else ""),
        ("bad", words["waiting_n"].format(n=one.waiting) if one.waiting else ""),
        ("bad", words["refused_n"].format(n=len(one.rejected)) if one.rejected else ""),
        ("good", words["closed"] if one.closed else ""),
    )
    chips = (tag("span", text, class_=f"chip {kind}".strip()) for kind, text in counts if text)
    last = tag("time", _clock(one.last_at)) if one.last_at else None
    return tag("li", tag("strong", one.name), *chips, last)


def _hazardous_year(year: HazardousYear, lang: Lang) -> Markup:
    words = INBOX[lang]
    text = words["hazardous_year"].format(
        year=year.year, t=number(year.t, lang, 2), limit=number(year.limit_t, lang, 0)
    )
    warning = words[year.level] if year.level != "ok" else ""
    untold = words["untold"].format(n=year.untold) if year.untold else ""
    filled = min(100, round(100 * year.t / year.limit_t))
    bar = tag("meter", f"{filled} %", value=filled, min=0, max=100, high=80, optimum=0, aria_label=text)
    lines = (tag("p", tag("strong", line)) if line == warning else tag("p", line) for line in (warning, untold) if line)
    return tag("section", tag("p", text), bar, *lines, class_=f"year {year.level}")


def _alert(one: InboxAlert, box: Inbox, lang: Lang) -> Markup:
    words, alert = INBOX[lang], one.alert
    said = alert.text_en if lang == "en" else alert.text
    told = said.removeprefix(f"{alert.plot}: ")
    forms = [_decision(decision, one, box, lang) for decision in DECISIONS.get(alert.kind, ("seen",))]
    return tag(
        "article",
        tag("h2", tag("span", words.get(alert.kind, alert.kind), class_="kind"), f" {alert.plot}"),
        _where(one.about, alert.at, lang),
        tag("p", told, class_="told"),
        _pictures(one.photos, lang),
        tag("div", *forms, class_="forms"),
        id=f"alert-{alert.alert_id}",
        class_=f"matter {alert.kind}",
    )


def _where(about: About, at: datetime, lang: Lang) -> Markup:
    parts = (about.address, about.task(lang), about.crew, _moment(at, lang))
    return tag("p", " · ".join(part for part in parts if part), class_="quiet")


def _decision(decision: Decision, one: InboxAlert, box: Inbox, lang: Lang) -> Markup:
    """Return the form of one decision: a button where nothing else is to be told, else fields that unfold."""
    words = INBOX[lang]
    action = f"/inbox/alerts/{one.alert.alert_id}" + ("?lang=en" if lang == "en" else "")
    chosen = tag("input", type="hidden", name="decision", value=decision)
    if decision == "seen":
        name = words["seen_due"] if one.alert.kind == "not_possible" else words["seen"]
        return tag("form", chosen, tag("button", name), method="post", action=action)
    tomorrow = box.today.fromordinal(box.today.toordinal() + 1).isoformat()
    today = box.today.isoformat()
    fields: dict[str, Sequence[Markup]] = {
        "go_on": (_text("note", words["go_on_hint"], required=True),),
        "later": (
            _field("from", words["from"], type="date", min=tomorrow, required=True),
            _text("note", words["note"]),
        ),
        "urgent": (_field("until", words["until"], type="date", min=today), _text("note", words["note"])),
        "order": (
            _field("work", words["work"], list="works", maxlength=100, required=True, autocomplete="off"),
            _field("minutes", words["minutes"], type="number", min=1, max=360, value=60),
            _field("until", words["until"], type="date", min=today),
            _text("note", words["note"]),
        ),
    }
    form = tag(
        "form", chosen, *fields[decision], tag("button", words["save"], class_="go"), method="post", action=action
    )
    return tag("details", tag("summary", words[decision]), form)


def _field(name: str, label: str, **attributes: str | int | bool) -> Markup:
    return tag("label", tag("span", label), tag("input", name=name, **attributes))


def _text(name: str, label: str, *, required: bool = False) -> Markup:
    return tag("label", tag("span", label), tag("input", name=name, maxlength=300, required=required), class_="wide")


def _works(box: Inbox, lang: Lang) -> Markup:
    """Return the works of the catalogue for fields that ask for one."""
    named = ((kind.code, kind.name_en if lang == "en" else kind.name_de) for kind in box.catalogue.kinds.values())
    return tag("datalist", *(tag("option", name, value=code) for code, name in named), id="works")


def _pictures(photos: Sequence[InboxPhoto], lang: Lang) -> Markup | None:
    words = INBOX[lang]
    if not photos:
        return None
    shown = []
    for photo in photos:
        if photo.received:
            address = f"/photos/{photo.note.sha256}"
            shown.append(tag("a", tag("img", src=address, alt=words["photos"], loading="lazy"), href=address))
        else:
            shown.append(tag("span", words["not_here"], class_="missing"))
    return tag("p", *shown, class_="pictures")


def _conflict(one: InboxConflict, lang: Lang) -> Markup:
    words, desk, phone = INBOX[lang], one.conflict.desk, one.phone.report
    outcomes = {"done": words["done"], "not_possible": words["not_possible"]}
    rows: tuple[tuple[str, Markup, Markup], ...] = (
        (
            words["outcome"],
            join(outcomes.get(desk.outcome, words["left_open"]) + _reason(desk.reason, lang)),
            join(
                outcomes.get(phone.kind.value, words.get(phone.kind.value, phone.kind.value))
                + _reason(phone.reason, lang)
            ),
        ),
        (words["minutes"], _minutes(desk.minutes), _minutes(phone.minutes)),
        (words["quantities"], _quantities(desk.quantities, lang), _quantities(phone.quantities, lang)),
        (words["remark"], join(desk.remark or "–"), join(phone.remark or "–")),
        (
            words["photos"],
            _pictures(one.desk_photos, lang) or join("–"),
            _pictures(one.phone_photos, lang) or join("–"),
        ),
        (
            words["who"],
            join(" · ".join(part for part in (desk.crew, desk.author) if part) or "–"),
            join(" · ".join(part for part in (phone.crew, one.phone.author) if part)),
        ),
        (
            words["version_time"],
            join(_moment(desk.changed_at, lang) if desk.changed_at else "–"),
            join(_moment(one.phone.received_at, lang)),
        ),
    )
    table = tag(
        "table",
        tag(
            "thead",
            tag("tr", tag("td"), tag("th", words["desk"], scope="col"), tag("th", words["reported"], scope="col")),
        ),
        tag("tbody", *(_both(*row) for row in rows)),
    )
    form = tag(
        "form",
        _text("reason", f"{words['choose']} {words['ask']}", required=True),
        tag("button", words["keep_desk"], name="choice", value="desk"),
        tag("button", words["take_phone"], name="choice", value="phone"),
        method="post",
        action=f"/inbox/conflicts/{one.conflict.conflict_id}" + ("?lang=en" if lang == "en" else ""),
        class_="choose",
    )
    return tag(
        "article",
        tag("h2", tag("span", words["conflict"], class_="kind"), f" {one.about.plot}"),
        _where(one.about, one.conflict.opened_at, lang),
        tag("p", words["conflict_hint"], class_="quiet"),
        table,
        form,
        id=f"conflict-{one.conflict.conflict_id}",
        class_="matter conflict",
    )


def _both(name: str, desk: Markup, phone: Markup) -> Markup:
    differ = desk != phone
    return tag(
        "tr", tag("th", name, scope="row"), tag("td", desk), tag("td", phone), class_="differs" if differ else None
    )


def _reason(code: str, lang: Lang) -> str:
    return f": {obstacle_in(code, lang)}" if code else ""


def _minutes(minutes: int | None) -> Markup:
    return join("–" if minutes is None else f"{minutes} min")


def _quantities(quantities: Sequence[Quantity], lang: Lang) -> Markup:
    told = (f"{_amount(one.amount, lang)} {_UNITS[one.unit]} {one.waste_key}".strip() for one in quantities)
    return join(", ".join(told) or "–")


def _amount(amount: float, lang: Lang) -> str:
    return number(amount, lang, 0 if amount == int(amount) else 2)


def _follow_ups(box: Inbox, lang: Lang) -> Markup:
    words = INBOX[lang]
    return tag(
        "section",
        tag("h2", words["follow_ups"]),
        tag("p", words["follow_ups_hint"], class_="quiet"),
        tag("ul", *(_follow_up(one, box, lang) for one in box.follow_ups), class_="follow-ups"),
    )


def _follow_up(one: AskedWork, box: Inbox, lang: Lang) -> Markup:
    words = INBOX[lang]
    where = words["unplanned"]
    if one.state == "planned" and one.on is not None:
        where = words["planned_on"].format(day=short_date(one.on, lang), crew=one.crew)
    action = f"/inbox/follow-ups/{one.event_id}/withdrawal" + ("?lang=en" if lang == "en" else "")
    return tag(
        "li",
        tag(
            "div",
            tag("p", tag("strong", f"{one.event.plot} · {one.work_in(box.catalogue, lang)}")),
            tag("p", one.why(lang)),
            tag("p", f"{words['late']} {short_date(one.event.latest_on, lang)} · {where}", class_="quiet"),
        ),
        tag("form", tag("button", words["withdraw"], class_="plain"), method="post", action=action),
    )


def _refused(refused: Sequence[tuple[KeptReport, About]], lang: Lang) -> Markup:
    words = INBOX[lang]
    rows = [
        tag(
            "li",
            tag("p", tag("strong", f"{about.plot} · {about.crew}"), f" · {_moment(kept.received_at, lang)}"),
            tag("p", kept.reason_en if lang == "en" else kept.reason),
            tag("p", kept.report.remark, class_="quiet") if kept.report.remark else None,
        )
        for kept, about in refused
    ]
    return tag("details", tag("summary", f"{words['refused']} ({len(rows)})"), tag("ul", *rows), class_="refused")


def _clock(at: datetime) -> str:
    return f"{at.astimezone(BERLIN):%H:%M}"


def _moment(at: datetime, lang: Lang) -> str:
    local = at.astimezone(BERLIN)
    return f"{short_date(local.date(), lang)} {local:%H:%M}"
