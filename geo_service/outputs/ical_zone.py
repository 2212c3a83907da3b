"""Floor 7: the time zone Europe/Berlin as iCalendar tells it (RFC 5545, VTIMEZONE), by the rule of the EU since 1996.

Clocks go forward on the last Sunday of March at 02:00 and back on the last Sunday of October at 03:00, so calendars
need no list of dates and none that ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from geo_service.base.clock import BERLIN

_WINTER, _SUMMER = timedelta(hours=1), timedelta(hours=2)


def berlin_zone() -> Timezone:
    """Return the component; days before 28 October 1996 are not right in it."""
    zone = Timezone()
    zone.add("tzid", BERLIN.key)
    parts = (
        (TimezoneDaylight(), "CEST", datetime(1996, 3, 31, 2), _WINTER, _SUMMER, 3),  # noqa: DTZ001  local by nature
        (TimezoneStandard(), "CET", datetime(1996, 10, 27, 3), _SUMMER, _WINTER, 10),  # noqa: DTZ001
    )
    for part, name, first, before, after, month in parts:
        part.add("tzname", name)
        part.add("dtstart", first)
        part.add("rrule", vRecur(FREQ="YEARLY", BYMONTH=month, BYDAY="-1SU"))
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone
