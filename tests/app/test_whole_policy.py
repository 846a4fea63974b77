"""Every key of a policy, where the system's administrator lays it, in a program of its own: shown, fixed, in force."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.services.file_digest import sha256_of_file
from esign_desktop.store.database.connection import Database
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.ui.resources import resource_path
from tests.conftest import REPOSITORY
from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from pathlib import Path


def _may_lay_a_policy() -> bool:
    """Whether a process may have a ``/etc`` of its own here."""
    unshare = shutil.which("unshare")
    if sys.platform != "linux" or os.geteuid() != 0 or unshare is None:
        return False
    return subprocess.run([unshare, "--mount", "true"], check=False, capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not _may_lay_a_policy(), reason="lays a policy as root does")
LIMIT_S = 90
HOUR_MS = 3_600_000
LAY = (
    "mkdir -p /etc/esign-desktop && mount -t tmpfs -o mode=755 none /etc/esign-desktop && "
    'printf %s "$POLICY" > /etc/esign-desktop/policy.json && exec "$@"'
)
PROGRAM = """
import json, logging, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel
from esign_desktop.app.arguments import parse
from esign_desktop.app.backend import Backend
from esign_desktop.app.main import Program
from esign_desktop.domain.errors import InputError
from esign_desktop.store.files.paths import AppPaths
from esign_desktop.ui.shell.application import create_application
from esign_desktop.ui.shell.rail import RoomName
from esign_desktop.ui.widgets.actions import ActionName

application = create_application(sys.argv[:1])
backend = Backend(AppPaths.at(Path(sys.argv[1])))
backend.lock()
program = Program(application, backend, parse(["--log-level", "error"]))
told = {}

def refusal(work):
    try:
        work()
    except InputError as error:
        return error.code
    return ""

def look():
    services = program.workspace.services
    room, general = program.workspace.settings, program.workspace.settings.general
    form = room.form
    fields = {"address": form.address, "project": form.project, "proxy": form.proxy, "language": general.language,
        "price": room.costs.own_price, "folders.downloads": general.folder,
        "folders.layout": general.layout_of_files, "title": general.title_rule}
    told["fixed"] = {name: [field.isEnabled(), field.toolTip()] for name, field in fields.items()}
    told["shown"] = [form.address.text(), form.project.text(), form.proxy.text(), general.language.read_value(),
        room.costs.own_price.text, general.folder.text, general.layout_of_files.read_value(),
        general.title_rule.text()]
    told["environment"] = [services.environments.current().kind.value, form.use.isEnabled()]
    logging.getLogger("esign_desktop.test").debug("said because of the policy")
    told["title"] = program.window.windowTitle()
    told["presets"] = [[one.name, one.function_key, refusal(lambda: services.presets.delete(one.id)),
        refusal(lambda: services.presets.assign_key(one.id, None))] for one in services.presets.list()]
    told["results"] = str(services.results.path)
    told["pin"] = [refusal(lambda: services.pin.set_pin("12345")), refusal(lambda: services.tellers.add("a", "123456"))]
    told["tellers"] = [room.tellers.name.isVisibleTo(room.tellers), room.tellers.status_text]
    told["rules"] = [label.text() for label in room.organization.findChildren(QLabel)]
    told["forms"] = [services.sent_forms.remembers, room.sent_forms.isVisible()]
    told["first teller"] = services.tellers.is_first_by_administrator
    rooms = (ActionName.TRACK, ActionName.BULK, ActionName.CONTACTS, ActionName.PRESETS, ActionName.SETTINGS)
    told["rooms"] = [room.value for room in rooms if program.window.actions_by_name[room].isVisible()]
    program.workspace.open_counter()
    QTimer.singleShot(500, look_at_counter)

def look_at_counter():
    told["lock_after_ms"] = program.workspace.counter.window.idle.limit_ms
    QTimer.singleShot(1500, application.quit)

def show():
    if program.workspace.is_counter_open:
        told["counter_only"] = not program.window.isVisible()
        application.quit()
        return
    program.workspace.settings.kept_shown.connect(lambda: QTimer.singleShot(1500, look))
    lock = program.window.room_lock
    if lock.covers(RoomName.SETTINGS):
        # The policy requires a teller, and there is none yet.
        lock.covers = lambda _name: False
    program.window.show_room(RoomName.SETTINGS)

program.populated.connect(lambda: QTimer.singleShot(800, show))
QTimer.singleShot(60_000, application.quit)
program.start()
program.crashes.uninstall()
sys.excepthook = lambda *error: (sys.__excepthook__(*error), application.exit(1))
status = application.exec()
program.stop()
print(json.dumps(told))
sys.exit(status)
"""


def run_under(policy: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Run the program with a policy of the computer's, seen by this process alone, and return what it found there."""
    command = ["unshare", "--mount", "sh", "-c", LAY, "sh", sys.executable, "-c", PROGRAM, str(folder)]
    environment = {**os.environ, "POLICY": json.dumps({"version": 1, **policy}), "QT_QPA_PLATFORM": "offscreen"}
    environment |= {"LC_ALL": "C.UTF-8", "LANGUAGE": "zh_CN"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_every_key_is_shown_fixed_and_in_force(tmp_path: Path) -> None:
    shared, results = tmp_path / "shared", tmp_path / "results.jsonl"
    shared.mkdir()
    elsewhere = CounterDesk(tmp_path / "elsewhere", Environment(EnvironmentKind.SANDBOX, "http://127.0.0.1:1", "p"))
    elsewhere.presets.export(elsewhere.make_preset(tmp_path / "form", name="借款").id, shared / "a.esignpreset")
    elsewhere.close()
    paths = AppPaths.at(tmp_path / "installation")
    paths.prepare()
    now_ms = time.time_ns() // 1_000_000
    with closing(Database(paths.database_path)) as database:
        database.open()
        ended = [("old", 0, b"x", now_ms - 2 * HOUR_MS), ("young", 0, b"x", now_ms - HOUR_MS // 2)]
        database.execute_many("INSERT INTO kept_values VALUES (?, ?, ?, ?)", ended)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as log_server:
        log_server.bind(("127.0.0.1", 0))
        log_server.settimeout(5)
        policy = {
            "environment": "production",
            "address": "https://sign.bank.example/rest",
            "project": "of-the-bank",
            "proxy": "http://proxy.bank.example:3128",
            "language": "en",
            "folders": {"downloads": "/srv/signed", "layout": "flat", "presets": str(shared), "days": str(tmp_path)},
            "title": "{合同} – {客户}",
            "preset_digests": [sha256_of_file(shared / "a.esignpreset")],
            "results": str(results),
            "price": {"yuan": 18_000, "contracts": 4_000},
            "rooms": ["prepare", "settings", "counter"],
            "pin_digits": 6,
            "pin_days": 90,
            "lock_after_minutes": 5,
            "keep_hours": 1,
            "second_person": True,
            "tellers": "administrator",
            "needs_teller": True,
            "remember_forms": False,
            "data_folder": str(paths.data_dir.parent),
            "keys": {"F2": "a.esignpreset"},
            "audit_to": f"udp://127.0.0.1:{log_server.getsockname()[1]}",
            "log_level": "debug",
        }
        found = run_under(policy, paths.data_dir.parent)
        assert b"audit log=" in log_server.recv(4096)
    assert {*policy, "version", "counter_only"} == set(
        json.loads(resource_path("policy.schema.json").read_bytes())["properties"]
    )
    fixed = [False, "Set by your organization"]
    assert found.pop("fixed") == dict.fromkeys(
        ("address", "project", "proxy", "language", "price", "folders.downloads", "folders.layout", "title"), fixed
    )
    sentence = found["tellers"].pop()
    assert "--add-teller" in sentence
    assert sentence.startswith("Your organization requires tellers to sign in")
    assert found == {
        "shown": [
            *(policy["address"], "of-the-bank", policy["proxy"], "en", "¥4.50 each", "/srv/signed", "flat"),
            "{合同} – {客户}",
        ],
        "environment": ["production", False],
        "title": "Settings — esign-desktop",
        "presets": [["借款", 2, "policy.fixed", "policy.fixed"]],
        "results": str(results),
        "pin": ["pin.not_digits", "teller.none"],
        "tellers": [False],
        "rules": [
            "Set by your organization",
            *("Shared presets", str(shared)),
            *("Presets on function keys", "F2: a.esignpreset"),
            *("Allowed shared presets", "1 file"),
            *("Results are appended to", str(results)),
            *("Numbers of each day are written to", str(tmp_path)),
            *("PIN", "at least 6 digits"),
            *("Tellers' PINs", "must be changed after 90 days"),
            *("Counter locks", "after 5 minutes of inactivity"),
            *("Field values are kept", "1 hour, for corrections"),
            *("Legally binding contracts", "require a second teller's PIN in Review and Bulk"),
            *("Tellers", "can be changed only by the administrator"),
            *("Counter", "stays locked until a teller signs in"),
            *("Forms of sent contracts", "are not remembered"),
            *("Data folder", str(paths.data_dir.parent)),
            *("Audit log checksum", policy["audit_to"]),
            *("Log level", "debug"),
        ],
        "forms": [False, False],
        "first teller": True,
        "rooms": ["presets", "settings"],
        "lock_after_ms": 300_000,
    }
    with closing(Database(paths.database_path)) as database:
        database.open()
        # Nobody but the policy asks for so much: the command line wants errors alone.
        assert "said because of the policy" in "".join(path.read_text("utf-8") for path in paths.log_dir.iterdir())
        assert database.query("SELECT submission_id FROM kept_values", ()) == [("young",)]


@pytest.mark.slow
def test_a_program_that_is_the_counter_alone_shows_nothing_else(tmp_path: Path) -> None:
    assert run_under({"counter_only": True}, tmp_path / "installation") == {"counter_only": True}


@pytest.mark.nightly
@pytest.mark.slow
def test_the_self_test_holds_under_a_policy_of_a_counter_alone(tmp_path: Path) -> None:
    command = ["unshare", "--mount", "sh", "-c", LAY, "sh", sys.executable, "-m", "esign_desktop", "--self-test"]
    command += ["--scenario", "counter", "--output", str(tmp_path)]
    policy = {"version": 1, "counter_only": True, "environment": "production", "rooms": ["prepare", "counter"]}
    environment = {**os.environ, "POLICY": json.dumps(policy), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
