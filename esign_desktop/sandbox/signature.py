"""Sign and verify requests, responses and notices with HMAC-SHA256 over the exact bytes of the body (spec 4.3)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from esign_desktop.sandbox.refusal import ErrCode, Refusal

if TYPE_CHECKING:
    from esign_desktop.sandbox.envelope import HeaderSource

MODE_HEADER: Final = "X-timevale-mode"
PROJECT_HEADER: Final = "X-timevale-project-id"
SIGNATURE_HEADER: Final = "X-timevale-signature"
ALGORITHM_HEADER: Final = "X-timevale-signature-algorithm"

_UNAUTHORIZED: Final = 401


def sign(secret: str, body: bytes) -> str:
    """Return the signature of a body as 64 lowercase hexadecimal digits.

    The HMAC key is the text of the secret, encoded as UTF-8. A secret of hexadecimal digits is not decoded.
    """
    mac = new_mac(secret)
    mac.update(body)
    return mac.hexdigest()


def new_mac(secret: str) -> hmac.HMAC:
    """Return an object that computes the signature of a body piece by piece."""
    return hmac.new(secret.encode("utf-8"), digestmod=hashlib.sha256)


def signed_headers(project_id: str, secret: str, body: bytes) -> dict[str, str]:
    """Return the four HTTP headers that authenticate a message with this body."""
    return {
        MODE_HEADER: "package",
        PROJECT_HEADER: project_id,
        SIGNATURE_HEADER: sign(secret, body),
        ALGORITHM_HEADER: "hmac-sha256",
    }


def check(project_id: str, headers: HeaderSource, expected: str) -> None:
    """Raise Refusal if the headers do not name this project and the expected signature of the request's body.

    ``headers`` must ignore the case of header names.
    """
    mode = (headers.get(MODE_HEADER) or "package").strip()
    if mode != "package":
        raise _unauthorized(ErrCode.SIGNATURE, "签名模式不支持 / unsupported signature mode")
    # Clients write hmac-sha256, hmacsha256 or HmacSHA256 (docs/platform-answers.md#signature-headers).
    algorithm = (headers.get(ALGORITHM_HEADER) or "hmac-sha256").strip().lower().replace("-", "")
    if algorithm != "hmacsha256":
        raise _unauthorized(ErrCode.SIGNATURE, "签名算法不支持 / unsupported signature algorithm")
    if not _same(headers.get(PROJECT_HEADER) or "", project_id):
        raise _unauthorized(ErrCode.PROJECT, "项目 ID 不存在 / unknown project id")
    if not _same((headers.get(SIGNATURE_HEADER) or "").strip(), expected):
        raise _unauthorized(ErrCode.SIGNATURE, "签名校验失败 / signature does not match")


def _same(left: str, right: str) -> bool:
    # Bytes are compared, because compare_digest raises TypeError for strings that are not ASCII.
    return hmac.compare_digest(left.encode("utf-8", "surrogateescape"), right.encode("utf-8", "surrogateescape"))


def _unauthorized(code: ErrCode, message: str) -> Refusal:
    return Refusal(code, message, http_status=_UNAUTHORIZED)
