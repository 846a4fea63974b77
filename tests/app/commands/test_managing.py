"""What whoever manages many computers calls, as a process of its own; a policy lies where the system has it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.commands.support_bundle import write_bundle
from esign_desktop.domain.audit import AuditAction
from esign_desktop.domain.environment import EnvironmentKind
from esign_desktop.services.audit import AuditSeal
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.ledger import Ledger
from esign_desktop.store.files.lock import InstanceLock
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.store.tables.audit import Audit
from esign_desktop.store.tables.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.secret_service import SecretService

# Nobody whom a search for leaks looks for: they are laid into logs here.
NAME, NUMBER, PHONE = "赵不在", "440106198811224455", "13912345678"
SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
LIMIT_S = 120.0
"""Longer than a command waits for the keyring, also on a busy machine."""
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None, reason="lays a policy as root does"
)


def call(
    *words: str,
    text: str = "",
    policy: str | None = None,
    then: str = ":",
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the program; with a policy, where the system's administrator lays it, seen by this process alone.

    ``then`` is a command that is run after the policy was written.
    """
    command = [sys.executable, "-m", "esign_desktop", *words]
    if policy is not None:
        lay = "mkdir -p /etc/esign-desktop && mount -t tmpfs -o mode=755 none /etc/esign-desktop && "
        lay += 'printf %s "$POLICY" > /etc/esign-desktop/policy.json && ' + then + ' && exec "$@"'
        command = ["unshare", "--mount", "sh", "-c", lay, "sh", *command]
    return subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        env={**os.environ, **(environment or {}), "POLICY": policy or ""},
    )


def test_policy_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text('{"version": 1, "language": "en"}', "utf-8")
    good = call("--check-policy", str(path))
    path.write_text('{"version": 1, "lingua": "en"}', "utf-8")
    bad = call("--check-policy", str(path))
    gone = call("--check-policy", str(tmp_path / "nothing.json"))
    assert [done.returncode for done in (good, bad, gone)] == [0, 1, 1]
    assert len(good.stdout.splitlines()) == 1
    assert "lingua" in bad.stderr
    assert "nothing.json" in gone.stderr


def test_check_of_a_policy_names_missing_folders_and_what_users_still_choose(tmp_path: Path) -> None:
    path, missing = tmp_path / "policy.json", str(tmp_path / "missing")
    folders = {"downloads": str(tmp_path), "presets": missing}
    for environment, key in (("production", "project"), ("own", "address")):
        values = {"environment": environment, "folders": folders, "results": f"{missing}/r", "data_folder": missing}
        path.write_text(json.dumps({"version": 1, **values}), "utf-8")
        done = call("--check-policy", str(path))
        assert done.returncode == 0
        remarks = done.stdout.splitlines()[1:]
        starts = ("folders.presets", "results", "data_folder", key)
        assert [remark.startswith(start) for remark, start in zip(remarks, starts, strict=True)] == [True] * 4


@needs_root
@pytest.mark.parametrize(
    ("then", "words"),
    [
        (
            "chown 1000 /etc/esign-desktop/policy.json",
            ("policy.file_not_owned", "chown root /etc/esign-desktop/policy.json"),
        ),
        (
            "chmod 666 /etc/esign-desktop/policy.json",
            ("policy.file_writable", "chmod go-w /etc/esign-desktop/policy.json"),
        ),
        ("chown 1000 /etc/esign-desktop", ("policy.folder_not_owned", "chown root /etc/esign-desktop")),
        ("chmod 775 /etc/esign-desktop", ("policy.folder_writable", "chmod go-w /etc/esign-desktop")),
        ("rm /etc/esign-desktop/policy.json && chmod 777 /etc/esign-desktop", ("policy.folder_writable", "chmod go-w")),
        ("ln -sf /etc/esign-desktop/gone /etc/esign-desktop/policy.json", ("policy.dangling", "link")),
        (
            "cd /etc/esign-desktop && mkdir -m 777 x && mv policy.json x && ln -s x/policy.json .",
            ("policy.folder_writable", "chmod go-w /etc/esign-desktop/x"),
        ),
    ],
)
def test_a_policy_that_users_could_change_stops_the_program_and_its_check(then: str, words: tuple[str, ...]) -> None:
    policy = json.dumps({"version": 1, "environment": "production", "project": "of-the-bank"})
    english = {"LANGUAGE": "en", "LC_ALL": "C.UTF-8"}
    start = call("--set-secret", text="", policy=policy, then=then, environment=english)
    check = call("--check-policy", "/etc/esign-desktop/policy.json", policy=policy, then=then, environment=english)
    for done in (start, check):
        if done is check and "rm " in then:
            words = ("policy.gone",)
        assert done.returncode == 1
        for word in words:
            assert word in done.stderr


@needs_root
def test_a_policy_names_the_data_folder(tmp_path: Path) -> None:
    prescribed = tmp_path / "prescribed"
    policy = json.dumps({"version": 1, "data_folder": str(prescribed)})
    assert call("--verify-audit", policy=policy).returncode == 0
    assert AppPaths.at(prescribed).database_path.exists()
    assert call("--verify-audit", "--data-dir", str(prescribed), policy=policy).returncode == 0
    for words in (("--verify-audit",), ("--rebuild-from-ledger",), ("--support-bundle", str(tmp_path / "bundle.zip"))):
        other = call(*words, "--data-dir", str(tmp_path / "other"), policy=policy)
        assert (other.returncode, str(prescribed) in other.stderr) == (1, True)
    assert not (tmp_path / "other").exists()


def test_secret_comes_from_a_pipe_and_goes_to_the_keyring_alone(secret_service: SecretService) -> None:
    done = call("--set-secret", "--project", "p1", "--environment", "test", text=f"{SECRET}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert SECRET not in done.stdout
    from esign_desktop.store.secrets import SecretStore

    assert SecretStore(timeout_s=LIMIT_S).get(EnvironmentKind.TEST, "p1") == SECRET


@pytest.mark.parametrize(("words", "text"), [(("--project", "p1"), SECRET), (("--environment", "test"), SECRET)])
def test_secret_of_nobody_knows_which_project_is_refused(words: tuple[str, ...], text: str) -> None:
    done = call("--set-secret", *words, text=text)
    assert done.returncode == 1
    assert SECRET not in done.stdout + done.stderr


@needs_root
def test_policy_says_whose_secret_it_is(secret_service: SecretService) -> None:
    policy = json.dumps({"version": 1, "environment": "production", "project": "of-the-bank"})
    done = call("--set-secret", text=SECRET, policy=policy)
    assert (done.returncode, done.stderr) == (0, "")
    assert "of-the-bank" in done.stdout
    other = call("--set-secret", "--project", "p", "--environment", "test", text=SECRET, policy=policy)
    assert other.returncode == 1


def test_support_bundle_holds_nothing_personal(tmp_path: Path) -> None:
    paths = AppPaths.at(tmp_path / "data")
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    Settings(database).set("brand_text", NAME)
    Settings(database).set(f"calibration.{NUMBER}", NAME)
    Audit(database, who=NAME).note(AuditAction.PRESET_SAVED, title=f"{NAME} {NUMBER}")
    database.close()
    # As an older version may have written it.
    (paths.log_dir / "esign-desktop.log.1").write_text(f"{NAME} {NUMBER} {PHONE} {SECRET}\n", "utf-8")
    target = tmp_path / "bundle.zip"
    done = call("--data-dir", str(tmp_path / "data"), "--support-bundle", str(target))
    assert (done.returncode, done.stderr) == (0, "")
    with zipfile.ZipFile(target) as bundle:
        texts = {name: bundle.read(name).decode("utf-8") for name in bundle.namelist()}
    facts = json.loads(texts["facts.json"])["data"]
    assert (facts["rows"]["settings"], facts["audit"]["lines"], facts["settings"]) == (
        2,
        1,
        ["brand_text", "calibration"],
    )
    assert set(texts) == {"facts.json", "logs/esign-desktop.log.1"}
    assert not any(told in text for text in texts.values() for told in (NAME, NUMBER, PHONE, SECRET, str(tmp_path)))


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes as POSIX has them")
def test_support_bundle_follows_no_links_and_is_closed_to_others(tmp_path: Path) -> None:
    paths, elsewhere, target = AppPaths.at(tmp_path / "data"), tmp_path / "elsewhere", tmp_path / "bundle.zip"
    paths.prepare()
    elsewhere.write_text("of another user", "utf-8")
    (paths.log_dir / "esign-desktop.log").symlink_to(elsewhere)
    os.mkfifo(paths.log_dir / "esign-desktop.log.1")
    assert call("--data-dir", str(tmp_path / "data"), "--support-bundle", str(target)).returncode == 0
    with zipfile.ZipFile(target) as bundle:
        assert bundle.namelist() == ["facts.json"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_support_bundle_has_the_log_where_the_system_knows_no_flag_against_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_NOFOLLOW", raising=False)
    paths, target = AppPaths.at(tmp_path / "data"), tmp_path / "bundle.zip"
    paths.prepare()
    (paths.log_dir / "esign-desktop.log").write_text("started", "utf-8")
    write_bundle(target, paths)
    with zipfile.ZipFile(target) as bundle:
        assert bundle.read("logs/esign-desktop.log") == b"started"


def test_support_bundle_does_not_disturb_a_running_program(tmp_path: Path) -> None:
    paths = AppPaths.at(tmp_path / "data")
    paths.prepare()
    Database(paths.database_path).open()
    target = tmp_path / "bundle.zip"
    with InstanceLock(paths.lock_path):
        done = call("--data-dir", str(tmp_path / "data"), "--support-bundle", str(target))
    assert done.returncode == 0
    with zipfile.ZipFile(target) as bundle:
        assert json.loads(bundle.read("facts.json"))["data"]["error"] == "store.second_instance"


def test_audit_is_verified(tmp_path: Path) -> None:
    paths = AppPaths.at(tmp_path / "data")
    paths.prepare()
    database = Database(paths.database_path)
    database.open()
    audit = Audit(database, who="teller")
    for title in ("first", "second"):
        audit.note(AuditAction.PRESET_SAVED, title=title)
    head = audit.check().head
    database.close()
    whole = call("--data-dir", str(tmp_path / "data"), "--verify-audit")
    assert (whole.returncode, head in whole.stdout) == (0, True)
    ledger = Ledger(paths.ledger_path)
    database.open()
    seal = AuditSeal(audit, ledger)
    seal.write()
    seal.write()
    assert len(ledger.read()) == 1
    database.close()
    assert call("--data-dir", str(tmp_path / "data"), "--verify-audit").returncode == 0
    # As somebody who chains all lines anew, with the program's own means.
    ledger.append("audit", {"line": 1, "chain": "another one"})
    anew = call("--data-dir", str(tmp_path / "data"), "--verify-audit")
    assert (anew.returncode, "1" in anew.stdout.splitlines()[-1]) == (1, True)
    with closing(sqlite3.connect(paths.database_path)) as hand, hand:
        for (name,) in hand.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            hand.execute(f"DROP TRIGGER {name}")
        hand.execute("UPDATE audit SET who = 'nobody' WHERE seq = 1")
    assert call("--data-dir", str(tmp_path / "data"), "--verify-audit").returncode == 1
