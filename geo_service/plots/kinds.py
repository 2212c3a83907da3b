"""Floor 1: what kind of ground asks for what care, where a file tells a kind but no care areas.

The kind stands in a column such as ``kind`` (``"leisure=park"``), ``landuse``, ``leisure`` or ``natural``. Ground that
the file itself calls tended is taken as maintained; everything else as wild ground that is registered and asks for
clearing, so that work falls due on any imported data. A planner corrects it plot by plot, or by a column
``care_areas`` and ``state``.

============================================================================  ==========  ==========
kind (OpenStreetMap value, or German word)                                    care        state
============================================================================  ==========  ==========
grass, lawn, park, village_green, playground, recreation_ground, garden,      lawn        maintained
pitch, green, rasen, grünfläche, grünanlage, park, parkanlage, spielplatz
meadow, grassland, wiese, blumenwiese, grünland                               meadow      maintained
scrub, shrubs, shrubbery, heath, gebüsch, gehölz, strauch                     shrubs      maintained
hedge, hecke                                                                  hedge       maintained
wood, forest, tree_row, orchard, wald, bäume                                  trees       maintained
construction, brownfield, greenfield, vacant, brache, baulücke, other, none   wild        registered
============================================================================  ==========  ==========
"""

from __future__ import annotations

from collections.abc import Iterable

from geo_service.plots.model import CareKind, PlotState

_WORDS = {
    CareKind.LAWN: "grass lawn park village_green playground recreation_ground garden pitch green "
    "rasen grünfläche grünanlage parkanlage spielplatz",
    CareKind.MEADOW: "meadow grassland wiese blumenwiese grünland",
    CareKind.SHRUBS: "scrub shrubs shrubbery heath gebüsch gehölz strauch",
    CareKind.HEDGE: "hedge hecke",
    CareKind.TREES: "wood forest tree_row orchard wald bäume",
    CareKind.WILD: "construction brownfield greenfield vacant brache baulücke",
}
_CARE = {word: care for care, words in _WORDS.items() for word in words.split()}


def care_of(kinds: Iterable[str]) -> tuple[CareKind, PlotState]:
    """Return what the whole plot asks for, and the state it is in, from what a file calls it.

    Parameters
    ----------
    kinds
        Values of the columns that tell a kind, the first known one counts.

    Examples
    --------
    >>> [str(part) for part in care_of(["leisure=park"])], [str(part) for part in care_of(["", "Wiese"])]
    (['lawn', 'maintained'], ['meadow', 'maintained'])
    >>> [str(part) for part in care_of(["VAC LAND RES < ACRE"])]
    ['wild', 'registered']
    """
    words = (kind.rpartition("=")[2].strip().lower() for kind in kinds)
    care = next((_CARE[word] for word in words if word in _CARE), CareKind.WILD)
    return care, PlotState.REGISTERED if care is CareKind.WILD else PlotState.MAINTAINED
