"""The process that sends and dies, as tests order it about."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esign_desktop.store.codec import draft_to_json
from tests.forked_orders import FINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esign_desktop.domain.contract.draft import ContractDraft
    from tests.services.sandbox_platform import SandboxPlatform

REPOSITORY = Path(__file__).resolve().parents[2]


class Driver:
    """The process that sends and dies."""

    def __init__(self, process: subprocess.Popen[str], platform: SandboxPlatform) -> None:
        self._process = process
        self._platform = platform

    def crash(
        self, root: Path, draft: ContractDraft, step: int, *, dies_before: bool, side_by_side: bool = False
    ) -> bool:
        """Send, and die at that step; False when the send ended before it came to that."""
        wanted = {"draft": draft_to_json(draft), "side_by_side": side_by_side}
        return self.order(root, step, dies_before=dies_before, wanted=wanted)

    def order(self, root: Path, step: int, *, dies_before: bool, wanted: dict[str, Any]) -> bool:
        """Have what is wanted done, and die at that step; False when it was over before that."""
        order = {
            "base_url": self._platform.base_url,
            "project_id": self._platform.environment.project_id,
            "root": str(root),
            "step": step,
            "dies_before": dies_before,
            **wanted,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        assert status in {-signal.SIGKILL, FINISHED}
        return status != FINISHED


@contextmanager
def running_driver(platform: SandboxPlatform) -> Iterator[Driver]:
    """Start the process, and end it at last."""
    command = [sys.executable, "-m", "tests.services.crash_driver"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        yield Driver(process, platform)
        process.kill()
