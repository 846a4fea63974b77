"""A child that was taken over by a file says what it likes: the parent waits so long, believes nothing, survives."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import AppError, PdfError
from esign_desktop.pdf.client.engine import CHUNK_PAGES, PageSearch, ProcessEngine
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.isolated import start as child_start
from esign_desktop.pdf.isolated.forms import list_form_fields
from esign_desktop.pdf.isolated.signatures import check_signatures
from esign_desktop.pdf.limits import Limits
from tests.pdf.builder import Page, build
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from esign_desktop.domain.placing.placement import KeywordHit

    Write = Callable[[bytes], Path]

QUICK = Limits(start_s=20.0, open_s=1.0, render_s=1.0)
MARGIN_S = 6.0
LIAR = """
import json, os, sys, time
from esign_desktop.pdf.channel import ChildEnd
end = ChildEnd()
end.receive()
def frame(text):
    data = text if isinstance(text, bytes) else text.encode()
    os.write(1, len(data).to_bytes(4, "big") + data)
{lies}
time.sleep(600)
"""
READY = """
frame(json.dumps({"ready": 1, "walls": ["seccomp"]}))
end.receive()
pages = [{"count": 1, "frame": [200.0, 100.0, 0, 1.0, 0, 0]}]
frame(json.dumps({"value": {"state": [900, 1, "a" * 64], "pages": pages}, "memory_bytes": 0}))
data, files = end.receive()
"""
WAYS = {
    "half a head": 'os.write(1, b"\\0\\0")',
    "half a frame": 'os.write(1, (100).to_bytes(4, "big") + b"{")',
    "a frame without end": 'os.write(1, b"\\xff\\xff\\xff\\xff" + b" " * 1000)',
    "nothing": "",
    "no JSON": 'frame("}")',
    "brackets": 'frame("[" * 100000)',
    "a million values": 'frame("[" + "[]," * 1000000 + "0]")',
    "a long text of wide characters": "frame('{\"error\": \"' + chr(0x4E00) * 4000000 + '\"}')",
    "an answer without end": 'frame(b" " * (17 << 20))',
    "infinity": "frame('{\"memory_bytes\": Infinity}')",
    "a large exponent": "frame('{\"memory_bytes\": 1e999}')",
    "a code of its own": 'frame(\'{"error": "store.damaged", "detail": "", "memory_bytes": 0}\')',
    "its end": "os._exit(0)",
}


@pytest.fixture
def lie(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has children say other things than they should."""

    def start(lies: str) -> None:
        program = LIAR.replace("{lies}", lies)
        monkeypatch.setattr(child_start, "child_command", lambda _target: [sys.executable, "-c", program])

    return start


@pytest.mark.parametrize("way", WAYS)
def test_what_a_child_says_instead_of_a_page_ends_the_child_only(
    way: str, lie: Callable[[str], None], write: Write
) -> None:
    lie(READY + WAYS[way])
    engine = ProcessEngine(limits=QUICK)
    try:
        opened = engine.open_quickly(write(build(Page())))
        started_at_s = time.monotonic()
        with pytest.raises(PdfError) as caught:
            engine.render(RenderRequest(opened.handle, 1, 1.0))
        assert caught.value.code in {"pdf.worker_died", "pdf.too_slow"}
        assert time.monotonic() - started_at_s < QUICK.render_s + MARGIN_S
        assert engine.worker_pids == ()
    finally:
        engine.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="pixels come with the answer there")
def test_memory_that_the_child_shortens_stays_as_long_as_it_was(lie: Callable[[str], None], write: Write) -> None:
    cut = """
try:
    os.ftruncate(files[0], 0)
    said = "cut"
except OSError:
    said = "refused"
frame(json.dumps({"value": None, "memory_bytes": 0}))
"""
    lie(READY + cut)
    engine = ProcessEngine(limits=QUICK)
    try:
        opened = engine.open_quickly(write(build(Page())))
        # With memory that was cut off, looking at it would end this process by a signal.
        assert bytes(engine.render(RenderRequest(opened.handle, 1, 1.0)).data) == bytes(200 * 100 * 4)
    finally:
        engine.stop()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("ask", daily([list_form_fields], [list_form_fields, check_signatures]))
def test_what_a_reader_says_instead_of_an_answer_is_a_failure(
    way: str, ask: Callable[..., object], lie: Callable[[str], None], tmp_path: Path
) -> None:
    lie(WAYS[way])
    started_at_s = time.monotonic()
    with pytest.raises(PdfError) as caught:
        ask(tmp_path / "any.pdf", limit_s=1.5)
    assert caught.value.code in {"pdf.worker_died", "pdf.too_slow"}
    assert time.monotonic() - started_at_s < 1.5 + MARGIN_S


@pytest.mark.parametrize("value", ["Infinity", "1e999", "NaN", "true", '"1"', "[]", "-1", "1.5"])
def test_a_number_that_is_none_is_refused_wherever_it_stands(
    value: str, lie: Callable[[str], None], tmp_path: Path
) -> None:
    field = f'{{"piece": [{{"name": "name", "kind": "text", "most_characters": {value}}}]}}'
    lie(f"frame({field!r}); frame('{{\"end\": true}}')")
    with pytest.raises(PdfError) as caught:
        list_form_fields(tmp_path / "any.pdf")
    assert caught.value.code == "pdf.worker_died"
    place = f'{{"page_number": {value}, "rect": [1, 2, 3, 4]}}'
    names = '"signer_name": "a", "issuer_name": "b"'
    fact = f'{{{names}, "at_ms": 1, "integrity": "broken", "is_trusted": true, "place": {place}}}'
    piece = f'{{"piece": [{fact}]}}'
    lie(f"frame({piece!r}); frame('{{\"end\": true}}')")
    with pytest.raises(PdfError) as caught:
        check_signatures(tmp_path / "any.pdf")
    assert caught.value.code == "pdf.worker_died"


def test_closing_a_document_waits_for_its_busy_child_without_asking_again_and_again(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ProcessEngine(workers=2)
    checkouts = 0
    try:
        opened = engine.open(write(build(Page())))
        pool = engine._pool  # noqa: SLF001  nothing else tells how often a child was asked for
        holder = next(one for one in pool.children if opened.handle in one.opened)
        checkout = pool.checkout

        def counted(*values: object, **named: object) -> object:
            nonlocal checkouts
            checkouts += 1
            return checkout(*values, **named)  # type: ignore[arg-type]

        with pool.checkout(opened.handle, only=holder):
            monkeypatch.setattr(pool, "checkout", counted)
            closing = threading.Thread(target=engine.close, args=(opened.handle,))
            closing.start()
            time.sleep(0.3)
            assert closing.is_alive()
        closing.join(10)
        assert not closing.is_alive()
        assert checkouts == 1
        assert opened.handle not in holder.opened
    finally:
        engine.stop()


@pytest.mark.parametrize("kind", [ValueError, PdfError])
def test_a_search_of_which_one_thread_fails_tells_no_hits(kind: type[Exception]) -> None:
    search = PageSearch(range(1, 20 * CHUNK_PAGES), 20.0)
    caller = threading.current_thread()

    def step(page_numbers: Sequence[int], _limit_s: float) -> tuple[tuple[KeywordHit, ...], int]:
        if threading.current_thread() is not caller:
            raise kind("pdf.page_failed")
        time.sleep(0.01)
        return (), len(page_numbers)

    with pytest.raises(kind) as caught:
        search.run(step, 2)
    assert not isinstance(caught.value, AppError) or caught.value.code == "pdf.page_failed"
