import asyncio
import hashlib
import io
import json
import re
import shutil

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from geo_service.base.errors import NotFound
from geo_service.web.app_icon import icon_png
from geo_service.web.crew_app import STATIC, crew_app_router, manifest, service_worker, shell
from geo_service.web.pages import static_files


class Client:
    """Asks the pages without a server between."""

    def __init__(self):
        self.app = FastAPI()
        self.app.include_router(crew_app_router())
        self.app.mount("/static", static_files())

    def get(self, path):
        async def answer():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://desk") as client:
                return await client.get(path)

        return asyncio.run(answer())


@pytest.fixture(scope="module")
def client():
    return Client()


def test_every_file_of_the_shell_is_served_as_it_is_listed(client):
    listed = shell()
    assert {"/crew", "/static/crew/app.js", "/static/crew/outbox.js", "/crew-icon-192.png"} <= set(listed)
    for path, digest in listed.items():
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert hashlib.sha256(answer.content).hexdigest() == digest


def test_the_shell_has_every_module_that_the_app_imports():
    listed = shell()
    for address in [one for one in listed if one.endswith(".js")]:
        path = STATIC / address.removeprefix("/static/")
        for name in re.findall(r'^(?:import|export) .*?from "([^"]+)"|import\("([^"]+)"\)', path.read_text(), re.M):
            wanted = (name[0] or name[1]).removeprefix("./")
            wanted = wanted if wanted.startswith("/") else f"{address.rsplit('/', 1)[0]}/{wanted}"
            assert wanted in listed or "maplibre" in wanted, f"{path.name} imports {wanted}"


def test_an_import_that_is_new_is_followed(tmp_path):
    shutil.copytree(STATIC / "crew", tmp_path / "crew")
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "dom.js").write_text('import { further } from "./further.js";')
    (tmp_path / "js" / "further.js").write_text("export const further = 1;")
    assert {"/static/js/dom.js", "/static/js/further.js"} <= set(shell(tmp_path))
    assert "/static/js/style.js" not in shell(tmp_path)


def test_the_page_asks_for_nothing_beyond_the_shell():
    listed = shell()
    for name in re.findall(r'(?:src|href)="(/[^"#]+)"', (STATIC / "crew" / "app.html").read_text()):
        assert name in listed or name in {"/crew.webmanifest", "/crew/crew-1"} or "maplibre" in name, name


def test_the_service_worker_changes_with_every_file(tmp_path):
    copy = tmp_path / "static"
    shutil.copytree(STATIC / "crew", copy / "crew")
    before = service_worker(copy)
    assert service_worker(copy) == before
    (copy / "crew" / "words.js").write_text("export const WORDS = {};")
    assert service_worker(copy) != before


def test_the_service_worker_is_for_the_crews_pages_alone(client):
    answer = client.get("/service-worker.js")
    assert answer.headers["service-worker-allowed"] == "/crew"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"].startswith("text/javascript")
    listed = json.loads(re.search(r"const SHELL = (\{.*?\});", answer.text, re.S)[1])
    assert listed == shell()


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_manifest_makes_it_installable(client, lang):
    told = client.get(f"/crew.webmanifest?lang={lang}").json()
    assert told == manifest(lang)
    assert (told["display"], told["scope"], told["lang"]) == ("standalone", "/crew", lang)
    sizes = {one["sizes"] for one in told["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in told["icons"]:
        assert client.get(icon["src"]).status_code == 200


@pytest.mark.parametrize(("size", "maskable"), [(192, False), (512, False), (512, True)])
def test_the_icon_is_a_picture_with_the_colours_of_its_drawing(size, maskable):
    picture = Image.open(io.BytesIO(icon_png(size, maskable=maskable)))
    picture.load()
    assert picture.size == (size, size)
    assert picture.getpixel((0, 0))[3] == (255 if maskable else 0)
    shades = {colour[:3] for count, colour in picture.getcolors(1 << 20) if count > size and colour[3] == 255}
    assert {(0x0F, 0x5C, 0x4C), (0x8F, 0xD3, 0xB6), (255, 255, 255)} <= shades


def test_an_icon_that_is_not_there_is_not_found(client):
    with pytest.raises(NotFound):
        client.get("/crew-icon-7.png")


def test_the_page_carries_no_script_or_style_of_its_own():
    page = (STATIC / "crew" / "app.html").read_text()
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    assert re.findall(r"\son\w+=|style=", page) == []
