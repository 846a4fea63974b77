"""A customer that is an organization, entered with keys alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from esign_desktop.domain.account import AccountKind
from esign_desktop.services.counter.states import CounterState

if TYPE_CHECKING:
    from tests.ui.counter.conftest import Teller

NAME = "云禾（上海）示例科技有限公司"
REST = " 91310115591693856A 张三 110101199003078515 13800000000"


def test_the_line_of_an_organization_is_read_while_it_is_typed_and_sent(teller: Teller) -> None:
    title = teller.put_preset(2)
    presets = teller.installation.presets
    preset = presets.on_key(2)
    assert preset is not None
    (customer,) = preset.customers
    presets.save(replace(preset, signers=(replace(customer, kind=AccountKind.ORGANIZATION),)))
    teller.sit_down()
    teller.choose()
    teller.type(NAME)
    teller.wait_until(lambda: teller.window.line.reading[0] == NAME)
    teller.press(Qt.Key.Key_Return)
    teller.wait_until(lambda: "credit code is missing" in teller.window.line.advice)
    teller.type(REST)
    teller.wait_until(lambda: teller.window.line.reading[1] == "✓ 9131 0115 5916 9385 6A")
    assert teller.window.line.reading[2] == "张三"
    teller.press(Qt.Key.Key_Return)
    teller.wait_for(CounterState.SHOWING)
    (flow,) = teller.platform.flows(title)
    assert teller.platform.account_name(flow.signers[0]["organization_id"]) == NAME
