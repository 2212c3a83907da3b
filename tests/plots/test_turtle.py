from __future__ import annotations

from pathlib import Path

import pytest

from geo_service.base.errors import FileUnreadable
from geo_service.plots.turtle import read_turtle

TEXT = r"""
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .   # a comment; with "marks" .
PREFIX ex: <http://example.org/>

<http://example.org/> a <http://www.w3.org/2002/07/owl#Ontology> ; rdfs:label "left out" .

<http://example.org/A1> a ex:Place ;
    rdfs:label "Markt 1; \"Altes\" Rathaus, 04109 Leipzig"@de, "Market 1"@en ;
    ex:contact [ ex:name "somebody" ; ex:tel ( "1" "2" ) ] ;
    geo:asWKT "Point(12.375 51.34)"^^geo:wktLiteral .
ex:A2 rdfs:label '''two
lines \u00e4''' .
ex:A3 geo:asWKT "<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(51.34 12.375)" ; ex:size 3.5 .
ex:A4 geo:asWKT "<http://www.opengis.net/def/crs/EPSG/0/25833> POINT(317216 5690984)" .
ex:A5 geo:asWKT "somewhere" .
"""


def test_things_with_label_and_place_become_rows(tmp_path: Path) -> None:
    path = tmp_path / "places.ttl"
    path.write_text(TEXT, encoding="utf-8")
    table = read_turtle(path)
    assert table.columns == {
        "id": ["http://example.org/A1", "ex:A2", "ex:A3", "ex:A4", "ex:A5"],
        "name": ['Markt 1; "Altes" Rathaus, 04109 Leipzig', "two\nlines ä", None, None, None],
    }
    assert table.geometries[0].wkt == table.geometries[2].wkt == "POINT (12.375 51.34)"
    assert table.geometries[3].distance(table.geometries[0]) < 0.01
    assert sorted(table.faults) == [1, 4]
    assert "well-known text" in table.faults[4].reason


def test_broken_turtle_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "places.ttl"
    path.write_text('ex:A1 ex:b "c" .\nex:A2 ex:b "unclosed .\n')
    with pytest.raises(FileUnreadable, match="line 2"):
        read_turtle(path)
