"""Signs what was stamped: one PAdES signature a signer, after the last stamp, so that each leaves the others whole."""

from __future__ import annotations

import logging
import shutil
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from esign_desktop.override import override

if TYPE_CHECKING:
    from pathlib import Path

    from esign_desktop.sandbox.certificates import Certificates

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a signature's field lies: a page from 1, and a rectangle in the page's own PDF user space."""

    page_number: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, and when; epoch milliseconds. Without a place the field is an invisible one."""

    name: str = field(repr=False)
    at_ms: int
    place: FieldPlace | None = None


def seal(source: Path, target: Path, signatures: list[Signature], certificates: Certificates) -> bool:
    """Write the signed file, whole or not at all; return whether the file can carry signatures.

    Nobody rehearses with files that can't: those stay stamped only, which is logged.
    """
    scratch = target.with_name(f".{target.name}.{threading.get_ident()}.part")
    try:
        shutil.copyfile(source, scratch)
        scratch.chmod(0o600)
        for number, signature in enumerate(signatures, 1):
            _sign(scratch, number, signature, certificates)
        scratch.replace(target)
    except Exception as error:  # noqa: BLE001  pyHanko raises many kinds on odd files, and a rehearsal goes on
        _log.warning("not signed: %s", type(error).__name__)
        return False
    finally:
        scratch.unlink(missing_ok=True)
    return True


def _sign(path: Path, number: int, signature: Signature, certificates: Certificates) -> None:
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificate, key, authority = certificates.issue(signature.name)
    store = SimpleCertificateStore()
    store.register(Certificate.load(authority.public_bytes(Encoding.DER)))
    signer = SimpleSigner(
        signing_cert=Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=store,
    )
    at = datetime.fromtimestamp(signature.at_ms / 1000, UTC)

    class MomentSigner(PdfSigner):
        """Signs with the moment of the seal in the place of now."""

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
    """The seal is stamped into the page already: the field lies over it and draws nothing itself."""
    from pyhanko.pdf_utils.content import RawContent
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.stamp import StaticStampStyle

    nothing = RawContent(b"", box=BoxConstraints(width=1, height=1))
    return StaticStampStyle(border_width=0, background=nothing, background_opacity=1)
