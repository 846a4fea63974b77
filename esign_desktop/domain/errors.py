"""What an outside thing did wrong, as a code that the window turns into a sentence.

No sentence for a person stands here: ``code`` names the kind, ``params`` the values its sentence needs. Nothing secret
or personal is ever put into either, since both reach logs.
"""

from __future__ import annotations


class AppError(Exception):
    """A failure that was foreseen.

    ``code`` is a dotted name such as ``pdf.damaged``; ``detail`` is technical text for the log and for support;
    ``retryable`` says that the same call may succeed later.
    """

    def __init__(self, code: str, detail: str = "", *, retryable: bool = False, **params: str | float) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.retryable = retryable
        self.params: dict[str, str | float] = params


class PdfError(AppError):
    """A document could not be opened, drawn or searched."""


class ApiError(AppError):
    """The platform could not be asked, or its answer can't be used."""


class StoreError(AppError):
    """The database, the keyring or the disk failed."""


class InputError(AppError):
    """What a person put in can't be used; ``params["position"]`` counts from 0 where there is one."""


class Cancelled(Exception):
    """The person stopped the work; it is never reported."""
