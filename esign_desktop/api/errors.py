"""Exceptions of platform calls, distinguished by whether the call may have taken effect.

Codes: ``api.no_network``, ``api.timeout``, ``api.tls``, ``api.clock``, ``api.proxy``, ``api.reset``, ``api.cancelled``,
``api.bad_address``, ``api.forbidden_address``, ``api.bad_project_id``, ``api.http_status``, ``api.unverified``,
``api.unsigned_refusal``, ``api.protocol``, ``api.too_large``, ``api.refused``, ``api.upload_expired``,
``api.upload_md5``, ``api.upload_failed``, ``api.download_expired``, ``api.download_failed``, ``api.download_exists``.
"""

from __future__ import annotations

from typing import Final

from esign_desktop.domain.errors import ApiError

_RETRYABLE: Final = frozenset(
    {
        "api.no_network",
        "api.timeout",
        "api.proxy",
        "api.reset",
        "api.http_status",
        "api.upload_expired",
        "api.download_expired",
    }
)
"""Codes of temporary errors: the same call may succeed later, in some cases only with a fresh URL."""


class _CallFailed(ApiError):
    def __init__(self, code: str, detail: str = "", **params: str | float) -> None:
        super().__init__(code, detail, retryable=code in _RETRYABLE, **params)


class NotSent(_CallFailed):
    """The request did not reach the platform, so any call may be repeated."""


class OutcomeUnknown(_CallFailed):
    """The request was sent, but no valid and verified response arrived. Only idempotent calls may be repeated."""


class Refused(ApiError):
    """The platform rejected the request, with a verified response whose ``errCode`` is not 0.

    ``msg`` is the platform's own message, to be displayed verbatim as plain text. It may quote submitted data, so
    neither the exception's text nor ``params`` contains it. ``code`` is ``api.refused``, or a more specific code if the
    reason is known.
    """

    def __init__(
        self, err_code: int, msg: str, *, status: int = 200, code: str = "api.refused", **params: str | float
    ) -> None:
        super().__init__(code, f"errCode {err_code}", retryable=False, err_code=err_code, **params)
        self.err_code = err_code
        self.msg = msg
        self.status = status
        """The HTTP status of the response."""


class StorageRefused(ApiError):
    """The file storage rejected an upload or download.

    ``params`` contains the HTTP status (``status``) and the storage's error code (``storage_code``).
    """

    def __init__(self, code: str, *, status: int, storage_code: str = "") -> None:
        super().__init__(
            code,
            f"HTTP {status} {storage_code}".strip(),
            retryable=code in _RETRYABLE or status >= 500,
            status=status,
            storage_code=storage_code,
        )
