"""What the audit log of the whole program holds besides contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esign_desktop.domain.environment import Environment, EnvironmentKind
from tests.services.counter_desk import CounterDesk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import Start

SECRET = "cf65f987315b12a21b983ca320196d7d"


def test_presets_settings_secrets_and_wrong_pins_are_noted_and_the_log_is_whole(start: Start, tmp_path: Path) -> None:
    program = start()
    assert program.workspace is not None
    services = program.workspace.services
    presets, pin, log = services.presets, services.pin, services.audit_log
    assert presets is not None
    assert pin is not None
    assert log is not None
    elsewhere = CounterDesk(tmp_path / "elsewhere", services.environments.current())
    elsewhere.presets.export(elsewhere.make_preset(tmp_path / "form").id, tmp_path / "a.esignpreset")
    elsewhere.close()

    preset = presets.imports.take_in(presets.imports.look_into(tmp_path / "a.esignpreset"))
    presets.assign_key(preset.id, 3)
    presets.delete(preset.id)
    pin.set_pin("2468")
    assert not pin.opens("1357")
    environment = Environment(EnvironmentKind.TEST, "https://example.com/v3", "project")
    services.environments.save(environment)
    services.environments.set_secret(environment, SECRET)
    services.preferences.set_notice_port(8080)

    noted = [(str(entry.action), entry.title) for entry in log.entries()[::-1]]
    assert noted == [
        ("preset_saved", "借款合同"),
        ("preset_imported", "借款合同"),
        ("preset_key", "借款合同 → F3"),
        ("preset_deleted", "借款合同"),
        ("setting", "counter_pin"),
        ("pin_wrong", ""),
        ("setting", "environment.test"),
        ("secret", "test"),
        ("setting", "notice_port"),
    ]
    assert [entry.outcome for entry in log.entries() if entry.action == "pin_wrong"] == ["pin.wrong"]
    check = log.check()
    assert (check.is_whole, check.lines) == (True, len(noted))
    assert all("@" in entry.who for entry in log.entries())
    assert SECRET not in str(log.entries())
