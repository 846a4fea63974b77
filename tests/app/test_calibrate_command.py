"""``esign-desktop --calibrate``, as it is called."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QImage

from esign_desktop.domain.environment import PRODUCTION_URL, Environment, EnvironmentKind
from esign_desktop.services.environments import EnvironmentService
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.secrets import SecretStore
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def calibrate(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "esign_desktop", "--data-dir", str(root), "--calibrate", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)


@pytest.mark.nightly
def test_rehearsal_is_calibrated_reported_and_drawn(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "today"
    done = calibrate(tmp_path / "data", "--sandbox", "--output", str(folder))

    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads((folder / "calibration.json").read_text("utf-8"))
    seen = {answer["question"]: answer["seen"] for answer in report["answers"]}
    assert seen == {
        "seal_anchor": "centre",
        "keyword_origin": "left_bottom",
        "cross_page_split": "left_first",
        "organization_seal_width_pt": pytest.approx(159.0, abs=0.5),
        "person_seal_width_pt": pytest.approx(95.0, abs=0.5),
        "links_at_start": "yes",
        "second_account": "new",
        "chunk_type_name": "contentType",
        "freeze_at": None,
    }
    assert len(done.stdout.splitlines()) == len(seen), "nobody is there to say yes, so nothing is set"
    for number in (1, 2, 3):
        assert not QImage(str(folder / f"calibration-{number}.png")).isNull()

    (folder / "calibration.json").write_text("of the day before", "utf-8")
    again = calibrate(tmp_path / "data", "--sandbox", "--without-person", "--output", str(folder))
    assert again.returncode == 0, again.stderr
    assert json.loads((folder / "calibration.json").read_text("utf-8"))["flow_id"] != report["flow_id"]


def test_an_organization_that_is_not_known_cannot_seal(tmp_path: Path) -> None:
    done = calibrate(tmp_path / "data", "--sandbox", "--sealed-by", "示例有限公司")

    assert done.returncode == 1
    assert "calibration.unknown_sealer" in done.stderr


def test_production_is_refused_with_a_sentence(tmp_path: Path) -> None:
    paths = AppPaths.at(tmp_path / "data")
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    environments = EnvironmentService(Settings(database), SecretStore())
    environments.save(Environment(EnvironmentKind.PRODUCTION, PRODUCTION_URL, "1111563657"))
    environments.choose(EnvironmentKind.PRODUCTION)
    environments.close()
    database.close()

    done = calibrate(tmp_path / "data")

    assert done.returncode == 1
    assert "calibration.binding" in done.stderr


def test_program_that_runs_is_left_alone(tmp_path: Path) -> None:
    paths = AppPaths.at(tmp_path / "data")
    paths.prepare()
    with InstanceLock(paths.lock_path):
        done = calibrate(tmp_path / "data", "--sandbox")

    assert done.returncode == 1
    assert "store.second_instance" in done.stderr


@pytest.mark.parametrize("words", [["--yes"], ["--without-person"], ["--output", "x"]])
def test_its_options_are_refused_without_it(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "esign_desktop", *words], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert "--calibrate" in done.stderr
