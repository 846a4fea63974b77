"""What the audit log of the whole program holds besides contracts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from esign_desktop.domain.account import Person
from esign_desktop.domain.environment import Environment, EnvironmentKind
from esign_desktop.domain.flow import FlowId
from esign_desktop.domain.people.contact import ContactEntry
from esign_desktop.domain.people.contact_table import ContactColumn
from esign_desktop.domain.people.handover import HandedCustomer
from esign_desktop.services.counter.tellers import TellerPin
from esign_desktop.services.erasure.service import KnownPerson
from esign_desktop.services.flows.exporting import FlowTableWords, export_flows
from esign_desktop.services.people.exporting import TableWords, export_contacts
from tests.services.counter_desk import CounterDesk
from tests.services.own_pins import add_with_own_pin

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

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


def test_everything_that_matters_has_a_line_and_says_who(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    program = start(policy={"language": "en", "pin_digits": 4})
    assert program.workspace is not None
    services = program.workspace.services
    # What the window reads at its start comes before this thread is kept busy.
    program.workspace.tasks.wait_idle()
    qtbot.wait(100)
    elsewhere = CounterDesk(tmp_path / "elsewhere", services.environments.current())
    elsewhere.presets.export(elsewhere.make_preset(tmp_path / "form").id, tmp_path / "a.esignpreset")
    elsewhere.close()
    tellers = services.tellers
    chief = TellerPin(tellers.add("示例甲", "4815").id, "4815")
    clerk = add_with_own_pin(tellers, "示例乙", "1623", by=chief)
    assert not tellers.sign_in(clerk.teller_id, "9999")
    assert tellers.sign_in(clerk.teller_id, "1623")
    began = services.audit_log.check().lines

    preset = services.presets.imports.take_in(services.presets.imports.look_into(tmp_path / "a.esignpreset"))
    services.presets.assign_key(preset.id, 3)
    services.presets.export(preset.id, tmp_path / "b.esignpreset")
    undo = services.contacts.import_all([ContactEntry(Person("样一"))])
    words = TableWords(
        {column: column.value for column in ContactColumn}, *("", "", ""), defaultdict(str), defaultdict(str)
    )
    export_contacts(services.contacts, undo.added, tmp_path / "contacts.csv", words, in_clear=False)
    flow_words = FlowTableWords(("",) * 9, {}, lambda _record: "", lambda _state: "")
    export_flows((), services.flows, services.results, flow_words, tmp_path / "flows.json")
    sheet = services.shift.sheet()
    services.shift.export(sheet, tmp_path / "shift.csv", headings=("",) * 6, words={})
    services.shift.note_printed()
    services.flows.note_printed(FlowId("f-1"))
    services.preferences.set_tier_index(2)
    services.counter.lay_out(HandedCustomer("样二", "110101199003075517", preset_key=3, reference="loan-17"))
    tellers.approve(chief, "借款合同")
    tellers.set_pin(clerk.teller_id, "2342", by=clerk)
    services.people.forget(KnownPerson("样一", (), contact_ids=undo.added))

    entries = services.audit_log.entries()[::-1]
    assert [(str(one.action), one.title) for one in entries[:6]] == [
        ("policy", entries[0].title),
        ("teller", "+ 示例甲 ★"),
        ("teller", "示例甲: + 示例乙"),
        ("pin_set", "示例乙: 示例乙"),
        ("pin_wrong", "示例乙"),
        ("signed_in", "示例乙"),
    ]
    assert entries[0].title.startswith("language, pin_digits · ")
    assert [(str(one.action), one.title) for one in entries[began:]] == [
        ("preset_saved", "借款合同"),
        ("preset_imported", "借款合同"),
        ("preset_key", "借款合同 → F3"),
        ("exported", "preset: 借款合同"),
        ("contacts_imported", "1 + 0"),
        ("exported", "contacts"),
        ("exported", "contracts"),
        ("exported", "shift"),
        ("printed", "shift"),
        ("printed", "signed"),
        ("setting", "tier_index"),
        ("handed_over", "loan-17"),
        ("approved", "示例乙 → 示例甲: 借款合同"),
        ("pin_set", "示例乙: 示例乙"),
        ("forgotten", entries[-1].title),
    ]
    assert entries[-1].title.startswith("0 · ")
    assert all(one.who.startswith("示例乙 · ") for one in entries[began - 1 :])
    told = str([(one.title, one.outcome) for one in entries])
    assert not any(kept in told for kept in ("样一", "样二", "110101", "1623", "2342", "4815"))
    assert services.audit_log.check().is_whole
