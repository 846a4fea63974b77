"""Child processes that draw pages for one test after the other: to start one takes half a second of a core."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from esign_desktop.domain.errors import Cancelled, PdfError
from esign_desktop.override import override
from esign_desktop.pdf.client.child import ChildProcess
from esign_desktop.pdf.client.pool import ProcessPool
from esign_desktop.pdf.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable


class LendingPool(ProcessPool):
    """Leaves its idle children, with all documents closed, to the next pool. A busy child is ended as usual."""

    _idle: ClassVar[list[ChildProcess]] = []

    def __init__(
        self, count: int, limits: Limits, on_over_memory: Callable[[ChildProcess], None] | None = None
    ) -> None:
        super().__init__(count, limits, on_over_memory)
        while count and self._idle and limits == Limits():
            count -= 1
            self._exchange(self.children[count], self._idle.pop())

    @override
    def stop(self) -> None:
        for child in self.children:
            with self._changed:
                is_idle = child in self._free and child.pid is not None and not child.is_over_memory
                if is_idle:
                    self._exchange(child, ChildProcess(Limits()))
            if is_idle:
                self._leave(child)
        super().stop()

    @classmethod
    def end_idle(cls) -> None:
        """End the children that are left over."""
        while cls._idle:
            cls._idle.pop().release()

    def _exchange(self, old: ChildProcess, new: ChildProcess) -> None:
        self.children = tuple(new if child is old else child for child in self.children)
        self._free[self._free.index(old)] = new

    def _leave(self, child: ChildProcess) -> None:
        try:
            for handle in tuple(child.opened):
                child.opened.discard(handle)
                child.ask("close", Limits().open_s, type(None), handle=handle)
        except (PdfError, Cancelled):
            child.release()
        else:
            self._idle.append(child)
