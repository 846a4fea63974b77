"""A choice in a narrow column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QComboBox

from esign_desktop.override import override

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_LEAST_CHARACTERS: Final = 8
_LIST_MARGIN_PX: Final = 24


class NarrowChoice(QComboBox):
    """Takes the width that there is, whatever its longest entry; the open list shows each entry whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_CHARACTERS)

    @override
    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + _LIST_MARGIN_PX)
        super().showPopup()
