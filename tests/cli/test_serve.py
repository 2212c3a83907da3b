"""Serving: it answers, says where, and ends cleanly in the middle of a planning run."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import httpx
import pytest

from geo_service.store.model import RunStatus
from geo_service.store.sqlite import SqliteStore

PROGRAM = [sys.executable, "-c", "from geo_service.main import run; run()"]

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(planned_sample, tmp_path):
    return shutil.copytree(planned_sample, tmp_path / "workspace")


@pytest.fixture
def serve(folder):
    """Serve the sample on a free port; return the process and what it said so far."""
    started = []

    def start(*words):
        command = [*PROGRAM, "serve", "--workspace", str(folder), "--port", "0", *words]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        started.append(process)
        said = ""
        guard = threading.Timer(60, process.kill)
        guard.start()
        for line in process.stderr:
            said += line
            if "stop with Ctrl-C" in line:
                break
        guard.cancel()
        return process, said

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_in_the_middle_of_a_run(serve, folder, number):
    process, said = serve()
    base, secret = re.search(r"once within an hour: (http://127\.0\.0\.1:\d+)/sign-in\?token=(\S+)", said).groups()
    store = SqliteStore.open(folder)
    with httpx.Client(base_url=base, timeout=20) as client:
        assert client.get("/sign-in", params={"token": secret}).status_code == 303
        wish = {"from": "2026-11-23", "days": 10, "seconds": 120, "seed": 1}
        asked = client.post("/plans", json=wish, headers={"Sec-Fetch-Site": "same-origin"})
        assert asked.status_code == 202
    before = store.plan()
    wait_for(lambda: store.runs()[0].stage == "searching")
    process.send_signal(number)
    assert process.wait(20) == 0
    assert store.runs()[0].status in (RunStatus.CANCELLED, RunStatus.FAILED)
    assert store.plan() == before
    store.close()


def test_links_begin_with_the_address_that_clients_use(serve):
    _, said = serve("--base-url", "https://desk.example/")
    assert "https://desk.example/map" in said
    assert "https://desk.example/sign-in?token=" in said


def test_a_taken_port_is_told(serve, folder):
    _, said = serve()
    port = re.search(r"http://127\.0\.0\.1:(\d+)/map", said).group(1)
    done = subprocess.run(
        [*PROGRAM, "serve", "--workspace", str(folder), "--port", port], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "choose another port with --port" in done.stderr


def test_other_machines_are_warned_of(serve):
    _, said = serve("--host", "0.0.0.0")
    assert "without TLS" in said
    assert "http://0.0.0.0" not in said


def test_sign_ins_and_refusals_are_written_to_a_file_for_the_operator(serve, folder):
    process, said = serve()
    base, secret = re.search(r"once within an hour: (http://127\.0\.0\.1:\d+)/sign-in\?token=(\S+)", said).groups()
    with httpx.Client(base_url=base, timeout=20) as client:
        client.get("/plans")
        client.get("/sign-in", params={"token": secret})
        assert client.get("/me").json()["role"] == "admin"
        cookie = client.cookies["desk_session"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    file = folder / "audit.log"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["event"], line.get("code")) for line in lines] == [("refused", "sign_in_first"), ("signed_in", None)]
    assert all(line["at"].endswith("+00:00") for line in lines)
    assert not [one for one in (secret, cookie, "127.0.0.1") if one in file.read_text()]
    assert file.stat().st_mode & 0o077 == 0


def test_a_sign_in_service_that_cannot_be_is_told(folder, monkeypatch):
    monkeypatch.setenv("GEO_SERVICE_OIDC_ISSUER", "http://login.example")
    monkeypatch.setenv("GEO_SERVICE_OIDC_CLIENT_ID", "desk")
    command = [*PROGRAM, "serve", "--workspace", str(folder), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "no address of a sign-in service" in done.stderr
    assert "sign-in?token" not in done.stderr


def test_this_machine_alone_is_not_warned_of(serve):
    _, said = serve()
    assert "without TLS" not in said
