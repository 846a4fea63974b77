"""What the rehearsal platform hands out at the end is really signed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pymupdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from esign_desktop.domain.geometry import PageRect
from esign_desktop.domain.signature import Integrity
from esign_desktop.pdf.isolated import signatures
from esign_desktop.pdf.isolated.field_places import PageBoxes
from esign_desktop.pdf.isolated.signatures import check_signatures, read_signatures
from esign_desktop.sandbox.sealing import AUTHORITY_NAME, CERTIFICATE_TYPES, Certificates, FieldPlace, Signature, seal
from tests.sandbox.client import Client, FakeClock, coordinate
from tests.sandbox.pages import blank_pdf, changed_box, raw_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from esign_desktop.domain.signature import SignatureFact
    from esign_desktop.sandbox.server import SandboxServer

NOW_MS = 1_790_000_000_000


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path / "certificates")


@pytest.fixture
def signed(tmp_path: Path, certificates: Certificates) -> Path:
    source, target = tmp_path / "stamped.pdf", tmp_path / "signed.pdf"
    source.write_bytes(blank_pdf())
    names = [Signature("张三", NOW_MS), Signature("杭州某某科技有限公司", NOW_MS + 60_000)]
    assert seal(source, target, names, certificates)
    return target


def read(path: Path, roots: Sequence[bytes] = ()) -> tuple[SignatureFact, ...]:
    with path.open("rb") as file:
        return read_signatures(file, roots)


def root_of(certificates: Certificates) -> bytes:
    return x509.load_pem_x509_certificate(certificates.authority_path.read_bytes()).public_bytes(Encoding.DER)


def test_a_certificate_names_its_type(certificates: Certificates) -> None:
    for number, name in CERTIFICATE_TYPES.items():
        certificate, _key, _authority = certificates.issue("张三", number)
        (unit,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        assert unit.value == name


def test_every_signature_says_who_and_when_and_leaves_the_earlier_ones_whole(signed: Path) -> None:
    first, second = read(signed)
    assert (first.signer_name, first.at_ms, first.integrity) == ("张三", NOW_MS, Integrity.ONLY_SIGNED)
    assert (second.signer_name, second.at_ms, second.integrity) == (
        *("杭州某某科技有限公司", NOW_MS + 60_000),
        Integrity.UNCHANGED,
    )
    assert first.issuer_name == AUTHORITY_NAME
    assert (first.is_trusted, first.is_good) == (False, True)


def test_who_trusts_the_authority_trusts_the_signature(signed: Path, certificates: Certificates) -> None:
    assert all(fact.is_trusted for fact in read(signed, [root_of(certificates)]))


def test_system_s_authorities_are_found_where_its_openssl_does_not_look(
    tmp_path: Path, signed: Path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a packaged program on a system of another family.
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "missing"))
    monkeypatch.setattr(signatures, "ROOT_BUNDLES", (str(tmp_path / "none.pem"), certificates.authority_path))
    assert signatures.system_roots() == [root_of(certificates)]
    monkeypatch.setattr(signatures, "ROOT_BUNDLES", (str(tmp_path / "none.pem"),))
    assert signatures.system_roots() == []


def test_a_byte_that_changed_breaks_the_signature(signed: Path) -> None:
    content = bytearray(signed.read_bytes())
    content[content.index(b"/MediaBox") + 1] ^= 1
    signed.write_bytes(content)
    assert {fact.integrity for fact in check_or_none(signed)} <= {Integrity.BROKEN}


def check_or_none(path: Path) -> tuple[Any, ...]:
    from esign_desktop.domain.errors import PdfError

    try:
        return read(path)
    except PdfError:
        return ()


def test_what_was_added_after_signing_is_seen(signed: Path) -> None:
    with pymupdf.open(signed) as pdf:
        pdf[0].insert_text((100, 100), "added later")
        pdf.saveIncr()
    assert {fact.integrity for fact in read(signed)} == {Integrity.CHANGED}


@pytest.mark.parametrize("rotation", [0, 90])
def test_where_a_signature_is_seen_is_told_in_page_space(
    tmp_path: Path, certificates: Certificates, rotation: int
) -> None:
    source, target = tmp_path / "stamped.pdf", tmp_path / "signed.pdf"
    source.write_bytes(raw_page((-50, -20, 400, 600), crop=(30, 40, 350, 500), rotation=rotation))
    place = FieldPlace(1, (100, 140, 180, 220))
    assert seal(source, target, [Signature("张三", NOW_MS, place), Signature("李四", NOW_MS)], certificates)
    seen, unseen = check_signatures(target)
    assert seen.place is not None
    assert (seen.place.page_number, seen.place.rect) == (1, PageRect(70, 100, 150, 180))
    assert unseen.place is None
    assert seen.is_good


def test_a_tree_of_pages_that_goes_round_in_circles_is_left() -> None:
    class Node(dict[str, Any]):
        idnum = 7
        container_ref = None

        def get_object(self) -> Any:
            return self

        raw_get = dict.__getitem__

    class Kids(list[Any]):
        raw_get = list.__getitem__

    root = Node()
    root["/Kids"] = Kids([root, root])
    assert PageBoxes(SimpleNamespace(root=Node({"/Pages": root}))).place_of(Node({"/Rect": [0, 0, 9, 9]})) is None


def test_the_authority_stays_the_same_after_a_restart(tmp_path: Path, certificates: Certificates) -> None:
    certificates.issue("张三")
    again = Certificates(tmp_path / "certificates")
    _certificate, _key, authority = again.issue("长" * 10_000 + "\ud800")
    assert authority.public_bytes(Encoding.DER) == root_of(certificates)
    assert (tmp_path / "certificates" / "authority-key.pem").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_signed_is_left_alone(tmp_path: Path, certificates: Certificates) -> None:
    source, target = tmp_path / "odd.pdf", tmp_path / "signed.pdf"
    source.write_bytes(b"%PDF-1.7\nnothing")
    assert not seal(source, target, [Signature("张三", NOW_MS)], certificates)
    assert sorted(path.name for path in tmp_path.glob("*.pdf*")) == ["odd.pdf"]


def test_the_finished_contract_carries_seal_and_signatures(
    client: Client, server: SandboxServer, clock: FakeClock, tmp_path: Path
) -> None:
    before = blank_pdf()
    doc_id = client.document(before)
    signers = [
        {"accountId": client.person("张三"), "signOrder": 1, "docPosList": [coordinate(doc_id)]},
        {"accountId": client.person("李四"), "signOrder": 2, "docPosList": [coordinate(doc_id, y=100)]},
    ]
    answer = client.start([doc_id], signers, autoInitiate=1).data
    if not answer:
        pytest.fail("start answered nothing")
    urls = {one["accountId"]: _url(one) for one in answer["signUrlList"]}
    for signer in signers:
        clock.advance(60)
        assert client.sign(urls[signer["accountId"]]).status == 200
    path = tmp_path / "came.pdf"
    path.write_bytes(client.signed_file(answer["flowId"]))
    facts = check_signatures(path, [root_of(server.platform.flows.certificates)])
    assert [fact.signer_name for fact in facts] == ["张三", "李四"]
    assert facts[1].at_ms == clock.now_ms
    assert all(fact.is_good and fact.is_trusted for fact in facts)
    places = [fact.place for fact in facts if fact.place is not None]
    assert [place.page_number for place in places] == [1, 1]
    assert [(place.rect.center.x_pt, place.rect.center.y_pt) for place in places] == [
        pytest.approx((200, 300), abs=0.1),
        pytest.approx((200, 100), abs=0.1),
    ]
    assert changed_box(before, path.read_bytes()) is not None


def _url(link: dict[str, Any]) -> str:
    url = link["signUrl"]
    return str(url[0] if isinstance(url, list) else url)
