"""Floor 6: keep projects and note their changes of phase, each with its day and reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from geo_service.base.errors import NotFound
from geo_service.neighbourhood.project import PhaseStep, Project, check_project, moved
from geo_service.store.kinds_projects import PROJECT
from geo_service.store.protocol import Store
from geo_service.store.records import Kept


def keep_project(
    store: Store, project: Project, *, expected: int, author: str, clock: Callable[[], datetime]
) -> Kept[Project]:
    """Keep a new project (``expected`` 0) under the next code, or replace one; a phase is changed by `change_phase`.

    Raises
    ------
    InputError
        When it contradicts itself, see `check_project`.
    NotFound
        When there is no such project or plot.
    Conflict
        When another version is kept than was seen.
    """
    check_project(project)
    strange = next((code for code in project.plots if store.plot(code) is None), None)
    if strange is not None:
        raise NotFound(f"no plot {strange}", remedy="name the code of a plot", plot=strange)
    with store.change(author=author, reason=f"project {project.title}"[:200], at=clock()) as tx:
        if expected:
            before = require_project(store, project.code).record
            kept = replace(project, phases=before.phases)
        else:
            kept = replace(project, code=f"V-{tx.next_number('project'):03d}")
        version = tx.put_record(PROJECT, kept, expected=expected)
    return Kept(kept, version)


def change_phase(
    store: Store, code: str, step: PhaseStep, *, author: str, clock: Callable[[], datetime]
) -> Kept[Project]:
    """Note that a project is in another phase; what is published shows it with its day at once.

    Raises
    ------
    NotFound, InputError, RuleBroken
        See `geo_service.neighbourhood.project.moved`.
    """
    with store.change(author=author, reason=f"{code} {step.phase}: {step.reason}"[:500], at=clock()) as tx:
        kept = require_project(store, code)
        after = moved(kept.record, step)
        version = tx.put_record(PROJECT, after, expected=kept.version)
    return Kept(after, version)


def require_project(store: Store, code: str) -> Kept[Project]:
    """Return a project.

    Raises
    ------
    NotFound
        There is none with this code.
    """
    kept = store.record(PROJECT, code)
    if kept is None:
        raise NotFound(f"there is no project {code}", remedy="see /projects", project=code)
    return kept
