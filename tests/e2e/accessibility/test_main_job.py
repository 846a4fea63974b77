"""A contract from the sample to its signature, by somebody who sees nothing: each step is found by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esign_desktop.app.self_test import parties
from tests.e2e.accessible import CHECKED
from tests.e2e.test_clerk import FINALITY
from tests.e2e.texts import chinese
from tests.services.sandbox_platform import sign_at

if TYPE_CHECKING:
    from tests.e2e.accessibility.reader import Reader
    from tests.e2e.x_hands import XHands

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.slow, pytest.mark.timeout(300)]

NAME = "软件实施服务合同（示例）"


def test_contract_goes_out_and_is_signed_without_sight_or_mouse(reader: Reader, hands: XHands) -> None:
    walker, listener = reader.walker, reader.listener
    walker.walk("first start")
    reader.use("push button", chinese("TrialCard", "Open sample contract"))
    listener.hears("识别到", "甲方")
    # The keyboard has gone to what was found.
    reader.press("Return")
    walker.walk("form of the organization")
    name, number, mobile = (chinese("PersonFields", label) for label in ("Name", "ID number", "Mobile"))
    reader.fill(chinese("OrganizationFields", "Registration number"), parties.ORGANIZATION.code)
    reader.fill(name, parties.AGENT.name)
    reader.fill(number, parties.AGENT.id_number)
    reader.fill(mobile, parties.AGENT.mobile)
    reader.press("Return")
    reader.fill(number, parties.PERSON.id_number)
    reader.fill(mobile, parties.PERSON.mobile)
    reader.press("Return")
    walker.walk("a contract that can be sent")
    listener.forget()
    reader.press("ctrl+z", "ctrl+y")
    edit = chinese("EditNames", "Change signer")
    assert listener.announcements == [
        chinese("SpokenCanvas", "Undone: {edit}", edit=edit),
        chinese("SpokenCanvas", "Redone: {edit}", edit=edit),
    ]

    listener.forget()
    reader.press("ctrl+Return")
    reader.window.find("label", chinese("ReviewSheet", FINALITY))
    walker.walk("review")
    tick = reader.find("check box", chinese("Party", "Checked: {name}", name=""))
    assert CHECKED not in tick.states
    reader.press("space")
    assert CHECKED in tick.thing.states
    fold = reader.find("check box", chinese("RequestPreview", "Request details"))
    assert fold.description == chinese("FoldButton", "Collapsed")
    reader.press("space")
    assert fold.thing.description == chinese("FoldButton", "Expanded")
    walker.walk("review with the request")
    reader.use("push button", chinese("ReviewSheet", "Send now"), is_meant=True)
    sent = chinese("SendingPanel", "Sent to signers")
    listener.hears(sent)
    walker.walk("sent")
    assert listener.announcements.count(sent) == 1

    reader.press("ctrl+2")
    reader.find("table", chinese("FlowList", "Sent contracts"))
    walker.walk("track")
    reader.press("q")
    walker.walk("code")
    (link,) = hands.read_qr_codes()
    reader.press("Escape")
    listener.forget()
    sign_at(link)
    reader.press("F5")
    listener.hears(NAME, f"{parties.ORGANIZATION.name} 已签署")
    listener.rest()
    assert sum(NAME in said for said in listener.announcements) == 1, listener.announcements
    reader.press("r")
    listener.hears("再按一次", "撤回")
    reader.press("Escape")
    reader.press("ctrl+f")
    reader.type("no such contract")
    listener.hears(chinese("FlowList", "%n contract(s) found", n=0))
    assert not walker.findings, walker.told
