"""Floor 7: the sums of a crew's day: stops, work, drive, distance, and waiting and load where there are."""

from __future__ import annotations

from geo_service.base.units import hours
from geo_service.outputs.day import DayCrew
from geo_service.outputs.words import kilometres, number, words
from geo_service.work.waste import WASTE


def day_sums(crew: DayCrew, lang: str) -> str:
    """Return the sums of a crew's day as they stand below its list."""
    said = words(lang)
    sums = [
        f"{said['total']}: {len(crew.stops)} {said['stops' if len(crew.stops) != 1 else 'stop']}",
        f"{said['work']} {hours(crew.work_s)}",
        f"{said['drive']} {hours(crew.drive_s)}",
        kilometres(crew.length_m, lang),
        *([f"{said['wait']} {hours(crew.wait_s)}"] if crew.wait_s >= 60 else []),
        *([f"{said['volume']} {number(crew.volume_m3, lang, 1)} m³"] if crew.volume_m3 else []),
    ]
    return " · ".join(sums)


def waste_m3(crew: DayCrew) -> dict[str, float]:
    """Return the cubic metres that a crew carries away by AVV key, in order of key; without a key last, as ``""``."""
    volumes: dict[str, float] = {}
    for stop in sorted(crew.stops, key=lambda one: one.waste_key or "~"):
        if stop.volume_m3:
            volumes[stop.waste_key] = volumes.get(stop.waste_key, 0.0) + stop.volume_m3
    return volumes


def waste_sums(crew: DayCrew, lang: str) -> list[str]:
    """Return a line for each AVV key of a day: ``"200201 biologisch abbaubare Abfälle: 2,3 m³"``."""
    return [
        f"{key} {waste_name(key, lang)}".strip() + f": {number(m3, lang, 2 if m3 < 1 else 1)} m³"
        for key, m3 in waste_m3(crew).items()
    ]


def waste_name(key: str, lang: str) -> str:
    """Return the name of an AVV key; nothing for one that is not known here.

    Examples
    --------
    >>> waste_name("200307", "de"), waste_name("200307", "en"), waste_name("", "de")
    ('Sperrmüll', 'bulky waste', 'ohne Schlüssel')
    """
    if not key:
        return words(lang)["no_key"]
    known = WASTE.get(key)
    return "" if known is None else known.name_en if lang == "en" else known.name_de
