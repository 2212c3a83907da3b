"""Floor 6: draw, change, retire or delete a plot, as a planner does on the map.

A plot that has been planned, visited or reported on is retired, which its history tells; only one without any record
can be deleted. Who changes a plot names the version that was looked at: another editor's change is never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo_service.actions.known_area import known_area
from geo_service.actions.plot_records import drop_claims, found_plot, neighbours, planned_remarks, records_of
from geo_service.base.clock import require_aware
from geo_service.base.crs import WGS84_EPSG
from geo_service.base.errors import Conflict, InputError
from geo_service.plots.codes import Codes, is_code
from geo_service.plots.columns import COLUMN, is_empty, parse_values, plot_properties
from geo_service.plots.drawn import Drawn, code_prefix, degrees_of, drawn_outline, is_echo, quarter_at, require_no_twin
from geo_service.plots.life import change_state
from geo_service.plots.model import Plot, PlotState, Quarter, StateChange
from geo_service.plots.reading import plot_id
from geo_service.plots.remarks import Remark, odd_contents, overlap_remarks
from geo_service.plots.update import oddities, updated
from geo_service.plots.version import plot_version
from geo_service.store.protocol import Store

AT_THE_DESK = "desk"
"""Source of plots that were drawn here."""

EDITABLE = frozenset(COLUMN) - {"plot_id", "code", "area_m2", "history", "source", "source_id", "public"}
"""Columns of `geo_service.plots.columns` that an editor may change. A code is given once, a new plot may be withheld
(``public``); afterwards only `geo_service.actions.set_publication` says what the public sees."""

_PLANNED_BY = frozenset(
    {"care_areas", "state", "tenure_kind", "tenure_from", "tenure_until", "baunvo", "contamination"}
)


TRIES = 3
"""So often a code is chosen anew because somebody took it meanwhile."""


class CodeTaken(Exception):
    """Somebody gave a code away since it was chosen; what was begun is rolled back."""


@dataclass(frozen=True)
class EditedPlot:
    """A plot as it stands after an edit.

    Attributes
    ----------
    version
        To be named by who changes it next.
    remarks
        What was mended, what is odd, what is left to be done.
    changed
        False when the edit says nothing new: then nothing was written.
    """

    plot: Plot
    version: str
    remarks: tuple[Remark, ...] = ()
    changed: bool = True


def create_plot(
    store: Store,
    outline: BaseGeometry,
    *,
    epsg: int = WGS84_EPSG,
    code: str | None = None,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
    author: str,
    clock: Callable[[], datetime],
) -> EditedPlot:
    """Draw a new plot.

    Parameters
    ----------
    outline
        In ``epsg``: degrees (4326, lon before lat) or the plan CRS. It is checked and mended as an import does.
    code
        By default the next code of its quarter.
    values
        By column name (`EDITABLE`, and ``public``), as files carry them; None or empty: not known.

    Raises
    ------
    InputError
        ``outline_refused`` (place, reason), ``twin`` (another plot has this outline), ``invalid_value`` (a column that
        is not known or cannot be read), ``no_code``.
    Conflict
        ``code_taken``.
    """
    now = require_aware(clock())
    said, _ = _read(values or {}, EDITABLE | {"public"})
    drawn = drawn_outline(outline, epsg=epsg, plan_epsg=store.plan_crs(), near=known_area(store))
    quarters = store.quarters()
    quarter, remarks = _quarter(drawn.geometry, quarters, said)
    state = said.pop("state", None) or PlotState.REGISTERED
    made = Plot(
        plot_id="",
        code="",
        geometry=drawn.geometry,
        epsg=drawn.epsg,
        area_m2=drawn.area_m2,
        quarter=quarter.key if quarter else "",
        state=state,
        source=AT_THE_DESK,
        history=(StateChange(state, now, author, reason or "am Arbeitsplatz angelegt"),),
    )
    made = updated(made, said, drawn.area_m2)
    for _ in range(TRIES):
        name = _free_code(store, code, quarter)
        made = replace(made, code=name, plot_id=plot_id(AT_THE_DESK, f"{name}\x1f{now.isoformat()}"))
        with (
            suppress(CodeTaken),
            store.change(author=author, reason=_told(f"drew the plot {name}", reason), at=now) as tx,
        ):
            require_free(store, [name])
            near = neighbours(store, made)
            require_no_twin(made.geometry, made.plot_id, near)
            if store.plan_crs() != made.epsg:
                tx.set_plan_crs(made.epsg)
            tx.put_plots([made])
            told = (*drawn.remarks, *remarks, *odd_contents(oddities(made)), *overlap_remarks(made, near))
            return EditedPlot(made, plot_version(made), told)
    raise _taken(made.code)


def change_plot(
    store: Store,
    code: str,
    values: Mapping[str, Any] | None = None,
    *,
    outline: BaseGeometry | None = None,
    epsg: int = WGS84_EPSG,
    expected: str | None,
    reason: str = "",
    author: str,
    clock: Callable[[], datetime],
) -> EditedPlot:
    """Change some fields of a plot, its outline, or both; what is not named stays.

    With a new outline the area is measured and the quarter found anew, and the only care area of a plot that covered it
    whole follows. An outline that comes back with its degrees rounded is no change. A change of ``state`` must be one
    that `geo_service.plots.life` allows, and needs a reason; its history tells who, when and why.

    Parameters
    ----------
    values
        By column name (`EDITABLE`), as files carry them; None or empty clears a field that can be empty.
    outline
        As in `create_plot`; None leaves it.
    expected
        The version that the editor looked at (`EditedPlot.version`, `geo_service.plots.version.plot_version`); None
        overwrites whatever is there.

    Raises
    ------
    NotFound
        There is no such plot.
    InputError
        As in `create_plot`.
    RuleBroken
        The plot's state cannot change so, or no reason is given for it.
    Conflict
        ``changed_meanwhile``: somebody changed it. ``fields``: ``expected`` and ``version``; ``sent`` and ``stands``,
        the plot as the editor wants it and as it stands (by column name); ``sent_outline`` and ``stands_outline``
        (GeoJSON in degrees); ``columns``, the names of what the editor sent.
    """
    now = require_aware(clock())
    said, columns = _read(values or {}, EDITABLE)
    before = found_plot(store, code)
    drawn = None
    if outline is not None:
        drawn = drawn_outline(outline, epsg=epsg, plan_epsg=before.epsg, near=known_area(store))
        columns = (*columns, "outline")
        if is_echo(drawn.geometry, before.geometry):
            drawn = None
    wanted, remarks = _changed(before, said, drawn, store.quarters())
    require_version(before, wanted, expected, columns)
    if "state" in said and said["state"] is not before.state:
        wanted = replace(wanted, state=before.state)
        wanted = change_state(wanted, said["state"], author=author, at=now, reason=reason)
    if wanted == before:
        return EditedPlot(before, plot_version(before), remarks, changed=False)
    told = _told(f"changed {code}: {', '.join(columns)}", reason)
    with store.change(author=author, reason=told, at=now) as tx:
        require_version(found_plot(store, code), wanted, plot_version(before), columns)
        near = neighbours(store, wanted)
        if drawn is not None:
            require_no_twin(wanted.geometry, wanted.plot_id, near)
        tx.put_plots([wanted])
    if drawn is not None or said.keys() & _PLANNED_BY:
        remarks += planned_remarks(store, [code])
    remarks += (*odd_contents(oddities(wanted)), *(overlap_remarks(wanted, near) if drawn is not None else ()))
    return EditedPlot(wanted, plot_version(wanted), remarks)


def retire_plot(
    store: Store, code: str, *, reason: str, expected: str | None, author: str, clock: Callable[[], datetime]
) -> EditedPlot:
    """Take a plot out of the service's care for good: its state is ``returned``; all that is kept of it stays.

    Urgent reports about it are withdrawn and locks of its visits lifted; what the plan in force has there stays until
    it is planned anew. The remarks tell of each.

    Raises
    ------
    NotFound
        There is no such plot.
    RuleBroken
        It is returned already, or no reason is given.
    Conflict
        ``changed_meanwhile``, as in `change_plot`.
    """
    now = require_aware(clock())
    before = found_plot(store, code)
    require_version(before, before, expected, ("state",))
    gone = change_state(before, PlotState.RETURNED, author=author, at=now, reason=reason)
    with store.change(author=author, reason=_told(f"retired {code}", reason), at=now) as tx:
        require_version(found_plot(store, code), gone, plot_version(before), ("state",))
        remarks = drop_claims(store, tx, code)
        tx.put_plots([gone])
    return EditedPlot(gone, plot_version(gone), (*remarks, *planned_remarks(store, [code])))


def delete_plot(
    store: Store,
    code: str,
    *,
    reason: str = "",
    expected: str | None,
    author: str,
    clock: Callable[[], datetime],
) -> Plot:
    """Delete a plot of which nothing is kept: one drawn by mistake. The ledger keeps that it was there.

    Raises
    ------
    NotFound
        There is no such plot.
    Conflict
        ``changed_meanwhile``, as in `change_plot`; ``plot_has_records``: something is kept of it; ``fields['records']``
        and ``fields['records_en']`` say what, in words.
    """
    before = found_plot(store, code)
    require_version(before, before, expected, ())
    with store.change(author=author, reason=_told(f"deleted {code}", reason), at=clock()) as tx:
        now = found_plot(store, code)
        require_version(now, before, plot_version(before), ())
        kept = records_of(store, now)
        if kept:
            raise Conflict(
                f"{code} cannot be deleted: {', '.join(one.text_en for one in kept)}",
                remedy="retire it instead: then all that is kept of it stays",
                code="plot_has_records",
                plot=code,
                records=[one.text for one in kept],
                records_en=[one.text_en for one in kept],
            )
        tx.drop_plots([before.plot_id])
    return before


def require_version(stands: Plot, wanted: Plot, expected: str | None, columns: tuple[str, ...]) -> None:
    """Refuse to change a plot that is not the one the editor looked at.

    Parameters
    ----------
    wanted
        The plot as the editor wants it.
    columns
        Names of what the editor sent.

    Raises
    ------
    Conflict
        ``changed_meanwhile``, with both.
    """
    version = plot_version(stands)
    if expected is not None and expected != version:
        raise Conflict(
            f"somebody changed {stands.code} meanwhile",
            remedy="look at both versions, then change it again",
            code="changed_meanwhile",
            plot=stands.code,
            expected=expected,
            version=version,
            sent=plot_properties(wanted),
            stands=plot_properties(stands),
            sent_outline=_geojson(wanted),
            stands_outline=_geojson(stands),
            columns=list(columns),
        )


def next_codes(store: Store, quarter: Quarter | None) -> Codes:
    """Return who gives out codes of a quarter; it knows those that plots there have."""
    if quarter is None:
        return Codes(plot.code for plot in store.plots())
    west, south, east, north = degrees_of(quarter.geometry, quarter.epsg).bounds
    return Codes(plot.code for plot in store.plots(bbox=(west, south, east, north)))


def require_free(store: Store, codes: Iterable[str]) -> None:
    """Refuse to go on in an open transaction when a plot has one of the codes by now.

    Raises
    ------
    CodeTaken
        One has.
    """
    if any(store.plot(code) is not None for code in codes):
        raise CodeTaken


def free_code(store: Store, codes: Codes, quarter: Quarter | None) -> str:
    """Return the next code of a quarter that no plot has, wherever it lies."""
    while True:
        code = codes.next(code_prefix(quarter))
        if store.plot(code) is None:
            return code


def _read(values: Mapping[str, Any], known: frozenset[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    strange = sorted(values.keys() - known)
    if strange:
        raise InputError(
            f"'{strange[0]}' is nothing that an editor changes",
            remedy=f"change one of: {', '.join(sorted(known))}",
            code="invalid_value",
            columns=strange,
        )
    said, complaints = parse_values(values)
    if "care_areas" in values and is_empty(values["care_areas"]):
        said["care_areas"] = ()
    if complaints:
        raise InputError(
            complaints[0].removesuffix(" and was left out"),
            remedy="correct it and send it again",
            code="invalid_value",
            columns=[one.split(" ", 1)[0] for one in complaints],
        )
    return said, tuple(values)


def _changed(
    before: Plot, said: Mapping[str, Any], drawn: Drawn | None, quarters: list[Quarter]
) -> tuple[Plot, tuple[Remark, ...]]:
    geometry, area_m2 = (drawn.geometry, drawn.area_m2) if drawn else (before.geometry, before.area_m2)
    wanted, quarter, remarks = before, before.quarter, drawn.remarks if drawn else ()
    if drawn is not None or "quarter" in said:
        place, more = _quarter(geometry, quarters, said)
        remarks += more
        quarter = place.key if place else "" if quarters else before.quarter
    wanted = replace(updated(before, said, area_m2), geometry=geometry, area_m2=area_m2, quarter=quarter)
    if said.get("care_areas") == ():
        wanted = replace(wanted, care_areas=())
    return wanted, remarks


def _quarter(
    outline: Any, quarters: list[Quarter], said: Mapping[str, Any]
) -> tuple[Quarter | None, tuple[Remark, ...]]:
    """Return the quarter that is named, else the one that holds most of the outline."""
    lies_in = quarter_at(outline, quarters)
    name = str(said.get("quarter") or "")
    told = next((one for one in quarters if name and name in (one.key, one.name, one.short)), None)
    if name and told is None:
        known = ", ".join(one.key for one in quarters)
        raise InputError(
            f"there is no quarter '{name[:40]}'",
            remedy=f"name one of: {known}",
            code="invalid_value",
            columns=["quarter"],
        )
    if told is not None and lies_in is not None and told.key != lies_in.key:
        de = f"{told.name} ist angegeben, das meiste liegt in {lies_in.name}"
        return told, (Remark("quarter", de, f"{told.name} is named, most of it lies in {lies_in.name}"),)
    if quarters and lies_in is None:
        return told, (Remark("quarter", "liegt außerhalb aller Quartiere", "lies outside all quarters"),)
    return told or lies_in, ()


def _free_code(store: Store, code: str | None, quarter: Quarter | None) -> str:
    if code is None:
        return free_code(store, next_codes(store, quarter), quarter)
    if not is_code(code):
        raise InputError(
            f"'{code[:40]}' is no code of a plot",
            remedy="write two to six capital letters, a dash and four to six digits: KLZ-0012",
            code="no_code",
        )
    if store.plot(code) is not None:
        raise _taken(code)
    return code


def _taken(code: str) -> Conflict:
    return Conflict(
        f"the code {code} is in use",
        remedy="leave the code out: the next free one is taken",
        code="code_taken",
        plot=code,
    )


def _told(what: str, reason: str) -> str:
    return f"{what}: {reason}"[:500] if reason else what


def _geojson(plot: Plot) -> dict[str, Any]:
    shape: dict[str, Any] = degrees_of(plot.geometry, plot.epsg).__geo_interface__
    return shape
