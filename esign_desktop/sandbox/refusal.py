"""The exception raised when an API call is refused, and the error codes of the rehearsal platform."""

from __future__ import annotations

from enum import IntEnum


class ErrCode(IntEnum):
    """The error codes of the rehearsal platform.

    Clients must not rely on these codes, because the codes of the real platform are not published.
    """

    SIGNATURE = 1_100_001
    PROJECT = 1_100_002
    MALFORMED = 1_100_003
    NO_SUCH_CALL = 1_100_004
    FIELD = 1_100_010
    UNKNOWN_ID = 1_100_020
    CONFLICT = 1_100_021
    FILE = 1_100_030
    FILE_MISSING = 1_100_031
    TYPE_UNSUPPORTED = 1_100_032
    TEMPLATE = 1_100_040
    FLOW = 1_100_050
    FLOW_STATE = 1_100_051
    POSITION = 1_100_052
    KEYWORD_NOT_FOUND = 1_100_053
    QUOTA = 1_100_060
    INTERNAL = 1_100_099


class Refusal(Exception):
    """Raised if an API call is refused. The response then contains a non-zero errCode.

    ``message`` may contain field names and page numbers, but never personal data.
    """

    def __init__(self, code: ErrCode, message: str, *, http_status: int = 200) -> None:
        super().__init__(f"{code.name}: {message}")
        self.code = code
        self.message = message
        self.http_status = http_status
