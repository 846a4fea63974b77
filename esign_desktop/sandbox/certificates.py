"""The rehearsal platform's own certificates: an authority that nobody else knows, and one for each signature."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from esign_desktop.sandbox.state import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

AUTHORITY_NAME: Final = "Rehearsal platform 演练平台 (no legal effect)"
_MOST_BYTES: Final = 64
"""X.520 allows a common name 64 characters, and ``cryptography`` counts bytes."""
_NOT_BEFORE: Final = datetime(2020, 1, 1, tzinfo=UTC)
_NOT_AFTER: Final = datetime(2060, 1, 1, tzinfo=UTC)


class Certificates:
    """The authority is made with the first signature and kept in the folder; signers' keys live for one signature."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._authority: tuple[Any, Any] | None = None

    @property
    def authority_path(self) -> Path:
        """The authority's certificate as PEM, for whoever wants to trust it."""
        return self._folder / "authority.pem"

    def issue(self, name: str) -> tuple[Any, Any, Any]:
        """Return a certificate for this name, its key, and the authority's certificate, all of ``cryptography``."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        key, authority = self._authority_pair()
        own_key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name or "?", authority.subject, own_key.public_key())
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
            _builder(AUTHORITY_NAME, _name(AUTHORITY_NAME), key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_documents=False), critical=True)
            .sign(key, hashes.SHA256())
        )
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(
            self._folder / "authority-key.pem",
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )
        write_atomically(self.authority_path, certificate.public_bytes(Encoding.PEM))
        return key, certificate


def _builder(name: str, issuer: Any, public_key: Any) -> Any:
    from cryptography import x509

    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOT_BEFORE)
        .not_valid_after(_NOT_AFTER)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _name(text: str) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    cut = text.replace("\x00", " ").encode("utf-8", "replace")[:_MOST_BYTES].decode("utf-8", "ignore")
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, cut)])


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
