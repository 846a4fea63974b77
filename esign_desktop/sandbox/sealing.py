"""Add digital signatures in PAdES format, one for each signer, to documents that already contain all seals.

If a seal were added after a signature, the signature would become invalid. The rehearsal platform's own certificate
authority issues a new certificate for each signature.
"""

from __future__ import annotations

import logging
import shutil
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from esign_desktop.override import override
from esign_desktop.sandbox.state import atomic_target, write_atomically

if TYPE_CHECKING:
    from pathlib import Path


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """The position of a signature field. ``page_number`` is counted from 1.

    ``box`` is the field's rectangle (left, bottom, right, top) in the PDF user space of the page.
    """

    page_number: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Signature:
    """A digital signature to be added, with the signer's name and the signing time in epoch milliseconds.

    If ``place`` is None, the signature is invisible. ``certificate_type`` is certType in the specification (4.9.1).
    """

    name: str = field(repr=False)
    at_ms: int
    place: FieldPlace | None = None
    certificate_type: int = 1


def seal(source: Path, target: Path, signatures: list[Signature], certificates: Certificates) -> bool:
    """Sign a file and write the result to ``target`` atomically. Return whether the file could be signed.

    If the file could not be signed, the failure is logged, and the document has seals but no digital signatures.
    """
    try:
        with atomic_target(target) as scratch:
            scratch.touch(0o600)
            shutil.copyfile(source, scratch)
            for number, signature in enumerate(signatures, 1):
                _sign(scratch, number, signature, certificates)
    except Exception as error:  # noqa: BLE001  pyHanko raises many kinds on unusual files; the rehearsal continues
        _log.warning("not signed: %s", type(error).__name__)
        return False
    return True


def _sign(path: Path, number: int, signature: Signature, certificates: Certificates) -> None:
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificate, key, authority = certificates.issue(signature.name, signature.certificate_type)
    store = SimpleCertificateStore()
    store.register(Certificate.load(authority.public_bytes(Encoding.DER)))
    signer = SimpleSigner(
        signing_cert=Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=store,
    )
    at = datetime.fromtimestamp(signature.at_ms / 1000, UTC)

    class MomentSigner(PdfSigner):
        """A signer that uses the time of the seal instead of the current time."""

        @override
        def init_signing_session(self, *arguments: Any, **more: Any) -> Any:
            session = super().init_signing_session(*arguments, **more)
            session.system_time = at
            return session

    metadata = PdfSignatureMetadata(
        field_name=f"Signature{number}",
        md_algorithm="sha256",
        name=signature.name[:200],
        reason="演练签署 / rehearsal",
        subfilter=SigSeedSubFilter.PADES,
    )
    place = signature.place
    spec = (
        SigFieldSpec(f"Signature{number}", on_page=place.page_number - 1, box=cast("Any", place.box)) if place else None
    )
    with path.open("r+b") as file:
        writer = IncrementalPdfFileWriter(file, strict=False)
        MomentSigner(metadata, signer, stamp_style=_no_drawing(), new_field_spec=spec).sign_pdf(writer, in_place=True)


def _no_drawing() -> Any:
    """Return an empty appearance for a signature, because the seal is already part of the page content."""
    from pyhanko.pdf_utils.content import RawContent
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.stamp import StaticStampStyle

    nothing = RawContent(b"", box=BoxConstraints(width=1, height=1))
    return StaticStampStyle(border_width=0, background=nothing, background_opacity=1)


AUTHORITY_NAME: Final = "Rehearsal platform 演练平台 (no legal effect)"
CERTIFICATE_TYPES: Final = {
    1: "长效云证书 long-term cloud",
    2: "事件证书 single-use",
    3: "指纹证书 fingerprint",
    4: "手机盾证书 mobile shield",
    5: "UKey 证书 UKey",
}
_MOST_BYTES: Final = 64
"""The maximum length of a common name. X.520 allows 64 characters, and ``cryptography`` counts bytes."""
_NOT_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)
_NOT_AFTER: Final = datetime(2060, 1, 1, tzinfo=UTC)


class Certificates:
    """The certificate authority of the rehearsal platform. Each issued certificate has a new key.

    The authority is created when it is first used, and is then stored in ``folder``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._authority: tuple[Any, Any] | None = None

    @property
    def authority_path(self) -> Path:
        """The path of the authority's certificate in PEM format, for clients that are to trust it."""
        return self._folder / "authority.pem"

    def issue(self, name: str, certificate_type: int = 1) -> tuple[Any, Any, Any]:
        """Return a new certificate for a signer, the private key of this certificate, and the authority's certificate.

        The signer's organizational unit in the certificate is the certificate type (certType, 4.9.1). The three results
        are objects of the package ``cryptography``.
        """
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        key, authority = self._authority_pair()
        own_key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(_name(name or "?", CERTIFICATE_TYPES[certificate_type]), authority.subject, own_key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_documents=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return certificate, own_key, authority

    def _authority_pair(self) -> tuple[Any, Any]:
        with self._lock:
            if self._authority is None:
                self._authority = self._load() or self._make()
            return self._authority

    def _load(self) -> tuple[Any, Any] | None:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key_path = self._folder / "authority-key.pem"
        if not (key_path.exists() and self.authority_path.exists()):
            return None
        key = load_pem_private_key(key_path.read_bytes(), None)
        return key, x509.load_pem_x509_certificate(self.authority_path.read_bytes())

    def _make(self) -> tuple[Any, Any]:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(_name(AUTHORITY_NAME), _name(AUTHORITY_NAME), key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_documents=False), critical=True)
            .sign(key, hashes.SHA256())
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(
            self._folder / "authority-key.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        write_atomically(self.authority_path, certificate.public_bytes(Encoding.PEM))
        return key, certificate


def _builder(subject: Any, issuer: Any, public_key: Any) -> Any:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _name(text: str, unit: str = "") -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    cut = text.replace("\x00", " ").encode("utf-8", "replace")[:_MOST_BYTES].decode("utf-8", "ignore")
    units = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit)] if unit else []
    return x509.Name([*units, x509.NameAttribute(NameOID.COMMON_NAME, cut)])


def _key_usage(*, signs_documents: bool) -> Any:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        encipher_only=False,
        decipher_only=False,
    )
