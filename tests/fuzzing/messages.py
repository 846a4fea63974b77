"""Messages from others: answers of a child that a file took over, notices, sheets and contact cards."""

from __future__ import annotations

import contextlib
import io
import json
import socket
import sys
import zipfile
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from openpyxl import Workbook

from esign_desktop.api.errors import OutcomeUnknown
from esign_desktop.api.notices import parse_notice
from esign_desktop.api.signature import Secret, signed_headers
from esign_desktop.domain.bulk.sheet import CellDamage
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.domain.errors import InputError, PdfError
from esign_desktop.domain.forms import FieldKind, PdfFormField
from esign_desktop.domain.geometry import PageFrame, PageRect
from esign_desktop.domain.placing.placement import KeywordHit
from esign_desktop.domain.signature import Integrity, SignatureFact, SignaturePlace
from esign_desktop.override import override
from esign_desktop.pdf import wire
from esign_desktop.pdf.channel import SocketChannel
from esign_desktop.pdf.files import FileState
from esign_desktop.pdf.limits import MAX_ANSWER_BYTES
from esign_desktop.pdf.text.index import PageText, Reading
from esign_desktop.services.flows import listener as listening
from esign_desktop.services.sheets import reading, vcards
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.notices import NoticeInbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fuzzing.mutator import Mutator

SECRET: Final = Secret("made up for the tests of notices")
REQUEST_S: Final = 5.0
REAL_CHILD: Final = 0.1
"""How many of the inputs are read by a real child, which takes a hundred times longer than its answer."""
ANSWERS: Final[dict[str, tuple[Any, Any]]] = {
    "opened": (
        wire.OpenedFile.of(FileState(1234, 1_700_000_000_000_000_001, "a" * 64), [PageFrame(595, 842)] * 3),
        wire.OpenedFile,
    ),
    "texts": ((PageText(Reading.CAREFUL, True, "甲方：\n"),), tuple[PageText, ...]),
    "fields": ((PdfFormField("甲", FieldKind.CHECK, None, "hint", is_filled=True),), tuple[PdfFormField, ...]),
    "signatures": (
        (SignatureFact("甲", "CA", None, Integrity.CHANGED, True, SignaturePlace(3, PageRect(1, 2, 3, 4))),),
        tuple[SignatureFact, ...],
    ),
    "hits": (
        ((KeywordHit(2, (PageRect(1, 2, 3, 4),), "甲⽅", "与甲⽅ ", is_literal=False),), 2),
        tuple[tuple[KeywordHit, ...], int],
    ),
    "pixels": (b"\0" * 64, bytes),
}
FAILURE: Final = {"error": "pdf.page_failed", "detail": "ValueError", "params": {"page_number": 3}}


class Channel:
    """The first byte of an input says which answer it was."""

    errors: tuple[type[Exception], ...] = (wire.BadAnswer, PdfError, EOFError, TimeoutError)

    def __init__(self, _folder: Path) -> None:
        wire.load()
        self._samples = [{"value": wire.write(value)} for value, _kind in ANSWERS.values()]
        self._kinds = [kind for _value, kind in ANSWERS.values()]

    def input(self, mutator: Mutator) -> bytes:
        number = mutator.random.randrange(len(self._samples))
        content = mutator.changed_json(self._samples[number], self._samples[number], FAILURE)
        size = mutator.one_of(
            (len(content), len(content), len(content), 0, len(content) - 1, MAX_ANSWER_BYTES, 2**32 - 1)
        )
        return bytes([number]) + max(size, 0).to_bytes(4, "big") + content

    def read(self, data: bytes) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.setblocking(False)
            sent = theirs.send(data[1:])
            theirs.shutdown(socket.SHUT_WR)
            frame = SocketChannel(ours).receive(0.05, MAX_ANSWER_BYTES) if sent == len(data) - 1 else data[5:]
        message = wire.decode(frame)
        wire.raise_error(message)
        found = wire.read(message.get("value"), self._kinds[data[0]])
        if isinstance(found, wire.OpenedFile):
            found.frames()

    def close(self) -> None:
        return


class Notices:
    """A notice that the platform signed, and requests of anybody."""

    errors: tuple[type[Exception], ...] = (OutcomeUnknown,)

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "esign.db")
        self._database.open()
        self._failures: list[BaseException] = []
        self._listener = listening.NoticeListener(
            NoticeInbox(self._database),
            lambda: (listening.Sender(EnvironmentKind.TEST, "project", SECRET),),
            clock_ms=lambda: 7,
        )
        self._patches = contextlib.ExitStack()
        self._patches.enter_context(patch.object(listening._Server, "handle_error", self._note_failure))  # noqa: SLF001
        self._listener.start(0)
        self._body = {"action": "SIGN_FLOW_FINISH", "flowId": "f1", "flowStatus": 2, "businessScence": "借款"}
        self._signed = {
            "action": "SIGN_FLOW_UPDATE",
            "flowId": "f1",
            "accountId": "a1",
            "docId": "d1",
            "signResult": 2,
            "signTime": "2026-11-30 10:00:00",
            "resultDescription": "拒签",
        }

    def _note_failure(self, *_request: object) -> None:
        error = sys.exc_info()[1]
        # Connections break off.
        if error is not None and not isinstance(error, OSError):
            self._failures.append(error)

    def input(self, mutator: Mutator) -> bytes:
        body = mutator.changed_json(self._body, self._signed)
        request = _request(body[: listening.MAX_BODY_BYTES])
        return mutator.changed_bytes(request) if mutator.random.random() < 0.4 else request

    def read(self, data: bytes) -> None:
        _head, _, body = data.partition(b"\r\n\r\n")
        self._send(data)
        if self._failures:
            raise self._failures.pop()
        parse_notice(signed_headers("project", SECRET, body), body, SECRET)

    def _send(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self._listener.port or 0), timeout=REQUEST_S) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(OSError):
                while more := connection.recv(65536):
                    answer += more
        return answer

    def close(self) -> None:
        assert self._send(_request(json.dumps(self._body).encode())).startswith(b"HTTP/1.1 200 ")
        self._listener.stop()
        self._patches.close()
        self._database.close()


def _request(body: bytes) -> bytes:
    headers = {**signed_headers("project", SECRET, body), "Content-Length": str(len(body)), "Connection": "close"}
    lines = ["POST /notice HTTP/1.1", "Host: example.com", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Sheets:
    errors: tuple[type[Exception], ...] = (InputError,)
    answers: tuple[dict[str, Any], ...] = (
        {
            "worksheets": ["Sheet1", "Sheet2"],
            "filled": ["Sheet1"],
            "worksheet": "Sheet1",
            "rows": [
                [1, ["姓名", "手机号"], {}, False, {}],
                [2, ["赵样", "10000000001"], {"1": CellDamage.ERROR.value}, True, {"0": "x"}],
            ],
        },
        {"refused": "sheet.too_many_rows", "detail": "", "params": {"max": 2000}},
    )
    suffixes = (".xlsx", ".csv")
    module: Any = reading

    def __init__(self, folder: Path) -> None:
        self._path = folder / "input"
        self.samples: tuple[bytes, ...] = (
            _workbook(),
            "姓名,手机号\r\n赵样,10000000001\r\n".encode("gb18030"),
            b'\xef\xbb\xbfa;b\n1;"2\n3"\n',
        )

    def input(self, mutator: Mutator) -> bytes:
        """Return the answers of a child after ``?``, or a file after ``!``."""
        if mutator.random.random() > REAL_CHILD:
            return b"?" + mutator.changed_json([mutator.one_of(self.answers) for _ in range(2)])
        sample = mutator.one_of(self.samples)
        if sample.startswith(b"PK") and mutator.random.random() < 0.8:
            return b"!" + _with_changed_part(sample, mutator)
        return b"!" + mutator.changed_bytes(sample)

    def read(self, data: bytes) -> None:
        content = data[1:]
        if data.startswith(b"!"):
            self._path.write_bytes(content)
            self.open(self._path)
            return
        self._path.write_bytes(b"")
        with patch.object(self.module, "run_isolated", lambda *_order, **_limits: _pieces(content)):
            self.open(self._path)

    @staticmethod
    def open(path: Path) -> None:
        reading.open_sheet(path)

    def close(self) -> None:
        self._path.write_bytes(self.samples[0])
        self.open(self._path)


class Cards(Sheets):
    answers = (
        {"rows": [[1, ["赵样", "10000000001", "a@example.com", ""]], [2, ["", "", "", "样本公司"]]], "unreadable": 1},
        {"refused": "cards.not_cards"},
    )
    module = vcards

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        new = ("BEGIN:VCARD", "VERSION:3.0", "N:赵;样;;;", "FN:赵样", "TEL;TYPE=CELL:+86 100 0000 0001", "END:VCARD")
        old = (
            *("BEGIN:VCARD", "VERSION:2.1", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E8=B5=B5;=", "=E6=A0=B7;;;"),
            *("PHOTO;ENCODING=BASE64:AAAA", " BBBB", "ORG:x;y", "EMAIL:a@example.com", "END:VCARD"),
        )
        self.samples = ("\r\n".join((*new, "")).encode(), "\n".join((*old, "")).encode("ascii"))

    @staticmethod
    @override
    def open(path: Path) -> None:
        vcards.open_cards(path)


def _pieces(content: bytes) -> Iterator[Any]:
    """Yield answers as they arrive from a child."""
    try:
        found = wire.decode(b'{"pieces":' + content + b"}")["pieces"]
    except wire.BadAnswer:
        raise PdfError("pdf.worker_died", "BadAnswer") from None
    # ``run_isolated`` yields whatever a piece is.
    yield from found if isinstance(found, list) else [found]


def _workbook() -> bytes:
    book, target = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    for row in (("姓名", "手机号", "日期"), ("赵样", 10000000001, 45_000.5), ("钱样", "=1+1", True)):
        page.append(row)
    page["C2"].number_format = "yyyy-mm-dd"
    book.create_sheet("second")
    book.save(target)
    return target.getvalue()


def _with_changed_part(content: bytes, mutator: Mutator) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        names = source.namelist()
        chosen = mutator.one_of(names)
        for name in names:
            part = source.read(name)
            changed.writestr(name, mutator.changed_bytes(part) if name == chosen else part)
    return target.getvalue()
