"""Downloads over HTTP: each role gets what it sees, files are whole, what is known is not sent again, few at a time."""

from __future__ import annotations

import csv
import io
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyogrio
import pytest

from geo_service.api import downloads
from geo_service.api.field_rules import seen_by
from geo_service.base.errors import StoreFull
from geo_service.outputs.collections import COLLECTIONS, PLOTS
from geo_service.outputs.downloads import MEDIA_TYPES, FileFormat

from .conftest import NOW, plot_at

SECRETS = (b"Schl\xc3\xbcssel 7", b"Brache 4")


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("form", FileFormat)
def test_every_collection_comes_in_every_form(planner, tmp_path, form: FileFormat, name: str) -> None:
    answer = planner.get(f"/collections/{name}/download.{form}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPES[form]
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.{form}"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    if form not in {FileFormat.PARQUET, FileFormat.CSV}:
        (tmp_path / f"a.{form}").write_bytes(answer.content)
        items = planner.get(f"/collections/{name}/items?limit=1000").json()["features"]
        layers = [str(one) for one, _ in pyogrio.list_layers(tmp_path / f"a.{form}") if str(one) != "layer_styles"]
        read = [len(pyogrio.read_dataframe(tmp_path / f"a.{form}", layer=one)) for one in layers]
        assert sum(read) == len(items)


@pytest.mark.parametrize("kind", [None, "viewer", "analyst", "planner"])
def test_a_file_holds_what_the_reader_sees(desk, kind: str | None) -> None:
    with desk.client(kind) as client:
        text = client.get("/collections/plots/download.csv").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        seen = [one.name for one in seen_by(PLOTS, kind or "anonymous")]
        assert list(rows[0]) == ["id", *seen, "lon", "lat", "wkt", "data_source", "data_licence", "data_date"]
        assert ("KLZ-0004" in {row["id"] for row in rows}) == (kind is not None)
        for form in (FileFormat.GPKG, FileFormat.FGB, FileFormat.CSV):  # the others are packed
            content = client.get(f"/collections/plots/download.{form}").content
            found = [secret in content for secret in SECRETS]
            assert found == {None: [False, False], "analyst": [False, True]}.get(kind, [True, True])


def test_who_may_have_what(desk, anybody, problem) -> None:
    for name in ("visits", "routes"):
        problem(anybody.get(f"/collections/{name}/download.gpkg"), 401)
    problem(anybody.get("/workspace.gpkg"), 401)
    with desk.client("own-crew") as client:
        problem(client.get("/workspace.gpkg"), 403)
        assert SECRETS[0] not in client.get("/collections/plots/download.gpkg").content
    problem(anybody.get("/collections/nothing/download.gpkg"), 401)
    problem(anybody.get("/collections/plots/download.dxf"), 404)
    problem(anybody.get("/collections/plots/download.gpkg?bbox=1"), 400)


def test_the_workspace_is_one_file(desk, planner, tmp_path) -> None:
    (tmp_path / "all.gpkg").write_bytes(planner.get("/workspace.gpkg").content)
    layers = {str(name) for name, _ in pyogrio.list_layers(tmp_path / "all.gpkg")}
    assert layers == {*COLLECTIONS, "layer_styles"}
    with desk.client("analyst") as client:
        (tmp_path / "some.gpkg").write_bytes(client.get("/workspace.gpkg").content)
    fields = set(pyogrio.read_info(tmp_path / "some.gpkg", layer="plots")["fields"])
    assert "state" in fields and "access_note" not in fields


def test_what_is_known_is_not_sent_again(own_desk) -> None:
    with own_desk.client("planner") as client:
        first = client.get("/collections/plots/download.csv")
        assert first.headers["cache-control"] == "private, no-cache"
        known = {"If-None-Match": first.headers["etag"]}
        assert client.get("/collections/plots/download.csv", headers=known).status_code == 304
        with own_desk.store.change(author="tests", reason="one more", at=NOW) as tx:
            tx.put_plots([plot_at(13)])
        again = client.get("/collections/plots/download.csv", headers=known)
        assert again.status_code == 200
        assert b"KLZ-0013" in again.content
    with own_desk.client() as client:
        public = client.get("/collections/plots/download.csv", headers=known)
        assert public.status_code == 200
        assert public.headers["cache-control"] == "public, no-cache"


def test_nothing_is_left_behind(planner, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert planner.get("/collections/plots/download.zip").status_code == 200
    assert planner.head("/workspace.gpkg").status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_no_half_file_is_sent(planner, problem, monkeypatch) -> None:
    def full(path: Path, form: FileFormat, dataset: object) -> None:
        path.write_bytes(b"half")
        raise StoreFull("no space left")

    monkeypatch.setattr(downloads, "write_download", full)
    problem(planner.get("/collections/plots/download.gpkg"), 507)


def test_many_at_once_take_turns(desk, monkeypatch) -> None:
    running, most, write = [0], [0], downloads.write_download

    def counted(path: Path, form: FileFormat, dataset: object) -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        write(path, form, dataset)
        running[0] -= 1

    monkeypatch.setattr(downloads, "write_download", counted)

    def ask(_: int) -> int:
        with desk.client("planner") as client:
            return client.get("/collections/streets/download.gpkg").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {200}
    assert 1 <= most[0] <= downloads.MOST_AT_A_TIME
