from __future__ import annotations

import bz2
import gzip
import json
import zipfile

import pytest

from geo_service.base.errors import Cancelled, FileUnreadable
from geo_service.base.progress import Progress
from geo_service.streets.network import OSM_LICENCE
from geo_service.streets.osm import read_osm
from geo_service.streets.osm_file import read_osm_file

NODES = {1: (0, 0), 2: (100, 0)}
WAYS = [(10, [1, 2], {"name": "Zschochersche Straße"})]


@pytest.mark.parametrize("name", ["streets.osm", "streets.osm.gz", "streets.osm.bz2", "streets.dat", "streets.osm.pbf"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_the_content_decides_not_the_name(tmp_path, xml, name, pack):
    file = tmp_path / name
    file.write_bytes(pack(xml(NODES, WAYS).encode()))
    content = read_osm_file(file)
    assert [way.tags["name"] for way in content.ways] == ["Zschochersche Straße"]
    assert set(content.lonlat) == {1, 2}


def test_utf_16_and_a_byte_order_mark_are_read(tmp_path, xml):
    file = tmp_path / "streets.osm"
    for encoding in ("utf-16", "utf-8-sig"):
        declared = "UTF-16" if encoding == "utf-16" else "UTF-8"
        file.write_text(f'<?xml version="1.0" encoding="{declared}"?>\n{xml(NODES, WAYS)}', encoding=encoding)
        assert len(read_osm_file(file).ways) == 1


def test_ways_before_nodes_and_negative_ids_are_read(tmp_path):
    file = tmp_path / "josm.osm"
    file.write_text(
        '<osm version="0.6"><way id="-5"><nd ref="-1"/><nd ref="-2"/><tag k="highway" v="service"/></way>'
        '<node id="-1" lat="51.3" lon="12.3"/><node id="-2" lat="51.31" lon="12.3"/>'
        '<node id="-3" lat="95" lon="12.3"/><node id="-4"/></osm>'
    )
    network = read_osm(file).network
    assert network.section_way.tolist() == [-5]
    assert network.section_length_m[0] == pytest.approx(1112.6, abs=1)


@pytest.mark.parametrize(
    ("root", "licence"),
    [
        ('version="0.6"', OSM_LICENCE),
        ('version="0.6" copyright="OpenStreetMap and contributors" license="http://odbl"', OSM_LICENCE),
        ('copyright="geo_service &amp; friends" license="CC0-1.0" version="0.6"', "geo_service & friends, CC0-1.0"),
        ("license='CC BY 4.0' version='0.6'", "CC BY 4.0"),
    ],
)
def test_the_licence_is_that_of_the_file(draw, root, licence):
    assert draw(NODES, WAYS, root=root).network.licence == licence


def write(path, data: bytes):
    path.write_bytes(data)
    return path


def damaged(tmp_path, xml):
    """Yield files that cannot be read and what the message must say."""
    good = xml(NODES, WAYS).encode()
    folder = tmp_path / "folder"
    folder.mkdir()
    archive = tmp_path / "archive.osm"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("streets.osm", good)
    packed_pbf = gzip.compress(b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x10")
    yield tmp_path / "nowhere.osm", "there is no file nowhere.osm"
    yield folder, "cannot be opened"
    yield archive, "zip archive"
    yield write(tmp_path / "empty.osm", b""), "it is empty"
    yield write(tmp_path / "blank.osm", b" \n \n"), "it is empty"
    yield write(tmp_path / "empty.osm.gz", gzip.compress(b"")), "it is empty"
    yield write(tmp_path / "cut.osm", good[:-20]), "cannot be read"
    yield write(tmp_path / "cut.osm.gz", gzip.compress(good)[:-30]), "cannot be"
    yield write(tmp_path / "cut.osm.bz2", bz2.compress(good)[:-30]), "cannot be"
    yield write(tmp_path / "cut.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x10"), "cannot be read"
    yield write(tmp_path / "twice.osm.pbf.gz", packed_pbf), "packed a second time"
    yield write(tmp_path / "zeros.osm", bytes(5000)), "neither OSM XML nor PBF"
    yield write(tmp_path / "zeros.osm.gz", gzip.compress(bytes(50_000_000))), "neither OSM XML nor PBF"
    yield write(tmp_path / "plots.geojson", json.dumps({"type": "FeatureCollection"}).encode()), "it is JSON"
    yield write(tmp_path / "plots.gml", b'<?xml version="1.0"?><!-- <osm> --><wfs:FeatureCollection/>'), "<wfs:Feature"
    yield write(tmp_path / "changes.osc", b'<osmChange version="0.6"></osmChange>'), "change file"
    yield write(tmp_path / "comment.osm", b"<!-- nothing -->"), "no XML element"
    yield (
        write(tmp_path / "latin.osm", b'<osm version="0.6"><way id="1"><tag k="name" v="\xff"/></way></osm>'),
        "cannot",
    )
    yield write(tmp_path / "id.osm", good.replace(b'id="1"', b'id="one"')), "cannot be read"
    yield write(tmp_path / "old.osm", good.replace(b"0.6", b"0.5")), "cannot be read"
    yield write(tmp_path / "picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100)), "neither"


def test_what_cannot_be_read_says_why_and_what_to_do(tmp_path, xml):
    for path, reason in damaged(tmp_path, xml):
        with pytest.raises(FileUnreadable) as caught:
            read_osm(path)
        assert reason in caught.value.message, path.name
        assert path.name in caught.value.message
        assert str(tmp_path) not in caught.value.message
        assert caught.value.remedy


def test_reading_can_be_stopped(tmp_path, xml):
    file = tmp_path / "long.osm"
    file.write_text(xml({ref: (ref, 0) for ref in range(1, 20_100)}, WAYS))
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        read_osm(file, on_progress=stop)
    assert seen[0].stage == "reading streets"
