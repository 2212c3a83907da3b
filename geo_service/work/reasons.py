"""Floor 2: why work is due or kept out, in words: German first, English beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from geo_service.plots.model import CareKind, Contamination, Plot, PlotState
from geo_service.work.cutting import CUTTING_BAN, RULE, CuttingException
from geo_service.work.due import Due
from geo_service.work.lawful import season_de, season_en
from geo_service.work.model import NotDue, WorkKind
from geo_service.work.season import in_season
from geo_service.work.tenure import NAMES_DE, NAMES_EN, ends_soon, tenure_refusal

STATES_DE = {
    PlotState.REGISTERED: "erfasst",
    PlotState.CLEARED: "geräumt",
    PlotState.GREENED: "begrünt",
    PlotState.MAINTAINED: "in Pflege",
    PlotState.SET_ASIDE: "zurückgestellt",
    PlotState.RETURNED: "zurückgegeben",
}


@dataclass(frozen=True)
class Words:
    """The same in German and in English."""

    de: str
    en: str


def why_due(
    plot: Plot, kind: WorkKind, due: Due, *, done_on: date | None, on: date, exception: CuttingException | None
) -> Words:
    """Return why a work is due, with what a planner must know; ``on`` is the first day of the period."""
    return _joined([_cause(plot, kind, due, done_on), *_warnings(plot, kind, on, exception)])


def to_heed(kind: WorkKind, on: date) -> Words:
    """Return what the crew must check or leave alone by law; ``on`` is the first day of the period."""
    said: list[Words] = []
    if kind.clears_growth:
        said.append(Words("vorher Baumschutzsatzung prüfen", "check the tree statute before"))
        if in_season(CUTTING_BAN, on):
            said.append(Words(f"Gehölze stehen lassen ({RULE})", f"leave woody plants standing ({RULE})"))
    if kind.woody_cut or kind.care is CareKind.HEDGE:
        said.append(Words("vorher auf Nester prüfen (BNatSchG §44)", "check for nests before (BNatSchG §44)"))
    return _joined(said)


def part_of(words: Words, part: int, parts: int) -> Words:
    """Add which part of a divided job this is."""
    if parts == 1:
        return words
    return Words(f"{words.de}; Teil {part} von {parts}", f"{words.en}; part {part} of {parts}")


def at_rest(plot: Plot) -> NotDue:
    """Say that a plot is set aside or returned."""
    return _kept(plot, None, "state", f"Fläche ist {STATES_DE[plot.state]}", f"the plot is {_state_en(plot)}")


def no_right(plot: Plot, on: date) -> NotDue:
    """Say that the right to work there does not cover the period that begins ``on``."""
    tenure = plot.tenure
    ended = tenure.until_on is not None and tenure.until_on < on
    en = f"ended on {tenure.until_on}" if ended else f"begins only on {tenure.from_on}"
    return _kept(plot, None, "tenure", tenure_refusal(tenure, on) or "", f"{NAMES_EN[tenure.kind]} {en}")


def ends_before_due(plot: Plot, kind: WorkKind, due: Due) -> NotDue:
    """Say that the right to work there ends before the work is due."""
    until_on = plot.tenure.until_on
    return _kept(
        plot,
        kind,
        "tenure",
        f"fällig am {_de(due.due_on)}, {NAMES_DE[plot.tenure.kind]} endet am {_de(until_on)}",
        f"due on {due.due_on}, {NAMES_EN[plot.tenure.kind]} ends on {until_on}",
    )


def out_of_season(plot: Plot, kind: WorkKind, due: Due, on: date) -> NotDue:
    """Say that the season is closed until the work is due; the cutting ban is named when it is the cause."""
    if kind.woody_cut and in_season(CUTTING_BAN, on):
        return _kept(
            plot,
            kind,
            "law",
            f"{RULE}: 1. März bis 30. September nur mit Ausnahme und Nachweis; fällig ab {_de(due.due_on)}",
            f"{RULE}: 1 March to 30 September only with an exception and evidence; due from {due.due_on}",
        )
    return _kept(
        plot,
        kind,
        "season",
        f"Saison {season_de(kind)}; fällig ab {_de(due.due_on)}",
        f"season {season_en(kind)}; due from {due.due_on}",
    )


def contaminated(plot: Plot, kind: WorkKind) -> NotDue:
    """Say that the ground must not be broken."""
    return _kept(
        plot,
        kind,
        "contaminated",
        "Altlast: Eingriff in den Boden nur nach Freigabe",
        "contaminated: the ground is broken only after clearance",
    )


def not_inspected(plot: Plot, kind: WorkKind) -> NotDue:
    """Say that contamination is unknown and nobody has looked yet."""
    return _kept(
        plot,
        kind,
        "contamination_unknown",
        "Altlasten unbekannt: erst nach einer Begehung",
        "contamination unknown: only after an inspection",
    )


def waits(plot: Plot, kind: WorkKind, before: WorkKind, ready_on: date | None) -> NotDue:
    """Say that another work must be done before, or that its settling time lasts beyond the period."""
    de, en = f"erst nach: {before.name_de}", f"only after: {before.name_en}"
    if ready_on is not None:
        de, en = f"{de}, also ab {_de(ready_on)}", f"{en}, so from {ready_on}"
    return _kept(plot, kind, "predecessor", de, en)


def unlawful(plot: Plot, kind: WorkKind, forbidden: Iterable[str]) -> NotDue:
    """Say that no day of the period is lawful, with the rules in German."""
    rules = "; ".join(dict.fromkeys(forbidden))
    return _kept(plot, kind, "law", f"kein zulässiger Tag: {rules}", f"no lawful day: {rules}")


def _kept(plot: Plot, kind: WorkKind | None, code: str, de: str, en: str) -> NotDue:
    return NotDue(plot.code, "" if kind is None else kind.code, code, de, en)


def _cause(plot: Plot, kind: WorkKind, due: Due, done_on: date | None) -> Words:
    if kind.interval_days is None:
        return Words(f"einmalig, Fläche ist {STATES_DE[plot.state]}", f"to be done once, the plot is {_state_en(plot)}")
    shortest, longest = kind.interval_days
    every = Words(f"alle {shortest} bis {longest} Tage", f"every {shortest} to {longest} days")
    if due.case == "again":
        return Words(f"erneut im Zeitraum, {every.de}", f"again in the period, {every.en}")
    if done_on is None:
        return Words(f"noch nie erledigt, {every.de}", f"never done yet, {every.en}")
    since = Words("", "")
    if due.case == "overdue":
        truly_on = date.fromisoformat(due.anchor)
        since = Words(f", überfällig seit {_de(truly_on)}", f", overdue since {truly_on}")
    return Words(f"zuletzt am {_de(done_on)}, {every.de}{since.de}", f"last done {done_on}, {every.en}{since.en}")


def _warnings(plot: Plot, kind: WorkKind, on: date, exception: CuttingException | None) -> list[Words]:
    said: list[Words] = []
    if kind.woody_cut and exception is not None:
        said.append(
            Words(
                f"Ausnahme {exception.code.value}: {exception.evidence}",
                f"exception {exception.code.value}: {exception.evidence}",
            )
        )
    if kind.ground_disturbing and plot.contamination is Contamination.UNKNOWN:
        said.append(Words("Altlasten unbekannt", "contamination unknown"))
    if ends_soon(plot.tenure, on):
        until_on = plot.tenure.until_on
        said.append(
            Words(
                f"{NAMES_DE[plot.tenure.kind]} endet am {_de(until_on)}",
                f"{NAMES_EN[plot.tenure.kind]} ends on {until_on}",
            )
        )
    return said


def _joined(parts: Iterable[Words]) -> Words:
    told = list(parts)
    return Words("; ".join(part.de for part in told), "; ".join(part.en for part in told))


def _state_en(plot: Plot) -> str:
    return plot.state.value.replace("_", " ")


def _de(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day is not None else ""
