from __future__ import annotations

from pathlib import Path

import pytest

from geo_service.base.errors import FileUnreadable
from geo_service.plots.delimited import read_delimited

SQUARE = "POLYGON((12.3 51.3, 12.31 51.3, 12.31 51.31, 12.3 51.31, 12.3 51.3))"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "plots.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_outlines_as_text_whatever_the_separator(tmp_path: Path, separator: str) -> None:
    rows = [["id", "outline", "name"], ["007", f'"{SQUARE}"', "Wiese"], ["8", "", "leer"], ["9", '"POLYGON((1"', "x"]]
    table = read_delimited(write(tmp_path, "\n".join(separator.join(row) for row in rows)))
    assert table.columns == {"id": ["007", "8", "9"], "name": ["Wiese", "leer", "x"]}
    assert table.geometries[0].wkt.startswith("POLYGON ((12.3 51.3")
    assert table.crs is None
    assert "no geometry" in table.faults[1].reason
    assert "cannot be read" in table.faults[2].reason


def test_ewkt_names_its_reference_system(tmp_path: Path) -> None:
    table = read_delimited(write(tmp_path, f'id,wkt\n1,"SRID=25833;{SQUARE}"\n'))
    assert table.crs is not None
    assert table.crs.to_epsg() == 25833
    with pytest.raises(FileUnreadable, match="different reference systems"):
        read_delimited(write(tmp_path, f'id,wkt\n1,"SRID=25833;{SQUARE}"\n2,"SRID=25832;{SQUARE}"\n'))


def test_longitude_and_latitude_make_points_with_decimal_commas_too(tmp_path: Path) -> None:
    table = read_delimited(write(tmp_path, "Name;Lon;Lat\na;12,3;51,3\nb;x;51\nc;12.4;51.4\n"))
    assert [one and one.wkt for one in table.geometries] == ["POINT (12.3 51.3)", None, "POINT (12.4 51.4)"]
    assert table.crs is not None
    assert "no numbers" in table.faults[1].reason


def test_x_and_y_have_no_reference_system(tmp_path: Path) -> None:
    assert read_delimited(write(tmp_path, "id,X,Y\n1,313384,5688683\n")).crs is None


def test_without_geometry_every_row_is_at_fault_with_a_remedy(tmp_path: Path) -> None:
    table = read_delimited(write(tmp_path, "pin14,ward\n20232130390000,20\n20232130360000,20\n"))
    assert sorted(table.faults) == [0, 1]
    assert "join" in table.faults[0].remedy


def test_uneven_rows(tmp_path: Path) -> None:
    table = read_delimited(write(tmp_path, f'id,wkt,note\n1,"{SQUARE}"\n2,"{SQUARE}",a,b\n'))
    assert table.columns["note"] == [None, "a"]
    assert "4 fields, the header 3" in table.faults[1].reason


def test_umlauts_of_windows_and_double_names(tmp_path: Path) -> None:
    table = read_delimited(write(tmp_path, "id,Straße,id\n1,Grünauer Straße,2\n", "cp1252"))
    assert table.columns == {"id": ["1"], "Straße": ["Grünauer Straße"], "id (3)": ["2"]}
    assert "Windows-1252" in table.notes[0]


def test_a_file_without_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no table"):
        read_delimited(write(tmp_path, "hello\n"))
