"""Floor 6: the roads of a plan: places snapped to the streets, travel between them, ways drawn.

Every place has one number for all profiles: depots and ends of days first, then facilities, then plots. Where a
profile finds no street near a place, no way leads there for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.base.errors import InputError, NotReady
from geo_service.plots.model import Plot
from geo_service.routes.model import Facility, FacilityTrip, Fault, Route, Stop
from geo_service.store.model import Place, RouteLine, facilities_of
from geo_service.streets.check import faults as path_faults
from geo_service.streets.model import UNREACHABLE, Profile, Router, Snap, TravelMatrix
from geo_service.streets.network import StreetNetwork
from geo_service.streets.router import make_router
from geo_service.work.model import Crew

Lonlats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Roads:
    """Where everything is and how to travel between.

    Attributes
    ----------
    routers, snaps
        By profile; a snap is None where the profile finds no street.
    yard_places
        Depots and ends of days by code.
    facility_places
        By code.
    plot_places
        By plot_id; plots that no profile reaches are absent.
    """

    network: StreetNetwork
    routers: dict[str, Router]
    snaps: dict[str, list[Snap | None]]
    yard_places: dict[str, int]
    facility_places: dict[str, int]
    plot_places: dict[str, int]
    places: tuple[Place, ...]
    notes: tuple[str, ...]

    def matrix(self, profile: str) -> TravelMatrix:
        """Return travel between all places; `UNREACHABLE` from and to where the profile finds no street."""
        snaps = self.snaps[profile]
        found = [place for place, snap in enumerate(snaps) if snap is not None]
        part = self.routers[profile].matrix([snap for snap in snaps if snap is not None])
        if len(found) == len(snaps):
            return part
        seconds = np.full((len(snaps), len(snaps)), UNREACHABLE, dtype=np.int32)
        metres = np.zeros_like(seconds)
        np.fill_diagonal(seconds, 0)
        seconds[np.ix_(found, found)], metres[np.ix_(found, found)] = part.seconds, part.metres
        return TravelMatrix(seconds, metres)

    def facilities(self, days: Sequence[date]) -> dict[date, tuple[Facility, ...]]:
        """Return where vehicles may be emptied or loaded, by date."""
        return {on: facilities_of(self.places, on, self.facility_places) for on in days}

    def line(self, route: Route) -> RouteLine | Fault:
        """Draw the way a crew drives, a leg for each stop and one back, checked against the streets.

        A leg passes the facilities that lie between two stops.
        """
        crew_day = route.crew_day
        profile = profile_of(crew_day.profile)
        calls = calls_in_order(route)
        places = [crew_day.depot_place, *map(_place_of, calls), crew_day.last_place]
        legs: list[list[tuple[float, float]]] = [[] for _ in range(len(route.stops) + 1)]
        names: list[list[str]] = [[] for _ in legs]
        done = 0
        for (start, end), call in zip(pairwise(places), [*calls, None], strict=True):
            from_snap, to_snap = self.snaps[profile][start], self.snaps[profile][end]
            path = None if from_snap is None or to_snap is None else self.routers[profile].path(from_snap, to_snap)
            wrong = ["no way leads there"]
            if path is not None:
                wrong = path_faults(self.network, self.routers[profile].profile, path)
            if path is None or wrong:
                return Fault("street", f"{crew_day.crew} on {crew_day.on}: {wrong[0]}")
            legs[done] += [(float(lon), float(lat)) for lon, lat in path.lonlat.round(6)]
            names[done] += [leg.name for leg in path.legs if leg.name]
            done += isinstance(call, Stop)
        return RouteLine(crew_day.crew, crew_day.on, tuple(map(tuple, legs)), tuple(map(tuple, names)))


def profile_of(told: str) -> str:
    """Return the profile that a crew or crew-day travels by: as a van where nothing is told."""
    return told or Profile.VAN.value


def calls_in_order(route: Route) -> list[Stop | FacilityTrip]:
    """Return stops and trips of a route in the order of driving."""
    calls: list[Stop | FacilityTrip] = list(route.stops)
    for made, trip in enumerate(route.trips):
        calls.insert(trip.after + made, trip)
    return calls


def lay_roads(
    network: StreetNetwork,
    places: Sequence[Place],
    crews: Sequence[Crew],
    wanted: Sequence[Plot],
    plots: Sequence[Plot],
) -> Roads:
    """Snap depots, ends of days, facilities and plots to the streets, for a van and every profile that a crew has.

    Parameters
    ----------
    wanted
        The plots that crews may drive to.
    plots
        All plots: a depot that is not set lies near their centre.

    Raises
    ------
    InputError
        When a depot lies beside the streets.
    NotReady
        When no depot is set and no plot lies near a street.
    """
    profiles = dict.fromkeys([Profile.VAN.value, *(profile_of(crew.profile) for crew in crews)])
    routers = {profile: make_router(network, Profile(profile)) for profile in profiles}
    known = {place.code: (place.lon, place.lat) for place in places}
    notes: list[str] = []
    depots = list(dict.fromkeys(crew.depot for crew in crews))
    ends = [crew.end for crew in crews if crew.end and crew.end not in depots]
    for code in depots:
        if code not in known:
            notes.append(
                f"depot '{code}' is not set: the street nearest the plots' centre is taken "
                f"(Betriebshof nicht gesetzt: Straße nahe der Mitte der Flächen)"
            )
    for code in dict.fromkeys(ends):
        if code not in known:
            notes.append(f"place '{code}' is not set: days end at the depot (Ort fehlt: Tage enden am Betriebshof)")
    yards = [*depots, *(code for code in dict.fromkeys(ends) if code in known)]
    facilities = [place for place in places if place.is_facility]
    centre, entries = _entries(plots), _entries(wanted)
    at = np.array([(place.lon, place.lat) for place in facilities]).reshape(-1, 2)
    snaps: dict[str, list[Snap | None]] = {}
    for profile, router in routers.items():
        yard_snaps = [_snap_yard(router, known.get(code), centre) for code in yards]
        snaps[profile] = [*yard_snaps, *router.snap(np.vstack([at, entries]))]
    reached = [any(snap is not None for snap in several) for several in zip(*snaps.values(), strict=True)]
    first_facility, first_plot = len(yards), len(yards) + len(facilities)
    off = [place.name for number, place in enumerate(facilities, first_facility) if not reached[number]]
    notes += [f"'{name}' lies too far from any usable street: nobody drives there" for name in off]
    off = [plot.code for number, plot in enumerate(wanted, first_plot) if not reached[number]]
    if off:
        some = ", ".join(off[:5]) + (" ..." if len(off) > 5 else "")
        notes.append(f"{len(off)} plots lie too far from any usable street: {some}")
    return Roads(
        network=network,
        routers=routers,
        snaps=snaps,
        yard_places={code: number for number, code in enumerate(yards)},
        facility_places={
            place.code: number for number, place in enumerate(facilities, first_facility) if reached[number]
        },
        plot_places={plot.plot_id: number for number, plot in enumerate(wanted, first_plot) if reached[number]},
        places=tuple(places),
        notes=tuple(notes),
    )


def _place_of(call: Stop | FacilityTrip) -> int:
    return call.visit.place if isinstance(call, Stop) else call.facility.place


def _snap_yard(router: Router, place: tuple[float, float] | None, lonlat: Lonlats) -> Snap:
    if place is not None:
        snap = router.snap(np.array([place]))[0]
        if snap is None:
            raise InputError(
                f"the depot at {place[1]:.5f} N {place[0]:.5f} E lies beside the street network",
                remedy="move the depot or import the streets around it",
            )
        return snap
    centre = np.median(lonlat, axis=0)
    # the centre itself may lie in a wood or a lake; then the nearest plot that has a street
    nearest_first = np.vstack([centre, lonlat[np.argsort(np.hypot(*(lonlat - centre).T))]])
    for snap in router.snap(nearest_first):
        if snap is not None:
            return snap
    raise NotReady("no plot lies near the street network", remedy="import the streets and the plots of the same place")


def _entries(plots: Sequence[Plot]) -> Lonlats:
    """Return where crews enter, shape (n, 2), degrees."""
    if not plots:
        return np.empty((0, 2))
    xy = np.array([plot.entry().coords[0][:2] for plot in plots])
    return transform_xy(xy, plots[0].epsg, WGS84_EPSG)
