"""Floor 1: projects (Vorhaben) of anyone in the area: where, by whom, in which phase since when, paid by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from geo_service.base.errors import InputError, RuleBroken
from geo_service.base.shapes import Shape


class Phase(StrEnum):
    """The four phases of the programme."""

    PREPARATION = "preparation"
    CONCEPT = "concept"
    UNDERWAY = "underway"
    COMPLETED = "completed"


PHASE_WORDS: Mapping[Phase, tuple[str, str]] = {
    Phase.PREPARATION: ("in Vorplanung/Ausschreibung", "in preparation/tender"),
    Phase.CONCEPT: ("in Planung/Konzeption", "in planning/design"),
    Phase.UNDERWAY: ("in Umsetzung", "underway"),
    Phase.COMPLETED: ("abgeschlossen", "completed"),
}
"""What each is called, exactly as the programme does, and in English."""


@dataclass(frozen=True)
class PhaseStep:
    """Since when a project is in a phase, and why it changed."""

    phase: Phase
    on: date
    reason: str = ""


@dataclass(frozen=True)
class Grant:
    """An approval: reference and day."""

    reference: str
    on: date


@dataclass(frozen=True)
class Source:
    """Who pays which part, in per cent."""

    name: str
    percent: float


@dataclass(frozen=True)
class Project:
    """A project.

    Attributes
    ----------
    code
        ``"V-012"``; stays.
    shape
        Where it is, degrees: point, line or area.
    carrier, tendered_on, awarded_on
        Who carries it out, when that was put out to tender and awarded.
    phases
        The earliest first; the last one holds.
    cost_cents
        None: not known.
    plots
        Codes of the plots that it touches.
    published
        Whether everybody may see it.
    """

    code: str
    title: str
    shape: Shape
    phases: tuple[PhaseStep, ...]
    about: str = ""
    carrier: str = ""
    tendered_on: date | None = None
    awarded_on: date | None = None
    approvals: tuple[Grant, ...] = ()
    cost_cents: int | None = None
    sources: tuple[Source, ...] = ()
    plots: tuple[str, ...] = ()
    published: bool = False
    source: str = ""

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        return self.phases[-1].phase


def check_project(project: Project) -> None:
    """Refuse a project that contradicts itself.

    Raises
    ------
    InputError
        When title, place or phase are missing, phases or tender are out of order, or shares do not make 100 %.
    """
    if not project.title.strip():
        raise InputError("the project has no title", remedy="say in a few words what it is")
    if not project.phases:
        raise InputError("the project has no phase", remedy=f"one of {', '.join(Phase)}, with its day")
    if project.shape.is_empty or not project.shape.is_valid:
        raise InputError("the place of the project cannot be drawn", remedy="draw it anew")
    days = [one.on for one in project.phases]
    if days != sorted(days):
        raise InputError("the phases are not in order", remedy="put the earlier one first")
    if any(one.phase is other.phase for one, other in zip(project.phases, project.phases[1:], strict=False)):
        raise InputError("a phase follows itself", remedy="name each change once")
    if project.tendered_on and project.awarded_on and project.awarded_on < project.tendered_on:
        raise InputError("the award lies before the tender", remedy="swap the days")
    if project.sources and abs(sum(one.percent for one in project.sources) - 100) > 0.001:
        raise InputError("the shares do not make 100 %", remedy="name who pays the rest")


def moved(project: Project, step: PhaseStep) -> Project:
    """Return a project in another phase; its history stays.

    Raises
    ------
    InputError
        When no reason is given.
    RuleBroken
        When it is in this phase already, or the day lies before the last change.
    """
    last = project.phases[-1]
    if not step.reason.strip():
        raise InputError(f"{project.code}: a change of phase without a reason", remedy="say why")
    if step.phase is last.phase or step.on < last.on:
        raise RuleBroken(
            f"{project.code} is {PHASE_WORDS[last.phase][1]} since {last.on}",
            remedy="name another phase and a day not before that",
            rule="project_phase",
            project=project.code,
        )
    return replace(project, phases=(*project.phases, step))
