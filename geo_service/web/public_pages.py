"""Floor 8: `/neighbourhood`: what everybody may know of plots, concerns and dates, with sources and imprint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from geo_service.base.clock import BERLIN
from geo_service.base.errors import NotFound
from geo_service.funding.cents import euros
from geo_service.neighbourhood.concern import STATUS_WORDS, Concern
from geo_service.neighbourhood.concern_services import CONCERN_KIND
from geo_service.neighbourhood.occasions import OccasionDate, dates_of
from geo_service.neighbourhood.project import PHASE_WORDS, PhaseStep, Project
from geo_service.outputs.concern_features import public_concerns
from geo_service.outputs.occasion_features import occasion_places, place_of
from geo_service.outputs.project_features import public_projects
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.words import number, numeric_date
from geo_service.plots.model import Plot
from geo_service.store.kinds_network import OCCASION
from geo_service.store.protocol import Store
from geo_service.web.frame import NO_STORE, Frame
from geo_service.web.markup import Child, Markup, join, tag
from geo_service.web.page_desk import PageDesk
from geo_service.web.public_words import PUBLIC
from geo_service.web.words import Lang, as_lang
from geo_service.work.calendar import holiday_name

Code = Annotated[str, Path(pattern=r"^V-[0-9]{3,6}$")]
WEEKS = timedelta(weeks=4)


def public_router(desk: PageDesk) -> APIRouter:
    """Return the routes of the public page."""
    router = APIRouter(include_in_schema=False)

    def framed(request: Request, path: str, *, scripts: tuple[str, ...] = ()) -> Frame:
        lang = as_lang(request.query_params.get("lang", "de"))
        return Frame(path, lang, desk.who_of(request), ("public",), scripts, desk.store.is_sample())

    def own_page(request: Request, name: str) -> HTMLResponse:
        frame = framed(request, f"/neighbourhood/{name}")
        words, told = PUBLIC[frame.lang], desk.own_text(name)
        note = None if told else tag("p", words["template"].format(file=f"{name}.txt"), class_="said bad")
        text = tag("section", tag("p", told or words[f"{name}_text"], class_="prose"))
        return HTMLResponse(frame.page(words[name], note, text), headers=NO_STORE)

    @router.get("/neighbourhood")
    def show(request: Request) -> HTMLResponse:
        frame = framed(request, "/neighbourhood", scripts=("js/public_map.js",))
        return HTMLResponse(_page(frame, desk.store, desk.today()), headers=NO_STORE)

    @router.get("/neighbourhood/projects/{project}")
    def project(request: Request, project: Code) -> HTMLResponse:
        frame = framed(request, f"/neighbourhood/projects/{project}")
        found = next((one for one in public_projects(desk.store) if one.code == project), None)
        if found is None:
            raise NotFound(f"there is no project {project}", remedy="see /neighbourhood", project=project)
        return HTMLResponse(_project_page(frame, found), headers=NO_STORE)

    @router.get("/neighbourhood/imprint")
    def imprint(request: Request) -> HTMLResponse:
        return own_page(request, "imprint")

    @router.get("/neighbourhood/accessibility")
    def accessibility(request: Request) -> HTMLResponse:
        return own_page(request, "accessibility")

    return router


def _page(frame: Frame, store: Store, today: date) -> str:
    words = PUBLIC[frame.lang]
    layers = [
        tag(
            "label",
            tag("input", type="radio", name="layer", value=name, checked=name == "plots"),
            words[name],
            class_="check",
        )
        for name in ("plots", *RECORD_LAYERS)
    ]
    return frame.page(
        words["title"],
        tag("p", words["intro"]),
        tag("p", tag("a", words["report"], href=frame.link("/concern"), class_="button main")),
        tag(
            "section",
            tag("fieldset", tag("legend", words["layer"]), *layers, id="layers"),
            tag("div", id="public-map", role="application", aria_label=words["map"]),
            hidden=True,
        ),
        _dates(frame, store, today),
        _concerns(frame, public_concerns(store)),
        _projects(frame, public_projects(store)),
        _plots(frame, store.plots(public_only=True)),
        _sources(frame, store),
    )


def _dates(frame: Frame, store: Store, today: date) -> Markup:
    words, places = PUBLIC[frame.lang], occasion_places(store)
    found: list[tuple[OccasionDate, str, str]] = []
    for kept in store.records(OCCASION):
        place = place_of(kept.record, places)
        where = ", ".join(text for text in (place.name, place.address) if text)
        found += [
            (each, kept.record.title, where) for each in dates_of(kept.record, holiday_name, today, today + WEEKS)
        ]
    rows = [
        tag(
            "li",
            tag(
                "time",
                f"{numeric_date(each.on, frame.lang)}, {each.starts:%H:%M}–{each.ends:%H:%M}",
                datetime=each.starts.isoformat(),
                class_=None if each.takes_place else "off",
            ),
            f" {title} · {where}",
            None if each.takes_place else tag("strong", f" {words['falls_out']}: {each.why_not}"),
        )
        for each, title, where in sorted(found, key=lambda one: (one[0].starts, one[1]))
    ]
    return tag(
        "section",
        tag("h2", words["dates"]),
        tag("ul", *rows, class_="dates") if rows else tag("p", words["no_dates"], class_="quiet"),
        tag("p", tag("a", words["subscribe"], href="/occasions.ics")),
        id="dates",
    )


def _concerns(frame: Frame, found: Sequence[Concern]) -> Markup:
    words, lang = PUBLIC[frame.lang], frame.lang
    rows: list[Sequence[Child]] = [
        (
            one.number,
            CONCERN_KIND[one.kind].name(lang),
            STATUS_WORDS[one.status][lang],
            numeric_date(one.changed_at.astimezone(BERLIN).date(), lang),
            one.public_text,
        )
        for one in reversed(found)
    ]
    heads = [words[name] for name in ("number", "kind", "status", "since", "text")]
    table = _table(heads, rows, words["concerns_title"]) if rows else tag("p", words["no_concerns"], class_="quiet")
    return tag("section", tag("h2", words["concerns_title"]), table, id="concerns")


def _projects(frame: Frame, found: Sequence[Project]) -> Markup:
    words, lang = PUBLIC[frame.lang], frame.lang
    rows = [
        tag(
            "li",
            tag("a", one.title, href=frame.link(f"/neighbourhood/projects/{one.code}")),
            f" · {_phase(one.phases[-1], lang)}",
        )
        for one in found
    ]
    listed = tag("ul", *rows, class_="links") if rows else tag("p", words["no_projects"], class_="quiet")
    return tag("section", tag("h2", words["projects_title"]), listed, id="projects")


def _phase(step: PhaseStep, lang: Lang) -> str:
    german, english = PHASE_WORDS[step.phase]
    return f"{english if lang == 'en' else german} ({PUBLIC[lang]['since']} {numeric_date(step.on, lang)})"


def _project_page(frame: Frame, one: Project) -> str:
    words, lang = PUBLIC[frame.lang], frame.lang
    funding = ", ".join(f"{each.name} {each.percent:g} %" for each in one.sources)
    facts: list[tuple[str, Child]] = [
        (words["phase"], tag("strong", _phase(one.phases[-1], lang))),
        (words["carrier"], one.carrier),
        (words["tendered"], numeric_date(one.tendered_on, lang) if one.tendered_on else ""),
        (words["awarded"], numeric_date(one.awarded_on, lang) if one.awarded_on else ""),
        (words["approvals"], ", ".join(f"{a.reference} ({numeric_date(a.on, lang)})" for a in one.approvals)),
        (words["cost"], "" if one.cost_cents is None else euros(one.cost_cents, lang)),
        (words["funding"], funding),
    ]
    told = [join(tag("dt", name), tag("dd", value)) for name, value in facts if value]
    return frame.page(
        one.title,
        tag("section", tag("p", one.about) if one.about else None, tag("dl", *told, class_="facts")),
        tag(
            "section",
            tag("h2", words["phases"]),
            tag("ol", *(tag("li", _phase(step, lang)) for step in one.phases), class_="links"),
        ),
        tag("p", tag("a", words["title"], href=frame.link("/neighbourhood"), class_="button")),
    )


def _plots(frame: Frame, plots: Sequence[Plot]) -> Markup:
    words = PUBLIC[frame.lang]
    rows: list[Sequence[Child]] = [
        (
            one.code,
            one.address,
            ", ".join(parcel.display for parcel in one.parcels),
            f"{number(one.area_m2, frame.lang)} m²",
        )
        for one in plots
    ]
    heads = [words[name] for name in ("code", "address", "parcels", "area")]
    return tag(
        "section",
        tag("h2", words["plots_title"]),
        tag("p", words["plots_note"], class_="quiet"),
        tag("details", tag("summary", f"{len(rows)} {words['plots']}"), _table(heads, rows, words["plots_title"])),
        id="plots",
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[Child]], name: str) -> Markup:
    body = [tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest)) for first, *rest in rows]
    head = tag("tr", *(tag("th", one, scope="col") for one in heads))
    made = tag("table", tag("thead", head), tag("tbody", *body))
    return tag("div", made, class_="wide-table", tabindex=0, role="region", aria_label=name)


def _sources(frame: Frame, store: Store) -> Markup:
    words, network = PUBLIC[frame.lang], store.streets()
    streets = f"{network.source}, {network.licence}" if network is not None else "–"
    links = (
        (words["machine"], "/collections"),
        (words["open311"], "/open311/v2/discovery.json"),
        (words["imprint"], frame.link("/neighbourhood/imprint")),
        (words["accessibility"], frame.link("/neighbourhood/accessibility")),
    )
    return tag(
        "section",
        tag("h2", words["data"]),
        tag("p", words["own"], " ", words["source"].format(source=streets), class_="quiet"),
        tag("ul", *(tag("li", tag("a", name, href=path)) for name, path in links), class_="links"),
    )
