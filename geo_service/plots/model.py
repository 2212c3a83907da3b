"""Floor 1: the plot, its parcels, care areas and tenure; the quarter. Values only, no reading or storing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from shapely import MultiPolygon, Point, Polygon


class PlotState(StrEnum):
    """Where a plot stands in its life; the moves between states are in `geo_service.plots.life`."""

    REGISTERED = "registered"
    CLEARED = "cleared"
    GREENED = "greened"
    MAINTAINED = "maintained"
    SET_ASIDE = "set_aside"
    RETURNED = "returned"


class OwnerKind(StrEnum):
    """Who owns the ground, as a kind only: names of owners are nowhere in this software."""

    CITY = "city"
    PRIVATE = "private"
    COMPANY = "company"
    STATE = "state"
    CHURCH = "church"
    RAILWAY = "railway"
    UNKNOWN = "unknown"


class TenureKind(StrEnum):
    """By what right the service works there."""

    OWN = "own"
    PERMISSION = "permission"  # Gestattungsvereinbarung
    LEASE = "lease"
    NONE = "none"


class Baunvo(StrEnum):
    """Type of land use after BauNVO, which decides the noise rules of 32. BImSchV §7."""

    WS = "WS"
    WR = "WR"
    WA = "WA"
    WB = "WB"
    MD = "MD"
    MI = "MI"
    MU = "MU"
    MK = "MK"
    GE = "GE"
    GI = "GI"
    SO_RECREATION = "SO_recreation"
    SO_CLINIC = "SO_clinic"
    SO_OTHER = "SO_other"
    UNKNOWN = "unknown"  # planned as if residential: strict is the default


class Contamination(StrEnum):
    """Whether the ground is contaminated; unknown never displays as clean."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class CareKind(StrEnum):
    """What grows or lies on a part of a plot and asks for its own care."""

    LAWN = "lawn"
    MEADOW = "meadow"
    HEDGE = "hedge"
    SHRUBS = "shrubs"
    TREES = "trees"
    PATH = "path"
    LITTER = "litter"  # ground where litter gathers
    WILD = "wild"  # uncleared growth, rubble, waste: asks for clearing


@dataclass(frozen=True)
class CareArea:
    """A part of a plot that asks for one kind of care; ``area_m2`` in square metres."""

    kind: CareKind
    area_m2: float


@dataclass(frozen=True)
class Parcel:
    """A cadastral parcel (Flurstück).

    Attributes
    ----------
    key
        ALKIS Flurstückskennzeichen of 20 characters, or empty when only the display string is known.
    display
        As people write it, ``"114a Lindenau"``; kept beside the key because letters have no verified encoding.
    """

    key: str
    display: str


@dataclass(frozen=True)
class Tenure:
    """The right to work on a plot; both dates inclusive, ``None`` means open."""

    kind: TenureKind = TenureKind.NONE
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class StateChange:
    """One step in the life of a plot. ``at`` is aware, in UTC."""

    state: PlotState
    at: datetime
    author: str
    reason: str


@dataclass(frozen=True)
class Plot:
    """A plot (Fläche): one or more parcels, or part of one, that the service cares for.

    Attributes
    ----------
    plot_id
        Stable id, never reused, never shown to crews.
    code
        Short code people use, unique in the workspace: ``"KLZ-0012"``.
    geometry
        Polygon or MultiPolygon in the plan CRS of the workspace (``epsg``), metres.
    epsg
        EPSG code of ``geometry`` and ``access``.
    area_m2
        Area of the geometry in square metres.
    quarter
        Key of the quarter, or empty when the plot lies in none.
    access, access_note
        Where the crew enters, and what it must know to get in.
    public
        False once the owner objected (BauGB §200(3)): then it is gone from everything public.
    source, source_id
        Where it was read from, and its id there.
    """

    plot_id: str
    code: str
    geometry: Polygon | MultiPolygon
    epsg: int
    area_m2: float
    name: str = ""
    address: str = ""
    quarter: str = ""
    parcels: tuple[Parcel, ...] = ()
    access: Point | None = None
    access_note: str = ""
    hazard_note: str = ""
    owner_kind: OwnerKind = OwnerKind.UNKNOWN
    tenure: Tenure = field(default_factory=Tenure)
    baunvo: Baunvo = Baunvo.UNKNOWN
    contamination: Contamination = Contamination.UNKNOWN
    care_areas: tuple[CareArea, ...] = ()
    state: PlotState = PlotState.REGISTERED
    public: bool = True
    source: str = ""
    source_id: str = ""
    history: tuple[StateChange, ...] = ()

    def entry(self) -> Point:
        """Return where the crew enters: the access point, else a point on the plot's surface (plan CRS)."""
        return self.access if self.access is not None else self.geometry.representative_point()

    def care_m2(self, kind: CareKind) -> float:
        """Return the square metres that ask for one kind of care."""
        return sum(part.area_m2 for part in self.care_areas if part.kind is kind)


@dataclass(frozen=True)
class Quarter:
    """A district (Ortsteil), grouped into one of the programme's quarters.

    Attributes
    ----------
    key
        Official key, ``"52"``.
    name
        Official name, ``"Kleinzschocher"``.
    short
        Prefix of plot codes, ``"KLZ"``.
    group
        The programme's quarter it belongs to; its own name when it belongs to none.
    geometry, epsg
        Outline in the plan CRS, metres.
    """

    key: str
    name: str
    short: str
    group: str
    geometry: Polygon | MultiPolygon
    epsg: int
