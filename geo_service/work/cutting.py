"""Floor 2: protection of woody plants: the cutting ban of BNatSchG §39(5) and the tree statute of Leipzig."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo_service.base.errors import InputError, RuleBroken
from geo_service.work.model import WorkKind
from geo_service.work.season import in_season

CUTTING_BAN = ((3, 1), (9, 30))
"""First and last day, both inclusive, of the ban on cutting back, coppicing and removing woody plants."""

RULE = "BNatSchG §39(5)"


class ExceptionCode(StrEnum):
    """Grounds of BNatSchG §39(5) on which woody plants may be cut in the time of the ban."""

    ORDERED = "ordered"  # ordered by an authority
    PUBLIC_INTEREST = "public_interest"  # in the public interest, and not possible otherwise or at another time
    TRAFFIC_SAFETY = "traffic_safety"
    PERMITTED_BUILDING = "permitted_building"  # a permitted building project, minor growth only


@dataclass(frozen=True)
class CuttingException:
    """An exception to the ban: its ground and the evidence (file number, permit, report).

    Raises
    ------
    InputError
        When the evidence is blank.
    """

    code: ExceptionCode
    evidence: str

    def __post_init__(self) -> None:
        if not self.evidence.strip():
            raise InputError(
                f"exception '{self.code}' to {RULE} without evidence",
                remedy="name the order, permit or report it rests on",
                code_given=self.code.value,
            )


def cutting_refusal(kind: WorkKind, on: date, exception: CuttingException | None = None) -> str | None:
    """Return why ``kind`` may not be done on ``on``, in German, the rule named; None when it may.

    Gentle trimming of the year's growth is allowed all year: such work has ``woody_cut`` False.
    """
    if not kind.woody_cut or exception is not None or not in_season(CUTTING_BAN, on):
        return None
    return f"{kind.name_de} am {on:%d.%m.%Y}: {RULE}: 1. März bis 30. September nur mit Ausnahme und Nachweis"


def require_cutting_allowed(kind: WorkKind, on: date, exception: CuttingException | None = None) -> None:
    """Raise unless ``kind`` may be done on ``on``.

    Raises
    ------
    RuleBroken
        In the time of the ban, without an exception.
    """
    if cutting_refusal(kind, on, exception) is not None:
        raise RuleBroken(
            f"{kind.code} on {on}: {RULE} forbids it from 1 March to 30 September",
            remedy=f"choose a day from October to February, or give an exception with evidence: "
            f"{', '.join(code.value for code in ExceptionCode)}",
            rule=RULE,
            work=kind.code,
            on=on.isoformat(),
        )


@dataclass(frozen=True)
class Growth:
    """What woody growth stands on an unbuilt plot, at its largest; 0 where there is none.

    Attributes
    ----------
    tree_circumference_cm, fruit_circumference_cm
        Circumference of the stem 1.3 m above the ground, centimetres.
    shrub_m, hedge_m, climber_m
        Height, metres.
    """

    tree_circumference_cm: float = 0
    fruit_circumference_cm: float = 0
    shrub_m: float = 0
    hedge_m: float = 0
    climber_m: float = 0


def permit_needed(growth: Growth) -> tuple[str, ...]:
    """Return what is protected by Leipzig's tree statute on an unbuilt plot, in German; empty: no permit needed.

    Examples
    --------
    >>> permit_needed(Growth(tree_circumference_cm=31, hedge_m=1))
    ('Baum mit mehr als 30 cm Stammumfang',)
    """
    limits = (
        (growth.tree_circumference_cm, 30, "Baum mit mehr als 30 cm Stammumfang"),
        (growth.fruit_circumference_cm, 100, "Obstbaum mit mehr als 100 cm Stammumfang"),
        (growth.shrub_m, 4, "Strauch über 4 m Höhe"),
        (growth.hedge_m, 1, "Hecke über 1 m Höhe"),
        (growth.climber_m, 3, "Kletterpflanze über 3 m Höhe"),
    )
    return tuple(text for size, limit, text in limits if size > limit)
