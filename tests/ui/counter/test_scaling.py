"""Both windows on two screens at every usual magnification, in every state and both languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 90.0
CODE_MM = 60.0
QUIET_MODULES = 4
SMALLEST_MODULE_PX = 3
OFFICE, NOTEBOOK = (1920, 1080), (1366, 768)


def look(folder: Path, size: tuple[int, int], scale: str) -> dict[str, Any]:
    width, height = size
    screens = [
        {"name": name, "x": x, "y": 0, "width": width, "height": height}
        for name, x in (("A teller", 0), ("B customer", width))
    ]
    config = folder / "screens.json"
    config.write_text(json.dumps({"synchronousWindowSystemEvents": True, "screens": screens}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.counter.scaled_windows"],
        check=False,
        cwd=REPOSITORY,
        env=os.environ | {"QT_QPA_PLATFORM": f"offscreen:configfile={config}", "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("size", "scale"),
    [
        (OFFICE, "1"),
        pytest.param(OFFICE, "1.25", marks=pytest.mark.nightly),
        pytest.param(OFFICE, "1.5", marks=pytest.mark.nightly),
        pytest.param(OFFICE, "2", marks=pytest.mark.nightly),
        (OFFICE, "2.5"),
        pytest.param(NOTEBOOK, "1", marks=pytest.mark.nightly),
        (NOTEBOOK, "1.5"),
    ],
)
def test_nothing_is_cut_off_and_the_code_is_large_enough(tmp_path: Path, size: tuple[int, int], scale: str) -> None:
    found = look(tmp_path, size, scale)
    assert found["problems"] == []
    code = found["code"]
    assert code["code_mm"] >= CODE_MM
    assert code["quiet_modules"] >= QUIET_MODULES
    assert code["module_px"] >= SMALLEST_MODULE_PX
