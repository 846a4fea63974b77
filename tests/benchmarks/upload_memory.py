"""Peak memory of the application while 200 MB are uploaded, over what it takes when idle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from esign_desktop.ui.tasks import Lane
from tests.benchmarks.busy_window import UPLOAD_BYTES
from tests.benchmarks.documents import write_large_pdf
from tests.benchmarks.event_loop import run_until
from tests.benchmarks.office import office, prepared_upload
from tests.benchmarks.row import Row

if TYPE_CHECKING:
    from esign_desktop.ui.shell.workspace import Workspace

STATUS = Path("/proc/self/status")
RESET_PEAK = "5"


def resident_mb(field: str) -> float:
    """Return VmRSS or VmHWM of this process, in MB."""
    line = next(line for line in STATUS.read_text("ascii").splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) / 1024


def peak_while_sending(workspace: Workspace, path: Path) -> tuple[float, float]:
    """Upload a file; return what the process took before, and at most meanwhile, in MB."""
    upload = prepared_upload(workspace.services, path)
    sent: list[bool] = []
    idle_mb = resident_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text(RESET_PEAK, encoding="ascii")
    workspace.tasks.start(upload, owner=workspace, on_done=lambda _nothing: sent.append(True), lane=Lane.NETWORK)
    run_until(lambda: sent)
    return idle_mb, resident_mb("VmHWM")


def measure() -> dict[str, str | float]:
    """Return the row."""
    with office() as (standing, folder):
        workspace = standing.window.workspace
        assert workspace is not None
        # The first upload brings the network's modules along, which stay.
        peak_while_sending(workspace, write_large_pdf(folder / "small.pdf", 1024 * 1024))
        idle_mb, peak_mb = peak_while_sending(workspace, write_large_pdf(folder / "large.pdf", UPLOAD_BYTES))
    return Row("peak memory of a 200 MB upload, MB", peak_mb, "idle", idle_mb).as_dict()
