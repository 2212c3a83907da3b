"""Floor 8: projects over HTTP: everybody reads what is published, moderators keep them and change their phase."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

import shapely
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from shapely.errors import GEOSException

from geo_service.actions.projects import change_phase, keep_project, require_project
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day, PlotInPath
from geo_service.api.identity import Identity, IdentityHere
from geo_service.api.roles import READERS
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError, NotFound
from geo_service.neighbourhood.project import PHASE_WORDS, Grant, Phase, PhaseStep, Project, Source
from geo_service.outputs.plot_surroundings import surroundings
from geo_service.outputs.project_features import public_projects
from geo_service.store.kinds_projects import PROJECT
from geo_service.store.records import Kept

router = APIRouter(tags=["Projects"])

_LINE = r"^[^\x00-\x1f\x7f]*$"
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Line = Annotated[str, Field(max_length=200, pattern=_LINE)]
PhaseName = Literal["preparation", "concept", "underway", "completed"]
ProjectInPath = Annotated[str, Path(pattern=r"^V-[0-9]{3,6}$", description="Code of a project.", examples=["V-001"])]
_CHANGE = problems(400, 401, 403, 404, 409, 413, 422)


class PhaseTold(BaseModel, extra="forbid", strict=True):
    """Since when it is in a phase, and why."""

    phase: PhaseName
    on: Day
    reason: Line = Field(default="", description="Kept with the change.")


class GrantTold(BaseModel, extra="forbid", strict=True):
    """An approval."""

    reference: Line
    on: Day


class SourceTold(BaseModel, extra="forbid", strict=True):
    """Who pays which part."""

    name: Line
    percent: float = Field(ge=0, le=100)


class ProjectTold(BaseModel, extra="forbid", strict=True):
    """A project of anyone in the area."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=_LINE)]
    geometry: dict[str, Any] = Field(description="GeoJSON geometry in degrees: point, line or polygon.")
    phase: PhaseTold = Field(description="The first one; later ones are told to `/projects/{project}/phases`.")
    about: str = Field(default="", max_length=4000, pattern=_TEXT)
    carrier: Line = ""
    tendered_on: Day | None = None
    awarded_on: Day | None = None
    approvals: list[GrantTold] = Field(default=[], max_length=50)
    cost_cents: int | None = Field(default=None, ge=0, le=10**13)
    sources: list[SourceTold] = Field(default=[], max_length=20)
    plots: list[Annotated[str, Field(pattern=r"^[\w.\- ]{1,80}$")]] = Field(default=[], max_length=200)
    published: bool = False
    source: Line = ""
    version: int | None = Field(default=None, ge=0, le=2**53, description="Version that you saw, when it is changed.")

    def project(self, code: str) -> Project:
        """Return it as a value."""
        first = self.phase
        return Project(
            code=code,
            title=self.title.strip(),
            shape=_shape(self.geometry),
            phases=(PhaseStep(Phase(first.phase), first.on, first.reason),),
            about=self.about.strip(),
            carrier=self.carrier.strip(),
            tendered_on=self.tendered_on,
            awarded_on=self.awarded_on,
            approvals=tuple(Grant(one.reference, one.on) for one in self.approvals),
            cost_cents=self.cost_cents,
            sources=tuple(Source(one.name, one.percent) for one in self.sources),
            plots=tuple(dict.fromkeys(self.plots)),
            published=self.published,
            source=self.source,
        )


class PhaseAnswer(BaseModel):
    """A phase of a project."""

    phase: PhaseName
    name: str = Field(description="As the programme names it, in German.")
    on: date
    reason: str = Field(description="For those who are signed in.")


class ProjectAnswer(BaseModel):
    """A project."""

    project: str
    title: str
    geometry: dict[str, Any]
    phase: PhaseName
    phases: list[PhaseAnswer] = Field(description="The earliest first; the last one holds.")
    about: str
    carrier: str
    tendered_on: date | None
    awarded_on: date | None
    approvals: list[GrantTold]
    cost_cents: int | None
    sources: list[SourceTold]
    plots: list[str]
    published: bool
    source: str
    version: int


class ProjectList(BaseModel):
    """In order of their codes."""

    projects: list[ProjectAnswer]


class NearAnswer(BaseModel):
    """Something near a plot."""

    what: Literal["project", "occasion", "concern"]
    key: str
    title: str
    state: str
    on: date
    away_m: float


class NearList(BaseModel):
    """The nearest first."""

    near: list[NearAnswer]


class NearQuery(BaseModel, extra="forbid"):
    """How far around is looked."""

    within_m: int = Field(default=250, ge=0, le=5000, description="Metres around the outline of the plot.")


@router.get(
    "/projects",
    summary="List projects",
    description="Those that are published; readers see all.",
    responses=problems(400),
)
def list_projects(desk: DeskHere, who: IdentityHere) -> ProjectList:
    """Return the projects that somebody may see."""
    return ProjectList(projects=[_answer(one, who) for one in _seen(desk, who)])


@router.get(
    "/projects/{project}", summary="Read a project", description="With all its phases.", responses=problems(400, 404)
)
def read_project(project: ProjectInPath, desk: DeskHere, who: IdentityHere) -> ProjectAnswer:
    """Return a project."""
    found = next((one for one in _seen(desk, who) if one.record.code == project), None)
    if found is None:
        raise NotFound(f"there is no project {project}", remedy="see /projects", project=project)
    return _answer(found, who)


@router.post(
    "/projects", status_code=201, summary="Keep a project", description="Its code is given to it.", responses=_CHANGE
)
def add_project(asked: ProjectTold, desk: DeskHere, who: IdentityHere) -> ProjectAnswer:
    """Keep a new project."""
    made = keep_project(desk.store, asked.project(""), expected=0, author=who.label, clock=desk.clock)
    return _answer(made, who)


@router.put(
    "/projects/{project}", summary="Change a project", description="All but its phases, which stay.", responses=_CHANGE
)
def put_project(project: ProjectInPath, asked: ProjectTold, desk: DeskHere, who: IdentityHere) -> ProjectAnswer:
    """Replace a project."""
    kept = require_project(desk.store, project)
    seen = kept.version if asked.version is None else asked.version
    made = keep_project(desk.store, asked.project(project), expected=seen, author=who.label, clock=desk.clock)
    return _answer(made, who)


@router.post(
    "/projects/{project}/phases",
    status_code=201,
    summary="Change the phase of a project",
    description="Public with its day at once, when the project is.",
    responses=_CHANGE,
)
def tell_phase(project: ProjectInPath, asked: PhaseTold, desk: DeskHere, who: IdentityHere) -> ProjectAnswer:
    """Note a change of phase."""
    step = PhaseStep(Phase(asked.phase), asked.on, asked.reason)
    return _answer(change_phase(desk.store, project, step, author=who.label, clock=desk.clock), who)


@router.get(
    "/plots/{plot}/surroundings",
    summary="Look around a plot",
    description="Projects, coming occasions and open concerns near it.",
    responses=problems(400, 401, 403, 404),
)
def look_around(plot: PlotInPath, asked: Annotated[NearQuery, Query()], desk: DeskHere) -> NearList:
    """Return what is near a plot."""
    found = desk.store.plot(plot)
    if found is None:
        raise NotFound(f"no plot {plot}", remedy="name the code of a plot", plot=plot)
    today = desk.clock().astimezone(BERLIN).date()
    near = surroundings(desk.store, found, today, within_m=asked.within_m)
    return NearList(near=[NearAnswer.model_validate(vars(one) | {"away_m": round(one.away_m, 1)}) for one in near])


def _seen(desk: Desk, who: Identity) -> list[Kept[Project]]:
    kept = desk.store.records(PROJECT)
    if who.role in READERS:
        return kept
    shown = {one.code for one in public_projects(desk.store)}
    return [one for one in kept if one.record.code in shown]


def _shape(geometry: dict[str, Any]) -> shapely.Geometry:
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
        west, south, east, north = shape.bounds
    except (GEOSException, ValueError, TypeError, RecursionError) as error:
        raise InputError("the geometry is no GeoJSON", remedy="write it as RFC 7946 asks, degrees lon, lat") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90) or shapely.get_num_coordinates(shape) > 5000:
        raise InputError("the geometry lies nowhere on earth, or is too large", remedy="draw it in degrees lon, lat")
    return shape


def _answer(kept: Kept[Project], who: Identity) -> ProjectAnswer:
    one, reader = kept.record, who.role in READERS
    return ProjectAnswer(
        project=one.code,
        title=one.title,
        geometry=json.loads(shapely.to_geojson(one.shape)),
        phase=one.phase.value,
        phases=[
            PhaseAnswer(
                phase=step.phase.value,
                name=PHASE_WORDS[step.phase][0],
                on=step.on,
                reason=step.reason if reader else "",
            )
            for step in one.phases
        ],
        about=one.about,
        carrier=one.carrier,
        tendered_on=one.tendered_on,
        awarded_on=one.awarded_on,
        approvals=[GrantTold.model_construct(reference=each.reference, on=each.on) for each in one.approvals],
        cost_cents=one.cost_cents,
        sources=[SourceTold(name=each.name, percent=each.percent) for each in one.sources],
        plots=list(one.plots) if reader else [],
        published=one.published,
        source=one.source,
        version=kept.version,
    )
