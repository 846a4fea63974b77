"""Describe an exception for support by locations in the code, without any data."""

from __future__ import annotations

import platform
import traceback

from esign_desktop import __version__


def report_text(error: BaseException) -> str:
    """Return the versions of program and system, the exception types, and the locations in the code, one per line.

    The exceptions' messages are left out, because they may contain names, numbers or paths.
    """
    head = f"esign-desktop {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return "\n".join([head, *failure_lines(error)])


def failure_lines(error: BaseException) -> list[str]:
    """Return the types of a chain of exceptions, the first cause first, each after the locations of its traceback."""
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
