"""How a call to the platform can fail, told apart by what is known about its effect.

Codes: ``api.no_network``, ``api.timeout``, ``api.tls``, ``api.clock``, ``api.proxy``, ``api.reset``, ``api.cancelled``,
``api.bad_address``, ``api.forbidden_address``, ``api.bad_project_id``, ``api.http_status``, ``api.unverified``,
``api.wrong_secret``, ``api.protocol``, ``api.too_large``, ``api.refused``, ``api.upload_expired``, ``api.upload_md5``,
``api.upload_failed``, ``api.download_expired``, ``api.download_failed``, ``api.download_exists``.
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
"""Kinds that pass: the same call, or the same with a fresh address, may succeed later."""


class _CallFailed(ApiError):
    def __init__(self, code: str, detail: str = "", **params: str | float) -> None:
        super().__init__(code, detail, retryable=code in _RETRYABLE, **params)


class NotSent(_CallFailed):
    """It is certain that nothing reached the platform, so every call may be repeated."""


class OutcomeUnknown(_CallFailed):
    """Bytes left and no usable, verified answer came: only an idempotent call may be repeated."""


class Refused(ApiError):
    """A verified answer whose errCode is not 0.

    ``msg`` is the platform's own text, to be shown verbatim as plain text. It stands in neither the exception's text
    nor ``params``, since it may quote what was sent. ``code`` is another one where more is known of what was refused.
    """

    def __init__(
        self, err_code: int, msg: str, *, status: int = 200, code: str = "api.refused", **params: str | float
    ) -> None:
        super().__init__(code, f"errCode {err_code}", retryable=False, err_code=err_code, **params)
        self.err_code = err_code
        self.msg = msg
        self.status = status
        """The HTTP status that came with it."""


class StorageRefused(ApiError):
    """The file storage did not take or give a file; ``params`` hold its ``status`` and ``storage_code``."""

    def __init__(self, code: str, *, status: int, storage_code: str = "") -> None:
        super().__init__(
            code,
            f"HTTP {status} {storage_code}".strip(),
            retryable=code in _RETRYABLE or status >= 500,
            status=status,
            storage_code=storage_code,
        )
