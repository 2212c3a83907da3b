"""Floor 7: what makes a stop unlike the others, in words: urgent, announced to somebody, kept on its day."""

from __future__ import annotations

from geo_service.outputs.day import DayStop
from geo_service.outputs.words import words
from geo_service.work.noise import spans


def urgent_mark(stop: DayStop, lang: str) -> str:
    """Return why a stop is urgent and who noted it: ``"EILT: Scherben am Weg, Anruf (Desk)"``; else nothing."""
    if stop.urgent is None:
        return ""
    who = f" ({stop.urgent.who})" if stop.urgent.who else ""
    return f"{words(lang)['urgent']}: {stop.urgent.why}{who}"


def announced_hours(stop: DayStop, lang: str) -> str:
    """Return the hours that somebody was told: ``"angekündigt 09–10 Uhr"``; else nothing."""
    if stop.announced is None:
        return ""
    english = lang == "en"
    hours = spans([stop.announced], "en") if english else f"{spans([stop.announced])} Uhr"
    return f"{words(lang)['announced']} {hours}"


def kept_mark(stop: DayStop, lang: str) -> str:
    """Return that a stop keeps its day, or its hours, and why: ``"angekündigt 09–10 Uhr: Schule"``; else nothing."""
    if not stop.locked:
        return ""
    said = announced_hours(stop, lang) or words(lang)["locked"]
    return f"{said}: {stop.lock_reason}" if stop.lock_reason else said


def marks(stop: DayStop, lang: str) -> tuple[str, ...]:
    """Return what makes a stop unlike the others, the urgent first."""
    return tuple(mark for mark in (urgent_mark(stop, lang), kept_mark(stop, lang)) if mark)
