"""A clerk's whole job in a real window: mouse, keyboard, a QR code off the screen, a browser to sign in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from esign_desktop.app.self_test import parties
from tests.browser import chromium
from tests.e2e.accessible import ENABLED, WAIT_S
from tests.e2e.test_without_mouse import wait_until
from tests.e2e.texts import chinese
from tests.e2e.typing_hands import fill
from tests.e2e.x_hands import XHands, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.accessible import Accessible
    from tests.e2e.running_application import RunningApplication

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

POLL_S = 0.1


def click(hands: XHands, thing: Accessible) -> None:
    hands.click(*thing.extents.center)


def fill_in(hands: XHands, form: Accessible, label: str, text: str) -> None:
    field = form.find("text", label)
    click(hands, field)
    fill(hands, field, text)


def wait_for_code(hands: XHands) -> str:
    """Photograph the screen until there is a QR code on it."""
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        codes = hands.read_qr_codes()
        if codes:
            (code,) = codes
            return code
        time.sleep(POLL_S)
    pytest.fail("no QR code appears on the screen")


def sign_in_browser(url: str, profile: Path) -> None:
    with chromium(profile) as browser:
        browser.get(url)
        browser.find_element(By.ID, "sign-button").click()
        WebDriverWait(browser, WAIT_S, POLL_S).until(
            lambda b: b.find_element(By.TAG_NAME, "body").get_attribute("data-state") == "signed"
        )


def test_contract_is_placed_sent_scanned_signed_and_seen_as_signed(
    application: RunningApplication, hands: XHands, tmp_path: Path
) -> None:
    window = application.window
    click(hands, window.find("text", chinese("SignerSearch", "Add a signer")))
    click(hands, window.find("list item", chinese("SignerHits", "New person")))
    fill_in(hands, window, chinese("PersonFields", "Name"), parties.PERSON.name)
    fill_in(hands, window, chinese("PersonFields", "ID number"), parties.PERSON.id_number)
    fill_in(hands, window, chinese("PersonFields", "Mobile"), parties.PERSON.mobile)
    click(hands, window.find("push button", chinese("SignerForm", "Add")))
    window.find("label", parties.PERSON.name)
    # The tool for seals is taken when the first signer is added.
    click(hands, window.find("filler", chinese("PageScrollArea", "Pages")))
    window.find("list", chinese("SealRows", "Seals of the chosen signer"))
    hands.press("Escape", "ctrl+Return")
    button = window.find("push button", chinese("ReviewSheet", "Send now"))
    wait_until("the review is complete", lambda: ENABLED in button.states)
    read()
    click(hands, button)
    url = wait_for_code(hands)
    assert url.startswith("http://127.0.0.1:")
    sign_in_browser(url, tmp_path / "profile")
    window.find("label", chinese("QrCard", "Completed"))
    assert hands.read_qr_codes() == ()
    hands.press("ctrl+q")
    assert application.wait_for_end() == 0
    assert application.complaints == ""
