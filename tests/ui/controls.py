"""Which controls a window shows at once: buttons, fields, boxes and tabs."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QWidget

AROUND = 11
"""The controls of the window around a room: four menu titles, six rooms and the environment."""
_KINDS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)


def shown_controls(window: QWidget) -> list[str]:
    """Return the class and the name of each control on the screen. A tab is a control, a row of a list is not."""
    found = []
    for one in window.findChildren(QWidget):
        if not one.isVisible():
            continue
        if isinstance(one, QTabBar):
            found += [f"tab {one.tabText(index)}" for index in range(one.count()) if one.isTabVisible(index)]
        elif isinstance(one, _KINDS) and type(one) is not QAbstractButton and not _is_part(one):
            text = one.text() if isinstance(one, QAbstractButton) else ""
            found.append(f"{type(one).__name__} {text or one.accessibleName() or one.toolTip()}")
    return found


def _is_part(widget: QWidget) -> bool:
    """Return whether a widget is the field of a box, which is counted already."""
    return isinstance(widget.parent(), QComboBox | QAbstractSpinBox)
