"""A failure as text for support: where it happened, and nothing of what it was about."""

from __future__ import annotations

import platform
import traceback

from esign_desktop import __version__


def report_text(error: BaseException) -> str:
    """Return version, system, kinds of exception and places in the code.

    The exceptions' own texts are left out: they may quote names, numbers or paths.
    """
    head = f"esign-desktop {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return "\n".join([head, *failure_lines(error)])


def failure_lines(error: BaseException) -> list[str]:
    """Return the chain of exceptions, the first cause first, each with the places it passed through."""
    lines: list[str] = []
    for one in reversed(_chain(error)):
        for frame, line_number in traceback.walk_tb(one.__traceback__):
            module = frame.f_globals.get("__name__", "?")
            lines.append(f"  {module}:{line_number} {frame.f_code.co_name}")
        lines.append(type(one).__qualname__)
    return lines


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain
