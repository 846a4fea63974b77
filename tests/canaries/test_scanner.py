"""The scanner is believed only as far as it finds what was put somewhere on purpose."""

from __future__ import annotations

import base64
import html
import io
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.canaries.scanner import ProcessWatch, Scanner, gzipped, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "钱金丝雀"
SECRET = "9f86d081884c7d659a2feaa0c55ad015"
SCANNER = Scanner({"name": NAME, "secret": SECRET})

WAYS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-32-le": lambda text: text.encode("utf-32-le"),
    "utf-32-be": lambda text: text.encode("utf-32-be"),
    "gbk": lambda text: text.encode("gbk"),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "hex of gbk": lambda text: text.encode("gbk").hex().encode(),
    "base64 at 0": lambda text: base64.b64encode(text.encode() + b"tail"),
    "base64 at 1": lambda text: base64.b64encode(b"a" + text.encode() + b"tail"),
    "base64 at 2": lambda text: base64.b64encode(b"ab" + text.encode() + b"t"),
    "base64 at 3": lambda text: base64.b64encode(b"abc" + text.encode()),
    "base64 of utf-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "base64url": lambda text: base64.urlsafe_b64encode(b"?" + text.encode()),
    "percent": lambda text: urllib.parse.quote(text).encode(),
    "percent, lower case": lambda text: urllib.parse.quote(text).lower().encode(),
    "percent of gbk": lambda text: urllib.parse.quote(text.encode("gbk")).encode(),
    "JSON": lambda text: json.dumps({"name": text}).encode(),
    "JSON, upper case": lambda text: (
        json.dumps(text).upper().replace("\\U", "\\u").encode() if not text.isascii() else json.dumps(text).encode()
    ),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"name": text})).encode(),
    "HTML numbers": lambda text: text.encode("ascii", "xmlcharrefreplace"),
    "HTML": lambda text: html.escape(text).encode(),
    "reversed": lambda text: text[::-1].encode(),
    "repr of bytes": lambda text: repr({"body": text.encode()}).encode(),
    "zlib": lambda text: b"stream\n" + zlib.compress(text.encode() * 3) + b"endstream",
    "zlib, best": lambda text: zlib.compress(text.encode(), 9),
    "gzip": lambda text: gzipped(text.encode()),
    "gzip of JSON": lambda text: gzipped(json.dumps(text).encode()),
    "zlib in zlib": lambda text: zlib.compress(zlib.compress(text.encode())),
}


@pytest.mark.parametrize("canary", ["name", "secret"])
@pytest.mark.parametrize("way", WAYS)
def test_a_planted_value_is_found_however_it_is_written(way: str, canary: str) -> None:
    written = WAYS[way](SCANNER.canaries[canary])
    found = {leak.canary for leak in SCANNER.in_bytes(b"before " + written + b" after")}
    assert found == {canary}


@pytest.mark.parametrize("content", [b"", b"like others", bytes(range(256)) * 16, b"x\x9c" * 2000, zlib.compress(b"a")])
def test_nothing_is_found_where_nothing_is(content: bytes) -> None:
    assert list(SCANNER.in_bytes(content)) == []


def test_what_is_in_an_archive_is_found() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("sheet.xml", f"<c>{SECRET}</c>")
    assert {leak.canary for leak in SCANNER.in_bytes(archive.getvalue())} == {"secret"}
    assert list(SCANNER.in_bytes(archive.getvalue()[:-10])) == []
    # What lost its beginning tells of members before its first byte.
    assert list(SCANNER.in_bytes(b"PK\x03\x04" + archive.getvalue()[40:])) == []


def test_half_a_value_is_none() -> None:
    assert list(SCANNER.in_text(NAME[:2] + SECRET[:20])) == []


def test_files_at_any_depth_and_their_names_are_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "deep"
    folder.mkdir(parents=True)
    (folder / "log.bin").write_bytes(b"\0" * 5000 + SECRET.encode())
    (folder / f"{NAME}.pdf").write_bytes(b"")
    assert told(SCANNER.in_folder(tmp_path)) == [
        f"name as utf-8 in name of {NAME}.pdf",
        "secret as utf-8 in data/deep/log.bin",
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("place", ["cmdline", "environ"])
def test_what_a_grandchild_shows_to_others_is_seen(place: str) -> None:
    child = "import os, subprocess, sys; subprocess.run(sys.argv[1:], check=True, env={**os.environ, **%r})"
    environment = {"TOKEN": SECRET} if place == "environ" else {}
    sleeper = [sys.executable, "-c", "import sys; sys.stdin.read()", *([SECRET] if place == "cmdline" else [])]
    with ProcessWatch(SCANNER, os.getpid()) as watch:
        command = [sys.executable, "-c", child % environment, *sleeper]
        if place == "environ":
            # Its own command line must not be what is found.
            command[2] = child % {}
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            env={**os.environ, **environment},
        ) as process:
            _wait_until(lambda: bool(watch.leaks))
            process.communicate(b"")
    assert [line for line in told(watch.leaks) if line.startswith(f"secret as utf-8 in {place} of python")]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_processes_that_show_nothing_are_not_accused() -> None:
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with (
        ProcessWatch(SCANNER, os.getpid()) as watch,
        subprocess.Popen(command, stdin=subprocess.PIPE) as process,
    ):
        _wait_until(lambda: watch.seen_count > 1)
        process.communicate(b"")
    assert watch.leaks == frozenset()


def _wait_until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 20
    while not is_so():
        if time.monotonic() > end_s:
            pytest.fail("never seen")
        threading.Event().wait(0.02)
