"""What every test stands on: a home of its own, no network, no keyring, and real servers on request."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from esign_desktop.pdf.isolated.start import STARTER
from tests.isolation import NETWORK_CALLS, UNREACHABLE_BUS, home_environment
from tests.patient_qtbot import PatientQtBot
from tests.secret_service import SecretService
from tests.tally import pytest_runtest_logreport, pytest_terminal_summary, tally
from tests.tiers import missing
from tests.virtual_display import VirtualDisplay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from tests.services.sandbox_platform import SandboxPlatform

__all__ = ["pytest_runtest_logreport", "pytest_terminal_summary", "tally"]

REPOSITORY = Path(__file__).resolve().parent.parent
THREAD_END_S = 10.0

QUICK_FOLDERS = ("api", "domain", "pdf", "sandbox", "services", "store", "ui")
NOT_QUICK = (
    *("pdf/client", "pdf/isolated", "services/calibration", "services/copies", "services/sheets"),
    *("ui/bulk", "ui/counter", "ui/hostile", "ui/settings", "ui/templates"),
    *("domain/calibration/test_answers", "pdf/test_lying_child", "services/flows/test_listener"),
    *("services/sheets/test_reading", "store/files/test_ledger_index", "store/tables/test_journal"),
    *("ui/prepare/test_preflight", "ui/prepare/test_room", "ui/test_whose_account"),
    *("ui/track/test_room", "ui/track/test_signed_file"),
    *("ui/widgets/test_confirm_button", "ui/widgets/test_deliberate"),
    *("pdf/test_command", "pdf/test_limits_of_systems", "pdf/test_made", "pdf/test_mentions", "pdf/test_walls"),
    *("pdf/worker/test_first_page", "sandbox/test_command_line", "sandbox/test_sealing", "services/erasure"),
    *("services/people/test_second_accounts", "services/sending/test_links_late", "services/test_environments"),
    *("store/database/test_connection", "store/test_erasing", "store/test_secrets"),
    *("ui/contacts/test_files", "ui/contacts/test_room", "ui/presets/test_editor", "ui/widgets/test_brand_band"),
    *("pdf/test_wire", "pdf/worker/test_upright", "ui/prepare/forms", "ui/prepare/seals/test_commands"),
    *("ui/prepare/test_half_typed", "ui/prepare/test_proposals", "ui/prepare/test_side_panels"),
    *("ui/prepare/test_tool_strip", "ui/prepare/tools/test_keyword", "ui/send/test_review"),
)
"""Whole rooms with a platform behind them, files that start processes, and those that take six seconds or more."""
STARTING_FIXTURES = {"engine", "platform", "secret_service", "server", "shared_child", "start_server", "xvfb"}
"""What starts a server, a process or a display."""
LATER = ("corpus", "e2e", "nightly", "slow")
"""Marks of tests that ``make check`` leaves out."""

MEMORY = Path("/dev/shm")  # noqa: S108
MEMORY_BYTES = 2 << 30

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Collecting the tests leaves no garbage behind that is worth a second of each test process.
gc.disable()
# jsonschema would compile the grammar of RFC 3987 when it is imported: over a second in each test process, for
# formats of addresses that no test checks.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
# A kill loses nothing that only waits for a disk, so that a test proves the same in memory, without the waiting.
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

set_hypothesis_home_dir(REPOSITORY / "build" / "hypothesis")
# A busy machine is no defect: bounds on time belong to pytest-timeout and to the benchmarks.
hypothesis.settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("house")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no file without quick tests if only those are wanted."""
    if config.option.markexpr == "quick" and collection_path.suffix == ".py":
        return not _is_quick(collection_path) or None
    return None


def _is_quick(path: Path) -> bool:
    file = path.relative_to(REPOSITORY / "tests").as_posix()
    return file.startswith(QUICK_FOLDERS) and not file.startswith(NOT_QUICK)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what ``make check`` runs: tests of the rooms that start no server, no process and no display."""
    for item in items:
        starts = STARTING_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        if _is_quick(item.path) and not starts and not any(item.get_closest_marker(name) for name in LATER):
            item.add_marker("quick")


def pytest_collection_finish() -> None:
    """Keep garbage collections during the tests from looking through all that was imported and collected."""
    gc.freeze()
    gc.enable()


def pytest_sessionstart() -> None:
    """Have the translations compiled where a text was changed since."""
    for source in (REPOSITORY / "resources" / "i18n").glob("*.ts"):
        compiled = source.with_suffix(".qm")
        if not compiled.exists() or compiled.stat().st_mtime <= source.stat().st_mtime:
            subprocess.run([sys.executable, str(REPOSITORY / "packaging" / "strings.py"), "--compile"], check=True)


@pytest.fixture(scope="session", autouse=True)
def cheap_copy_keys() -> Iterator[None]:
    """Derive keys of copies at the lowest cost that a file may have; each file names its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("esign_desktop.store.backup.sealed._COST", 14)
        yield


@pytest.fixture
def platform(shared_platform: SandboxPlatform) -> Iterator[SandboxPlatform]:
    """A running rehearsal platform, without faults at the beginning; how many share it is said where it is made."""
    shared_platform.set_faults()
    yield shared_platform
    shared_platform.set_faults()


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Only loopback and Unix sockets can be reached; other names and addresses fail as without a cable."""
    with pytest.MonkeyPatch.context() as patch:
        for target, name, replacement in NETWORK_CALLS:
            patch.setattr(target, name, replacement)
        yield


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names for home folders. They lie in a folder of their own, since pytest looks through its own at each test."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def isolated_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, also for child processes; the person's keyring and session bus are out of reach."""
    home = next(homes)
    for name, value in home_environment(home).items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """A test that leaves a thread or an open window fails, and says which."""
    before = set(threading.enumerate())
    yield
    # Threads that Python did not start (Qt's) appear as _DummyThread and can't be waited for.
    left = [t for t in threading.enumerate() if t not in before and not isinstance(t, threading._DummyThread)]  # noqa: SLF001
    # It lasts as long as the process.
    left = [thread for thread in left if not thread.name.startswith(STARTER)]
    for thread in left:
        _join(thread)
    names = [thread.name for thread in left if thread.is_alive()] + _open_windows()
    if names:
        pytest.fail(f"left behind: {', '.join(names)}")


def _join(thread: threading.Thread) -> None:
    ends_at_s = time.monotonic() + THREAD_END_S
    # It is listed before its first step, and can't be waited for until then.
    while thread.ident is None and time.monotonic() < ends_at_s:
        time.sleep(0.001)
    if thread.ident is not None:
        thread.join(max(0.0, ends_at_s - time.monotonic()))


def _open_windows() -> list[str]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or not isinstance(widgets.QApplication.instance(), widgets.QApplication):
        return []
    return [repr(window) for window in widgets.QApplication.topLevelWidgets() if window.isVisible()]


@pytest.fixture(autouse=True)
def hurried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buttons that wait before they can be meant do not, except where a test is marked ``unhurried``."""
    drives_windows = not {"qtbot", "qapp"}.isdisjoint(request.fixturenames)
    if drives_windows and request.node.get_closest_marker("unhurried") is None:
        monkeypatch.setattr("esign_desktop.ui.widgets.deliberate.moment_ms", lambda: 0)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientQtBot:
    """pytest-qt's, with longer limits."""
    return PatientQtBot(request)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with specification, sample documents and corpus that lies beside the repository."""
    folder = REPOSITORY.parent / "shared"
    if not folder.is_dir():
        missing("the folder `shared` with samples and specification is not beside the repository")
    return folder


@pytest.fixture(scope="session")
def xvfb() -> Iterator[VirtualDisplay]:
    """A private X server of 1600 by 1000; pass its ``environment()`` to the program under test."""
    with VirtualDisplay() as display:
        yield display


@pytest.fixture
def secret_service(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A real, unlocked Secret Service on a bus of its own, seen by this process and its children."""
    # Not tmp_path: a socket's path may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="secrets-"))
    try:
        with SecretService(folder) as service:
            for name, value in service.environment().items():
                monkeypatch.setenv(name, value)
            yield service
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def no_secret_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop without any keyring service."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", UNREACHABLE_BUS)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
