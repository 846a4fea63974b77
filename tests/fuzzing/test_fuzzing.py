"""Whatever bytes are read, the program refuses them with an error of its own, within its bounds of time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY
from tests.fuzzing.run import TARGETS

SECONDS = 60
DAILY_COUNT = 15


def run(*words: str) -> None:
    """Fuzz in a process of its own, whose memory nothing else takes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzzing", *words], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_sample_of_changed_input_of_every_format_is_refused_properly() -> None:
    run("--most", str(DAILY_COUNT), "--seed", "daily")


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("name", TARGETS)
def test_changed_input_is_refused_properly(name: str) -> None:
    run(name, "--seconds", f"{SECONDS / len(TARGETS):.1f}", "--seed", "nightly")
