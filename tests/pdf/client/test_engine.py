"""What only the process engine does: limit, kill, restart, and leave nothing behind."""

from __future__ import annotations

import gc
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.pdf import wire
from esign_desktop.pdf.client import child as child_process
from esign_desktop.pdf.client import engine as process_engine
from esign_desktop.pdf.client import pool
from esign_desktop.pdf.client import segments as segment
from esign_desktop.pdf.client.engine import ProcessEngine
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.isolated import start as child_start
from esign_desktop.pdf.limits import Limits
from esign_desktop.pdf.wire import BadAnswer
from tests.pdf.builder import Page, build, endless
from tests.pdf.ink import is_blank
from tests.raised import raises_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esign_desktop.pdf.engine import OpenedPdf

    Write = Callable[[bytes], Path]

QUICK = Limits(render_s=0.4, open_s=5.0, find_s=5.0, facts_page_s=1.0)
WAIT_S = 20.0
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def quick() -> Iterator[ProcessEngine]:
    """An engine that loses patience soon."""
    engine = ProcessEngine(limits=QUICK)
    yield engine
    engine.stop()


def draw(engine: ProcessEngine, opened: OpenedPdf, page_number: int = 1) -> bytes:
    return bytes(engine.render(RenderRequest(opened.handle, page_number, 0.5)).data)


@pytest.fixture
def present() -> Callable[[], int]:
    """Tells how many segments there are that this test made."""
    pixels = re.compile(r"^/memfd:pixels")

    def count() -> int:
        found = set()
        for link in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                if pixels.match(str(link.readlink())):
                    found.add(link.stat().st_ino)
        return len(found)

    # What an earlier test held would go in the middle of this one.
    gc.collect()
    before = count()
    return lambda: count() - before


def wait_until(holds: Callable[[], bool]) -> None:
    ends_at_s = time.monotonic() + WAIT_S
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < ends_at_s, "waited in vain"
        pause.wait(0.01)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return False
    # A process that was killed closes its connections when the last of its threads has ended.
    return state != "Z" or threads > 1


def test_a_page_that_hangs_is_cut_off_and_the_next_page_is_drawn(quick: ProcessEngine, write: Write) -> None:
    bad, good = quick.open(write(endless())), quick.open(write(build(Page(drawing="0 0 99 99 re f"))))
    started_at_s = time.monotonic()
    with pytest.raises(PdfError) as caught:
        draw(quick, bad)
    assert caught.value.code == "pdf.too_slow"
    assert caught.value.params["page_number"] == 1
    assert time.monotonic() - started_at_s < QUICK.render_s + 3
    assert min(draw(quick, good)) == 0


def test_a_page_that_hung_twice_is_refused_at_once(quick: ProcessEngine, write: Write) -> None:
    bad = quick.open(write(endless()))
    for _ in range(2):
        with raises_code(PdfError, "pdf.too_slow"):
            draw(quick, bad)
    assert quick.worker_pids == ()
    started_at_s = time.monotonic()
    with pytest.raises(PdfError) as caught:
        draw(quick, bad)
    assert caught.value.code == "pdf.too_slow"
    assert time.monotonic() - started_at_s < QUICK.render_s
    assert quick.worker_pids == (), "not even started"


def test_a_document_whose_text_hangs_opens_with_partial_facts(write: Write) -> None:
    nested = "".join(
        f"{1000 + n} 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {1001 + n} 0 R>>>>"
        f"/Length 60>>stream\n{'/X Do ' * 10}\nendstream\nendobj\n"
        for n in range(12)
    )
    page = Page(drawing="/X Do " * 10, resources="/XObject<</X 1000 0 R>>")
    engine = ProcessEngine(limits=Limits(facts_page_s=0.3))
    try:
        opened = engine.open(write(build(page, Page().write("甲", 9, 9), objects=nested)))
        assert opened.facts.facts_are_partial
        assert min(draw(engine, opened, page_number=2)) == 0
    finally:
        engine.stop()


@linux_only
def test_a_child_that_was_killed_is_replaced_unnoticed(quick: ProcessEngine, write: Write) -> None:
    opened = quick.open(write(build(Page(drawing="0 0 99 99 re f"))))
    before = draw(quick, opened)
    (pid,) = quick.worker_pids
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_running(pid))
    assert draw(quick, opened) == before
    assert quick.worker_pids != (pid,)


@linux_only
def test_a_child_that_dies_at_work_is_told_and_replaced(write: Write) -> None:
    engine = ProcessEngine()
    try:
        bad, good = engine.open(write(endless())), engine.open(write(build(Page())))
        with ThreadPoolExecutor(1) as threads:
            (pid,) = engine.worker_pids
            drawing = threads.submit(draw, engine, bad)
            wait_until(lambda: cpu_ticks(pid) > 30)
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(PdfError) as caught:
                drawing.result(WAIT_S)
        assert caught.value.code == "pdf.worker_died"
        assert caught.value.retryable
        assert draw(engine, good)
    finally:
        engine.stop()


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def kill_children(engine: ProcessEngine) -> None:
    for pid in engine.worker_pids:
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: not is_running(pid))  # type: ignore[misc]


@linux_only
def test_a_file_that_changed_is_not_reopened_as_if_it_were_the_same(quick: ProcessEngine, write: Write) -> None:
    path = write(build(Page()))
    opened = quick.open(path)
    path.write_bytes(build(Page(), Page()))
    assert draw(quick, opened), "what is open stays as it was"
    kill_children(quick)
    with pytest.raises(PdfError) as caught:
        draw(quick, opened)
    assert caught.value.code == "pdf.changed"


@linux_only
def test_a_file_that_vanished_is_missing_when_it_is_needed_again(quick: ProcessEngine, write: Write) -> None:
    path = write(build(Page()))
    opened = quick.open(path)
    path.unlink()
    assert draw(quick, opened)
    kill_children(quick)
    with pytest.raises(PdfError) as caught:
        draw(quick, opened)
    assert caught.value.code == "pdf.missing"


@linux_only
def test_a_protected_document_is_reopened_with_its_password(quick: ProcessEngine, write: Write) -> None:
    from tests.pdf.test_engines import encrypted

    opened = quick.open(write(encrypted(owner="o", user="geheim-1234")), password="geheim-1234")
    for pid in quick.worker_pids:
        folder = Path(f"/proc/{pid}")
        assert b"geheim" not in (folder / "cmdline").read_bytes()
        if os.geteuid() == 0:
            assert b"geheim" not in (folder / "environ").read_bytes()
        else:
            # Who is locked in can't be looked into by their own user either.
            with pytest.raises(PermissionError):
                (folder / "environ").read_bytes()
    kill_children(quick)
    assert draw(quick, opened)
    assert "geheim" not in repr(vars(quick))


@linux_only
@pytest.mark.skipif(sys.platform == "linux" and os.geteuid() != 0, reason="only root may look into who is locked in")
def test_child_has_neither_qt_nor_the_application_nor_the_parents_main_module(tmp_path: Path, write: Write) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, json\n"
        "from pathlib import Path\n"
        "import PySide6.QtGui, requests\n"
        "from esign_desktop.pdf.client.engine import ProcessEngine\n"
        "print('imported')\n"
        "print('library in parent:', 'pymupdf' in sys.modules)\n"
        "engine = ProcessEngine()\n"
        "engine.open(Path(sys.argv[1]))\n"
        "print(Path(f'/proc/{engine.worker_pids[0]}/maps').read_text())\n"
        "engine.stop()\n",
        encoding="utf-8",
    )
    # Without a guard for its main module: a child that ran it again would start children of its own.
    done = subprocess.run(
        [sys.executable, str(program), str(write(build(Page())))],
        capture_output=True, text=True, check=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    assert done.stdout.count("imported") == 1
    assert "library in parent: False" in done.stdout
    assert "libmupdf" in done.stdout
    assert "Qt6" not in done.stdout


@linux_only
@pytest.mark.parametrize("at_work", [False, True])
def test_child_ends_when_its_parent_is_killed(at_work: bool, tmp_path: Path, write: Write) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from esign_desktop.pdf.engine import RenderRequest\n"
        "from esign_desktop.pdf.limits import Limits\n"
        "from esign_desktop.pdf.client.engine import ProcessEngine\n"
        "engine = ProcessEngine(limits=Limits(render_s=60.0))\n"
        "opened = engine.open(Path(sys.argv[1]))\n"
        "print(engine.worker_pids[0], flush=True)\n"
        "if sys.argv[2] == 'True':\n"
        "    engine.render(RenderRequest(opened.handle, 1, 1.0))\n"
        "sys.stdin.read()\n",
        encoding="utf-8",
    )
    parent = subprocess.Popen(
        [sys.executable, str(program), str(write(endless())), str(at_work)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        if at_work:
            start = cpu_ticks(pid)
            wait_until(lambda: cpu_ticks(pid) > start + 20)
        parent.kill()
        parent.wait()
        wait_until(lambda: not is_running(pid))


@linux_only
def test_no_shared_memory_is_left_after_stop_kill_and_timeout(present: Callable[[], int], write: Write) -> None:
    engine = ProcessEngine(workers=2, limits=QUICK)
    good, bad = engine.open(write(build(Page()))), engine.open(write(endless()))
    kept = engine.render(RenderRequest(good.handle, 1, 1.0))
    with raises_code(PdfError, "pdf.too_slow"):
        draw(engine, bad)
    kill_children(engine)
    draw(engine, good)
    assert present() > 0
    engine.stop()
    assert present() == 1
    assert is_blank(kept), "pixels that somebody still has stay readable"
    del kept
    gc.collect()
    assert present() == 0


@linux_only
def test_shared_memory_is_used_again(present: Callable[[], int], write: Write) -> None:
    engine = ProcessEngine()
    opened = engine.open(write(build(Page())))
    for _ in range(20):
        draw(engine, opened)
    assert present() <= 1
    held = [engine.render(RenderRequest(opened.handle, 1, 0.5)) for _ in range(6)]
    assert present() == 6
    assert all(is_blank(pixels) for pixels in held)
    held.clear()
    draw(engine, opened)
    assert present() <= 4
    engine.stop()


def test_pixels_of_one_call_are_not_overwritten_by_the_next(quick: ProcessEngine, write: Write) -> None:
    opened = quick.open(write(build(Page(), Page(drawing="0 0 999 999 re f"))))
    white = quick.render(RenderRequest(opened.handle, 1, 0.5))
    part = white.data[100:200]
    del white
    gc.collect()
    quick.render(RenderRequest(opened.handle, 2, 0.5))
    assert bytes(part) == b"\xff" * 100


def test_drawing_goes_on_between_the_steps_of_a_long_search(write: Write) -> None:
    engine = ProcessEngine(limits=Limits(find_step_budget_s=0.001, find_s=60.0))
    page = Page()
    for row in range(50):
        page.write("甲乙丙丁戊己庚辛壬癸" * 4, 9, 10 + 15 * row)
    try:
        opened = engine.open(write(build(*[page] * 25)))
        with ThreadPoolExecutor(1) as threads:
            search = threads.submit(engine.find, opened.handle, "癸甲")
            drawn_meanwhile = 0
            while not search.done():
                draw(engine, opened)
                drawn_meanwhile += 1
            # Three within each row, and one from each row to the next.
            assert len(search.result()) == 25 * (50 * 3 + 49)
        assert drawn_meanwhile > 5
    finally:
        engine.stop()


def test_a_search_that_takes_too_long_is_given_up(write: Write) -> None:
    engine = ProcessEngine(limits=Limits(find_s=0.05, find_step_budget_s=0.01))
    page = Page()
    for row in range(50):
        page.write("甲乙丙丁戊己庚辛壬癸" * 4, 9, 10 + 15 * row)
    try:
        opened = engine.open(write(build(*[page] * 25)))
        with pytest.raises(PdfError) as caught:
            engine.find(opened.handle, "癸甲")
        assert caught.value.code == "pdf.too_slow"
    finally:
        engine.stop()


def test_many_threads_and_two_children_answer_right(write: Write) -> None:
    engine = ProcessEngine(workers=2)
    files = [write(build(Page(media_box=f"[0 0 {100 + n} 50]").write(f"甲{n}", 5, 5))) for n in range(4)]
    try:
        with ThreadPoolExecutor(8) as threads:
            opened = list(threads.map(engine.open, files))

            def work(turn: int) -> tuple[int, int]:
                document = opened[turn % 4]
                pixels = engine.render(RenderRequest(document.handle, 1, 1.0))
                return pixels.width_px - 100, len(engine.find(document.handle, f"甲{turn % 4}"))

            assert list(threads.map(work, range(80))) == [(turn % 4, 1) for turn in range(80)]
            list(threads.map(engine.close, [document.handle for document in opened]))
    finally:
        engine.stop()


def test_stop_cancels_who_waits_and_who_comes_later(write: Write) -> None:
    engine = ProcessEngine()
    opened = engine.open(write(endless()))
    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(draw, engine, opened) for _ in range(3)]
        wait_until(lambda: any(future.running() for future in waiting))
        engine.stop()
        for future in waiting:
            # Who comes while the engine stops may find it without documents already.
            with pytest.raises((Cancelled, PdfError), match=r"^$|pdf\.closed"):
                future.result(WAIT_S)
    with pytest.raises(Cancelled):
        engine.open(Path("x.pdf"))
    with pytest.raises(Cancelled):
        engine.prestart()
    engine.close(opened.handle)
    engine.stop()


@linux_only
def test_stop_ends_the_children(write: Write) -> None:
    engine = ProcessEngine(workers=2)
    engine.prestart()
    pids = engine.worker_pids
    assert len(pids) == 2
    engine.open(write(build(Page())))
    engine.stop()
    assert not any(is_running(pid) for pid in pids)
    assert engine.worker_pids == ()


def test_prestart_does_not_wait(write: Write) -> None:
    engine = ProcessEngine()
    started_at_s = time.monotonic()
    engine.prestart()
    prestarted_s = time.monotonic() - started_at_s
    engine.open(write(build(Page())))
    opened_s = time.monotonic() - started_at_s
    engine.stop()
    assert prestarted_s < opened_s / 2 + 0.05


@linux_only
def test_memory_of_the_child_is_limited(write: Write) -> None:
    engine = ProcessEngine(limits=Limits(address_space_bytes=500 * 1024 * 1024))
    # 900 megapixels of which each has to be looked at.
    image = (
        "1000 0 obj\n<</Type/XObject/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceRGB"
        "/Interpolate true/Length 0>>stream\n\nendstream\nendobj\n"
    )
    page = Page(drawing="q 500 0 0 500 0 0 cm /I Do Q", resources="/XObject<</I 1000 0 R>>")
    try:
        opened = engine.open(write(build(page, Page(drawing="0 0 99 99 re f"), objects=image)))
        with suppress(PdfError):
            draw(engine, opened)
        assert min(draw(engine, opened, page_number=2)) == 0
    finally:
        engine.stop()


def test_a_child_that_answers_nonsense_is_ended(
    quick: ProcessEngine, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = quick.open(write(build(Page().write("甲", 9, 9))))

    def refuse(*_: object) -> None:
        raise BadAnswer("hit")

    with monkeypatch.context() as patch:
        patch.setattr(wire, "read", refuse)
        with pytest.raises(PdfError) as caught:
            quick.find(opened.handle, "甲")
    assert (caught.value.code, caught.value.detail) == ("pdf.worker_died", "hit")
    assert quick.worker_pids == ()
    assert len(quick.find(opened.handle, "甲")) == 1


@linux_only
def test_a_child_that_takes_too_much_memory_is_replaced_without_a_failure(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "PAUSE_S", 0.0)
    engine = ProcessEngine(limits=Limits(child_memory_bytes=1))
    path = write(build(Page(drawing="0 0 99 99 re f")))
    try:
        opened = engine.open(path)
        (pid,) = engine.worker_pids
        expected = draw(engine, opened)

        def is_replaced() -> bool:
            assert draw(engine, opened) == expected
            return not is_running(pid)

        wait_until(is_replaced)
    finally:
        engine.stop()


def test_stop_while_a_child_is_being_replaced_leaves_nothing(write: Write) -> None:
    engine = ProcessEngine(limits=Limits(child_memory_bytes=1))
    opened = engine.open(write(build(Page())))
    draw(engine, opened)
    engine.stop()
    assert engine.worker_pids == ()


def test_two_children_count_and_place_what_one_does(write: Write) -> None:
    pages = [Page().write("甲方" * (number % 3), 50, 50) for number in range(100)]
    engine = ProcessEngine(workers=2)
    try:
        opened = engine.open_quickly(write(build(*pages)))
        assert engine.count(opened.handle, "甲方") == tuple(number % 3 for number in range(100))
        hits = engine.find(opened.handle, "甲方", near_page=50)
        assert [hit.page_number for hit in hits] == [n + 1 for n in range(100) for _ in range(n % 3)]
    finally:
        engine.stop()


def test_a_document_is_read_once_its_first_page_was_drawn(quick: ProcessEngine, write: Write) -> None:
    opened = quick.open_quickly(write(build(*[Page().write("甲", 9, 9)] * 50)))
    record = quick._record(opened.handle)  # noqa: SLF001  nothing else tells
    quick.render(RenderRequest(opened.handle, 1, 1.0))
    wait_until(lambda: record.index.is_read)
    assert quick.complete(opened).facts.pages_without_text == ()


@linux_only
def test_a_document_that_changed_while_it_waits_to_be_read_is_told(quick: ProcessEngine, write: Write) -> None:
    path = write(build(*[Page().write("甲", 9, 9)] * 50))
    opened = quick.open_quickly(path)
    path.write_bytes(build(Page()))
    kill_children(quick)
    with pytest.raises(PdfError) as caught:
        quick.count(opened.handle, "甲")
    assert caught.value.code == "pdf.changed"


def test_a_closed_document_is_read_no_further(quick: ProcessEngine, write: Write) -> None:
    opened = quick.open_quickly(write(build(*[Page().write("甲", 9, 9)] * 50)))
    quick.close(opened.handle)
    with raises_code(PdfError, "pdf.closed"):
        quick.count(opened.handle, "甲")


def test_a_page_that_cannot_be_read_is_asked_itself_and_its_failure_is_told(write: Write) -> None:
    nested = "".join(
        f"{1000 + n} 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {1001 + n} 0 R>>>>"
        f"/Length 60>>stream\n{'/X Do ' * 10}\nendstream\nendobj\n"
        for n in range(12)
    )
    page = Page(drawing="/X Do " * 10, resources="/XObject<</X 1000 0 R>>")
    engine = ProcessEngine(limits=Limits(facts_page_s=0.3, find_s=2.0))
    try:
        opened = engine.open(write(build(Page().write("甲", 9, 9), page, objects=nested)))
        with raises_code(PdfError, "pdf.too_slow"):
            engine.count(opened.handle, "甲")
        assert len(engine.find_on_pages(opened.handle, "甲", [1])) == 1
    finally:
        engine.stop()


def test_where_neither_files_nor_memory_can_be_handed_over_paths_and_pixels_are_sent(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "from esign_desktop.pdf.worker import main as worker\n"
        "def no_walls(keep, start_threads):\n"
        "    return ()\n"
        "worker.lock_down = no_walls\n"
        "worker.serve()\n"
    )
    monkeypatch.setattr(child_start, "child_command", lambda _target: [sys.executable, "-c", program])
    monkeypatch.setattr(child_process, "HAS_DESCRIPTORS", False)
    monkeypatch.setattr(process_engine, "HAS_DESCRIPTORS", False)
    monkeypatch.setattr(segment, "CAN_BE_SHARED", False)
    engine = ProcessEngine()
    try:
        opened = engine.open(write(build(Page(rotate="90", drawing="0 0 99 99 re f"))))
        pixels = draw(engine, opened)
        assert (min(pixels), max(pixels)) == (0, 255)
        assert engine.normalise(opened.handle, tmp_path / "copy.pdf").pages[0].is_plain
    finally:
        engine.stop()
