"""The sign page shows what the signer may see, and takes only what he may do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from esign_desktop.sandbox.sign_texts import TEXTS, preferred_language
from tests.sandbox.client import Client, FakeClock, Response, coordinate, cross_page, fetch
from tests.sandbox.pages import blank_pdf, changed_box, pymupdf, raw_page, save

if TYPE_CHECKING:
    from collections.abc import Callable

    from esign_desktop.sandbox.server import SandboxServer

DRAWING = {"strokes": [[[0.1, 0.2], [0.5, 0.9], [0.9, 0.1]]], "aspect": 2}


@dataclass
class Page:
    """A sign page as a browser would get it."""

    response: Response

    @property
    def state(self) -> str:
        match = re.search(r'data-state="([^"]+)"', self.response.body.decode())
        assert match is not None
        return match.group(1)

    @property
    def view(self) -> dict[str, Any]:
        match = re.search(r'id="data">(.*?)</script>', self.response.body.decode(), re.DOTALL)
        assert match is not None
        value: dict[str, Any] = json.loads(match.group(1))
        return value


def open_page(url: str, **headers: str) -> Page:
    return Page(fetch("GET", url, None, {name.replace("_", "-"): value for name, value in headers.items()}))


def start(client: Client, content: bytes | None = None, *, positions: bool = True, **more: Any) -> tuple[str, str, str]:
    """Document id, flow id and sign address of a flow with one signer."""
    signer = more.pop("signer", {})
    doc_id = client.document(content or blank_pdf())
    entry = {"accountId": client.person()} | ({"docPosList": [coordinate(doc_id)]} if positions else {}) | signer
    data = client.start([doc_id], [entry], **more).data
    return doc_id, data["flowId"], data["signUrlList"][0]["signUrl"][0]


def test_states_are_on_the_body(client: Client, clock: FakeClock) -> None:
    _, flow_id, url = start(client, autoInitiate=0, signValidity=clock.now_ms + 5000)
    assert open_page(url).state == "not-started"
    client.call("/sign/execute", {"flowId": flow_id})
    assert open_page(url).state == "to-sign"
    clock.advance(5)
    assert open_page(url).state == "expired"
    _, flow_id, url = start(client)
    client.call("/sign/revoke", {"flowId": flow_id})
    assert open_page(url).state == "revoked"
    _, _, url = start(client)
    client.refuse(url, "不同意")
    assert (open_page(url).state, open_page(url).view["reason"]) == ("refused", "不同意")
    _, _, url = start(client)
    assert not open_page(url).view["isComplete"]
    client.sign(url)
    assert open_page(url).state == "signed"
    assert open_page(url).view["isComplete"]


def test_who_waits_sees_no_contract(client: Client) -> None:
    doc_id = client.document(blank_pdf())
    signers = [{"accountId": client.person(f"人{i}"), "signOrder": i} for i in (1, 2)]
    urls = [one["signUrl"][0] for one in client.start([doc_id], signers).data["signUrlList"]]
    assert open_page(urls[1]).state == "waiting-turn"
    assert open_page(urls[1]).view["documents"] == []
    assert fetch("GET", f"{urls[1]}/page/0/1").status == 403
    assert fetch("GET", f"{urls[0]}/page/0/1").headers["Content-Type"] == "image/png"


def test_refused_and_foreign_links_show_no_pages(client: Client) -> None:
    _, _, url = start(client)
    client.refuse(url, "")
    assert fetch("GET", f"{url}/page/0/1").status == 403
    foreign = url[:-4] + "0000"
    assert open_page(foreign).state == "unknown"
    assert fetch("GET", foreign).status == 404
    assert client.sign(foreign).status == 404


@pytest.mark.parametrize("rest", ["page/0/2", "page/1/1", "page/-1/1", "page/0/0", "page/x/1", "page/0", "elsewhere"])
def test_pages_that_are_not_there_are_not_found(client: Client, rest: str) -> None:
    _, _, url = start(client)
    assert fetch("GET", f"{url}/{rest}").status == 404


def test_page_says_that_it_is_a_rehearsal_in_both_languages(client: Client) -> None:
    _, _, url = start(client)
    chinese = open_page(url, Accept_Language="zh-CN,zh;q=0.9,en;q=0.8").view
    english = open_page(url, Accept_Language="en-US,en;q=0.9,zh;q=0.1").view
    assert "没有法律效力" in chinese["texts"]["rehearsal_note"]
    assert "no legal effect" in english["texts"]["rehearsal_note"]
    assert open_page(f"{url}?lang=en", Accept_Language="zh").view["language"] == "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "zh"), ("fr", "zh"), ("en", "en"), ("fr, en;q=0.5", "en"), ("en;q=0.5, zh;q=0.6", "zh"), ("en;q=x", "zh")],
)
def test_language_is_the_browsers_preferred_one(header: str, language: str) -> None:
    assert preferred_language(None, header) == language
    assert preferred_language("xx", header) == language


def test_both_languages_have_the_same_sentences() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()
    for name, text in TEXTS["zh"].items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", TEXTS["en"][name]))


def test_names_cannot_break_out_of_the_page(client: Client) -> None:
    _, _, url = start(client, businessScene="</script><script>alert(1)</script><!--")
    page = open_page(url)
    assert page.view["scene"] == "</script><script>alert(1)</script><!--"
    assert b"<script>alert" not in page.response.body


def test_page_may_load_nothing_from_elsewhere(client: Client) -> None:
    _, _, url = start(client)
    response = fetch("GET", url)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    base = url.rsplit("/", 1)[0]
    for name in ("sign.css", "sign.js"):
        asset = fetch("GET", f"{base}/assets/{name}")
        assert asset.status == 200
        # The one address in them is the name of SVG's namespace.
        assert set(re.findall(rb"https?://[\w./]+", asset.body)) <= {b"http://www.w3.org/2000/svg"}
    assert fetch("GET", f"{base}/assets/..%2fsign_page.py").status == 404


def test_marks_are_where_the_seals_will_be(client: Client) -> None:
    content = raw_page((-10, 20, 390, 620), (0, 50, 380, 600), 90)
    pdf = pymupdf.open(stream=content, filetype="pdf")
    pdf.copy_page(0)
    content = save(pdf)
    doc_id = client.document(content)
    positions = [coordinate(doc_id, "1", x=150, y=300, scale=80), cross_page(doc_id, "1-2", y=100)]
    data = client.start([doc_id], [{"accountId": client.person(), "docPosList": positions}]).data
    url = data["signUrlList"][0]["signUrl"][0]
    marks = open_page(url).view["documents"][0]["pages"][0]["marks"]
    client.sign(url)
    box = changed_box(content, client.signed_file(data["flowId"]))
    assert box is not None
    seal, slice_ = marks
    assert (seal["isSlice"], slice_["isSlice"]) == (False, True)
    assert min(seal["x"], slice_["x"]) == pytest.approx(box.left, abs=0.01)
    assert max(seal["x"] + seal["w"], slice_["x"] + slice_["w"]) == pytest.approx(box.right, abs=0.01)
    assert max(seal["y"] + seal["h"], slice_["y"] + slice_["h"]) == pytest.approx(box.bottom, abs=0.01)


def test_each_mark_is_measured_on_its_own_page(client: Client) -> None:
    pdf = pymupdf.open()
    for width, height in ((400, 600), (1000, 500), (200, 800)):
        pdf.new_page(width=width, height=height)
    doc_id = client.document(save(pdf))
    seals = [coordinate(doc_id, number, x=100, y=200, scale=80) for number in "123"]
    data = client.start([doc_id], [{"accountId": client.person(), "docPosList": seals}]).data
    pages = open_page(data["signUrlList"][0]["signUrl"][0]).view["documents"][0]["pages"]
    assert [(mark["w"], mark["h"]) for page in pages for mark in page["marks"]] == [
        pytest.approx((80 / width, 80 / height), abs=0.001) for width, height in ((400, 600), (1000, 500), (200, 800))
    ]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_seal_placed_by_the_signer_stands_where_he_tapped(client: Client, rotation: int) -> None:
    content = raw_page((-10, 20, 390, 620), (0, 50, 380, 600), rotation, 1.5)
    doc_id, flow_id, url = start(client, content, positions=False)
    assert open_page(url).view["documents"][0]["needsPlace"]
    answer = client.sign(url, placements=[{"docId": doc_id, "page": 1, "x": 0.3, "y": 0.6}])
    assert answer.json["state"] == "signed"
    box = changed_box(content, client.signed_file(flow_id))
    assert box is not None
    assert box.center == pytest.approx((0.3, 0.6), abs=0.001)


def test_seal_placed_by_the_signer_stands_where_he_tapped_whatever_corner_requests_name(
    start_server: Callable[..., SandboxServer],
) -> None:
    client = Client(start_server(seal_anchor="lower_left").base_url)
    doc_id, flow_id, url = start(client, positions=False)
    client.sign(url, placements=[{"docId": doc_id, "page": 1, "x": 0.3, "y": 0.6}])
    box = changed_box(blank_pdf(), client.signed_file(flow_id))
    assert box is not None
    assert box.center == pytest.approx((0.3, 0.6), abs=0.001)


def test_every_document_must_be_signed(client: Client) -> None:
    doc_ids = [client.document(blank_pdf()) for _ in range(2)]
    data = client.start(doc_ids, [{"accountId": client.person()}]).data
    url = data["signUrlList"][0]["signUrl"][0]
    placements = [{"docId": doc_id, "page": 1, "x": 0.5, "y": 0.5} for doc_id in doc_ids]
    assert client.sign(url, placements=placements[:1]).status == 409
    assert client.call("/sign/download", {"flowId": data["flowId"]}).data == []
    assert client.sign(url, placements=placements).status == 200


@pytest.mark.parametrize(
    "placement",
    [
        {"page": 2},
        {"page": 0},
        {"page": "1"},
        {"x": 1.5},
        {"y": -0.1},
        {"x": True},
        {"x": None},
        {"docId": "elsewhere"},
    ],
)
def test_unsound_places_are_refused(client: Client, placement: dict[str, Any]) -> None:
    doc_id, flow_id, url = start(client, positions=False)
    sent = {"docId": doc_id, "page": 1, "x": 0.5, "y": 0.5} | placement
    assert client.sign(url, placements=[sent]).status == 409
    assert client.detail(flow_id)["flowStatus"] == 1


def test_signer_cannot_move_a_seal_that_was_placed_for_him(client: Client) -> None:
    doc_id, _, url = start(client)
    assert client.sign(url, placements=[{"docId": doc_id, "page": 1, "x": 0.5, "y": 0.5}]).status == 409


def test_hand_drawn_signature_is_stamped_centred(client: Client) -> None:
    _, flow_id, url = start(client, signer={"sealType": "0"})
    assert client.sign(url).status == 409
    assert client.sign(url, **DRAWING).status == 200
    box = changed_box(blank_pdf(), client.signed_file(flow_id))
    assert box is not None
    assert box.center[0] * 400 == pytest.approx(200, abs=1)
    assert box.center[1] * 600 == pytest.approx(300, abs=1)


def test_drawing_is_refused_where_only_the_template_seal_is_allowed(client: Client) -> None:
    _, _, url = start(client, signer={"sealType": "1"})
    assert client.sign(url, **DRAWING).status == 409
    assert client.sign(url).status == 200


@pytest.mark.parametrize(
    ("strokes", "aspect"),
    [
        ([[]], 2),
        ([[[0.1, 2]]], 2),
        ([[[0.1]]], 2),
        ("x", 2),
        ([[["a", "b"]]], 2),
        ([[[0.1, 0.2]]], 0),
        ([[[0.1, 0.2]]], None),
        ([[[0.1, 0.2]]] * 201, 2),
        ([[[0.1, 0.2]] * 20_001], 2),
    ],
)
def test_unsound_drawings_are_refused(client: Client, strokes: Any, aspect: Any) -> None:
    _, _, url = start(client, signer={"sealType": "0,1"})
    assert client.sign(url, strokes=strokes, aspect=aspect).status == 409


def test_single_dot_is_a_drawing(client: Client) -> None:
    _, _, url = start(client, signer={"sealType": "0"})
    assert client.sign(url, strokes=[[[0.5, 0.5]]], aspect=2).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_cannot_act_for_the_signer(client: Client, headers: dict[str, str]) -> None:
    _, flow_id, url = start(client)
    body = json.dumps({"token": url.rsplit("/", 1)[1]}).encode()
    assert fetch("POST", f"{url}/sign", body, headers).status == 403
    assert client.detail(flow_id)["flowStatus"] == 1
    own = {"Origin": f"http://{urlsplit(url).netloc}", "Sec-Fetch-Site": "same-origin"}
    assert fetch("POST", f"{url}/sign", body, own).status == 200


@pytest.mark.parametrize("body", [b"{}", b'{"token":"x"}', b"[]", b"not json"])
def test_acting_needs_the_token_in_the_body(client: Client, body: bytes) -> None:
    _, _, url = start(client)
    assert fetch("POST", f"{url}/sign", body).status in (403, 409)


def test_redirect_is_told_after_signing_only(client: Client) -> None:
    _, _, url = start(client, redirectUrl="https://example.com/back?a=1")
    assert client.sign(url).json["redirectUrl"] == "https://example.com/back?a=1"


def test_reason_is_cut_to_a_sensible_length(client: Client) -> None:
    _, flow_id, url = start(client)
    client.refuse(url, "长" * 5000)
    detail = client.detail(flow_id)["signInfo"][0]["signDetail"][0]
    assert len(detail["signExplain"]) == 200


def test_large_bodies_are_refused(client: Client) -> None:
    _, _, url = start(client)
    assert fetch("POST", f"{url}/refuse", b"{" + b" " * (3 << 20)).status == 413


def test_signed_page_shows_the_seal(client: Client, server: SandboxServer) -> None:
    _, _, url = start(client)
    before = fetch("GET", f"{url}/page/0/1?v=0").body
    client.sign(url)
    assert fetch("GET", f"{url}/page/0/1?v=1").body != before
    assert fetch("GET", f"{url}/seal.png").body.startswith(b"\x89PNG")


def test_a_remark_made_while_signing_is_told(client: Client) -> None:
    doc_id = client.document(blank_pdf())
    data = client.start([doc_id], [{"accountId": client.person(), "docPosList": [coordinate(doc_id)]}]).data
    assert client.sign(data["signUrlList"][0]["signUrl"][0], remark=" 已阅，同意 ").status == 200
    (signing,) = client.detail(data["flowId"])["signInfo"][0]["signDetail"]
    assert (signing["signStatus"], signing["signExplain"]) == (2, "已阅，同意")


@pytest.mark.parametrize(("allowed", "taken"), [("", {1, 2, 3}), ("1", {1}), ("2,3", {2, 3})])
def test_only_the_platforms_of_the_request_take_a_signature(client: Client, allowed: str, taken: set[int]) -> None:
    doc_id = client.document(blank_pdf())
    for number in (1, 2, 3):
        signer = {"accountId": client.person(), "docPosList": [coordinate(doc_id)]}
        url = client.start([doc_id], [signer], signPlatform=allowed).data["signUrlList"][0]["signUrl"][0]
        assert Page(fetch("GET", url)).view["platforms"] == [int(one) for one in allowed.split(",") if one]
        assert (client.sign(url, platform=number).status == 200) is (number in taken)


def test_a_request_without_a_certificate_type_asks_for_the_long_term_one(client: Client) -> None:
    _, _, url = start(client)
    assert open_page(url).view["certificate"] == 1


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_certificate_that_a_person_holds_has_to_be_presented(client: Client, number: int) -> None:
    doc_id = client.document(blank_pdf())
    signer = {"accountId": client.person(), "docPosList": [coordinate(doc_id)], "certType": number}
    url = client.start([doc_id], [signer]).data["signUrlList"][0]["signUrl"][0]
    assert Page(fetch("GET", url)).view["certificate"] == number
    assert (client.sign(url).status == 200) is (number in (1, 2))
    if number > 2:
        assert client.sign(url, certificate=(number - 2) % 3 + 3).status != 200
        assert client.sign(url, certificate=number).status == 200
