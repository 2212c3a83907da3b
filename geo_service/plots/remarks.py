"""Floor 1: what an editor of a plot must know although it is taken, in German and in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from geo_service.plots.account import Account
from geo_service.plots.checks import overlaps
from geo_service.plots.model import Plot, PlotState
from geo_service.plots.table import object_array


@dataclass(frozen=True)
class Remark:
    """Something odd, mended or left to be done.

    Attributes
    ----------
    code
        Stable: ``repaired``, ``shape``, ``overlap``, ``contents``, ``quarter``, ``value``, ``planned``, ``event``,
        ``lock``, ``exception``, ``records``, ``differs``.
    text, text_en
        For people, German and English.
    plot
        Code of the other plot that it is about, or empty.
    """

    code: str
    text: str
    text_en: str
    plot: str = ""


_GERMAN = (
    (r"the outline crosses itself", "der Umriss kreuzt sich selbst"),
    (r"a ring touches or crosses itself", "ein Ring berührt oder kreuzt sich selbst"),
    (r"a hole lies outside the outline", "eine Aussparung liegt außerhalb des Umrisses"),
    (r"holes lie inside one another", "Aussparungen liegen ineinander"),
    (r"holes cut the outline into pieces", "Aussparungen zerteilen den Umriss"),
    (r"parts lie inside one another", "Teile liegen ineinander"),
    (r"a ring is there twice", "ein Ring ist doppelt"),
    (r"a ring has too few corners", "ein Ring hat zu wenige Ecken"),
    (r"axes swapped", "Länge und Breite waren vertauscht"),
    (r"its outline was taken out of a collection of (\d+) geometries", r"Umriss aus einer Sammlung von \1 Geometrien"),
    (r" near (\S+)° E (\S+)° N", r" bei \1° O \2° N"),
    (r"tiny: (\S+) m²", r"winzig: \1 m²"),
    (r"a sliver: (\S+) m wide on average", r"ein Splitter: im Mittel \1 m breit"),
    (r"huge: (\S+) km²", r"riesig: \1 km²"),
    (r"its tenure ends (\S+) before it begins (\S+)", r"das Recht endet am \1, bevor es am \2 beginnt"),
    (r"care areas add up to (\S+) m² on a plot of (\S+) m²", r"Pflegeflächen ergeben \1 m², die Fläche hat \2 m²"),
    (r"its access lies (\S+) m away from it", r"der Zugang liegt \1 m entfernt"),
    (r"mending would change its area from (\S+) to (\S+) m²", r"berichtigt hätte er \2 statt \1 m²"),
    (r"same outline as row (\d+)", r"gleicher Umriss wie Zeile \1"),
    (r"^id (.+) is also row (\d+)", r"die Kennung \1 hat auch Zeile \2"),
    (r"it is a point, not an outline", "ein Punkt, kein Umriss"),
    (r"it is a line, not an outline", "eine Linie, kein Umriss"),
    (r"it is a (.+), not an outline", r"\1, kein Umriss"),
    (r"its geometry is empty", "ohne Umriss"),
    (r"a coordinate is no finite number", "eine Koordinate ist keine Zahl"),
    (r"its coordinates are no degrees", "die Koordinaten sind keine Grade"),
    (r"its coordinates have no place on earth", "die Koordinaten liegen nirgends auf der Erde"),
    (r"its coordinates have no place in (EPSG:\d+)", r"die Koordinaten liegen nicht in \1"),
    (r"its outline has no area", "der Umriss umschließt nichts"),
    (r"its (\S+) m² are below the minimum of (\S+) m²", r"\1 m² sind weniger als die Mindestgröße von \2 m²"),
    (r"draw its outline again", "den Umriss neu zeichnen"),
    (r"draw its outline", "den Umriss zeichnen"),
    (r"nothing to do: one of them is enough", "nichts zu tun: einer genügt"),
    (r"give each outline its own id", "jedem Umriss eine eigene Kennung geben"),
    (
        r"give polygons: draw the outline, or join it with parcels by id or place",
        "den Umriss zeichnen oder mit den Flurstücken verbinden",
    ),
    (
        r"check its coordinates and the coordinate reference system; leave it out if it belongs elsewhere",
        "Koordinaten und Bezugssystem prüfen; weglassen, wenn es woanders hingehört",
    ),
)


def in_german(text: str) -> str:
    """Return what the register says of an outline or its contents in German; what it does not know stays English.

    Examples
    --------
    >>> in_german("the outline crosses itself near 12.33000° E 51.32000° N")
    'der Umriss kreuzt sich selbst bei 12.33000° O 51.32000° N'
    """
    for english, german in _GERMAN:
        text = re.sub(english, german, text)
    return text


def remarks_of(account: Account) -> tuple[Remark, ...]:
    """Return what an account of one row tells: what was mended and what is odd."""
    told = [
        Remark("repaired", f"Umriss berichtigt: {in_german(reason)}", f"outline mended: {reason}")
        for reason, _ in account.repairs.values()
    ]
    return (*told, *(Remark("shape", in_german(text), text) for _, text in account.warnings))


def odd_contents(texts: Iterable[str]) -> tuple[Remark, ...]:
    """Return what of a plot's contents does not fit together, as `geo_service.plots.update.oddities` says it."""
    return tuple(Remark("contents", in_german(text), text) for text in texts)


def overlap_remarks(plot: Plot, others: Iterable[Plot]) -> tuple[Remark, ...]:
    """Return the other plots that a plot overlaps beyond what `geo_service.plots.checks` tolerates, the largest first.

    Plots that were returned lie where others may lie now: they are passed over.
    """
    near = [one for one in others if one.plot_id != plot.plot_id and one.state is not PlotState.RETURNED]
    found = [
        (shared, near[second - 1])
        for first, second, shared in overlaps(object_array([plot.geometry, *(one.geometry for one in near)]))
        if first == 0
    ]
    return tuple(
        Remark(
            "overlap", f"überlappt {one.code} um {shared:.0f} m²", f"overlaps {one.code} by {shared:.0f} m²", one.code
        )
        for shared, one in sorted(found, key=lambda pair: (-pair[0], pair[1].code))
    )
