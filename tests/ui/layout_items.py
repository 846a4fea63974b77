"""Items of layouts that Qt has deleted, but whose Python objects PySide has kept.

If another object gets the address of such an item, the program ends when Qt deletes that object.
"""

from __future__ import annotations

import gc

from PySide6.QtWidgets import QApplication, QLayout, QWidgetItem
from shiboken6 import Shiboken


def kept_deleted_items() -> list[str]:
    """Return a description of each Python object of a layout's item that is in no layout of any widget."""
    # Layouts of windows of other tests, which nothing refers to.
    gc.collect()
    kept = {Shiboken.getCppPointer(one)[0]: one for one in Shiboken.getAllValidWrappers() if type(one) is QWidgetItem}
    present: set[int] = set()
    for widget in QApplication.allWidgets():
        layout = widget.layout()
        if layout is not None:
            _collect(layout, present)
    return [Shiboken.dump(one) for address, one in kept.items() if address not in present]


def _collect(layout: QLayout, addresses: set[int]) -> None:
    """Add the addresses of all items of a layout and of the layouts in it."""
    for index in range(layout.count()):
        item = layout.itemAt(index)
        assert item is not None
        addresses.add(Shiboken.getCppPointer(item)[0])
        inner = item.layout()
        if inner is not None:
            _collect(inner, addresses)
