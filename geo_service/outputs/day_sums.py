"""Floor 7: the sums of a crew's day on one line: stops, work, drive, distance, and waiting and load where there are."""

from __future__ import annotations

from geo_service.base.units import hours
from geo_service.outputs.day import DayCrew
from geo_service.outputs.words import kilometres, number, words


def day_sums(crew: DayCrew, lang: str) -> str:
    """Return the sums of a crew's day as they stand below its list."""
    said = words(lang)
    sums = [
        f"{said['total']}: {len(crew.stops)} {said['stops']}",
        f"{said['work']} {hours(crew.work_s)}",
        f"{said['drive']} {hours(crew.drive_s)}",
        kilometres(crew.length_m, lang),
        *([f"{said['wait']} {hours(crew.wait_s)}"] if crew.wait_s >= 60 else []),
        *([f"{said['volume']} {number(crew.volume_m3, lang, 1)} m³"] if crew.volume_m3 else []),
    ]
    return " · ".join(sums)
