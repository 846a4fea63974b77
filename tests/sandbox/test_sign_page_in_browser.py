"""A person signs on a phone's screen in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import chromium
from tests.sandbox.client import Client, coordinate
from tests.sandbox.pages import blank_pdf, changed_box

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

pytestmark = pytest.mark.e2e

WAIT_S = 20


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    with chromium(tmp_path / "profile") as chrome:
        yield chrome


def wait_for_state(browser: Chrome, state: str) -> None:
    # The page may load itself anew between finding and asking.
    WebDriverWait(browser, WAIT_S, 0.05, [StaleElementReferenceException]).until(
        lambda b: b.find_element(By.TAG_NAME, "body").get_attribute("data-state") == state
    )


def center_on_page(browser: Chrome) -> tuple[float, float]:
    """Middle of the placed seal as fractions of its page."""
    x, y = browser.execute_script(
        "const page = document.getElementById('page-0-1').getBoundingClientRect();"
        "const seal = document.querySelector('.placed-seal').getBoundingClientRect();"
        "return [(seal.x + seal.width / 2 - page.x) / page.width, (seal.y + seal.height / 2 - page.y) / page.height];"
    )
    return float(x), float(y)


def test_seal_is_placed_dragged_and_signed_and_the_file_has_it_there(browser: Chrome, client: Client) -> None:
    doc_id = client.document(blank_pdf())
    data = client.start([doc_id], [{"accountId": client.person()}]).data
    browser.get(data["signUrlList"][0]["signUrl"][0] + "?lang=zh")
    browser.find_element(By.ID, "sign-button").click()
    assert "还没有放置印章" in browser.find_element(By.CSS_SELECTOR, ".hint").text
    page = browser.find_element(By.ID, "page-0-1")
    ActionChains(browser).move_to_element(page).click().perform()
    seal = browser.find_element(By.CSS_SELECTOR, ".placed-seal")
    tapped = center_on_page(browser)
    ActionChains(browser).move_to_element(seal).click_and_hold().move_by_offset(-60, 40).release().perform()
    dropped = center_on_page(browser)
    moved_px = ((dropped[0] - tapped[0]) * page.size["width"], (dropped[1] - tapped[1]) * page.size["height"])
    assert moved_px == pytest.approx((-60, 40), abs=1)
    browser.find_element(By.ID, "sign-button").click()
    wait_for_state(browser, "signed")
    assert browser.find_element(By.ID, "done").is_displayed()
    box = changed_box(blank_pdf(), client.signed_file(data["flowId"]))
    assert box is not None
    assert box.center == pytest.approx(dropped, abs=0.001)


def test_signature_is_drawn_by_hand(browser: Chrome, client: Client) -> None:
    doc_id = client.document(blank_pdf())
    signer = {"accountId": client.person(), "docPosList": [coordinate(doc_id)]}
    data = client.start([doc_id], [signer]).data
    browser.get(data["signUrlList"][0]["signUrl"][0])
    browser.find_element(By.ID, "seal-drawn").click()
    browser.find_element(By.ID, "sign-button").click()
    pad = browser.find_element(By.ID, "pad")
    chain = ActionChains(browser).move_to_element_with_offset(pad, -80, -30).click_and_hold()
    chain.move_by_offset(60, 50).move_by_offset(60, -60).release().perform()
    browser.find_element(By.ID, "pad-confirm").click()
    wait_for_state(browser, "signed")
    assert changed_box(blank_pdf(), client.signed_file(data["flowId"])) is not None


def test_refusal_with_a_reason_is_shown_and_kept(browser: Chrome, client: Client) -> None:
    doc_id = client.document(blank_pdf())
    data = client.start([doc_id], [{"accountId": client.person()}]).data
    browser.get(data["signUrlList"][0]["signUrl"][0])
    browser.find_element(By.ID, "refuse-button").click()
    browser.find_element(By.ID, "refuse-reason").send_keys("金额不对 <b>")
    browser.find_element(By.ID, "refuse-confirm").click()
    wait_for_state(browser, "refused")
    assert "金额不对 <b>" in browser.find_element(By.ID, "notice").text
    assert client.detail(data["flowId"])["flowStatus"] == 4


def test_waiting_page_becomes_the_sign_page_by_itself(browser: Chrome, client: Client) -> None:
    doc_id = client.document(blank_pdf())
    signers = [
        {"accountId": client.person(f"人{i}"), "signOrder": i, "docPosList": [coordinate(doc_id)]} for i in (1, 2)
    ]
    urls = [one["signUrl"][0] for one in client.start([doc_id], signers).data["signUrlList"]]
    browser.get(urls[1])
    wait_for_state(browser, "waiting-turn")
    client.sign(urls[0])
    wait_for_state(browser, "to-sign")


def test_browser_goes_on_to_the_redirect_address(browser: Chrome, client: Client) -> None:
    doc_id = client.document(blank_pdf())
    signer = {"accountId": client.person(), "docPosList": [coordinate(doc_id)]}
    back = client.base_url.removesuffix("/opentreaty/rest/v3.0") + "/healthz?from=sign"
    data = client.start([doc_id], [signer], redirectUrl=back).data
    browser.get(data["signUrlList"][0]["signUrl"][0])
    browser.find_element(By.ID, "sign-button").click()
    WebDriverWait(browser, WAIT_S, 0.05).until(lambda b: b.current_url == back)


def test_the_way_of_signing_is_chosen_a_certificate_presented_and_a_remark_left(
    browser: Chrome, client: Client
) -> None:
    doc_id = client.document(blank_pdf())
    signer = {"accountId": client.person(), "docPosList": [coordinate(doc_id)], "certType": 5}
    data = client.start([doc_id], [signer], signPlatform="2,3").data
    browser.get(data["signUrlList"][0]["signUrl"][0] + "?lang=zh")
    assert [one.text for one in browser.find_elements(By.CSS_SELECTOR, "#platforms button")] == [
        *("支付宝生活号", "微信小程序")
    ]
    assert not browser.find_elements(By.ID, "sign-button")
    browser.find_element(By.ID, "platform-3").click()
    assert "微信小程序" in browser.find_element(By.ID, "platform-note").text
    browser.find_element(By.ID, "remark").send_keys("已阅 <b>")
    browser.find_element(By.ID, "sign-button").click()
    browser.find_element(By.ID, "certificate-confirm").click()
    wait_for_state(browser, "signed")
    (signing,) = client.detail(data["flowId"])["signInfo"][0]["signDetail"]
    assert (signing["signStatus"], signing["signExplain"]) == (2, "已阅 <b>")
