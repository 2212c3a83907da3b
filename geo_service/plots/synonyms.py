"""Floor 1: recognising what the columns of somebody else's file mean.

A column named exactly as in `geo_service.plots.columns` is ours, if its values can be read as such. Of the others
these are recognised, upper and lower case and punctuation aside, the first one in the list that holds something:

=============  ==========================================================================================
id             flstkennz, pin14, pin, opa_id, parcel_id, apn, osm_id, gml_id, site_id, id, key, code, fid ... (`IDS`)
name           name, bezeichnung, title, label, site_nom, friche ... (`NAMES`)
address        address, adresse, lagebeztxt, site_adresse ... (`ADDRESSES`), or put together from street and
               number: addr:street + addr:housenumber, strasse + hausnummer, STREET_NUM + STREET_NAM ...
quarter        ortsteil, stadtteil, neighbourhood ... (`QUARTERS`): key, name or short of a known quarter
parcels        flstkennz, flurstueckskennzeichen, with flurstnr, gemarkung, flur for the display string
kind           kind, landuse, leisure, natural, nutzung ... (`KINDS`), see `geo_service.plots.kinds`
=============  ==========================================================================================

Whole numbers that a file keeps as floating point get their digits back; owners' names are never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from geo_service.plots.codes import is_code
from geo_service.plots.columns import COLUMN, is_empty, parse_values, plain_text
from geo_service.plots.parcels import is_key, parcel_from

IDS = (
    "flstkennz", "flurstueckskennzeichen", "flurstkennz", "pin14", "pin", "opaid", "opa", "opaaccountnum", "parcelid",
    "parcelno", "parcelnumber", "parcel", "apn", "osmid", "fullid", "gmlid", "siteid", "plotid", "standortnr", "id",
    "uuid", "key", "code", "schluessel", "identifier", "objectid", "fid", "ogcfid", "gid", "nr", "nummer",
)  # fmt: skip
NAMES = (
    "name", "bezeichnung", "title", "titel", "label", "plotname", "sitename", "sitenom", "friche", "objektname",
)  # fmt: skip
ADDRESSES = (
    "address", "adresse", "anschrift", "lagebeztxt", "lagebezeichnung", "lage", "siteadresse", "fulladdress",
    "propertyaddress", "streetaddress", "addrfull",
)  # fmt: skip
ADDRESS_PARTS = (
    ("addrstreet", "addrhousenumber"),
    ("strasse", "hausnummer"),
    ("strasse", "hausnr"),
    ("street", "housenumber"),
    ("streetname", "housenumber"),
    ("streetnum", "streetdir", "streetnam", "streettyp"),
    ("streetnumber", "dir", "streetname", "type"),
)
QUARTERS = ("quarter", "ortsteil", "ot", "stadtteil", "neighbourhood", "neighborhood")
PARCEL_KEYS = ("flstkennz", "flurstueckskennzeichen", "flurstkennz")
PARCEL_NUMBERS = ("flurstnr", "flurstuecksnummer", "flstnrzae")
PARCEL_DISTRICTS = ("gemarkung", "gemarkungsname")
PARCEL_SECTIONS = ("flur",)
KINDS = ("kind", "landuse", "leisure", "natural", "nutzung", "nutzungsart", "landuse1", "use", "art")

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_FLOAT_TEXT = re.compile(r"\d+(?:\.0+|(?:\.\d+)?[eE]\+?\d{1,2})")
_EXACT_FLOAT = 2**53
_MIN_DISTINCT = 0.3  # a column repeats each value more than three times: a category, no id
_OURS_TOGETHER = ("plot_id", "source", "source_id")


@dataclass(frozen=True)
class Recognised:
    """What the columns of a file mean.

    Attributes
    ----------
    rows
        For each row what it says, by our column names, as `parse_values` reads it.
    complaints
        For each row what could not be read.
    ids
        For each row its id in the source as people know it, or empty.
    keys
        The same made unique where OpenStreetMap counts ways and relations apart: ``"way/183617422"``.
    kinds
        For each row what the columns that tell a kind hold.
    notes
        Which column was taken for what.
    """

    rows: list[dict[str, Any]]
    complaints: list[list[str]]
    ids: list[str]
    keys: list[str]
    kinds: list[list[str]]
    notes: list[str]


def recognise(columns: Mapping[str, list[Any]], rows: int) -> Recognised:
    """Find out what each column of a file means and read it.

    Parameters
    ----------
    columns
        Values by name, all of length ``rows``.
    """
    notes: list[str] = []
    by_plain = {plain_name(name): name for name in reversed(list(columns))}
    ours = _our_columns(columns, notes)
    id_column = _id_column(columns, by_plain, ours)
    ids = [""] * rows if id_column is None else [id_text(value) for value in columns[id_column]]
    if id_column is not None:
        notes.append(f"ids from column {id_column!r}")
        if "" in ids:
            notes.append(f"{ids.count('')} rows have no id: their outline stands for it")
        _warn_of_rounded(columns[id_column], id_column, notes)
    read = [parse_values({name: columns[name][row] for name in ours}) for row in range(rows)]
    _fill(read, _addresses(columns, by_plain, rows) if "address" not in ours else None, "address", "addresses", notes)
    _fill(read, _texts(columns, by_plain, NAMES) if "name" not in ours else None, "name", "names", notes)
    _fill(read, _texts(columns, by_plain, QUARTERS) if "quarter" not in ours else None, "quarter", "quarters", notes)
    if "parcels" not in ours:
        _add_parcels(read, columns, by_plain, notes)
    kind_columns = [by_plain[name] for name in KINDS if name in by_plain]
    types = columns.get(by_plain.get("osmtype", ""), [None] * rows)
    return Recognised(
        rows=[said for said, _ in read],
        complaints=[complaints for _, complaints in read],
        ids=ids,
        keys=[f"{plain_text(kind)}/{one}" if one and kind else one for kind, one in zip(types, ids, strict=True)],
        kinds=[[plain_text(columns[name][row]) for name in kind_columns] for row in range(rows)],
        notes=notes,
    )


def plain_name(name: str) -> str:
    """Return a column's name without case, umlauts and punctuation.

    Examples
    --------
    >>> plain_name("addr:street"), plain_name("OPA_ID"), plain_name("Straße")
    ('addrstreet', 'opaid', 'strasse')
    """
    return re.sub(r"[^a-z0-9]", "", name.lower().translate(_UMLAUTS))


def id_text(value: Any) -> str:
    """Write an id as text; whole numbers kept as floating point or in exponent form get their digits back.

    Examples
    --------
    >>> id_text(25163020130000.0), id_text("2.516302013e13"), id_text("17.0"), id_text("A-7"), id_text(None)
    ('25163020130000', '25163020130000', '17', 'A-7', '')
    """
    text = plain_text(value)
    if _FLOAT_TEXT.fullmatch(text):
        number = Decimal(text)
        if number == number.to_integral_value() and number < Decimal(10) ** 30:
            return str(int(number))
    return text


def first_texts(columns: Mapping[str, list[Any]], names: Sequence[str]) -> list[str] | None:
    """Return the texts of the first column, by the order of ``names``, that holds something; None without one."""
    found = _texts(columns, {plain_name(name): name for name in reversed(list(columns))}, names)
    return found[1] if found else None


def _our_columns(columns: Mapping[str, list[Any]], notes: list[str]) -> list[str]:
    """Return the columns that are ours by name and by content."""
    ours = []
    for name in columns:
        column = COLUMN.get(name)
        values = [value for value in columns[name] if not is_empty(value)]
        if column is None or column.parse is None or name in _OURS_TOGETHER:
            continue
        if name == "code" and not any(is_code(plain_text(value)) for value in values):
            continue
        if values and name not in ("code", "name") and not any(not parse_values({name: value})[1] for value in values):
            notes.append(f"column {name!r} holds something else ({plain_text(values[0])[:30]!r}) and was not read")
            continue
        ours.append(name)
    if any(_is_uuid(value) for value in columns.get("plot_id", ())):
        ours += [name for name in _OURS_TOGETHER if name in columns]
    return ours


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def _id_column(columns: Mapping[str, list[Any]], by_plain: Mapping[str, str], ours: Sequence[str]) -> str | None:
    if "source_id" in ours:
        return "source_id"
    for name in IDS:
        column = by_plain.get(name)
        if column is None:
            continue
        texts = [text for text in map(plain_text, columns[column]) if text]
        if texts and len(set(texts)) >= _MIN_DISTINCT * len(texts) and len(texts) * 2 >= len(columns[column]):
            return column
    return None


def _warn_of_rounded(values: Sequence[Any], column: str, notes: list[str]) -> None:
    rounded = sum(isinstance(value, float) and abs(value) > _EXACT_FLOAT for value in values)
    if rounded:
        notes.append(f"column {column!r} keeps {rounded} ids as floating point too long for it: last digits are lost")


def _texts(
    columns: Mapping[str, list[Any]], by_plain: Mapping[str, str], names: Sequence[str]
) -> tuple[str, list[str]] | None:
    for name in names:
        column = by_plain.get(name)
        if column is not None and any(not is_empty(value) for value in columns[column]):
            return repr(column), [plain_text(value) for value in columns[column]]
    return None


def _addresses(
    columns: Mapping[str, list[Any]], by_plain: Mapping[str, str], rows: int
) -> tuple[str, list[str]] | None:
    whole = _texts(columns, by_plain, ADDRESSES)
    if whole is not None:
        return whole
    for parts in ADDRESS_PARTS:
        found = [by_plain[part] for part in parts if part in by_plain]
        if len(found) == len(parts):
            cells = [[plain_text(columns[name][row]) for name in found] for row in range(rows)]
            return " + ".join(map(repr, found)), [" ".join(filter(None, cell)) for cell in cells]
    return None


def _fill(
    read: list[tuple[dict[str, Any], list[str]]],
    found: tuple[str, list[str]] | None,
    field: str,
    what: str,
    notes: list[str],
) -> None:
    if found is None:
        return
    column, texts = found
    for (said, _), text in zip(read, texts, strict=True):
        if text:
            said[field] = text
    notes.append(f"{what} from column {column}")


def _add_parcels(
    read: list[tuple[dict[str, Any], list[str]]],
    columns: Mapping[str, list[Any]],
    by_plain: Mapping[str, str],
    notes: list[str],
) -> None:
    found = _texts(columns, by_plain, PARCEL_KEYS)
    if found is None:
        return
    empty = [""] * len(read)
    number, district, section = (
        (_texts(columns, by_plain, names) or ("", empty))[1]
        for names in (PARCEL_NUMBERS, PARCEL_DISTRICTS, PARCEL_SECTIONS)
    )
    for row, text in enumerate(found[1]):
        if not text:
            continue
        read[row][0]["parcels"] = (parcel_from(text, number=number[row], district=district[row], section=section[row]),)
        if not is_key(text):
            read[row][1].append(f"parcel key {text!r} has not the form of one; it was kept as display string")
    notes.append(f"parcel keys from column {found[0]}")
