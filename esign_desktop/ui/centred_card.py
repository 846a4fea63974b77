"""A card in the middle of a room, a little above it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget


def centred_card(room: QWidget, width_px: int) -> QVBoxLayout:
    """Put an empty card, no wider than this, in the middle of ``room``; return the column that fills it."""
    card = QFrame(room)
    card.setObjectName("card")
    card.setMaximumWidth(width_px)
    column = QVBoxLayout(card)
    column.setContentsMargins(24, 20, 24, 20)
    column.setSpacing(12)
    across = QHBoxLayout()
    across.addStretch(1)
    across.addWidget(card, 8)
    across.addStretch(1)
    whole = QVBoxLayout(room)
    whole.addStretch(1)
    whole.addLayout(across)
    whole.addStretch(2)
    return column
