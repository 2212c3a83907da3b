"""Floor 1: reading the quarters (Ortsteile), their keys and names; finding which one a plot lies in."""

from __future__ import annotations

import itertools
import string
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from geo_service.base.report import ImportReport
from geo_service.plots.account import Account
from geo_service.plots.checks import outline_keys, overlaps, refuse_doubles
from geo_service.plots.formats import read_table
from geo_service.plots.location import KnownArea
from geo_service.plots.model import Quarter
from geo_service.plots.outlines import plan_outlines
from geo_service.plots.synonyms import first_texts, id_text
from geo_service.plots.table import Geometries, Table

KEYS = ("key", "ot", "otnr", "ortsteilnr", "ortsteilnummer", "schluessel", "sbz", "nummer", "nr", "code", "plz", "id")
NAMES = ("name", "title", "ortsteil", "ortsteilname", "bezeichnung", "stadtteil", "titel", "bezirk", "note")
SHORTS = ("short", "kurz", "kuerzel")
GROUPS = ("group", "gruppe")

_LEIPZIG_WEST = {
    ("51", "Plagwitz"): ("PLW", "Plagwitz"),
    ("52", "Kleinzschocher"): ("KLZ", "Kleinzschocher"),
    ("70", "Lindenau"): ("LND", "Lindenau"),
    ("71", "Altlindenau"): ("ALN", "Lindenau"),
    ("72", "Neulindenau"): ("NLN", "Lindenau"),
    ("73", "Leutzsch"): ("LTZ", "Leutzsch"),
}
"""Short and quarter of the programme for the six Ortsteile of Leipzig's west, which the city's own file lacks."""


@dataclass(frozen=True, kw_only=True)
class QuarterOptions:
    """How to read quarters.

    Attributes
    ----------
    epsg
        The plan CRS; None: the metric CRS of the place of the data.
    existing
        Quarters already known: what has not changed is counted so, and shorts in use stay.
    near
        Where the quarters are expected.
    layer, source, assume_epsg
        As in `geo_service.plots.reading.ReadOptions`.
    """

    epsg: int | None
    existing: Sequence[Quarter] = ()
    near: KnownArea | None = None
    layer: str | None = None
    source: str | None = None
    assume_epsg: int | None = None


@dataclass(frozen=True)
class QuarterImport:
    """All quarters of a file, those that have not changed among them, with the report and their plan CRS."""

    quarters: tuple[Quarter, ...]
    report: ImportReport
    epsg: int


def read_quarters(path: Path, options: QuarterOptions) -> QuarterImport:
    """Read quarters from any file that `geo_service.plots.formats.read_table` reads.

    Key and name come from columns such as OT and Name; short and group from columns of that name, for the six
    Ortsteile of Leipzig's west from the programme, else short from the name and group the name itself.

    Raises
    ------
    InputError
        When the file as a whole cannot be understood; `geo_service.plots.account.report_of_failure` tells it.
    """
    account = Account()
    table = read_table(path, options.layer, prefer="quarters")
    placed = plan_outlines(table, account, epsg=options.epsg, near=options.near, assume_epsg=options.assume_epsg)
    keys, names = _keys_and_names(table)
    refuse_doubles(outline_keys(placed.geometries), keys, account)
    shorts = first_texts(table.columns, SHORTS) or [""] * len(table)
    groups = first_texts(table.columns, GROUPS) or [""] * len(table)
    known = {quarter.key: quarter for quarter in options.existing}
    used = {quarter.short for quarter in options.existing}
    used |= {short for row, short in enumerate(shorts) if short and row not in account.refusals}
    used |= {_LEIPZIG_WEST[one][0] for one in zip(keys, names, strict=True) if one in _LEIPZIG_WEST}
    quarters = []
    for row in account.open_rows(len(table)):
        key, name = keys[row], names[row]
        short, group = _LEIPZIG_WEST.get((key, name), ("", name))
        before = known.get(key)
        short = shorts[row] or (before.short if before else "") or short or new_short(name, used)
        used.add(short)
        quarter = Quarter(key, name, short, groups[row] or group, placed.geometries[row], placed.epsg)
        if before == quarter:
            account.unchanged.add(row)
        quarters.append(quarter)
    _warn_of_overlaps(placed.geometries, names, account)
    return QuarterImport(tuple(quarters), account.report(options.source or path.name, keys), placed.epsg)


def quarter_of(geometries: Geometries, quarters: Sequence[Quarter]) -> list[int]:
    """Return for each outline the index of the quarter that holds most of it, -1 where it touches none.

    Outlines and quarters are in the same plan CRS. Where two hold the same share the smaller quarter wins.
    """
    found = [-1] * len(geometries)
    if not quarters:
        return found
    outlines = np.array([quarter.geometry for quarter in quarters], dtype=object)
    rows, places = shapely.STRtree(outlines).query(geometries, predicate="intersects")
    count = np.bincount(rows, minlength=len(geometries))
    alone = count[rows] == 1
    for row, place in zip(rows[alone].tolist(), places[alone].tolist(), strict=True):
        found[row] = place
    rows, places = rows[~alone], places[~alone]
    shared = shapely.area(shapely.intersection(geometries[rows], outlines[places]))
    size = shapely.area(outlines)[places]
    for best in np.lexsort((-size, np.round(shared, 3))).tolist():  # the last one of a row stays: most shared, smallest
        found[int(rows[best])] = int(places[best])
    return found


def new_short(name: str, used: set[str]) -> str:
    """Return a three-letter short for a name that is not in use.

    Examples
    --------
    >>> new_short("Großzschocher", set()), new_short("Möckern", {"MCK"}), new_short("5", set())
    ('GRS', 'MOC', 'AAA')
    """
    return next(short for short in _shorts(name) if short not in used)


def _shorts(name: str) -> Iterator[str]:
    decomposed = unicodedata.normalize("NFKD", name.replace("ß", "ss")).upper()
    letters = "".join(letter for letter in decomposed if letter in string.ascii_uppercase)
    skeleton = letters[:1] + "".join(letter for letter in letters[1:] if letter not in "AEIOUY")
    if len(skeleton) >= 3:
        yield skeleton[:3]
    if len(letters) >= 3:
        yield letters[:3]
        for second, third in itertools.combinations(letters[1:], 2):
            yield letters[0] + second + third
    for triple in itertools.product(string.ascii_uppercase, repeat=3):
        yield "".join(triple)


def _keys_and_names(table: Table) -> tuple[list[str], list[str]]:
    keys = [id_text(text) for text in first_texts(table.columns, KEYS) or [""] * len(table)]
    names = first_texts(table.columns, NAMES) or [""] * len(table)
    keys = [key or name or str(row + 1) for row, (key, name) in enumerate(zip(keys, names, strict=True))]
    return keys, [name or key for key, name in zip(keys, names, strict=True)]


def _warn_of_overlaps(geometries: Geometries, names: Sequence[str], account: Account) -> None:
    rows = account.open_rows(len(geometries))
    for first, second, shared in overlaps(geometries[rows]):
        account.warn(rows[second], f"overlaps {names[rows[first]]} (row {rows[first] + 1}) by {shared:.0f} m²")
