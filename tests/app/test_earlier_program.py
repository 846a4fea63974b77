"""Backups of version 0.1.0 are restored by this version, and a user can return to that version.

This version has one migration more, so version 0.1.0 refuses its data and backups, and offers the copy from before the
upgrade. ``earlier/copy.zip`` is a second folder that commit e3cd8f9a of version 0.1.0 wrote,
with the presets of ``tests/services/presets/earlier/desk.zip``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from esign_desktop.app.commands.recovery import INCOMPLETE
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.preset.edits import RoleKind, add_role
from esign_desktop.domain.preset.preset import PresetId, for_others
from esign_desktop.domain.preset.soundness import is_sound
from esign_desktop.services.presets.exchange import write_preset_file
from esign_desktop.store.codec import draft_to_json, preset_to_json
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.files.preset_files import PresetFiles
from tests.services.counter_desk import CounterDesk
from tests.services.presets.feature_samples import DRAFTS, FILE, NOT_OF_DRAFTS, NOT_OF_PRESETS, PRESETS, SHA256, unused
from tests.services.presets.test_earlier_presets import unpack
from tests.services.second_computer import PASSPHRASE, copy_now

COMMIT: Final = "e3cd8f9a"
ROOT: Final = Path(__file__).parents[2]
HERE: Final = Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:9", "1111563657")
NAMES: Final = ["个人借款", "填写借款", "两份文件", "员工通知"]
LIST: Final = """
import sys
from pathlib import Path
from esign_desktop.store.database.connection import Database
from esign_desktop.store.tables.drafts import Drafts
from esign_desktop.store.tables.flows import Flows
from esign_desktop.store.tables.presets import Presets
database = Database(Path(sys.argv[1]))
database.open()
print(*(preset.name for preset in Presets(database).list()))
print(len(Presets(database).ids()), len(Drafts(database).list()), len(Flows(database).list()))
database.close()
"""

NEWER_PRESETS: Final = {"open organization": 2, "at any time": 2, "table": 2, "pages of a file": 3, "all": 3}
NEWER_DRAFTS: Final = {"open signer": 2, "at any time": 2, "pages of a file": 2}
"""The formats of the samples that version 0.1.0 cannot express. All others have format 1."""
READ: Final = """
import json
import sys
from pathlib import Path
from esign_desktop.domain.errors import AppError
from esign_desktop.services.presets.exchange import read_preset_file
from esign_desktop.store.codec import draft_from_json, draft_to_json, preset_from_json, preset_to_json
from esign_desktop.store.files.preset_files import PresetFiles
from esign_desktop.ui.text.errors.sentences import error_sentence
folder = Path(sys.argv[1])
def file_again(path):
    return preset_to_json(read_preset_file(path, PresetFiles(folder / "kept")).fresh)
ways = {
    ".preset": lambda path: preset_to_json(preset_from_json(path.read_text("utf-8"))),
    ".draft": lambda path: draft_to_json(draft_from_json(path.read_text("utf-8"))),
    ".esignpreset": file_again,
}
def read(path):
    try:
        return [ways[path.suffix](path), ""]
    except AppError as error:
        return [error.code, error_sentence(error).text]
print(json.dumps({path.name: read(path) for path in sorted(folder.iterdir()) if path.is_file()}))
"""


def run(program: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the modules of a version of the program."""
    environ = {**os.environ, "PYTHONPATH": str(program), "PYTHONUTF8": "1", "LANG": "en_US.UTF-8"}
    return subprocess.run(
        [sys.executable, *words], cwd=program, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def restored_by(program: Path, share: Path, folder: Path) -> list[str]:
    """Restore the backups in a second folder into a new data folder, and return what the version finds there."""
    folder.mkdir()
    (folder / "passphrase").write_text(f"{PASSPHRASE}\n", "utf-8")
    words = ("--data-dir", str(folder), "--restore", str(share), "--passphrase-file", str(folder / "passphrase"))
    done = run(program, "-m", "esign_desktop", *words)
    # The form values and the numbers of people need a keyring.
    assert done.returncode == INCOMPLETE, done.stderr
    assert done.stdout.startswith("Restored from desk one. Contracts: 4,")
    return listed_by(program, folder)


def listed_by(program: Path, folder: Path) -> list[str]:
    """Return the lines that say which presets, drafts and flows a version finds in a data folder."""
    done = run(program, "-c", LIST, str(AppPaths.at(folder).database_path))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_backup_of_an_earlier_version_is_restored(tmp_path: Path) -> None:
    with zipfile.ZipFile(Path(__file__).with_name("earlier") / "copy.zip") as archive:
        archive.extractall(tmp_path / "share")
    assert restored_by(ROOT, tmp_path / "share", tmp_path / "new") == [" ".join(NAMES), "4 1 4"]


@pytest.fixture
def earlier_program(tmp_path: Path) -> Path:
    """Version 0.1.0 as a folder of modules, taken from the history of the repository."""
    known = ["git", "cat-file", "-e", f"{COMMIT}^{{commit}}"]
    if shutil.which("git") is None or subprocess.run(known, cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip(f"the history of the repository does not reach back to {COMMIT}")
    archive = tmp_path / "earlier.zip"
    words = ["git", "archive", "--format=zip", f"--output={archive}", COMMIT, "esign_desktop", "resources"]
    subprocess.run(words, cwd=ROOT, check=True)
    with zipfile.ZipFile(archive) as modules:
        modules.extractall(tmp_path / "earlier")
    return tmp_path / "earlier"


@pytest.mark.nightly
def test_an_earlier_version_refuses_newer_data_and_returns_to_the_copy_before_the_upgrade(
    earlier_program: Path, tmp_path: Path
) -> None:
    unpack("desk.zip", tmp_path / "desk")
    desk = CounterDesk(tmp_path / "desk", HERE)
    for number in range(3):
        place = {"submission_id": f"s{number}", "environment": "sandbox", "project_id": HERE.project_id}
        desk.stores.ledger.append("flow", {**place, "flow_id": f"flow-{number}", "signers": "[]"})
    newer = add_role(desk.presets.list()[0], RoleKind.CUSTOMER_ORGANIZATION)
    desk.presets.save(replace(newer, id=PresetId("newer"), name="机构开户", function_key=None))
    copy_now(desk, tmp_path / "share")
    desk.close()

    words = ("-m", "esign_desktop", "--data-dir", str(tmp_path / "desk"))
    refused = run(earlier_program, *words, "--verify-audit")
    assert refused.returncode == 1
    assert "store.newer_version" in refused.stderr
    assert "Contracts sent since then: 3." in refused.stderr
    back = run(earlier_program, *words, "--use-copy-before-upgrade")
    assert back.returncode == 0, back.stderr
    # The contracts that were sent since then are taken from the ledger.
    assert back.stdout.startswith("Contracts restored: 3,")
    assert listed_by(earlier_program, tmp_path / "desk") == [" ".join(NAMES), "5 1 4"]

    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n", "utf-8")
    words = ("--restore", str(tmp_path / "share"), "--passphrase-file", str(tmp_path / "passphrase"))
    restored = run(earlier_program, "-m", "esign_desktop", "--data-dir", str(tmp_path / "new"), *words)
    assert restored.returncode == 1
    assert "copy.newer_version" in restored.stderr


def test_every_feature_has_a_sample() -> None:
    to_do = "add a sample with each new attribute to PRESETS and DRAFTS in tests/services/presets/feature_samples.py"
    assert unused(PRESETS.values()) == NOT_OF_PRESETS, to_do
    assert unused(DRAFTS.values()) == NOT_OF_DRAFTS, to_do
    assert [name for name, preset in PRESETS.items() if not is_sound(preset)] == []


def test_an_earlier_version_reads_what_it_can_express_and_refuses_the_rest(
    earlier_program: Path, tmp_path: Path
) -> None:
    folder, files = tmp_path / "samples", PresetFiles(tmp_path / "kept")
    folder.mkdir()
    files.keep(BytesIO(FILE), SHA256, max_bytes=len(FILE))
    for name, preset in PRESETS.items():
        (folder / f"{name}.preset").write_text(preset_to_json(preset), "utf-8")
        write_preset_file(preset, files, folder / f"{name}.esignpreset")
    for name, draft in DRAFTS.items():
        (folder / f"{name}.draft").write_text(draft_to_json(draft), "utf-8")
    done = run(earlier_program, "-c", READ, str(folder))
    assert done.returncode == 0, done.stderr
    answers: dict[str, list[str]] = json.loads(done.stdout)

    to_do = (
        "give data that version 0.1.0 would lose a newer format in store/codec.py and in NEWER_PRESETS or NEWER_DRAFTS"
    )
    newer = "This preset was exported by a newer version of this program. "
    newer += "Update this program, or ask for an export from the older version."
    for name, preset in PRESETS.items():
        text, exported = preset_to_json(preset), preset_to_json(for_others(preset))
        assert json.loads(text)["format"] == NEWER_PRESETS.get(name, 1), (name, to_do)
        if name in NEWER_PRESETS:
            assert answers[f"{name}.preset"][0] == "store.bad_preset"
            assert answers[f"{name}.esignpreset"] == ["preset.newer", newer]
        else:
            assert json.loads(answers[f"{name}.preset"][0]) == json.loads(text), (name, to_do)
            assert json.loads(answers[f"{name}.esignpreset"][0]) == json.loads(exported), (name, to_do)
    for name, draft in DRAFTS.items():
        plain = json.loads(draft_to_json(draft))
        assert plain["format"] == NEWER_DRAFTS.get(name, 1), (name, to_do)
        # A setting of the environment, of which the newer program has a copy of its own.
        del plain["draft"]["behaviour"]["chunk_type_name"]
        # The naming rule comes from the settings, too.
        plain["draft"].pop("naming", None)
        if name in NEWER_DRAFTS:
            assert answers[f"{name}.draft"][0] == "store.bad_draft"
        else:
            assert json.loads(answers[f"{name}.draft"][0]) == plain, (name, to_do)
