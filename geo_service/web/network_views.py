"""Floor 8: occasions, contacts and mediations as HTML, for moderators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from geo_service.neighbourhood.contacts import CleanUp, Contact, ContactKind, clean_up_list, matches
from geo_service.neighbourhood.mediations import Mediation, Outcome
from geo_service.neighbourhood.occasions import OccasionDate, OccasionKind, dates_of
from geo_service.outputs.occasion_features import occasion_places, place_of
from geo_service.outputs.words import numeric_date
from geo_service.store.kinds_network import CONTACT, MEDIATION, OCCASION
from geo_service.store.model import PlaceKind
from geo_service.store.protocol import Store
from geo_service.store.records import Kept
from geo_service.web.frame import Frame
from geo_service.web.markup import Markup, tag
from geo_service.web.network_words import NETWORK
from geo_service.work.calendar import holiday_name

COMING = timedelta(weeks=8)
REPEATS = ("once", "weekly", "fortnightly", "monthly")


def occasions_page(frame: Frame, store: Store, today: date, tabs: Markup) -> str:
    """Return the coming dates, each to be called off, and the form of a new one."""
    words, places = NETWORK[frame.lang], occasion_places(store)
    found: list[tuple[OccasionDate, str, str, str]] = []
    for kept in store.records(OCCASION):
        one, where = kept.record, place_of(kept.record, places)
        dates = dates_of(one, holiday_name, today, today + COMING)
        found += [(each, one.occasion_id, one.title, where.name or where.address) for each in dates]
    rows = [_date(frame, *each) for each in sorted(found, key=lambda one: (one[0].starts, one[2]))]
    points = [(one.code, one.name) for one in store.places() if one.kind is PlaceKind.CONTACT_POINT]
    form = _form(
        frame,
        "/moderation/occasions",
        "new_occasion",
        _choice("kind", words["kind"], [(str(one), words[str(one)]) for one in OccasionKind]),
        _line("title", words["title"], required=True),
        _line("first_on", words["first_on"], type="date", required=True),
        _line("starts", words["starts"], type="time", required=True),
        _line("minutes", words["minutes"], type="number", min="5", value="120"),
        _choice("repeats", words["repeats"], [(one, words[one]) for one in REPEATS]),
        _line("until", words["until"], type="date"),
        _choice("place", words["place"], [*points, ("", words["elsewhere"])]),
        _line("where", words["where"]),
        _area("about", words["about"]),
    )
    listed = tag("ul", *rows, class_="twins card") if rows else tag("p", words["none"], class_="empty")
    return frame.page(words["occasions"], tabs, tag("h2", words["coming"]), listed, form)


def _date(frame: Frame, each: OccasionDate, occasion: str, title: str, where: str) -> Markup:
    words = NETWORK[frame.lang]
    path = f"/moderation/occasions/{occasion}"
    hidden = tag("input", type="hidden", name="on", value=each.on.isoformat())
    when = f"{numeric_date(each.on, frame.lang)}, {each.starts:%H:%M}–{each.ends:%H:%M}"
    if each.takes_place:
        button = tag("button", words["off"])
        form = tag(
            "details",
            tag("summary", words["off"]),
            tag(
                "form",
                hidden,
                _line("reason", words["reason"], required=True),
                button,
                method="post",
                action=frame.link(f"{path}/off"),
            ),
        )
    else:
        form = tag("form", hidden, tag("button", words["again"]), method="post", action=frame.link(f"{path}/again"))
    state = None if each.takes_place else tag("span", f"{words['falls_out']}: {each.why_not}", class_="chip rule")
    return tag("li", tag("strong", when), f" {title} · {where} ", state, form)


def contacts_page(frame: Frame, store: Store, today: date, asked: str, tabs: Markup) -> str:
    """Return the contacts that are sought, those to clean up first."""
    words = NETWORK[frame.lang]
    kept = store.records(CONTACT)
    reasons = {one.contact_id: why for one, why in clean_up_list([each.record for each in kept], today)}
    found = [each for each in kept if matches(each.record, words=asked)]
    found.sort(key=lambda each: (each.record.contact_id not in reasons, each.record.name.casefold()))
    quarters = [("", "–"), *((one.key, one.name) for one in store.quarters())]
    search = tag(
        "form",
        _line("q", words["search"], value=asked),
        tag("input", type="hidden", name="lang", value=frame.lang),
        tag("button", words["search"]),
        method="get",
        class_="fields",
    )
    rows = [_contact(frame, each.record, reasons.get(each.record.contact_id, ())) for each in found]
    new = _form(
        frame,
        "/moderation/contacts",
        "new_contact",
        _choice("kind", words["kind"], [(str(one), words[str(one)]) for one in ContactKind]),
        _line("name", words["name"], required=True),
        _line("person", words["person"]),
        _line("role", words["role"]),
        _line("topics", words["topics"]),
        _line("mail", words["mail"], type="email"),
        _line("phone", words["phone"], type="tel"),
        _choice("quarter", "Ortsteil" if frame.lang == "de" else "District", quarters),
        _line("purpose", words["purpose"]),
        _line("consent_on", words["consent_on"], type="date"),
        _line("delete_by", words["delete_by"], type="date"),
    )
    cards = _form(
        frame,
        "/moderation/contacts/import",
        "import",
        tag("p", words["import_hint"], class_="quiet"),
        _area("cards", words["cards"]),
    )
    return frame.page(
        words["contacts"],
        tabs,
        tag("p", words["confidential"], class_="quiet"),
        search,
        tag("ul", *rows, class_="twins card") if rows else tag("p", words["none"], class_="empty"),
        tag("p", tag("a", words["export"], href="/contacts.vcf", class_="button")),
        new,
        cards,
    )


def _contact(frame: Frame, one: Contact, why: Sequence[CleanUp]) -> Markup:
    words = NETWORK[frame.lang]
    told = [one.person, one.role, ", ".join(one.topics), *one.emails, *one.phones]
    return tag(
        "li",
        tag("strong", one.name),
        f" ({words[str(one.kind)]}) ",
        *(tag("span", words[str(reason)], class_="chip bad") for reason in why),
        tag("p", " · ".join(text for text in told if text), class_="quiet"),
        tag(
            "form",
            tag("button", words["delete"]),
            method="post",
            action=frame.link(f"/moderation/contacts/{one.contact_id}/delete"),
        ),
    )


def mediations_page(frame: Frame, store: Store, today: date, tabs: Markup) -> str:
    """Return the mediations, each with its form, and the form of a new one."""
    words = NETWORK[frame.lang]
    kept = sorted(
        store.records(MEDIATION), key=lambda one: (one.record.outcome is not Outcome.OPEN, one.record.mediation_id)
    )
    shown = [_mediation(frame, one, today) for one in kept]
    new = _form(frame, "/moderation/mediations", "new_mediation", *_mediation_fields(frame, Mediation("", "")))
    return frame.page(
        words["mediations"],
        tabs,
        tag("p", words["confidential"], class_="quiet"),
        *(shown or [tag("p", words["none"], class_="empty")]),
        new,
    )


def _mediation(frame: Frame, kept: Kept[Mediation], today: date) -> Markup:
    words, one = NETWORK[frame.lang], kept.record
    due = one.follow_up_on is not None and one.follow_up_on <= today
    follow = f"{words['follow_up_on']} {numeric_date(one.follow_up_on, frame.lang)}" if one.follow_up_on else ""
    return tag(
        "section",
        tag("h2", f"{one.mediation_id}: {one.topic} ", tag("span", words[str(one.outcome)], class_="chip")),
        tag("p", " · ".join(text for text in (one.concern, one.plot) if text), class_="quiet"),
        tag("span", follow, class_="chip bad" if due else "chip") if follow else None,
        tag("ul", *(tag("li", f"{party.name}: {party.position}") for party in one.parties)),
        tag(
            "ul",
            *(tag("li", f"{numeric_date(each.on, frame.lang)}: {each.notes or each.present}") for each in one.meetings),
        ),
        tag("p", one.agreement) if one.agreement else None,
        _form(
            frame,
            f"/moderation/mediations/{one.mediation_id}",
            "edit",
            tag("input", type="hidden", name="version", value=kept.version),
            *_mediation_fields(frame, one),
        ),
    )


def _mediation_fields(frame: Frame, one: Mediation) -> list[Markup]:
    words = NETWORK[frame.lang]
    parties = "\n".join(f"{each.name} | {each.position}" for each in one.parties)
    meetings = "\n".join(f"{each.on} | {each.present} | {each.notes}" for each in one.meetings)
    return [
        _line("topic", words["topic"], value=one.topic, required=True),
        _line("concern", words["concern"], value=one.concern),
        _line("plot", words["plot"], value=one.plot),
        _area("parties", words["parties"], parties),
        _area("meetings", words["meetings"], meetings),
        _choice("outcome", words["outcome"], [(str(each), words[str(each)]) for each in Outcome], str(one.outcome)),
        _area("agreement", words["agreement"], one.agreement),
        _line("ended_on", words["ended_on"], type="date", value=one.ended_on.isoformat() if one.ended_on else ""),
        _line(
            "follow_up_on",
            words["follow_up_on"],
            type="date",
            value=one.follow_up_on.isoformat() if one.follow_up_on else "",
        ),
    ]


def _form(frame: Frame, path: str, what: str, *fields: Markup) -> Markup:
    words = NETWORK[frame.lang]
    return tag(
        "details",
        tag("summary", words[what]),
        tag(
            "form",
            *fields,
            tag("button", words["save"] if what != "import" else words["import"], class_="main"),
            method="post",
            action=frame.link(path),
        ),
        class_="card",
    )


def _line(name: str, label: str, **attributes: str | bool) -> Markup:
    return tag("label", tag("span", label), tag("input", name=name, **attributes), class_="wide")


def _area(name: str, label: str, value: str = "") -> Markup:
    return tag("label", tag("span", label), tag("textarea", value, name=name, rows=3), class_="wide")


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str | None = None) -> Markup:
    made = [tag("option", text, value=value, selected=value == chosen) for value, text in options]
    return tag("label", tag("span", label), tag("select", *made, name=name))
