"""Brings the attack into a child of a frozen program, which has none of the tests' modules.

What a child is asked for is pickled, and what is unpickled first may be any call: this one makes the modules of their
sources. It says as well that nobody but the parent may ask a child.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

import tests
import tests.attacks
from esign_desktop.override import override
from tests.attacks import attempts, inside

if TYPE_CHECKING:
    from collections.abc import Callable

_MODULES: Final = (tests, tests.attacks, attempts, inside)
_BOOTSTRAP: Final = """
import sys, types
for name, source in sources:
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = []
    exec(compile(source, name, "exec"), module.__dict__)
    parent, _, leaf = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], leaf, module)
from tests.attacks import inside
inside.set_mode(mode)
from esign_desktop.pdf.isolated import run as own_process
from esign_desktop.pdf.walls import lockdown
own_process.lock_down = lockdown.lock_down
prepare = inside.PREPARATIONS[kind]
"""


class Carrier:
    """Becomes, in the child, the function that prepares a kind of it."""

    def __init__(self, kind: str, mode: str) -> None:
        self._space = {
            "kind": kind,
            "mode": mode,
            "program": _BOOTSTRAP,
            "sources": [(module.__name__, inspect.getsource(module)) for module in _MODULES],
        }

    @override
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return eval, ("(exec(program, globals()), prepare)[1]", self._space)

    def __call__(self, scene: dict[str, Any]) -> tuple[object, ...]:
        raise NotImplementedError
