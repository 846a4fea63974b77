"""The program with ``--listen`` in a flood of notices, of which one in a hundred is the platform's.

``make test`` sends 400 of them, ``make nightly`` 2,000, ``make flood`` 10,000.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from esign_desktop.api.signature import Secret
from esign_desktop.app.sandbox_process import PROJECT_ID, EmbeddedSandbox
from esign_desktop.domain.flow import FlowStatus
from esign_desktop.store.files.paths import AppPaths
from tests.e2e.notice_flood import Flood, Notice, mixed
from tests.services.desk import Desk, make_contract
from tests.services.sandbox_platform import sign_at
from tests.tiers import daily

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

NOTICES: Final = int(os.environ.get("FLOOD_NOTICES", "2000"))
FEW: Final = 400
RATE_PER_S: Final = 200.0
ANSWERED_WITHIN_S: Final = 2.0
MOST_GROWTH_KB: Final = 48 * 1024
MOST_THREADS: Final = 64 + 40
READY_S: Final = 60.0

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(120 + NOTICES / 20),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, and kills"),
]


class Listening:
    """The program, started again on the same folder and port as often as it is killed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.paths = AppPaths.at(root)
        with closing(socket.create_server(("127.0.0.1", 0))) as probe:
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def address(self) -> tuple[int, str, Secret]:
        secret = (self.paths.data_dir / "sandbox" / "secret").read_text("ascii")
        return self.port, PROJECT_ID, Secret(secret)

    def start(self) -> None:
        command = [sys.executable, "-m", "esign_desktop", "--sandbox", "--listen", str(self.port)]
        self._process = subprocess.Popen([*command, "--data-dir", str(self._root)], stdin=subprocess.DEVNULL)

    def wait_until_it_listens(self) -> None:
        """A notice about no flow of anybody's is taken."""
        ends_at_s, probe = time.monotonic() + READY_S, Flood(self.address)
        while probe.deliver(Notice("nobody's")) != 200:
            assert time.monotonic() < ends_at_s, "it does not listen"
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Kill it without warning, and start it again."""
        self.kill()
        self.start()
        self.wait_until_it_listens()

    def status(self, name: str) -> int:
        """Return a number of the process, such as its memory in KB."""
        assert self._process is not None
        lines = Path(f"/proc/{self._process.pid}/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))

    def memory_at_rest_kb(self) -> int:
        """Wait until all rooms are made, which go on coming while it listens; return the memory it takes then."""
        ends_at_s, before_kb = time.monotonic() + READY_S, 0
        while (now_kb := self.status("VmRSS")) > before_kb:
            assert time.monotonic() < ends_at_s, "it grows without end"
            before_kb = now_kb
            time.sleep(1.0)
        return now_kb

    def stored_flows(self) -> set[str]:
        with closing(sqlite3.connect(self.paths.database_path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return {row[0] for row in connection.execute("SELECT flow_id FROM notices")}

    def flow_status(self, flow_id: str) -> FlowStatus:
        with closing(sqlite3.connect(self.paths.database_path)) as connection:
            (row,) = connection.execute("SELECT status FROM flows WHERE flow_id = ?", (flow_id,)).fetchall()
        return FlowStatus(row[0])


@pytest.fixture
def listening(tmp_path: Path, no_secret_service: None) -> Iterator[Listening]:
    listening = Listening(tmp_path / "program")
    yield listening
    listening.kill()


def send_two(listening: Listening, root: Path) -> tuple[str, str]:
    """Send two contracts, of which the platform's signer signs the first; return the flows as this desk knows them."""
    sandbox = EmbeddedSandbox(listening.paths.data_dir / "sandbox")
    sandbox.start()
    try:
        desk = Desk(root / "program", sandbox.wait_ready(), secret=sandbox.secret)
        signed, unsigned = (
            desk.submission.send(make_contract(root / name), desk.environment) for name in ("signed", "unsigned")
        )
        desk.close()
        assert signed.flow_id is not None
        assert unsigned.flow_id is not None
        (links,) = signed.links.values()
        sign_at(links[0])
        return signed.flow_id, unsigned.flow_id
    finally:
        sandbox.stop()


@pytest.mark.parametrize("count", daily([FEW], [FEW, NOTICES]))
def test_every_genuine_notice_of_a_flood_is_stored_in_time_though_the_program_is_killed(
    listening: Listening, tmp_path: Path, tally: Counter[str], count: int
) -> None:
    signed, unsigned = send_two(listening, tmp_path)
    genuine = [signed, unsigned, *(f"flow {number}" for number in range(count // 100 - 2))]
    notices = mixed(count, Random(5), genuine)  # noqa: S311  the same flood each time
    listening.start()
    listening.wait_until_it_listens()
    before_kb, stored_when_killed, peaks = listening.memory_at_rest_kb(), set[str](), [0, 0]
    flood = Flood(listening.address)

    def kill_and_restart() -> None:
        peaks[:] = listening.status("VmHWM"), listening.status("Threads")
        answered = set(flood.accepted)
        listening.kill()
        stored_when_killed.update(listening.stored_flows())
        assert answered <= stored_when_killed, "answered with 200, and not on the disk"
        listening.restart()

    flood.send(notices, RATE_PER_S, at_a_quarter=kill_and_restart)
    # The platform says again what was not answered, and sometimes what was.
    for flow_id in reversed(genuine):
        assert flood.deliver(Notice(flow_id)) == 200
    peaks = [max(peaks[0], listening.status("VmHWM")), max(peaks[1], listening.status("Threads"))]
    wait_until_asked(listening, signed)
    listening.kill()

    assert listening.stored_flows() == {*genuine, "nobody's"}
    assert stored_when_killed >= {"nobody's"}
    assert flood.wrongly_answered == []
    assert max(flood.answered_s) < ANSWERED_WITHIN_S
    assert peaks[0] - before_kb < MOST_GROWTH_KB
    assert peaks[1] < MOST_THREADS
    # All said that both are finished; the platform, asked, says it of one.
    assert (listening.flow_status(signed), listening.flow_status(unsigned)) == (
        FlowStatus.COMPLETED,
        FlowStatus.SIGNING,
    )
    tally["notices"] += count
    tally["genuine"] += len(genuine)
    tally["answered"] += len(flood.answered_s)
    tally["unanswered while it was dead"] += flood.unanswered
    tally["ms at most until an answer"] += round(max(flood.answered_s) * 1000)
    tally["ms in the middle"] += round(sorted(flood.answered_s)[len(flood.answered_s) // 2] * 1000)
    tally["KB more memory at most"] += peaks[0] - before_kb
    tally["threads at most"] += peaks[1]


def wait_until_asked(listening: Listening, flow_id: str) -> None:
    """The platform has been asked about a flow, and said that it is finished."""
    ends_at_s = time.monotonic() + READY_S
    while listening.flow_status(flow_id) is not FlowStatus.COMPLETED:
        assert time.monotonic() < ends_at_s, "nobody asks the platform"
        time.sleep(0.2)
