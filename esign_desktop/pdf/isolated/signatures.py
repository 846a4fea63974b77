"""Verify the digital signatures of an untrusted PDF with pyHanko, in a sandboxed process."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from esign_desktop.domain.errors import PdfError
from esign_desktop.domain.signature import Integrity, SignatureFact, SignaturePlace
from esign_desktop.pdf.isolated.field_places import PageBoxes, page_boxes
from esign_desktop.pdf.isolated.forms import load as load_reader
from esign_desktop.pdf.isolated.process_limits import load_modules
from esign_desktop.pdf.isolated.run import LIMIT_S, read_isolated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_SIGNATURES: Final = 50
_MOST_BYTES: Final = 256 * 1024
MODULES: Final = (
    "pyhanko_certvalidator",
    "pyhanko.sign.diff_analysis",
    "pyhanko.sign.validation.pdf_embedded",
    "cryptography.hazmat.backends.openssl.backend",
    "cryptography.hazmat.decrepit.ciphers.algorithms",
    "cryptography.hazmat.primitives.keywrap",
    "cryptography.hazmat.primitives.serialization.pkcs12",
    "cryptography.x509",
    *(
        f"cryptography.hazmat.primitives.asymmetric.{kind}"
        for kind in ("dh", "dsa", "ec", "ed25519", "ed448", "padding", "rsa", "utils", "x25519", "x448")
    ),
)
ROOT_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, UOS and similar systems
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # openEuler, Kylin, Anolis, Fedora
    "/etc/pki/tls/cert.pem",  # older versions of these systems
    "/etc/ssl/ca-bundle.pem",  # SUSE
)
MOST_NAME_CHARACTERS: Final = 500


def check_signatures(
    path: Path, extra_roots: Sequence[bytes] = (), *, limit_s: float = LIMIT_S
) -> tuple[SignatureFact, ...]:
    """Verify a file's signatures, and return the facts about each signature, in file order.

    This call blocks. The result is empty if the file is not signed. The system's root certificates and ``extra_roots``
    (in DER format) are trusted. Raises PdfError ``pdf.signatures_unreadable`` and the errors of ``read_isolated``.
    """
    return read_isolated(
        "signatures",
        path,
        read_signatures,
        tuple(extra_roots),
        load=load,
        answer=tuple[SignatureFact, ...],
        is_sound=lambda facts: len(facts) <= MOST_SIGNATURES,
        most_bytes=_MOST_BYTES,
        limit_s=limit_s,
    )


def load(extra_roots: tuple[bytes, ...]) -> tuple[tuple[bytes, ...]]:
    """Import the modules needed for reading, in the child process, and return the certificates to trust."""
    load_reader()
    load_modules(MODULES)
    return ((*system_roots(), *extra_roots),)


def system_roots() -> list[bytes]:
    """Return this system's root certificates in DER format, or an empty list if no certificates are found."""
    import ssl

    context = ssl.create_default_context()
    # In a packaged application, OpenSSL looks where the build system keeps its certificates.
    for bundle in ROOT_BUNDLES:
        if context.get_ca_certs():
            break
        with suppress(OSError):
            context.load_verify_locations(bundle)
    return context.get_ca_certs(binary_form=True)


def read_signatures(file: BinaryIO, roots: Sequence[bytes] = ()) -> tuple[SignatureFact, ...]:
    """Verify the signatures in a file, in the child process. See ``check_signatures`` for the result.

    ``roots`` are the certificates to trust, in DER format.
    """
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko_certvalidator import ValidationContext

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        reader = PdfFileReader(file, strict=False)
        if reader.encrypted:
            reader.decrypt("")
        # No network access: the platform's files contain all that verification needs.
        trusted = [Certificate.load(root) for root in roots]
        context = ValidationContext(trust_roots=trusted, allow_fetching=False)
        signatures = reader.embedded_regular_signatures[:MOST_SIGNATURES]
        boxes = page_boxes(reader) if signatures else None
        return tuple(_fact(signature, context, boxes) for signature in signatures)
    except MemoryError:
        raise
    except Exception as error:
        # pyHanko raises many kinds of exception on damaged files.
        raise PdfError("pdf.signatures_unreadable", type(error).__name__) from error


def _place(embedded: Any, boxes: PageBoxes | None) -> SignaturePlace | None:
    try:
        return boxes.place_of(embedded.sig_field) if boxes is not None else None
    except Exception:  # noqa: BLE001  the verification result does not depend on the place
        return None


def _fact(embedded: Any, context: Any, boxes: PageBoxes | None) -> SignatureFact:
    from pyhanko.sign.validation import validate_pdf_signature

    certificate = embedded.signer_cert
    at = embedded.self_reported_timestamp
    try:
        status = validate_pdf_signature(embedded, signer_validation_context=context)
        integrity, is_trusted = _integrity(status), bool(status.trusted)
    except Exception:  # noqa: BLE001  any exception means that the signature proves nothing
        integrity, is_trusted = Integrity.BROKEN, False
    return SignatureFact(
        _common_name(certificate.subject),
        _common_name(certificate.issuer),
        max(0, int(at.timestamp() * 1000)) if at is not None else None,
        integrity,
        is_trusted,
        _place(embedded, boxes),
    )


def _integrity(status: Any) -> Integrity:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if not (status.intact and status.valid):
        return Integrity.BROKEN
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return Integrity.UNCHANGED
    harmless = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING}
    is_whole = status.coverage is SignatureCoverageLevel.ENTIRE_REVISION
    return Integrity.ONLY_SIGNED if is_whole and status.modification_level in harmless else Integrity.CHANGED


def _common_name(name: Any) -> str:
    native = name.native
    found = native.get("common_name") or native.get("organization_name") or name.human_friendly
    return str(found[0] if isinstance(found, list) else found)[:MOST_NAME_CHARACTERS]
