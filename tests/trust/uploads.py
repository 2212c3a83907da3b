"""Bodies and files that are made to do harm, and a look at what a process pays for them."""

from __future__ import annotations

import gzip
import io
import re
import socket
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from tests.base import picture_files as made

HTML = b"<html><body><script>alert(document.cookie)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>'
MILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "' + b"ha" * 50 + b'">'
    + b"".join(b'<!ENTITY %c "' % c + b"&%c;" % (c - 1) * 10 + b'">' for c in range(98, 107))
    + b']><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&j;</name></Placemark></kml>'
)  # fmt: skip


def zipped(members: dict[str, bytes], *, stored: bool = False) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return written.getvalue()


def many_entries(count: int = 10_000) -> bytes:
    return zipped({f"{number}.json": b"{}" for number in range(count)}, stored=True)


def zip_bomb(megabytes: int = 100) -> bytes:
    return zipped({"plots.geojson": bytes(megabytes * 1_000_000)})


def gzip_bomb(megabytes: int = 100) -> bytes:
    return gzip.compress(bytes(megabytes * 1_000_000))


def nested_bomb() -> bytes:
    inner = zip_bomb()
    for _ in range(3):
        inner = zipped({f"{number}.zip": inner for number in range(8)})
    return inner


def zip_with_link() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        link = zipfile.ZipInfo("plots.geojson")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return written.getvalue()


def tar_with_link() -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        link = tarfile.TarInfo("plots.geojson")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return written.getvalue()


def png_text_bomb(kind: bytes = b"zTXt") -> bytes:
    """Return a picture whose comment unpacks to 100 MB."""
    return made.png_with(made.png_chunk(kind, b"Comment\x00\x00" + zlib.compress(bytes(100_000_000), 9)))


def jpeg_scans(count: int) -> bytes:
    """Return a progressive JPEG that claims many pixels and walks over them again and again."""
    data = made.saved(Image.new("L", (3000, 3000)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def webp_of_size(width: int, height: int) -> bytes:
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    plain = made.plain("WEBP", lossless=True)
    inside = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + plain[12:]
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


@dataclass
class Price:
    """What something cost a process: seconds, and megabytes above what it held before."""

    seconds: float = 0.0
    megabytes: float = 0.0


def memory_mb(pid: int | str, name: str) -> float:
    """Return a line of a process's status in megabytes: ``VmRSS`` now, ``VmHWM`` at most."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


@contextmanager
def priced(pid: int | str = "self") -> Iterator[Price]:
    """Measure what a process pays in the block."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    before = memory_mb(pid, "VmRSS")
    price = Price()
    started = time.monotonic()
    yield price
    price.seconds = time.monotonic() - started
    price.megabytes = memory_mb(pid, "VmHWM") - before


@dataclass
class Server:
    """A desk in a process of its own."""

    workspace: Path
    url: str
    key: str
    pid: int
    process: subprocess.Popen[str] = field(repr=False)

    def files(self) -> list[str]:
        """List the files that lie in the folder of photos."""
        folder = self.workspace / "photos"
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | list[bytes], patience_s: float = 10
    ) -> int:
        """Send a request as it is, without correcting anything, and return the status; 0 when there was no answer.

        A body as a list is sent piece by piece, each after a tenth of a second.
        """
        where = urlsplit(self.url)
        sent = {"Host": "x", "Authorization": f"Bearer {self.key}", "Connection": "close", **headers}
        if isinstance(body, bytes) and not {"Content-Length", "Transfer-Encoding"} & set(sent):
            sent["Content-Length"] = str(len(body))
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        assert where.hostname is not None
        with socket.create_connection((where.hostname, where.port), timeout=10) as line:
            try:
                line.sendall(head.encode("latin-1") + b"\r\n")
                for piece in [body] if isinstance(body, bytes) else body:
                    line.sendall(piece)
                    if not isinstance(body, bytes):
                        line.settimeout(0.1)
                        answer = _first_line(line)
                        if answer:
                            return _status(answer)
                line.settimeout(patience_s)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the desk hung up: its answer may still be there
            return _status(_first_line(line))


def _first_line(line: socket.socket) -> bytes:
    try:
        return line.recv(1 << 16)
    except (TimeoutError, ConnectionResetError):
        return b""


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@contextmanager
def serving(workspace: Path, *words: str) -> Iterator[Server]:
    """Serve a new desk until the block ends."""
    root = Path(__file__).parents[2]
    program = [sys.executable, "-m", "tests.trust.upload_server", str(workspace), *words]
    with subprocess.Popen(program, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url, key, pid = process.stdout.readline().split()
            yield Server(workspace, url, key, int(pid), process)
        finally:
            process.kill()


def address(data: bytes) -> str:
    return f"/photos/{sha256(data).hexdigest()}"


def wait_for(condition: Callable[[], bool], seconds: float = 5) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.01)
