"""``typing.override`` of Python 3.12, available on Python 3.11 too.

On Python 3.11, typing_extensions provides it but takes 4 ms to import, which would delay the window. Therefore only
type checkers import it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from typing_extensions import override

    Method = TypeVar("Method", bound=Callable[..., object])
elif sys.version_info >= (3, 12):
    from typing import override
else:

    def override(method: Method) -> Method:
        """Mark a method that overrides a method of the base class."""
        method.__override__ = True
        return method


__all__ = ["override"]
