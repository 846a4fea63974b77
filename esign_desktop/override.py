"""``typing.override`` of Python 3.12, for 3.11 too.

The library that has it for 3.11, typing_extensions, takes 4 ms to import, which the window would stand later for it; so
only type checkers read it.
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
        """Mark a method that takes the place of its base class's."""
        method.__override__ = True
        return method


__all__ = ["override"]
