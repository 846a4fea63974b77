"""Every window in every state that pictures are taken of, on the smallest screens, in both languages.

``make test`` looks at the fullest room with the largest letters, which is the worst case, and at the pixels of each
text; ``make nightly`` looks at all of them.
``tests.small_screens.inspection`` does the looking, in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.conftest import REPOSITORY
from tests.isolation import home_environment
from tests.tiers import daily

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

LIMIT_S: Final = 280.0
ROOMS: Final = (
    "prepare",
    "sending",
    "doubts",
    "track",
    "bulk",
    "contacts",
    "presets",
    "templates",
    "settings",
    "shell",
)
FULLEST: Final = ("prepare",)
SIDE_BY_SIDE: Final = [FULLEST, ("sending",), *((*ROOMS, "counter")[at : at + 2] for at in range(2, 11, 2))]
NOTEBOOK_150: Final = (911, 512)
"""1366 × 768 at 150 %."""
SMALLEST_USABLE: Final = (1024, 600)
NOTEBOOK: Final = (1366, 768)


def look(folder: Path, size: tuple[int, int], language: str, *scenes: str, text_percent: int = 100) -> dict[str, Any]:
    width, height = size
    screen = {"name": "A", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "logicalBaseDpi": 96}
    folder.mkdir()
    config = folder / "screens.json"
    config.write_text(json.dumps({"screens": [screen | {"dpr": 1}]}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.small_screens.inspection", language, *scenes, f"--text={text_percent}"],
        check=False,
        cwd=REPOSITORY,
        # Others look at the same time.
        env=os.environ
        | home_environment(folder / "home")
        | {"QT_QPA_PLATFORM": f"offscreen:configfile={config}", "QT_FONT_DPI": "96"},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def side_by_side(*looks: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
    """Look at several at once: each waits most of its time, for pages, the platform, or a button that can be meant."""
    with ThreadPoolExecutor(len(looks)) as pool:
        return [one.result() for one in [pool.submit(each) for each in looks]]


@pytest.mark.nightly
@pytest.mark.timeout(LIMIT_S + 20)
@pytest.mark.parametrize("scene", ROOMS)
def test_nothing_leaves_the_screen_and_no_button_is_hasty(tmp_path: Path, scene: str) -> None:
    for found in side_by_side(
        partial(look, tmp_path / "zh_CN", NOTEBOOK_150, "zh_CN", scene),
        partial(look, tmp_path / "en", SMALLEST_USABLE, "en", scene),
    ):
        assert found["problems"] == []
        assert found["names"]


@pytest.mark.timeout(LIMIT_S + 20)
@pytest.mark.parametrize("scenes", daily([FULLEST], SIDE_BY_SIDE), ids="-".join)
def test_with_letters_of_200_percent_nothing_is_cut_off_or_out_of_reach(
    tmp_path: Path, scenes: tuple[str, ...]
) -> None:
    for found in side_by_side(
        *(partial(look, tmp_path / scene, NOTEBOOK, "en", scene, text_percent=200) for scene in scenes)
    ):
        assert found["problems"] == []
        assert found["names"]
