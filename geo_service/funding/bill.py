"""Floor 3: a bill of quantities made of the demand: what falls due on which plots, in the order that GAEB gives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from geo_service.funding.lots import Position
from geo_service.plots.model import Plot
from geo_service.work.model import Catalogue, Visit

COUNTED = frozenset({"inspect", "tree_check"})
"""Works that are paid by the visit, whatever the area; all others by the square metre."""


def bill_of(
    visits: Iterable[Visit],
    plots: Iterable[Plot],
    catalogue: Catalogue,
    districts: Mapping[str, str],
    *,
    counted: Collection[str] = COUNTED,
) -> tuple[Position, ...]:
    """Return a position for each plot and work that falls due, ordered by district, work and plot.

    The ordinal number counts districts from 01, works of a district from 01, plots of a work in steps of ten, so that
    a position can be put in between. A job that was cut into parts counts as one cycle. Areas are whole square metres.

    Parameters
    ----------
    visits
        What falls due in the time of the lot, see `geo_service.work.demand.due_visits`.
    districts
        Name by key of the quarter (Ortsteil) that a plot lies in.
    """
    cycles: dict[tuple[str, str], int] = {}
    by_code = {plot.code: plot for plot in plots}
    for visit in visits:
        if visit.part == 1 and visit.plot_code in by_code and visit.work in catalogue.kinds:
            asked = (visit.plot_code, visit.work)
            cycles[asked] = cycles.get(asked, 0) + 1
    tree: dict[str, dict[str, list[str]]] = {}
    for code, work in sorted(cycles):
        tree.setdefault(by_code[code].quarter, {}).setdefault(work, []).append(code)
    positions: list[Position] = []
    for first, (key, works) in enumerate(sorted(tree.items()), start=1):
        for second, (work, codes) in enumerate(sorted(works.items()), start=1):
            kind = catalogue.kinds[work]
            for third, code in enumerate(codes, start=1):
                plot = by_code[code]
                per_visit = work in counted
                positions.append(
                    Position(
                        oz=f"{first:02d}.{second:02d}.{10 * third:04d}",
                        title=districts.get(key, key),
                        section=kind.name_de,
                        text=", ".join(part for part in (kind.name_de, code, plot.address) if part),
                        work=work,
                        plot=code,
                        unit="visit" if per_visit else "m2",
                        per_cycle=1 if per_visit else max(1, round(kind.area_m2(plot))),
                        cycles=cycles[code, work],
                    )
                )
    return tuple(positions)
