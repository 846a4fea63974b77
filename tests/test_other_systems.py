"""The program does not need what Windows does not have: in a process that is told it runs there."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY
from tests.pdf.builder import Page, build

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="is Windows itself")

IMPORT_ALL = """
import importlib, pkgutil, traceback
import esign_desktop
failed = 0
names = [one.name for one in pkgutil.walk_packages(esign_desktop.__path__, "esign_desktop.")]
assert len(names) > 250, len(names)
for name in names:
    try:
        importlib.import_module(name)
    except Exception:
        failed += 1
        traceback.print_exc()
raise SystemExit(failed)
"""

LIMIT = """
import os
from esign_desktop.__main__ import _give_streams
from esign_desktop.pdf.worker.memory import ProcessMemory
from esign_desktop.pdf.isolated import process_limits as own_limits
from esign_desktop.pdf.walls.lockdown import lock_down
from tests.pretended_windows import LOADED
LOADED.private_bytes = 4711
own_limits.limit_memory(1 << 30)
own_limits.limit_cpu_time(60)
own_limits.set_alarm(1.0)
own_limits.forbid_file_writes()
assert lock_down({0, 1, 2}) == ("job",)
assert ProcessMemory().resident_bytes() == 4711
held = [limits.flags for limits in LOADED.limits_of(1, 0xFFFFFFFF)]
assert held == [0x100, 0x2, 0x408], held
assert LOADED.modes == [0x8003, 1], LOADED.modes
"""

KEEP = """
import os
import sys
from pathlib import Path
from esign_desktop.app.ipc import server_name
from esign_desktop.pdf.files import open_source
from esign_desktop.pdf.files import open_target
from esign_desktop.services.audit import user_and_computer
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.ledger import Ledger
folder = Path(sys.argv[2])
with InstanceLock(folder / "lock"):
    pass
name = server_name(folder)
assert name and "/" not in name, name
assert "(" not in user_and_computer()

# Without that flag Windows writes two bytes for each end of a line, and stops reading at a Ctrl+Z.
flags = {}
open_it = os.open
def noting(path, flag, *rest, **more):
    descriptor = open_it(path, flag, *rest, **more)
    flags[descriptor] = flag
    return descriptor
write = os.write
def writing(descriptor, data):
    assert flags.get(descriptor, 0) & os.O_BINARY
    return write(descriptor, data)
os.open, os.write = noting, writing
ledger = Ledger(folder / "ledger.jsonl")
ledger.append("test", {"text": "\\x1a"})
assert [entry.values for entry in ledger.read()] == [{"text": "\\x1a"}]
with open_target(folder / "copy.pdf") as descriptor:
    os.write(descriptor, b"%PDF-1.7\\n")
source = open_source(folder / "copy.pdf")
assert flags[source.descriptor] & os.O_BINARY
os.close(source.descriptor)
"""

DRAW = """
import sys
from pathlib import Path
from esign_desktop.pdf.engine import RenderRequest
from esign_desktop.pdf.client.engine import ProcessEngine
from tests.pretended_windows import LOADED, pretend_in_children
pretend_in_children()
engine = ProcessEngine()
opened = engine.open(Path(sys.argv[2]))
pixels = bytes(engine.render(RenderRequest(opened.handle, 1, 0.5)).data)
assert 0 in pixels and 255 in pixels
assert engine.normalise(opened.handle, Path(sys.argv[2]).with_name("copy.pdf")).pages[0].is_plain
assert LOADED.tied_processes(), "no child ends with this process"
engine.stop()
"""


SELF_TEST = """
import sys
from tests.pretended_windows import LOADED, pretend_in_children
pretend_in_children()
sys.argv = ["esign-desktop", "--self-test", "--output", sys.argv[2]]
from esign_desktop.__main__ import main
failed = main()
assert LOADED.tied_processes()
raise SystemExit(failed)
"""

WITHOUT_STREAMS = """
import sys
sys.stdout = sys.stderr = None
sys.argv = ["esign-desktop", "--rebuild-from-ledger", "--data-dir", sys.argv[2]]
from esign_desktop.__main__ import main
raise SystemExit(main())
"""

IN_A_CONSOLE = """
import os, sys
from pathlib import Path
from tests.pretended_windows import LOADED
os.chdir(sys.argv[2])
sys.stdout = sys.stderr = None
from esign_desktop import __main__ as program
LOADED.was_started_in_a_console = True
assert program._give_streams(["--version"]) and LOADED.has_console
print("电子签")
program._leave_console()
assert not LOADED.has_console
assert Path("CONOUT$").read_text("utf-8") == "电子签" + os.linesep
print("nowhere")
sys.stdout = sys.stderr = None
for words in ([], ["a.pdf"], ["--child", "-x"][:1]):
    assert not program._give_streams(words), words
LOADED.was_started_in_a_console = False
sys.stdout = sys.stderr = None
assert not program._give_streams(["--version"])
"""

OPEN_FROM_FINDER = """
import sys
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from esign_desktop.app import arguments
from esign_desktop.ui.shell.application import create_application
sys.platform = "darwin"
application = create_application(["esign-desktop"])
opened = []
links = []
application.file_open_requested.connect(opened.append)
application.link_open_requested.connect(links.append)
link = "esign-desktop:customer/one-time-name"
for url in ("file:///Users/ann/%E5%90%88%E5%90%8C.pdf", "https://example.invalid/a.pdf", link):
    QCoreApplication.sendEvent(application, QFileOpenEvent(QUrl(url)))
assert [str(path) for path in opened] == ["/Users/ann/\\u5408\\u540c.pdf"], opened
assert links == [link], links
try:
    arguments.parse(["--install-desktop-entry"])
except SystemExit as error:
    assert error.code == 2
else:
    raise AssertionError
"""


def run_on_pretended_windows(code: str, *arguments: object) -> None:
    _run("-m", "tests.pretended_windows", code, *map(str, arguments))


def _run(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.slow
def test_every_module_can_be_imported() -> None:
    run_on_pretended_windows(IMPORT_ALL)


def test_a_child_limits_itself_by_what_windows_has() -> None:
    run_on_pretended_windows(LIMIT)


def test_the_data_folder_is_locked_and_files_hold_the_bytes_that_were_written(tmp_path: Path) -> None:
    run_on_pretended_windows(KEEP, tmp_path)


@pytest.mark.slow
def test_a_page_is_drawn_and_a_copy_written_by_a_child_that_is_tied_to_the_program(tmp_path: Path) -> None:
    path = tmp_path / "contract.pdf"
    path.write_bytes(build(Page(rotate="90", drawing="0 0 99 99 re f")))
    run_on_pretended_windows(DRAW, path)


@pytest.mark.nightly
@pytest.mark.e2e
@pytest.mark.slow
def test_the_main_job_is_done_from_the_first_seal_to_the_signed_file(tmp_path: Path) -> None:
    run_on_pretended_windows(SELF_TEST, tmp_path)


def test_a_program_without_a_console_has_nowhere_to_speak_and_works(tmp_path: Path) -> None:
    run_on_pretended_windows(WITHOUT_STREAMS, tmp_path)


def test_a_command_prints_in_the_console_that_started_it(tmp_path: Path) -> None:
    """CONOUT$ is the console there; here, a file of that name."""
    run_on_pretended_windows(IN_A_CONSOLE, tmp_path)


def test_macos_hands_over_files_by_an_event_and_has_no_desktop_entries() -> None:
    _run("-c", OPEN_FROM_FINDER)
