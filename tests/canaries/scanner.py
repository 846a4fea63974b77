"""Looks for values that must not be somewhere, in every form in which they are usually written."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import re
import threading
import urllib.parse
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

SAMPLE_S = 0.02
MOST_INFLATED_BYTES = 8 << 20
MOST_DEFLATED_BYTES = 4 << 20
_DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_TEXT_CODECS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "gbk", "gb18030")
_SHORTEST_BYTES = 6
"""Less would be found by chance in a gigabyte of pixels."""
_TESTS_OWN = b"PYTEST_CURRENT_TEST="
"""Names the test that runs, with what it is about."""


@dataclass(frozen=True)
class Leak:
    """A value that was found: ``canary`` is what it stands for, ``form`` how it was written, ``place`` where."""

    canary: str
    form: str
    place: str


@dataclass(frozen=True)
class Scanner:
    """``canaries`` are the values by what they stand for, such as ``"secret"``."""

    canaries: dict[str, str]

    @cached_property
    def _forms(self) -> tuple[tuple[str, str, bytes], ...]:
        return tuple(
            (canary, form, written) for canary, text in self.canaries.items() for form, written in written_forms(text)
        )

    def in_bytes(self, content: bytes, place: str = "bytes", *, depth: int = 2) -> Iterator[Leak]:
        """Yield what the bytes hold, also compressed."""
        lower = content.lower()
        for canary, form, written in self._forms:
            if written in (lower if form.startswith("hex") else content):
                yield Leak(canary, form, place)
        if depth:
            for inner in (*_members(content), *_inflated(content)):
                yield from self.in_bytes(inner, f"{place}, compressed", depth=depth - 1)

    def in_text(self, text: str, place: str = "text") -> Iterator[Leak]:
        """Yield what a text holds."""
        yield from self.in_bytes(text.encode("utf-8", "surrogatepass"), place)

    def in_folder(self, folder: Path) -> Iterator[Leak]:
        """Yield what files below a folder hold, and their names."""
        for path in sorted(folder.rglob("*")):
            yield from self.in_text(str(path.relative_to(folder)), f"name of {path.name}")
            if path.is_file() and not path.is_symlink():
                yield from self.in_bytes(path.read_bytes(), str(path.relative_to(folder)))

    def in_process(self, pid: int) -> Iterator[Leak]:
        """Yield what a process shows to others: its command line, environment and title."""
        folder = Path(f"/proc/{pid}")
        title = _read(folder / "comm")
        program = title.decode("utf-8", "replace").strip()
        environment = b"\0".join(
            one for one in _read(folder / "environ").split(b"\0") if not one.startswith(_TESTS_OWN)
        )
        for name, shown in (("cmdline", _read(folder / "cmdline")), ("environ", environment), ("comm", title)):
            yield from self.in_bytes(shown, f"{name} of {program}", depth=0)


def written_forms(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield a text as bytes, with the name of each form."""
    seen: set[bytes] = set()
    for form, written in _all_forms(text):
        if written not in seen and len(written) >= _SHORTEST_BYTES:
            seen.add(written)
            yield form, written


def _all_forms(text: str) -> Iterator[tuple[str, bytes]]:
    for codec in _TEXT_CODECS:
        raw = text.encode(codec, "ignore")
        yield codec, raw
        yield f"hex of {codec}", raw.hex().encode()
        for offset in range(3):
            yield f"base64 of {codec} at {offset}", _base64_inside(raw, offset, b"+/")
            yield f"base64url of {codec} at {offset}", _base64_inside(raw, offset, b"-_")
        if codec in {"utf-8", "gbk"}:
            quoted = urllib.parse.quote(raw, safe="")
            yield f"percent of {codec}", quoted.encode()
            yield f"percent of {codec}, lower case", _lower_percent(quoted).encode()
            # Letters and digits too, as some proxies write them.
            yield f"percent of every byte of {codec}", "".join(f"%{byte:02X}" for byte in raw).encode()
    escaped = json.dumps(text)[1:-1]
    yield "JSON", escaped.encode()
    yield "JSON, upper case", re.sub(r"\\u[0-9a-f]{4}", lambda m: "\\u" + m.group()[2:].upper(), escaped).encode()
    yield "JSON in JSON", json.dumps(escaped)[1:-1].encode()
    yield "every character as JSON escape", "".join(f"\\u{ord(one):04x}" for one in text).encode()
    yield "HTML", html.escape(text).encode()
    yield "HTML numbers", text.encode("ascii", "xmlcharrefreplace")
    yield "Python repr of bytes", repr(text.encode())[2:-1].encode()
    yield "reversed", text[::-1].encode()


def _base64_inside(raw: bytes, offset: int, altchars: bytes) -> bytes:
    """Return the characters that the raw bytes have in any Base64 in which ``offset`` bytes stand before them."""
    encoded = base64.b64encode(b"\0" * offset + raw, altchars)
    first = (offset * 8 + 5) // 6
    whole = (offset + len(raw)) * 8 // 6
    return encoded[first:whole]


def _lower_percent(quoted: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda match: match.group().lower(), quoted)


def _members(content: bytes) -> Iterator[bytes]:
    if not content.startswith(b"PK\x03\x04"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    yield file.read(MOST_INFLATED_BYTES)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, ValueError, OSError):
        return


def _inflated(content: bytes) -> Iterator[bytes]:
    position, view = 0, memoryview(content)
    while (found := _DEFLATED.search(content, position)) is not None:
        position = found.start() + 1
        window = 31 if found.group().startswith(b"\x1f") else 15
        stream = zlib.decompressobj(window)
        try:
            part = view[found.start() : found.start() + MOST_DEFLATED_BYTES]
            inner = stream.decompress(part, MOST_INFLATED_BYTES)
        except zlib.error:
            continue
        if inner:
            yield inner
            if stream.eof:
                position = max(position, found.start() + len(part) - len(stream.unused_data))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def children_of(pid: int) -> set[int]:
    """Return a process and all that descend from it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            tail = _read(folder / "stat").rpartition(b")")[2].split()
            if len(tail) > 1:
                parents[int(folder.name)] = int(tail[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


class ProcessWatch:
    """Samples command lines and environments of a process and all its children, while entered."""

    def __init__(self, scanner: Scanner, pid: int) -> None:
        self._scanner = scanner
        self._pid = pid
        self._ended = threading.Event()
        self._seen: set[tuple[int, bytes]] = set()
        self._leaks: set[Leak] = set()
        self._thread = threading.Thread(target=self._watch, name="process watch")

    @property
    def leaks(self) -> frozenset[Leak]:
        return frozenset(self._leaks)

    @property
    def seen_count(self) -> int:
        """How many command lines were looked at."""
        return len(self._seen)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._ended.wait(SAMPLE_S):
            self._look()

    def _look(self) -> None:
        for pid in children_of(self._pid):
            command = _read(Path(f"/proc/{pid}/cmdline"))
            if (pid, command) not in self._seen:
                self._seen.add((pid, command))
                self._leaks.update(self._scanner.in_process(pid))


def told(leaks: Iterable[Leak]) -> list[str]:
    """Return leaks as sorted lines, without the values."""
    return sorted({f"{leak.canary} as {leak.form} in {leak.place}" for leak in leaks})


def gzipped(content: bytes) -> bytes:
    """Compress as a log rotation does."""
    return gzip.compress(content, mtime=0)
